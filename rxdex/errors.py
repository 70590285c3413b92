"""
Every exception of rxdex.

::

    RxdexError
    ├── UnsupportedTopic (ValueError)      the venue has no such stream
    ├── InvalidSubject (ValueError)        a symbol, address, interval, level count or URL that cannot be
    ├── ConnectionLost (ConnectionError)   the line could not be had, or broke
    │   ├── StaleConnection                it was open and said nothing for too long
    │   └── VenueGone                      nobody answers there any more, and nobody will
    ├── SubscriptionRejected               the venue refuses this one stream
    ├── MalformedFrame (ValueError)        a frame that is not what the venue's protocol says
    ├── EventsLost                         events are missing where there was to be no gap
    ├── BookOutOfSync                      an order book that can no longer be believed
    └── SubmissionRefused (ValueError)     the simulated exchange refuses a transaction

`UnsupportedTopic`, `InvalidSubject` and `SubmissionRefused` are raised by the call that is wrong,
before any I/O. The others arrive where the fault belongs: `ConnectionLost` at `on_error`, once a
line gives up, a question got no answer, or the `Dex` is closed; `MalformedFrame` in `Dex.faults`,
and at `on_error` where it is the answer to a question; `EventsLost` where that was chosen: at `on_error` of
`buffered` and `without_gaps`, and in the `async for` of `aio.iterate`.
`SubscriptionRejected` and `BookOutOfSync` will end the one stream they concern: Binance DEX never
answers a subscription, and order books are still to come.
"""

from datetime import datetime
from enum import Enum
from typing import Protocol

__all__ = [
    "BookOutOfSync",
    "ConnectionLost",
    "EventsLost",
    "InvalidSubject",
    "MalformedFrame",
    "RxdexError",
    "StaleConnection",
    "SubmissionRefused",
    "SubscriptionRejected",
    "UnsupportedTopic",
    "VenueGone",
]

_SHOWN = 200


class RxdexError(Exception):
    """Whatever rxdex raises on purpose."""


class UnsupportedTopic(RxdexError, ValueError):
    """The venue does not offer this stream; the text says why and what to take instead."""


class InvalidSubject(RxdexError, ValueError):
    """A symbol, an address, an interval, a number of levels or a URL that cannot exist."""


class ConnectionLost(RxdexError, ConnectionError):
    """
    The line could not be opened, or broke; the text says which and how.

    `retry_after` is how many seconds the other side wants to be left alone, where it said so (418, 429).
    """

    retry_after: float | None = None


class StaleConnection(ConnectionLost):
    """The line was open, yet nothing at all came over it for longer than the venue is ever silent."""


class VenueGone(ConnectionLost):
    """
    The venue has been shut down; no retry will help.

    :param what: which, and since when
    :param remedy: what to do instead
    """

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(f"{what}. {remedy}")
        self.what = what
        self.remedy = remedy

    def __reduce__(self) -> tuple[type["VenueGone"], tuple[str, str]]:
        # Two arguments of an OSError would be its number and its text.
        return type(self), (self.what, self.remedy)


class SubscriptionRejected(RxdexError):
    """The venue refuses this one stream; the others go on."""


class MalformedFrame(RxdexError, ValueError):
    """
    A frame that is not what the venue's protocol says.

    :param reason: what is wrong with it
    :param text: the frame as it came, whole
    """

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(reason, text)
        self.reason = reason
        self.text = text

    def __str__(self) -> str:
        shown = self.text if len(self.text) <= _SHOWN else f"{self.text[:_SHOWN]}…"
        return f"{self.reason}: {shown!r}"


class _Gap(Protocol):
    """What a `Gap` says; its class stands on a higher floor."""

    @property
    def topic(self) -> tuple[str, ...] | None: ...
    @property
    def since_ns(self) -> int: ...
    @property
    def since(self) -> datetime: ...
    @property
    def reason(self) -> Enum: ...
    @property
    def lost(self) -> int | None: ...


class EventsLost(RxdexError):
    """
    Events are missing in a stream that was to have no gap.

    :param remedy: what to do about it
    :param gap: the `Gap`: why, since when, and how many, where that is known
    """

    def __init__(self, remedy: str, gap: _Gap) -> None:
        super().__init__(remedy, gap)
        self.remedy = remedy
        self.gap = gap

    def __str__(self) -> str:
        gap = self.gap
        many = {None: "events may be", 1: "1 event is"}.get(gap.lost, f"{gap.lost} events are")
        since = f"{gap.since:%Y-%m-%d %H:%M:%S} UTC"
        return f"{many} missing since {since}: {gap.reason.value}; {self.remedy}"


class BookOutOfSync(RxdexError):
    """An order book has lost touch with the venue's; it is no value until a new snapshot came."""


class SubmissionRefused(RxdexError, ValueError):
    """The simulated exchange refuses an order, a cancel or a transfer; the text says why."""
