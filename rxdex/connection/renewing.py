"""When a line is replaced by a new one, and how that is done without a loss."""

import threading
import time
from collections.abc import Callable

from rxdex.backoff import Delays
from rxdex.connection.doubles import Doubles
from rxdex.connection.hearing import Hearing
from rxdex.connection.line import Line
from rxdex.connection.renewal import Renewal
from rxdex.connection.settings import LineSettings
from rxdex.errors import ConnectionLost, StaleConnection
from rxdex.events import GapReason

__all__ = ["Renewing"]

_NEVER = float("inf")
#: Seconds for an old line's goodbye, before it is dropped.
_GOODBYE = 2.0
#: Seconds. So long a new socket may bring what the old one brought before.
_LAG = 30.0
#: Seconds for an old line to answer a ping.
_LEAST_PATIENCE = 1.0
#: Seconds from the beginning of a renewal until the new line must have answered.
_LONGEST = 60.0


class Renewing:
    """
    The renewals of one session, one at a time.

    A new line is opened and asked for everything, while the old one goes on. Once both were heard for
    `renew_overlap`, the old one is pinged: with its answer, all that it had to bring has come, and the new
    one takes its place. What that brought meanwhile is told, save what the old one brought too. Where the
    old one does not answer, or breaks before, something may have been under way on it alone: there is a gap.

    :param name: of the session's threads
    :param make: a new line, not open yet
    :param wait_turn: waits for the turn to connect; whether it is all over meanwhile
    :param ring: has the session's reader look again
    :param adopt: is told of the new line, before it is heard
    :param hearing: what is done with the frames of either
    :param settings: how a line behaves
    :param max_age: seconds that the venue lets a line live, if it says so
    """

    def __init__(
        self,
        name: str,
        make: Callable[[], Line],
        wait_turn: Callable[[], bool],
        ring: Callable[[], None],
        adopt: Callable[[Line], None],
        *,
        hearing: Hearing,
        settings: LineSettings,
        max_age: float | None,
    ) -> None:
        self._name = name
        self._make = make
        self._wait_turn = wait_turn
        self._ring = ring
        self._adopt = adopt
        self._hearing = hearing
        self._audience = hearing.audience
        self._news = hearing.news
        self._overlap = settings.renew_overlap
        self._max_age = settings.renew_after or max_age or _NEVER
        self._delays = Delays(settings.backoff)
        self._not_before = 0.0
        self._is_requested = False
        self._renewal: Renewal | None = None
        self._patience = max(_LEAST_PATIENCE, settings.renew_overlap)
        self._began_at = 0.0
        # When the old line was asked for a sign of life.
        self._pinged_at: float | None = None
        self._drops_until = 0.0
        # Old lines that say goodbye, a thread each; changed by the reader, looked at by others.
        self._closing: tuple[tuple[threading.Thread, Line], ...] = ()

    def request(self) -> None:
        """Renew soon; from any thread."""
        self._is_requested = True
        self._ring()

    def wake(self) -> None:
        """What is wanted has changed; from any thread."""
        renewal = self._renewal
        if renewal is not None:
            renewal.wake()

    def abort(self) -> None:
        """Drop the new socket, if there is one; from any thread."""
        renewal = self._renewal
        if renewal is not None:
            renewal.line.abort()
        for _, old in self._closing:
            old.abort()

    def due(self, line: Line) -> float:
        """When to look again, on the monotonic clock, if nobody rings."""
        now = time.monotonic()
        renewal = self._renewal
        if renewal is None:
            return max(self._not_before, now + self._max_age - line.age)
        if renewal.failure is not None:
            return now
        if self._pinged_at is not None:
            return self._pinged_at + self._patience
        if renewal.asked_at is None:
            return self._began_at + _LONGEST
        return renewal.asked_at + self._overlap

    def step(self, line: Line) -> Line:
        """
        Do what is due; on the reader's thread.

        :return: the line to go on with: the same, or the new one
        :raises ConnectionLost: when the old one broke
        """
        now = time.monotonic()
        if self._hearing.drops is not None and now > self._drops_until:
            self._hearing.drops = None
        renewal = self._renewal
        if renewal is None:
            is_old = line.age >= self._max_age and now >= self._not_before
            if self._is_requested or is_old:
                self._begin(line)
            return line
        if renewal.asked_at is None and now >= self._began_at + _LONGEST:
            renewal.failure = StaleConnection(f"no answer to a ping within {_LONGEST:g} s")
        if renewal.failure is not None:
            self._give_up(renewal)
        elif renewal.overlap >= self._overlap:
            return self._drain(line, renewal)
        return line

    def rescue(self, line: Line) -> Line | None:
        """The new line, where the old one broke while it was about to be replaced; None if there is none."""
        renewal = self._renewal
        if renewal is None or renewal.asked_at is None or renewal.failure is not None:
            return None
        # However much it brought, only its answer says that nothing more was under way on the old one alone.
        is_whole = self._pinged_at is not None and line.is_answered
        new = self._switch(line, renewal, is_whole=is_whole)
        return None if new is line else new

    def _drain(self, line: Line, renewal: Renewal) -> Line:
        """Switch once the old line has brought all it had, or does not say so in time."""
        if self._pinged_at is None:
            self._pinged_at = time.monotonic()
            line.ping()
        elif line.is_answered:
            return self._switch(line, renewal, is_whole=True)
        elif time.monotonic() >= self._pinged_at + self._patience:
            return self._switch(line, renewal, is_whole=False)
        return line

    def cancel(self) -> None:
        """Leave nothing behind."""
        if self._renewal is not None:
            self._renewal.cancel()
            self._renewal = self._pinged_at = None
        self._hearing.notes = self._hearing.drops = None
        self._is_requested = False
        until = time.monotonic() + _GOODBYE
        for thread, _ in self._closing:
            if thread.is_alive():
                thread.join(max(0.0, until - time.monotonic()))
        for _, old in self._closing:
            old.abort()
        self._closing = ()

    def _begin(self, old: Line) -> None:
        self._is_requested = False
        self._began_at = time.monotonic()
        name = f"rxdex:{self._name}"
        try:
            line = self._make()
            first, change = frozenset(old.said), self._audience.change
            renewal = Renewal(line, first, change, self._wait_turn, self._ring, name)
            self._hearing.notes = Doubles()
            renewal.start()
        except Exception as error:  # noqa: BLE001 - the old line is well, and goes on
            self._hearing.notes = None
            self._failed(error)
            return
        self._renewal = renewal

    def _switch(self, old: Line, renewal: Renewal, *, is_whole: bool) -> Line:
        if not renewal.take_over():
            self._give_up(renewal)
            return old
        pinged_at, self._pinged_at = self._pinged_at, None
        self._renewal, self._is_requested = None, False
        self._adopt(renewal.line)
        self._hearing.pulse.expect(renewal.line.said, time.monotonic())
        # The answer of the old one says nothing of what the new one was asked for later.
        sure = {
            topic
            for topic, since in renewal.sure.items()
            if is_whole and pinged_at is not None and since <= pinged_at
        }
        lost = old.said - sure
        if lost:
            self._audience.lose(GapReason.RENEWAL_FAILED, old.heard_ns, lost)
        self._delays.reset()
        self._hearing.drops, self._hearing.notes = self._hearing.notes, None
        self._drops_until = time.monotonic() + _LAG
        # Its goodbye may take a second, and nobody is to wait for it.
        goodbye = threading.Thread(target=old.close, name=f"rxdex:{self._name}", daemon=True)
        self._closing = (*(it for it in self._closing if it[0].is_alive()), (goodbye, old))
        try:
            goodbye.start()
        except RuntimeError:
            # A machine without threads: no goodbye, then.
            old.abort()
        for frames, received_ns in renewal.batches:
            if self._audience.is_over:
                break
            self._hearing.hear(frames, received_ns, said=renewal.line.said)
        with self._audience.calling_out():
            self._news.renewed(self._name)
        return renewal.line

    def _give_up(self, renewal: Renewal) -> None:
        renewal.cancel()
        self._renewal = self._pinged_at = None
        self._hearing.notes = None
        self._failed(renewal.failure or ConnectionLost("its reader did not let go of it"))

    def _failed(self, why: Exception) -> None:
        delay = self._delays.next()
        self._not_before = time.monotonic() + delay
        with self._audience.calling_out():
            self._news.not_renewed(self._name, why, delay)
