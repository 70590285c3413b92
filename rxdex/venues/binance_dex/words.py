"""What the venue's words and numbers mean (PROTOCOL 7.1, 7.4 and 10), and how a reader answers."""

from functools import lru_cache
from typing import Generic, TypeVar

from attrs import frozen

from rxdex.events import Notice, OrderStatus, OrderType, Side, TickType, TimeInForce
from rxdex.topics import Kind, Topic
from rxdex.venue import Finding, Value

__all__ = [
    "ORDER_TYPES",
    "SIDES",
    "STATUSES",
    "TICKS",
    "TIMES_IN_FORCE",
    "Found",
    "TopicsOf",
    "Words",
    "interned",
    "meaning",
]

M = TypeVar("M")

#: What a frame was found to say.
Found = list[Finding]

_SHOWN = 40
_TOPICS = 8192
#: Of one kind.
_SUBJECTS = 2_048


@frozen(eq=False)
class Words(Generic[M]):
    """
    The words of one enum: they may grow, and what is new drops nothing.

    :param name: what such a word is about
    :param known: its meaning by what stands on the wire
    :param unknown: the meaning of what is not known
    """

    name: str
    known: dict[int | str, M]
    unknown: M


# 0 stands in the reports of failed cancels, which know no side and no time in force.
SIDES = Words("a side", {0: Side.UNKNOWN, 1: Side.BUY, 2: Side.SELL}, Side.UNKNOWN)

ORDER_TYPES = Words(
    "an order type",
    {0: OrderType.UNKNOWN, 1: OrderType.MARKET, 2: OrderType.LIMIT},
    OrderType.UNKNOWN,
)

TIMES_IN_FORCE = Words(
    "a time in force",
    {0: TimeInForce.UNKNOWN, 1: TimeInForce.GTE, 3: TimeInForce.IOC},
    TimeInForce.UNKNOWN,
)

STATUSES = Words(
    "an order status",
    {
        "Ack": OrderStatus.ACK,
        "PartialFill": OrderStatus.PARTIAL_FILL,
        "FullyFill": OrderStatus.FULL_FILL,
        "Canceled": OrderStatus.CANCELED,
        "Expired": OrderStatus.EXPIRED,
        "IocNoFill": OrderStatus.IOC_NO_FILL,
        "IocExpire": OrderStatus.IOC_EXPIRE,
        "FailedBlocking": OrderStatus.FAILED_BLOCKING,
        "FailedMatching": OrderStatus.FAILED_MATCHING,
        "Unknown": OrderStatus.UNKNOWN,
    },
    OrderStatus.UNKNOWN,
)

TICKS = Words(
    "a tick type",
    {
        0: TickType.UNKNOWN,
        1: TickType.SELL_TAKER,
        2: TickType.BUY_TAKER,
        3: TickType.BUY_SURPLUS,
        4: TickType.SELL_SURPLUS,
        5: TickType.NEUTRAL,
    },
    TickType.UNKNOWN,
)


def meaning(words: Words[M], wire: int | str, found: Found) -> M:
    """The meaning of a word; one that is new is noted in `found`."""
    known = words.known.get(wire)
    if known is not None:
        return known
    shown = repr(wire)[:_SHOWN]
    found.append(
        Notice(what=f"{words.name} we do not know: {shown}; the event says UNKNOWN", text=shown)
    )
    return words.unknown


def interned(kind: Kind, subject: str = "", detail: str = "") -> Topic[Value]:
    """The topic of a delivery, made once for many."""
    # In one way, or the cache would hold it twice.
    return _kept(kind, subject, detail)


@lru_cache(maxsize=_TOPICS)
def _kept(kind: Kind, subject: str, detail: str) -> Topic[Value]:
    return Topic(kind, subject, detail)


class TopicsOf(dict[str, Topic[Value]]):
    """
    The topics of one kind and detail by their subject: `interned`, for who looks up one for each frame.

    :param kind: what they tell
    :param detail: an interval or a number of levels, where there is one
    """

    def __init__(self, kind: Kind, detail: str = "") -> None:
        super().__init__()
        self._kind = kind
        self._detail = detail

    def __missing__(self, subject: str) -> Topic[Value]:
        if len(self) >= _SUBJECTS:
            # More than any venue lists: somebody makes them up.
            self.clear()
        topic = self[subject] = interned(self._kind, subject, self._detail)
        return topic
