"""The small values that events are made of."""

from collections.abc import Callable
from decimal import Context, Decimal
from enum import StrEnum
from functools import wraps
from typing import Any, NamedTuple, TypeVar

from rxdex.errors import InvalidSubject

__all__ = [
    "Balance",
    "Coin",
    "Fee",
    "Interval",
    "Level",
    "OrderStatus",
    "OrderType",
    "Output",
    "Side",
    "TickType",
    "TimeInForce",
]


N = TypeVar("N", bound=type[tuple[Any, ...]])

#: Arithmetic on amounts: they have 40 characters at most, so no product of two is rounded.
EXACT = Context(prec=100)


class Side(StrEnum):
    """Whether an order buys or sells the base asset."""

    BUY = "buy"
    SELL = "sell"
    UNKNOWN = "unknown"


class OrderType(StrEnum):
    """How an order names its price."""

    LIMIT = "limit"
    MARKET = "market"
    UNKNOWN = "unknown"


class TimeInForce(StrEnum):
    """How long an order waits for a counterpart."""

    GTE = "good till expire"
    IOC = "immediate or cancel"
    UNKNOWN = "unknown"


class OrderStatus(StrEnum):
    """
    What became of an order, as one `OrderUpdate` tells it.

    `ACK` is an order accepted into the book. `PARTIAL_FILL` and `FULL_FILL` are fills; which of the
    two is judged by the order's state at the end of the block, so every fill of one order in one
    block has the same status. `CANCELED` is by the owner, `EXPIRED` by age or delisting.
    `IOC_NO_FILL` and `IOC_EXPIRE` end an immediate-or-cancel order that was filled not at all, or
    in part. `FAILED_BLOCKING` was refused when it was executed and never was in the book;
    `FAILED_MATCHING` dropped out because the matching of its symbol failed.
    """

    ACK = "ack"
    PARTIAL_FILL = "partial fill"
    FULL_FILL = "full fill"
    CANCELED = "canceled"
    EXPIRED = "expired"
    IOC_NO_FILL = "ioc no fill"
    IOC_EXPIRE = "ioc expire"
    FAILED_BLOCKING = "failed blocking"
    FAILED_MATCHING = "failed matching"
    UNKNOWN = "unknown"

    @property
    def is_final(self) -> bool:
        """Whether the order is no longer in the book after this."""
        return self not in _OPEN


_OPEN = frozenset({OrderStatus.ACK, OrderStatus.PARTIAL_FILL, OrderStatus.UNKNOWN})


class TickType(StrEnum):
    """
    Which side brought a trade about, where the auction had a taker at all.

    `BUY_SURPLUS`, `SELL_SURPLUS` and `NEUTRAL` are trades between two orders of the same block:
    there is no taker in them, and nobody should make one up.
    """

    SELL_TAKER = "sell taker"
    BUY_TAKER = "buy taker"
    BUY_SURPLUS = "buy surplus"
    SELL_SURPLUS = "sell surplus"
    NEUTRAL = "neutral"
    UNKNOWN = "unknown"


class Interval(StrEnum):
    """How long a kline lasts. Case matters: `1m` is a minute, `1M` a month."""

    MINUTE_1 = "1m"
    MINUTE_3 = "3m"
    MINUTE_5 = "5m"
    MINUTE_15 = "15m"
    MINUTE_30 = "30m"
    HOUR_1 = "1h"
    HOUR_2 = "2h"
    HOUR_4 = "4h"
    HOUR_6 = "6h"
    HOUR_8 = "8h"
    HOUR_12 = "12h"
    DAY_1 = "1d"
    DAY_3 = "3d"
    WEEK_1 = "1w"
    MONTH_1 = "1M"

    @classmethod
    def parse(cls, text: "str | Interval") -> "Interval":
        """
        The interval that `text` names.

        :raises InvalidSubject: when there is no such interval
        """
        try:
            return cls(text)
        except ValueError:
            every = " ".join(cls)
            raise InvalidSubject(f"no kline interval {text!r}; take one of {every}") from None


def of_a_list(kind: N) -> N:
    """
    Let a NamedTuple be made of one list of all its parts, too.

    That is how `attrs.asdict` makes again what is a tuple, and those with names take their parts one by one.
    """
    by_parts: Callable[..., Any] = kind.__new__

    @wraps(by_parts)
    def new(cls: type[Any], *parts: Any, **named: Any) -> Any:
        if len(parts) == 1 and isinstance(parts[0], list):
            (parts,) = parts
        return by_parts(cls, *parts, **named)

    kind.__new__ = staticmethod(new)  # type: ignore[method-assign]
    return kind


@of_a_list
class Level(NamedTuple):
    """One price of a book: what it is, and how much of the base asset waits there."""

    price: Decimal
    quantity: Decimal


@of_a_list
class Fee(NamedTuple):
    """A fee taken in one asset."""

    asset: str
    amount: Decimal


@of_a_list
class Coin(NamedTuple):
    """So much of one asset."""

    asset: str
    amount: Decimal


@of_a_list
class Balance(NamedTuple):
    """What an account holds of one asset: free to use, frozen by its owner, locked in orders."""

    asset: str
    free: Decimal
    frozen: Decimal
    locked: Decimal

    @property
    def total(self) -> Decimal:
        """The three together, exact whatever the caller's decimal context rounds to."""
        return EXACT.add(EXACT.add(self.free, self.frozen), self.locked)


@of_a_list
class Output(NamedTuple):
    """One receiver of a transfer, and the coins it got."""

    receiver: str
    coins: tuple[Coin, ...]
