"""Who listens on one lane, behind a fence each."""

import threading
import time
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from functools import partial

from rxdex.connection.changes import Change, Changes, Topics
from rxdex.connection.listener import GapListener, Listener
from rxdex.connection.news import News
from rxdex.errors import RxdexError
from rxdex.events import Frame, GapReason
from rxdex.fanout import Fanout, Intake, expel
from rxdex.topics import Topic
from rxdex.venue import Lane

__all__ = ["Audience"]


class Audience:
    """
    The subscribers of a session.

    Once it is over, because the last one left or was sent away, nobody can join it any more.

    :param lane: whose
    :param linger: seconds an empty audience waits for somebody to come back
    :param news: where a subscriber that raised is told of
    """

    def __init__(self, lane: Lane, linger: float, news: News) -> None:
        self._lane = str(lane)
        self._linger = linger
        self._news = news
        self._intakes: dict[Topic[object], Intake] = {}
        self._events: Fanout[Topic[object], Listener] = Fanout(self._raised, self._intakes)
        self._frames: Fanout[Topic[object], Listener] = Fanout(self._raised, self._intakes)
        #: Takes an event of a topic, and when it came: hop 6.
        self.deliver = self._events.deliver
        #: Takes several of them.
        self.deliver_all = self._events.deliver_all
        #: Whether anybody wants the text.
        self.takes_frames = False
        #: Since when subscribers are called, on the monotonic clock; None when none is.
        self.busy_since: float | None = None
        #: Whether nobody is left, and nobody can come.
        self.is_over = False
        self._changed = threading.Condition(threading.Lock())
        # Under its lock:
        self._listeners: dict[Listener, None] = {}
        self._changes = Changes()
        self._empty_since: float | None = None

    @contextmanager
    def calling_out(self) -> Generator[None, None, None]:
        """What subscribers do meanwhile holds up the line."""
        before = self.busy_since
        self.busy_since = time.monotonic() if before is None else before
        try:
            yield
        finally:
            self.busy_since = before

    def wait_over(self, timeout: float) -> bool:
        """Wait until it is over, a linger that lapses included, so many seconds at most; whether it is."""
        until = time.monotonic() + timeout
        with self._changed:
            while not self.is_over:
                now = time.monotonic()
                if self._lingers_until() <= now:
                    self.is_over = True
                elif until <= now:
                    break
                else:
                    rest = min(until, self._lingers_until()) - now
                    self._changed.wait(min(rest, threading.TIMEOUT_MAX))
            return self.is_over

    def join(self, listener: Listener) -> bool:
        """Take somebody in; False when it is over already."""
        with self._changed:
            if self.is_over:
                return False
            self._empty_since = None
            self._listeners[listener] = None
            fanout = self._fanout(listener)
            for topic in listener.topics:
                if fanout.join(topic, listener):
                    self._changes.note(topic)
            self.takes_frames = bool(self._frames)
            return True

    def leave(self, listener: Listener) -> bool:
        """Let somebody go; False when it had gone already."""
        with self._changed:
            if listener not in self._listeners:
                return False
            self._forget(listener)
            if not self._listeners:
                self._empty_since = time.monotonic()
                self.is_over = self.is_over or not self._linger
                self._changed.notify_all()
            return True

    def wanted(self) -> Topics:
        """The topics somebody listens to."""
        with self._changed:
            return self._events.keys() | self._frames.keys()

    def change(self, said: Topics, seen: int) -> Change | None:
        """
        What is to be said on a socket; None without news, and at the end. Who lingers wants what was said.

        :param said: what was said on it so far
        :param seen: where it stands, as its last change has it; `UNSEEN` if it had none
        """
        with self._changed:
            if self.is_over or seen == self._changes.count or not self._listeners:
                return None
            some = self._changes.since(seen)
            if some is None:
                some = said | self._intakes.keys()
            wanted = {it for it in some if it in self._events or it in self._frames}
            gone = some - wanted
            return Change(wanted - said, gone & said, self._changes.count, gone)

    def lingers_until(self) -> float:
        """When an empty audience will be over, on the monotonic clock; never, when it is not empty."""
        with self._changed:
            return self._lingers_until()

    def stop_lingering(self) -> None:
        """End an audience that has waited long enough for somebody to come back."""
        with self._changed:
            if time.monotonic() >= self._lingers_until():
                self.is_over = True

    def intake(self, topic: Topic[object]) -> Intake | None:
        """What came of a topic; None when nobody asked for it, or it was forgotten."""
        return self._intakes.get(topic)

    def forget(self, topics: Iterable[Topic[object]]) -> None:
        """Keep no account of these any more, unless somebody listens to them again."""
        with self._changed:
            for topic in topics:
                if topic not in self._events and topic not in self._frames:
                    self._intakes.pop(topic, None)

    def deliver_frame(self, text: bytes, topics: Iterable[Topic[object]], received_ns: int) -> None:
        """
        The text itself, once to each who asked for it, by however many of its topics.

        :param topics: those of its events, in order
        """
        frame = Frame(
            lane=self._lane, text=text.decode("utf-8", "replace"), received_ns=received_ns
        )
        self._frames.deliver_once(topics, frame)

    def lose(self, reason: GapReason, since_ns: int, topics: Topics | None = None) -> None:
        """
        Tell those who want to know that events may be missing.

        :param since_ns: when the last was heard that is certain
        :param topics: of which topics; None: of any
        """
        with self._changed:
            some = self._intakes if topics is None else topics
            intakes = [self._intakes[topic] for topic in some if topic in self._intakes]
            losing = [
                listener
                for listener in self._listeners
                if isinstance(listener, GapListener)
                and (topics is None or not topics.isdisjoint(listener.topics))
            ]
        # Each of them: `any` alone would stop at the first.
        losses = [intake.lose() for intake in intakes]
        if any(losses):
            self._news.tally.lost(self._lane)
        with self.calling_out():
            for listener in losing:
                try:
                    listener.lose(reason, since_ns)
                except Exception as error:  # noqa: BLE001 - one subscriber's bug is nobody else's
                    self._raised(listener, error)

    def dismiss(self, is_tired: Callable[[Listener], bool], error: Exception) -> None:
        """Send away who is tired, with the reason; it is over when nobody is left."""
        with self._changed:
            leaving = [listener for listener in self._listeners if is_tired(listener)]
            for listener in leaving:
                self._forget(listener)
            if not self._listeners:
                self.is_over = True
        with self.calling_out():
            for listener in leaving:
                self._guarded(listener, partial(listener.observer.on_error, error))

    def close(self) -> None:
        """Nobody can come any more; who is here stays until `complete`."""
        with self._changed:
            self.is_over = True
            # Nor does anybody wait for what one read brought.
            self._events.shut()
            self._frames.shut()
            self._changed.notify_all()

    def complete(self) -> None:
        """Tell who is still here that it is over."""
        with self._changed:
            self.is_over = True
            leaving = list(self._listeners)
            for listener in leaving:
                self._forget(listener)
        with self.calling_out():
            for listener in leaving:
                self._guarded(listener, listener.observer.on_completed)

    def _lingers_until(self) -> float:
        return float("inf") if self._empty_since is None else self._empty_since + self._linger

    def _fanout(self, listener: Listener) -> Fanout[Topic[object], Listener]:
        return self._frames if listener.takes_frames else self._events

    def _forget(self, listener: Listener) -> None:
        del self._listeners[listener]
        fanout = self._fanout(listener)
        for topic in listener.topics:
            if fanout.leave(topic, listener):
                self._changes.note(topic)
        self.takes_frames = bool(self._frames)

    def _guarded(self, listener: Listener, last_word: Callable[[], None]) -> None:
        try:
            last_word()
        except Exception as error:  # noqa: BLE001 - one subscriber's bug is nobody else's
            self._tell(listener, error)
        except BaseException as ending:  # noqa: BLE001 - the others still wait for their last word
            self._tell(listener, RxdexError(f"ended by {ending!r}"))

    def _raised(self, listener: Listener, error: Exception) -> None:
        """A subscriber's `on_next` raised: it is out, and its pipeline is told to clean up."""
        self.leave(listener)
        expel(listener.observer, error, partial(self._tell, listener))

    def _tell(self, listener: Listener, error: Exception) -> None:
        topics = ", ".join(str(topic) for topic in listener.topics[:3])
        what = f"a subscriber of {topics} raised {error!r}; it is out, the others go on"
        self._news.raised(self._lane, what, error)
