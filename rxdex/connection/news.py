"""What a line has to say about itself, for everybody who listens to the whole."""

import logging
import threading
import time

from rxdex.connection.bulletin import Bulletin
from rxdex.connection.tally import Tally
from rxdex.errors import MalformedFrame, RxdexError
from rxdex.events import Fault, FaultReason, LineState, Notice, Status
from rxdex.topics import Topic

__all__ = ["News"]

_log = logging.getLogger(__name__)

_KINDS_REMEMBERED = 1_000


class News:
    """
    Status and faults of all lines of one venue.

    A notice of one kind is told once, since a venue that says a thing says it often.

    :param status: where the venue's lines stand before there is any
    """

    def __init__(self, status: Status) -> None:
        self.status: Bulletin[Status] = Bulletin(status, raised=_report)
        self.faults: Bulletin[Fault] = Bulletin(raised=_report)
        self.tally = Tally()
        self._kinds: set[str] = set()
        self._lock = threading.Lock()

    def tell(self, status: Status) -> None:
        """A line has changed its state."""
        is_routine = status.error is None and status.down_for is None
        level = logging.INFO if is_routine else logging.WARNING
        _log.log(level, "rxdex %s: %s", status.lane or "venue", status.what)
        self.status.tell(status, remember=True)

    def fell_silent(self, lane: str, topic: Topic[object], limit: float) -> None:
        """A topic that ticks has nothing more to tell, although its line is up."""
        self._tell_of(
            lane, f"nothing of {topic} for {limit:g} s, although the line is up", topic=topic
        )

    def came_back(self, lane: str, topic: Topic[object]) -> None:
        """A topic that had fallen silent has something to tell again."""
        self._tell_of(lane, f"{topic} came back", topic=topic)

    def stuck(self, lane: str, state: LineState, seconds: float, where: str) -> None:
        """A reader has not come back from a subscriber for so long."""
        what = (
            f"a subscriber has held up the line for {seconds:.0f} s (it is in {where}), and the venue may "
            "hang up; do less in on_next, or hand over: rxdex.operators.buffered"
        )
        self._tell_of(lane, what, state=state)

    def went_on(self, lane: str, seconds: float) -> None:
        """The subscriber let the reader go."""
        self._tell_of(lane, f"the line goes on, held up by a subscriber for {seconds:.0f} s")

    def renewed(self, lane: str) -> None:
        """A new socket took the place of the old one."""
        self.tally.renewed(lane)
        self._tell_of(
            lane, "renewed: a new socket has taken the place of the old one", logging.INFO
        )

    def not_renewed(self, lane: str, why: Exception, delay: float) -> None:
        """The new socket could not be had; the old one goes on."""
        what = f"not renewed, the old socket goes on: {why}; next attempt in {delay:.1f} s at the earliest"
        self._tell_of(lane, what, error=why)

    def _tell_of(
        self,
        lane: str,
        what: str,
        level: int = logging.WARNING,
        *,
        state: LineState = LineState.UP,
        topic: Topic[object] | None = None,
        error: Exception | None = None,
    ) -> None:
        _log.log(level, "rxdex %s: %s", lane, what)
        status = Status(
            lane=lane,
            state=state,
            what=what,
            topic=topic,
            error=error,
            received_ns=time.time_ns(),
        )
        self.status.tell(status, remember=True)

    def malformed(self, lane: str, error: MalformedFrame) -> None:
        """A frame was refused."""
        what = f"{error}; it is dropped, the streams go on"
        self._fault(FaultReason.MALFORMED_FRAME, what, lane, text=error.text, error=error)

    def noticed(self, lane: str, notice: Notice) -> None:
        """A frame said something that is no event."""
        with self._lock:
            if notice.what in self._kinds:
                return
            if len(self._kinds) >= _KINDS_REMEMBERED:
                # A venue that makes words up shall not silence what it says later.
                self._kinds.clear()
            self._kinds.add(notice.what)
        self._fault(FaultReason.NOTICE, notice.what, lane, text=notice.text)

    def raised(self, lane: str, what: str, error: Exception) -> None:
        """A subscriber raised, which ends it and nobody else."""
        _log.error("rxdex %s: %s", lane, what, exc_info=error)
        self._fault(FaultReason.SUBSCRIBER, what, lane, error=error)

    def overflowed(self, lane: str, what: str) -> None:
        """Events were dropped for a subscriber that is too slow."""
        self._fault(FaultReason.OVERFLOW, what, lane)

    def bug(self, lane: str, error: Exception) -> None:
        """A line ended for a reason that is not the line's."""
        bug = f"a bug ended the line, {error!r}: subscribe again, and report what the log has of it"
        what = str(error) if isinstance(error, RxdexError) else bug
        _log.critical("rxdex %s: %s", lane, what, exc_info=error)
        self._fault(FaultReason.BUG, what, lane, error=error)

    def complete(self) -> None:
        """There will be no more."""
        self.status.complete()
        self.faults.complete()

    def _fault(
        self,
        reason: FaultReason,
        what: str,
        lane: str,
        text: str | None = None,
        error: Exception | None = None,
    ) -> None:
        if reason in {FaultReason.MALFORMED_FRAME, FaultReason.NOTICE, FaultReason.OVERFLOW}:
            _log.warning("rxdex %s: %s", lane, what)
        self.tally.faulted(lane, reason)
        self.faults.tell(
            Fault(
                reason=reason,
                what=what,
                lane=lane,
                text=text,
                error=error,
                received_ns=time.time_ns(),
            )
        )


def _report(error: Exception) -> None:
    _log.error("an observer of status or faults raised", exc_info=error)
