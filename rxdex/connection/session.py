"""
One stretch of a lane, from its first subscriber to its last.

Its reader thread alone touches the socket: it connects, reads, speaks and hangs up. Whoever subscribes or
leaves changes what is wanted, and rings.
"""

import threading
import time
from collections.abc import Callable
from functools import partial
from itertools import chain

from rxdex.backoff import Delays
from rxdex.connection.audience import Audience
from rxdex.connection.hearing import Hearing
from rxdex.connection.listener import Listener
from rxdex.connection.news import News
from rxdex.connection.reasons import in_words, silent
from rxdex.connection.settings import LineSettings
from rxdex.connection.status import LineStatus
from rxdex.connection.transport import Transport
from rxdex.connection.websocket import WebsocketTransport
from rxdex.errors import ConnectionLost, RxdexError, StaleConnection, VenueGone
from rxdex.events import LineState
from rxdex.topics import Topic
from rxdex.venue import Lane, Venue

__all__ = ["Session"]

Topics = frozenset[Topic[object]]


class Session:
    """
    The life of one line.

    :param lane: whose
    :param venue: speaks its dialect
    :param settings: how it behaves
    :param news: where status and faults are told
    :param gone: is called when nothing of it is left, on its own thread
    """

    def __init__(
        self,
        lane: Lane,
        venue: Venue,
        settings: LineSettings,
        news: News,
        gone: "Callable[[Session], None]",
    ) -> None:
        self.lane = lane
        self._venue = venue
        self._settings = settings
        self._news = news
        self._gone = gone
        self._status = LineStatus(lane)
        self._delays = Delays(settings.backoff)
        self._silence = settings.silence or venue.silence
        self._audience = Audience(lane, settings.linger, news)
        self._hearing = Hearing(lane, venue, self._audience, news)
        self._was_up = False
        self._said: Topics = frozenset()
        self._keepalive_due = float("inf")
        #: Whether newcomers come here; how another one ends is no news of the lane.
        self.is_current = True
        self._lock = threading.Lock()
        # Under the lock:
        self._transport: Transport | None = None
        self._is_open = False
        self.thread = threading.Thread(target=self._run, name=f"rxdex:{lane}", daemon=True)

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

    def wait_gone(self, timeout: float) -> None:
        """Wait for its end, its own thread excepted; drop its socket if that does not come in time."""
        if threading.current_thread() is not self.thread:
            self.thread.join(timeout)
        with self._lock:
            transport = self._transport
        if transport is not None:
            transport.abort()

    def _ring(self) -> None:
        """Have the reader look again at what is wanted."""
        with self._lock:
            transport, is_open = self._transport, self._is_open
        if transport is None:
            return
        if is_open:
            transport.wake()
        elif self._audience.is_over():
            # Nobody waits for the handshake any more.
            transport.abort()

    # On the reader thread.

    def _run(self) -> None:
        try:
            while not self._audience.is_over():
                self._live()
            self._audience.complete()
        except BaseException as bug:  # noqa: BLE001 - rule 4: the reader does not die in silence
            ended = RxdexError(f"a subscriber ended the line with {bug!r}; subscribe again")
            error = bug if isinstance(bug, Exception) else ended
            self._news.bug(str(self.lane), error)
            self._audience.dismiss(lambda _: True, error)
        finally:
            self._move(LineState.CLOSED, "closed")
            self._gone(self)

    def _live(self) -> None:
        """From one attempt to connect to the end of what came of it."""
        transport: Transport | None = None
        up_since: float | None = None
        self._move(LineState.CONNECTING, f"connecting to {self._venue.name}")
        try:
            transport = self._take_transport()
            if self._audience.is_over():
                return
            self._open(transport)
            up_since = time.monotonic()
            self._listen(transport)
            self._move(LineState.CLOSING, "nobody listens any more")
            transport.close()
        except VenueGone as gone:
            self._audience.dismiss(lambda _: True, gone)
            self._move(LineState.CLOSED, f"given up: {gone}", gone)
        except ConnectionLost as lost:
            self._lost(lost, 0.0 if up_since is None else time.monotonic() - up_since)
        finally:
            with self._lock:
                self._transport = None
                self._is_open = False
            if transport is not None:
                transport.abort()

    def _take_transport(self) -> Transport:
        make = self._settings.transport or partial(WebsocketTransport, self._settings)
        try:
            transport = make()
        except OSError as error:
            raise ConnectionLost(f"no socket is to be had: {in_words(error)}") from error
        with self._lock:
            self._transport = transport
        return transport

    def _open(self, transport: Transport) -> None:
        transport.open(self._venue.endpoint(self.lane))
        with self._lock:
            self._is_open = True
        self._was_up = True
        # Nothing has been said on this socket: the same comparison says it all again.
        self._said = frozenset()
        self._keepalive_due = self._next_keepalive()
        self._move(LineState.UP, f"connected to {self._venue.name}")

    def _listen(self, transport: Transport) -> None:
        """Hear and speak until nobody listens."""
        while True:
            self._say(transport)
            if self._audience.is_over():
                return
            frames = transport.receive(self._patience(transport))
            if frames:
                self._hearing.hear(frames)
            elif self._silence_ends(transport) <= time.monotonic():
                raise StaleConnection(silent(self._venue.name, self._silence))
            self._audience.stop_lingering()

    def _say(self, transport: Transport) -> None:
        """Close the gap between what is wanted and what was said; keep the line alive."""
        wanted = self._audience.wanted(self._said)
        if wanted != self._said:
            more = self._venue.subscribe(sorted(wanted - self._said))
            less = self._venue.unsubscribe(sorted(self._said - wanted))
            # First the new: a venue may hang up on a socket without subscriptions.
            for frame in chain(more, less):
                transport.send(frame)
            self._said = wanted
        if time.monotonic() >= self._keepalive_due and self._venue.keepalive is not None:
            transport.send(self._venue.keepalive.text)
            self._keepalive_due = self._next_keepalive()

    def _lost(self, lost: ConnectionLost, up_for: float) -> None:
        """Tell who has waited long enough, and wait before the next attempt."""
        if self._audience.is_over():
            return
        if up_for >= self._settings.stable_after:
            self._delays.reset()
        # A lane that was up is tried for ever; one that never was, a few times.
        self._audience.dismiss(
            lambda who: who.tires(lost, self._settings.tries) and not self._was_up, lost
        )
        if self._audience.is_over():
            self._move(LineState.CLOSED, f"given up: {lost}", lost)
            return
        delay = self._delays.next()
        self._move(LineState.WAITING, f"{lost}; next attempt in {delay:.1f} s", lost, delay)
        self._audience.wait_over(delay)

    def _patience(self, transport: Transport) -> float:
        """Seconds until there is something to do even if nothing comes."""
        until = min(
            self._silence_ends(transport), self._keepalive_due, self._audience.lingers_until()
        )
        return max(0.0, until - time.monotonic())

    def _silence_ends(self, transport: Transport) -> float:
        return transport.heard_at + self._silence

    def _next_keepalive(self) -> float:
        keepalive = self._venue.keepalive
        if keepalive is None:
            return float("inf")
        return time.monotonic() + (self._settings.keepalive or keepalive.every)

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
                self._news.tell(status)
