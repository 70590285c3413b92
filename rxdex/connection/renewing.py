"""When a line is replaced by a new one, and how that is done without a loss."""

import threading
import time
from collections.abc import Callable

from rxdex.backoff import Delays
from rxdex.connection.audience import Audience
from rxdex.connection.doubles import Doubles
from rxdex.connection.hearing import Hearing
from rxdex.connection.line import Line
from rxdex.connection.news import News
from rxdex.connection.renewal import Renewal
from rxdex.connection.settings import LineSettings
from rxdex.connection.ticking import Ticking
from rxdex.errors import ConnectionLost
from rxdex.events import GapReason

__all__ = ["Renewing"]

_NEVER = float("inf")
#: Seconds. So long a new socket may bring what the old one brought before.
_LAG = 30.0
#: Seconds for an old line to answer a ping.
_LEAST_PATIENCE = 1.0


class Renewing:
    """
    The renewals of one session, one at a time.

    A new line is opened and asked for everything, while the old one goes on. Once both were heard for
    `renew_overlap`, the old one is pinged: with its answer, all that it had to bring has come, and the new
    one takes its place. What that brought meanwhile is told, save what the old one brought too. An old one
    that does not answer may have kept something back, so then there is a gap.

    :param name: of the session's threads
    :param make: a new line, not open yet
    :param wait_turn: waits for the turn to connect; whether it is all over meanwhile
    :param ring: has the session's reader look again
    """

    def __init__(
        self,
        name: str,
        make: Callable[[], Line],
        wait_turn: Callable[[], bool],
        ring: Callable[[], None],
        *,
        audience: Audience,
        hearing: Hearing,
        news: News,
        settings: LineSettings,
        max_age: float | None,
    ) -> None:
        self._name = name
        self._make = make
        self._wait_turn = wait_turn
        self._ring = ring
        self._audience = audience
        self._hearing = hearing
        self._news = news
        self._overlap = settings.renew_overlap
        self._max_age = settings.renew_after or max_age or _NEVER
        self._delays = Delays(settings.backoff)
        self._not_before = 0.0
        self._is_requested = False
        self._renewal: Renewal | None = None
        self._patience = max(_LEAST_PATIENCE, settings.renew_overlap)
        # When the old line was asked for a sign of life, and how many it had given before.
        self._pinged_at: float | None = None
        self._pongs = 0
        self._drops_until = 0.0
        self._closing: list[threading.Thread] = []

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
        return _NEVER if renewal.asked_at is None else renewal.asked_at + self._overlap

    def step(self, line: Line, ticking: Ticking) -> Line:
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
                self._begin()
            return line
        if renewal.failure is not None:
            self._give_up(renewal)
        elif renewal.overlap >= self._overlap:
            return self._drain(line, renewal, ticking)
        return line

    def rescue(self, line: Line, lost: ConnectionLost, ticking: Ticking) -> Line | None:
        """The new line, where the old one broke while it was about to be replaced; None if there is none."""
        renewal = self._renewal
        if renewal is None or renewal.asked_at is None or renewal.failure is not None:
            return None
        # What the old one brought so long after the new one was asked, the new one brought too.
        is_whole = line.heard_at - renewal.asked_at >= self._overlap
        new = self._switch(line, renewal, ticking, is_whole=is_whole)
        return None if new is line else new

    def _drain(self, line: Line, renewal: Renewal, ticking: Ticking) -> Line:
        """Switch once the old line has brought all it had, or does not say so in time."""
        if self._pinged_at is None:
            self._pinged_at, self._pongs = time.monotonic(), line.pongs
            line.ping()
        elif line.pongs > self._pongs:
            return self._switch(line, renewal, ticking, is_whole=True)
        elif time.monotonic() >= self._pinged_at + self._patience:
            return self._switch(line, renewal, ticking, is_whole=False)
        return line

    def cancel(self) -> None:
        """Leave nothing behind."""
        if self._renewal is not None:
            self._renewal.cancel()
            self._renewal = self._pinged_at = None
        self._hearing.notes = self._hearing.drops = None
        for thread in self._closing:
            thread.join()
        self._closing.clear()

    def _begin(self) -> None:
        self._is_requested = False
        try:
            line = self._make()
        except ConnectionLost as lost:
            self._failed(lost)
            return
        self._hearing.notes = Doubles()
        name = f"rxdex:{self._name}"
        self._renewal = Renewal(line, self._audience.wanted, self._wait_turn, self._ring, name)
        self._renewal.start()

    def _switch(self, old: Line, renewal: Renewal, ticking: Ticking, *, is_whole: bool) -> Line:
        if not renewal.take_over():
            self._give_up(renewal)
            return old
        self._pinged_at = None
        if not is_whole:
            self._audience.lose(GapReason.RENEWAL_FAILED, old.heard_ns, old.said)
        self._renewal = None
        self._delays.reset()
        self._hearing.drops, self._hearing.notes = self._hearing.notes, None
        self._drops_until = time.monotonic() + _LAG
        # Its goodbye may take a second, and nobody is to wait for it.
        goodbye = threading.Thread(target=old.close, name=f"rxdex:{self._name}", daemon=True)
        self._closing = [*(it for it in self._closing if it.is_alive()), goodbye]
        goodbye.start()
        for frames, received_ns in renewal.batches:
            self._hearing.hear(frames, ticking, received_ns)
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
        self._news.not_renewed(self._name, why, delay)
