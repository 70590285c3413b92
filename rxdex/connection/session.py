"""
One stretch of a lane, from its first subscriber to its last.

Its reader thread alone touches the socket: it connects, reads, speaks and hangs up. Whoever subscribes or
leaves changes what is wanted, and rings.
"""

import threading
import time
from collections.abc import Callable
from functools import partial

from rxdex.connection.audience import Audience
from rxdex.connection.hearing import Hearing
from rxdex.connection.line import Line
from rxdex.connection.listener import Listener
from rxdex.connection.news import News
from rxdex.connection.renewing import Renewing
from rxdex.connection.retries import Retries
from rxdex.connection.settings import LineSettings
from rxdex.connection.status import LineStatus
from rxdex.connection.turnstile import Turnstile
from rxdex.connection.vitals import Vitals
from rxdex.errors import ConnectionLost, RxdexError, VenueGone
from rxdex.events import LineState
from rxdex.venue import Lane, Venue

__all__ = ["Session"]


class Session:
    """
    The life of one line.

    :param lane: whose
    :param venue: speaks its dialect
    :param settings: how it behaves
    :param news: where status and faults are told
    :param turnstile: where each attempt takes its turn
    :param gone: is called when nothing of it is left, on its own thread
    """

    def __init__(
        self,
        lane: Lane,
        venue: Venue,
        settings: LineSettings,
        news: News,
        turnstile: Turnstile,
        gone: "Callable[[Session], None]",
    ) -> None:
        self.lane = lane
        self.name = str(lane)
        self._venue = venue
        self._news = news
        self._gone = gone
        self._status = LineStatus(lane)
        self._audience = Audience(lane, settings.linger, news)
        self._retries = Retries(self._audience, settings)
        self._hearing = Hearing(lane, venue, self._audience, settings.topic_silence, news)
        #: Whether newcomers come here; how another one ends is no news of the lane.
        self.is_current = True
        #: Changed by the reader, looked at by others.
        self._line: Line | None = None
        self._wait_turn = partial(turnstile.pass_with, self._audience)
        self._make_line = partial(Line, lane, venue, settings)
        self._renewing = Renewing(
            self.name,
            self._make_line,
            self._wait_turn,
            self._ring,
            self._adopt,
            hearing=self._hearing,
            settings=settings,
            max_age=venue.max_age,
        )
        self.thread = threading.Thread(target=self._run, name=f"rxdex:{lane}", daemon=True)
        self.vitals = Vitals(
            self.name, self.thread, self._status, lambda: self._line, self._hearing
        )

    # From any thread.

    def start(self) -> None:
        """Let it live."""
        self.thread.start()

    def join(self, listener: Listener) -> bool:
        """Take a subscriber in; False when it is over already."""
        if not self._audience.join(listener):
            return False
        self._ring()
        return True

    def leave(self, listener: Listener) -> None:
        """Let a subscriber go, without waiting for anything."""
        if self._audience.leave(listener):
            self._ring()

    def close(self) -> None:
        """End it; who still listens will be told that it is complete."""
        self._audience.close()
        self._ring()

    def renew(self) -> None:
        """Have the line replaced by a new one, without a loss; one that is not open is new anyway."""
        if self.vitals.state is LineState.UP:
            self._renewing.request()

    def wait_gone(self, timeout: float) -> None:
        """Wait for its end, its own thread excepted; drop its socket if that does not come in time."""
        if threading.current_thread() is not self.thread:
            self.thread.join(timeout)
        self._renewing.abort()
        line = self._line
        if line is not None:
            line.abort()

    def _ring(self) -> None:
        """Have the reader look again at what is wanted."""
        line = self._line
        if line is None:
            return
        self._renewing.wake()
        if line.is_open:
            line.wake()
        elif self._audience.is_over:
            # Nobody waits for the handshake any more.
            line.abort()

    # On the reader thread.

    def _run(self) -> None:
        try:
            while not self._audience.is_over:
                self._live()
            self._audience.complete()
        except BaseException as bug:  # noqa: BLE001 - rule 4: the reader does not die in silence
            ended = RxdexError(f"a subscriber ended the line with {bug!r}; subscribe again")
            error = bug if isinstance(bug, Exception) else ended
            # First those who wait: who listens to faults may raise anything.
            self._audience.dismiss(lambda _: True, error)
            with self._audience.calling_out():
                self._news.bug(self.name, error)
        finally:
            try:
                self._move(LineState.CLOSED, "closed")
            finally:
                self._gone(self)

    def _live(self) -> None:
        """From one attempt to connect to the end of what came of it."""
        self._move(LineState.CONNECTING, f"connecting to {self._venue.name}")
        try:
            self._line = line = self._make_line()
            if self._wait_turn():
                return
            line.open()
            if self._retries.was_up:
                self._news.tally.reconnected(self.name)
            self._retries.was_up = True
            self._move(LineState.UP, f"connected to {self._venue.name}")
            line = self._listen(line)
            self._move(LineState.CLOSING, "nobody listens any more")
            line.close()
        except VenueGone as gone:
            self._audience.dismiss(lambda _: True, gone)
            self._move(LineState.CLOSED, f"given up: {gone}", gone)
        except ConnectionLost as lost:
            self._lost(lost)
        finally:
            last, self._line = self._line, None
            if last is not None:
                last.abort()

    def _listen(self, line: Line) -> Line:
        """Hear and speak until nobody listens; the line that was the last."""
        try:
            while not self._audience.is_over:
                try:
                    self._hear(line)
                    line = self._line = self._renewing.step(line)
                except ConnectionLost:
                    rescued = self._renewing.rescue(line)
                    if rescued is None:
                        raise
                    line = self._line = rescued
        finally:
            self._renewing.cancel()
            self._hearing.pulse.restart()
        return line

    def _adopt(self, line: Line) -> None:
        self._line = line

    def _hear(self, line: Line) -> None:
        change = self._audience.change(line.said, line.seen)
        if change is not None:
            line.say(change)
            self._hearing.pulse.change(change.more, change.gone, time.monotonic())
        line.keep_alive()
        if self._audience.is_over:
            return
        until = min(
            self._audience.lingers_until(), self._hearing.pulse.due, self._renewing.due(line)
        )
        frames = line.receive(until)
        if frames:
            self._hearing.hear(frames, said=line.said)
        self._hearing.tell_silent()
        self._audience.stop_lingering()

    def _lost(self, lost: ConnectionLost) -> None:
        """Wait before the next attempt, if anybody waits for it."""
        if self._audience.is_over:
            return
        delay = self._retries.after(lost, self._line)
        self._line = None
        if delay is None:
            self._move(LineState.CLOSED, f"given up: {lost}", lost)
            return
        self._move(LineState.WAITING, f"{lost}; next attempt in {delay:.1f} s", lost, delay)
        self._audience.wait_over(delay)

    def _move(
        self,
        state: LineState,
        what: str,
        error: Exception | None = None,
        retry_in: float | None = None,
    ) -> None:
        if state is not self._status.state:
            status = self._status.to(state, what, error=error, retry_in=retry_in)
            if self.is_current:
                with self._audience.calling_out():
                    self._news.tell(status)
