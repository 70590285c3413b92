"""event: what every event has, and what all of them keep."""

import copy
import inspect
import pickle
import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import attr
import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rxdex import events
from rxdex.events import (
    MAX_NS,
    AccountUpdate,
    Balance,
    BlockHeight,
    Coin,
    DepthSnapshot,
    DepthUpdate,
    Event,
    Fault,
    FaultReason,
    Fee,
    Frame,
    Gap,
    GapReason,
    Interval,
    Kline,
    Level,
    LineState,
    MiniTicker,
    OrderStatus,
    OrderType,
    OrderUpdate,
    Output,
    Side,
    Status,
    Ticker,
    TickType,
    TimeInForce,
    Trade,
    Transfer,
    moment,
)
from rxdex.topics import Kind, Topic
from tests.builders import read_wholly

ONE, TWO, NIL = Decimal("1.00000000"), Decimal("2.00000000"), Decimal("0E-8")
LEVELS = (Level(ONE, TWO),)

EVENTS: list[Event] = [
    Trade(
        symbol="A_B",
        trade_id="5-0",
        price=ONE,
        quantity=TWO,
        time_ns=7,
        block_height=5,
        buyer_order_id="b-1",
        seller_order_id="s-1",
        buyer_address="b",
        seller_address="s",
        tick=TickType.BUY_TAKER,
    ),
    DepthUpdate(symbol="A_B", bids=LEVELS, asks=(), time_ns=7),
    DepthSnapshot(symbol="A_B", bids=LEVELS, asks=LEVELS, block_height=5),
    Kline(
        symbol="A_B",
        interval=Interval.MINUTE_1,
        open_time_ns=1,
        close_time_ns=2,
        open=ONE,
        high=TWO,
        low=ONE,
        close=TWO,
        volume=ONE,
        quote_volume=TWO,
        trade_count=1,
        first_trade_id="5-0",
        last_trade_id=None,
        is_closed=True,
        time_ns=3,
    ),
    Ticker(
        symbol="A_B",
        price_change=ONE,
        price_change_ratio=NIL,
        weighted_average_price=ONE,
        previous_close=None,
        last_price=ONE,
        last_quantity=TWO,
        best_bid_price=ONE,
        best_bid_quantity=TWO,
        best_ask_price=ONE,
        best_ask_quantity=TWO,
        open=ONE,
        high=TWO,
        low=ONE,
        volume=ONE,
        quote_volume=TWO,
        open_time_ns=1,
        close_time_ns=2,
        first_trade_id=None,
        last_trade_id="5-0",
        trade_count=3,
        time_ns=4,
    ),
    MiniTicker(
        symbol="A_B",
        last_price=ONE,
        open=ONE,
        high=TWO,
        low=ONE,
        volume=ONE,
        quote_volume=TWO,
        time_ns=4,
    ),
    OrderUpdate(
        address="me",
        symbol="A_B",
        side=Side.BUY,
        order_type=OrderType.LIMIT,
        time_in_force=TimeInForce.GTE,
        quantity=TWO,
        price=ONE,
        execution_type=None,
        status=OrderStatus.ACK,
        order_id="me-1",
        last_quantity=NIL,
        last_price=NIL,
        cumulative_quantity=NIL,
        fees=(Fee("BNB", ONE),),
        trade_id=None,
        time_ns=9,
        created_ns=8,
        block_height=5,
    ),
    AccountUpdate(address="me", balances=(Balance("BNB", ONE, TWO, NIL),), block_height=5),
    Transfer(
        address="me",
        sender="me",
        outputs=(Output("you", (Coin("BNB", ONE), Coin("A-123", TWO))),),
        transaction_hash="AB",
        memo="",
        block_height=5,
    ),
    BlockHeight(height=5),
    Frame(lane="market", text="{}", sent=True),
    Fault(reason=FaultReason.BUG, what="it broke", lane="market", text="{}", error=KeyError("x")),
    Gap(topic=("trades", "A_B", ""), since_ns=1, reason=GapReason.STALE, lost=3),
    Status(lane=None, state=LineState.WAITING, what="waiting", error=OSError("x"), retry_in=1.5),
]

every_event = pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)


def test_no_kind_of_event_is_forgotten_here() -> None:
    public = [getattr(events, name) for name in events.__all__]
    kinds = {kind for kind in public if inspect.isclass(kind) and issubclass(kind, Event)}
    assert {type(event) for event in EVENTS} == kinds - {Event}


@every_event
def test_an_event_cannot_be_changed(event: Event) -> None:
    for field in attrs.fields(type(event)):
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            setattr(event, field.name, None)


@every_event
def test_an_event_has_slots_alone(event: Event) -> None:
    assert not hasattr(event, "__dict__")
    assert not hasattr(event, "__weakref__")


@every_event
def test_when_it_was_received_is_no_part_of_equality(event: Event) -> None:
    later = attrs.evolve(event, received_ns=event.received_ns + 1)
    assert later == event
    assert hash(later) == hash(event)
    assert later.received_ns != event.received_ns


def other_value(value: object) -> object:
    return "another" if value != "another" else "one more"


@every_event
def test_everything_else_is(event: Event) -> None:
    for field in attrs.fields(type(event)):
        if field.eq:
            other: Any = {field.name: other_value(getattr(event, field.name))}
            changed = attrs.evolve(event, **other)
            assert changed != event, field.name


@every_event
def test_an_event_pickles_and_copies(event: Event) -> None:
    same_error = {"error": getattr(event, "error", None)}
    for again in [pickle.loads(pickle.dumps(event)), copy.copy(event), copy.deepcopy(event)]:
        assert again == event
        assert again.received_ns == event.received_ns
        assert str(getattr(again, "error", None)) == str(same_error["error"])


@every_event
def test_an_event_is_read_wholly(event: Event) -> None:
    read_wholly(event)


@every_event
def test_an_event_becomes_a_dict_and_back(event: Event) -> None:
    shallow = attrs.asdict(event, recurse=False)
    assert set(shallow) == {field.name for field in attrs.fields(type(event))}
    assert type(event)(**shallow) == event


@every_event
def test_an_event_becomes_plain_values_all_the_way_down(event: Event) -> None:
    deep = attr.asdict(event)
    assert list(deep) == [field.name for field in attrs.fields(type(event))]
    assert not any(isinstance(value, tuple) for value in deep.values())


@every_event
def test_plain_values_keep_the_names_of_their_tuples(event: Event) -> None:
    deep = attrs.asdict(event)
    assert type(event)(**deep) == event
    for name, value in deep.items():
        assert type(value) is type(getattr(event, name))


def test_a_topic_stays_one_in_plain_values() -> None:
    topic = Topic(Kind.KLINE, "A_B", "1m")
    for event in (
        Gap(topic=topic, since_ns=1, reason=GapReason.STALE),
        Status(lane="market", state=LineState.UP, what="up", topic=topic),
    ):
        plain = attrs.asdict(event)["topic"]
        assert plain == topic
        assert type(plain) is Topic
        assert plain.detail == "1m"


@every_event
def test_an_event_shows_its_fields(event: Event) -> None:
    shown = repr(event)
    assert shown.startswith(f"{type(event).__name__}(")
    for field in attrs.fields(type(event)):
        assert f"{field.name}={getattr(event, field.name)!r}" in shown


@every_event
def test_an_event_takes_names_only(event: Event) -> None:
    with pytest.raises(TypeError):
        type(event)(*["by position"])


@every_event
def test_every_field_is_documented(event: Event) -> None:
    for kind in type(event).__mro__:
        if attrs.has(kind):
            own = [f.name for f in attrs.fields(kind) if not f.inherited]
            documented = re.findall(r":param (\w+):", inspect.cleandoc(kind.__doc__ or ""))
            assert documented == own


WIRED = [event for event in EVENTS if not isinstance(event, Frame | Fault | Gap | Status)]


@pytest.mark.parametrize("event", WIRED, ids=lambda event: type(event).__name__)
def test_every_field_names_its_wire_key(event: Event) -> None:
    doc = inspect.cleandoc(type(event).__doc__ or "")
    for part in doc.split(":param ")[1:]:
        name = part.split(":")[0]
        # Whose it is stands on no wire: the socket says it (PROTOCOL 3).
        assert name == "address" or re.search(r"\[``[\w.]+``", part), name


@pytest.mark.parametrize(
    ("ns", "expected"),
    [
        (0, datetime(1970, 1, 1, tzinfo=UTC)),
        (999, datetime(1970, 1, 1, tzinfo=UTC)),
        (1_000, datetime(1970, 1, 1, 0, 0, 0, 1, tzinfo=UTC)),
        (1_554_890_366_040_313_451, datetime(2019, 4, 10, 9, 59, 26, 40313, tzinfo=UTC)),
        (MAX_NS, datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)),
    ],
)
def test_a_moment_is_in_utc_and_cut_to_microseconds(ns: int, expected: datetime) -> None:
    assert moment(ns) == expected
    assert moment(ns).tzinfo is UTC


def test_no_moment_lies_behind_the_last_one() -> None:
    with pytest.raises(OverflowError):
        moment(MAX_NS + 1)


@given(st.integers(0, MAX_NS))
def test_a_moment_loses_less_than_a_microsecond(ns: int) -> None:
    whole = moment(ns) - datetime(1970, 1, 1, tzinfo=UTC)
    micros = (whole.days * 86_400 + whole.seconds) * 1_000_000 + whole.microseconds
    assert 0 <= ns - micros * 1_000 < 1_000


def test_when_an_event_was_received() -> None:
    assert BlockHeight(height=1).received_at == moment(0)
    assert BlockHeight(height=1, received_ns=2_000).received_at == moment(2_000)
