"""Events of the line itself: what came over it, what was refused, how it stands."""

from datetime import datetime
from enum import StrEnum

from attrs import field, frozen

from rxdex.events.event import Event, moment

__all__ = ["Fault", "FaultReason", "Frame", "Gap", "GapReason", "LineState", "Notice", "Status"]


@frozen(kw_only=True, weakref_slot=False)
class Frame(Event):
    """
    A frame as it stood on the wire.

    :param lane: which socket it belongs to
    :param text: all of it
    :param sent: True for what we said, False for what we heard
    """

    lane: str
    text: str
    sent: bool = False


@frozen(kw_only=True, weakref_slot=False)
class Notice:
    """
    Something a venue's frame says that is no event: a message, an error, a word we do not know.

    :param what: its kind, the same text for all of one kind
    :param text: the frame, or the part of it that it is about
    """

    what: str
    text: str = field(eq=False)


class FaultReason(StrEnum):
    """What kind of thing a `Fault` tells."""

    MALFORMED_FRAME = "malformed frame"
    NOTICE = "notice"
    SUBSCRIBER = "subscriber"
    OVERFLOW = "overflow"
    BUG = "bug"


@frozen(kw_only=True, weakref_slot=False)
class Fault(Event):
    """
    Something was refused or dropped, or went wrong on our side.

    A `SUBSCRIBER` fault ended that subscriber, a `BUG` every stream of its line; the others ended nothing.

    :param reason: what kind of thing it is
    :param what: what happened, in words
    :param lane: on which line, or None
    :param text: the frame it happened to, where there is one
    :param error: the exception behind it, where there is one
    """

    reason: FaultReason
    what: str
    lane: str | None = None
    text: str | None = None
    error: Exception | None = field(default=None, eq=False)


class GapReason(StrEnum):
    """
    Why events may be missing.

    `LINE_LOST`: the line broke. `STALE`: it was silent for too long, and given up. `OVERFLOW`: they came
    faster than the subscriber took them. `MALFORMED_FRAME`: a frame was refused, and nobody knows what it
    held. `RENEWAL_FAILED`: the line was to be replaced without a loss, and that did not succeed.
    """

    LINE_LOST = "line lost"
    STALE = "stale"
    OVERFLOW = "overflow"
    MALFORMED_FRAME = "malformed frame"
    RENEWAL_FAILED = "renewal failed"


@frozen(kw_only=True, weakref_slot=False)
class Gap(Event):
    """
    Events may be missing here: between what came before it and what comes next.

    It stands in the stream of who asked for it, from the moment the loss is known; the next event ends it.

    :param topic: of which topic, where it was one; None where it was several, or nobody knows
    :param since_ns: when the last was heard that is certain, by our own clock, ns since the Unix epoch
    :param reason: why
    :param lost: how many events, where that is known
    """

    topic: tuple[str, ...] | None
    since_ns: int
    reason: GapReason
    lost: int | None = None

    @property
    def since(self) -> datetime:
        """`since_ns` as a moment in UTC."""
        return moment(self.since_ns)


class LineState(StrEnum):
    """Where a line stands."""

    CLOSED = "closed"
    CONNECTING = "connecting"
    UP = "up"
    WAITING = "waiting"
    CLOSING = "closing"


@frozen(kw_only=True, weakref_slot=False)
class Status(Event):
    """
    A line has changed its state, or one of its topics fell silent or came back.

    :param lane: which line; None for the venue as a whole
    :param state: where it stands now
    :param what: the same in words
    :param error: why, where something went wrong
    :param retry_in: seconds until the next attempt, while it is waiting
    :param down_for: seconds it was down, when it is up again
    :param topic: which topic it is about, where it is not the whole line
    """

    lane: str | None
    state: LineState
    what: str
    error: Exception | None = field(default=None, eq=False)
    retry_in: float | None = None
    down_for: float | None = None
    topic: tuple[str, ...] | None = None
