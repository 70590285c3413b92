"""Events for programs."""

import json
from decimal import Decimal
from typing import Any

import attrs
import pytest

from rxdex.cli.objects import as_json
from rxdex.events import (
    AccountUpdate,
    BlockHeight,
    DepthSnapshot,
    Event,
    Kline,
    OrderUpdate,
    Trade,
    Transfer,
)
from tests import builders

EVENTS: dict[str, Event] = {
    "trade": builders.events(Trade, builders.found("trades", [builders.trade()]))[0],
    "depth": builders.only(DepthSnapshot, "marketDepth", builders.depth()),
    "kline": builders.only(Kline, "kline_1m", builders.kline()),
    "order": builders.events(OrderUpdate, builders.found("orders", [builders.order()]))[0],
    "account": builders.only(AccountUpdate, "accounts", builders.account()),
    "transfer": builders.only(Transfer, "transfers", builders.transfer()),
    "block": BlockHeight(height=7, received_ns=3),
}


def read(event: Event) -> dict[str, Any]:
    line = as_json(event)
    assert "\n" not in line
    found: dict[str, Any] = json.loads(
        line, parse_float=lambda text: pytest.fail(f"a float: {text}")
    )
    return found


@pytest.mark.parametrize("name", EVENTS)
def test_an_object_has_the_class_and_every_field_by_its_name(name: str) -> None:
    event = EVENTS[name]
    names = [field.name for field in attrs.fields(type(event)) if field.name != "received_ns"]
    assert list(read(event)) == ["event", *names, "received_ns"]
    assert read(event)["event"] == type(event).__name__


def test_amounts_are_text_as_the_venue_wrote_them() -> None:
    trade = read(EVENTS["trade"])
    assert (trade["price"], trade["quantity"]) == ("31.50000000", "2.00000000")
    zero = attrs.evolve(EVENTS["trade"], price=Decimal("0.00000000"))  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    assert read(zero)["price"] == "0.00000000"


def test_parts_of_an_event_are_objects_by_their_names() -> None:
    depth = read(EVENTS["depth"])
    assert set(depth["bids"][0]) == {"price", "quantity"}
    assert set(read(EVENTS["account"])["balances"][0]) == {"asset", "free", "frozen", "locked"}
    output = read(EVENTS["transfer"])["outputs"][0]
    assert set(output) == {"receiver", "coins"}
    assert set(output["coins"][0]) == {"asset", "amount"}


def test_words_are_values_and_times_whole_numbers() -> None:
    order, kline = read(EVENTS["order"]), read(EVENTS["kline"])
    assert order["side"] in {"buy", "sell"}
    assert kline["interval"] == "1m"
    assert order["time_ns"] == builders.order()["T"]
    assert kline["is_closed"] in {True, False}
    assert read(EVENTS["block"]) == {"event": "BlockHeight", "height": 7, "received_ns": 3}


def test_what_is_absent_is_null() -> None:
    row = builders.trade()
    del row["tt"]
    (trade,) = builders.events(Trade, builders.found("trades", [row]))
    assert read(trade)["tick"] is None
