"""
The shared connection: one websocket a lane for as long as anybody listens.

Its rules, which its tests are named after:

1. States are compared, events are not handled. *Wanted* is what has subscribers, *said* is what the venue was
   told on this socket; one function closes the gap, and looks only at what came or went since it last did.
   After a reconnect nothing has been said, so all of it is: resubscribing is no special case. One subscribe
   a topic, one unsubscribe at zero; closing the socket counts as the last unsubscribe.
2. A session is one stretch from first subscriber to last. Whoever arrives while the old one hangs up starts
   a new one; nobody is left on a dying line.
3. No lock is held while calling out, and leaving never waits for a close handshake, nor for a send: the
   reader thread alone speaks.
4. The reader does not die in silence. What is not a broken line is a bug, and every subscriber is told.
5. Every deadline is monotonic and every wait has an end. `close` returns within its limit from any thread,
   even when the other side is a black hole; after it no socket of ours is left, and a reader ends as soon as
   the `on_next` it is in returns.
6. What came before the end of a line is delivered before the end is told, unless it is `close` that ends it.
7. A lane that was up is tried for ever. One that never was gives up after some tries.
8. Topics of different lanes never share a socket.
"""

import threading
import time

from rxdex.connection.listener import Listener
from rxdex.connection.news import News
from rxdex.connection.session import Session
from rxdex.connection.settings import LineSettings
from rxdex.connection.turnstile import Turnstile
from rxdex.connection.vitals import Vitals
from rxdex.connection.watch import Watch
from rxdex.health import Health, LaneHealth
from rxdex.venue import Lane, Venue

__all__ = ["SharedConnection"]


class SharedConnection:
    """
    All lines to one venue, shared by all who listen.

    :param venue: what is spoken
    :param settings: how each line behaves
    :param news: where status and faults are told
    """

    def __init__(self, venue: Venue, settings: LineSettings, news: News) -> None:
        self._venue = venue
        self._settings = settings
        self._news = news
        spacing = venue.spacing if settings.spacing is None else settings.spacing
        self._turnstile = Turnstile(spacing)
        self._lock = threading.Lock()
        # Under the lock: the session to join, a lane; and all whose threads live, those that hang up too.
        self._current: dict[Lane, Session] = {}
        self._living: set[Session] = set()
        self._watch: Watch | None = None
        self._is_closed = False

    def subscribe(self, lane: Lane, listener: Listener) -> Session | None:
        """The session that has taken the listener in; None after `close`."""
        with self._lock:
            if self._is_closed:
                return None
            session = self._current.get(lane)
            if session is not None and session.join(listener):
                return session
            if session is not None:
                session.is_current = False
            session = Session(
                lane, self._venue, self._settings, self._news, self._turnstile, self._forget
            )
            session.join(listener)
            try:
                self._begin(session)
            except BaseException:
                # Ctrl-C, mostly, while a thread is waited for: whoever asked will never have the session.
                session.leave(listener)
                session.close()
                raise
            return session

    def renew(self) -> None:
        """Have every line replaced by a new one, without a loss; this does not wait for it."""
        for session in self._all_living():
            session.renew()

    def health(self) -> Health:
        """How all lines are."""
        living = [it for it in self._all_living() if it.is_current and not it.vitals.is_over]
        lanes = [session.vitals.health() for session in living]
        total = self._news.tally.total()
        return Health(
            venue=self._venue.name,
            lanes=tuple(sorted(lanes, key=_lane)),
            reconnects=total.reconnects,
            renewals=total.renewals,
            gaps=total.gaps,
            faults=total.faults,
        )

    def close(self, timeout: float) -> None:
        """
        Tell everybody that it is over, hang up, and drop what does not hang up in time.

        :param timeout: seconds, for all lines together; on a thread of theirs a line's own limit is enough
        """
        with self._lock:
            self._is_closed = True
            living, watch = list(self._living), self._watch
        if threading.current_thread() in {session.thread for session in living}:
            # Where lines are merged, another may be waiting for the very subscriber that closes.
            timeout = min(timeout, self._settings.close_timeout)
        until = time.monotonic() + timeout
        for session in living:
            session.close()
        for session in living:
            session.wait_gone(max(0.0, until - time.monotonic()))
        if watch is not None:
            watch.wait_gone(max(0.0, until - time.monotonic()))

    def _begin(self, session: Session) -> None:
        # Under the lock, so that `close` finds every session it has to wait for running.
        session.start()
        self._current[session.lane] = session
        self._living.add(session)
        if self._watch is None or self._watch.is_over:
            self._watch = Watch(self._settings.stuck_after, self._all_vitals, self._news)
            self._watch.start()

    def _forget(self, session: Session) -> None:
        with self._lock:
            self._living.discard(session)
            if self._current.get(session.lane) is session:
                del self._current[session.lane]
            if not self._living and self._watch is not None:
                self._watch.stop()

    def _all_vitals(self) -> list[Vitals]:
        return [session.vitals for session in self._all_living()]

    def _all_living(self) -> list[Session]:
        with self._lock:
            return list(self._living)


def _lane(health: LaneHealth) -> str:
    return health.lane
