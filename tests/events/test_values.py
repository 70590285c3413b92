"""values: the enums, and the tuples that hold amounts."""

import inspect
import pickle
from decimal import Decimal
from typing import Any

import pytest

from rxdex.errors import InvalidSubject
from rxdex.events import (
    Balance,
    Coin,
    Fee,
    Interval,
    Level,
    OrderStatus,
    OrderType,
    Output,
    Side,
    TickType,
    TimeInForce,
)

FIFTEEN = [
    "1m",
    "3m",
    "5m",
    "15m",
    "30m",
    "1h",
    "2h",
    "4h",
    "6h",
    "8h",
    "12h",
    "1d",
    "3d",
    "1w",
    "1M",
]


def test_there_are_fifteen_intervals() -> None:
    """PROTOCOL 7.8 intervals: complete, in this order."""
    assert [interval.value for interval in Interval] == FIFTEEN


@pytest.mark.parametrize("text", FIFTEEN)
def test_an_interval_is_read_from_its_text(text: str) -> None:
    assert Interval.parse(text).value == text
    assert Interval.parse(Interval(text)) is Interval(text)
    assert str(Interval.parse(text)) == text


@pytest.mark.parametrize("text", ["4m", "1H", "2d", "", " 1m", "1m ", "60m", "1y", "1D", "\uff11m"])
def test_an_interval_that_is_none_is_refused_with_all_there_are(text: str) -> None:
    with pytest.raises(InvalidSubject) as caught:
        Interval.parse(text)
    assert repr(text) in str(caught.value)
    assert str(caught.value).endswith(" ".join(FIFTEEN))


@pytest.mark.parametrize(
    ("status", "final"),
    [
        (OrderStatus.ACK, False),
        (OrderStatus.PARTIAL_FILL, False),
        (OrderStatus.FULL_FILL, True),
        (OrderStatus.CANCELED, True),
        (OrderStatus.EXPIRED, True),
        (OrderStatus.IOC_NO_FILL, True),
        (OrderStatus.IOC_EXPIRE, True),
        (OrderStatus.FAILED_BLOCKING, True),
        (OrderStatus.FAILED_MATCHING, True),
        (OrderStatus.UNKNOWN, False),
    ],
)
def test_whether_an_order_lives_on(status: OrderStatus, final: bool) -> None:
    assert status.is_final is final


@pytest.mark.parametrize("kind", [Side, OrderType, TimeInForce, OrderStatus, TickType])
def test_every_enum_that_may_grow_has_a_word_for_what_is_new(
    kind: type[Side | OrderType | TimeInForce | OrderStatus | TickType],
) -> None:
    assert kind["UNKNOWN"].value == "unknown"
    assert all(pickle.loads(pickle.dumps(member)) is member for member in kind)


def test_a_balance_adds_up() -> None:
    balance = Balance("BNB", Decimal("1.5"), Decimal("0.25"), Decimal("0.00000001"))
    assert balance.total == Decimal("1.75000001")


def test_values_are_tuples_with_names() -> None:
    one = Decimal(1)
    assert Level(one, one)._fields == ("price", "quantity")
    assert Fee("BNB", one)._fields == Coin("BNB", one)._fields
    assert Output("you", (Coin("BNB", one),)).coins[0].amount == one
    assert Balance("BNB", one, one, one)._fields == ("asset", "free", "frozen", "locked")


ONE = Decimal(1)


@pytest.mark.parametrize(
    "value",
    [
        Level(ONE, ONE),
        Fee("BNB", ONE),
        Coin("BNB", ONE),
        Balance("BNB", ONE, ONE, ONE),
        Output("you", (Coin("BNB", ONE),)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_value_is_made_of_a_list_of_its_parts_too(value: Any) -> None:
    """As `attrs.asdict` makes again what is a tuple."""
    kind = type(value)
    assert (
        kind(list(value)) == kind(*value) == kind(**value._asdict()) == kind._make(value) == value
    )
    assert type(kind(list(value))) is kind
    assert pickle.loads(pickle.dumps(value)) == value
    assert list(inspect.signature(kind).parameters) == list(value._fields)
    for wrong in [(), ([],), (list(value)[:-1],), tuple(value) * 2]:
        with pytest.raises(TypeError):
            kind(*wrong)
