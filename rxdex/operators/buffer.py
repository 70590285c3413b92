"""Between a source on its thread and a subscriber elsewhere."""

import threading
from collections.abc import Callable, Hashable
from contextlib import suppress
from functools import partial
from typing import Generic, TypeVar

from reactivex import abc
from reactivex.disposable import SingleAssignmentDisposable

from rxdex.errors import EventsLost, RxdexError
from rxdex.events import Gap
from rxdex.operators.backlog import Backlog
from rxdex.operators.workplace import Workplace

__all__ = ["Buffer"]

E = TypeVar("E")

#: Deliveries in one go, before others at the same place have their turn.
_BATCH = 1_024
#: Seconds. Where a wait cannot be interrupted, as on Windows, ctrl-C is seen in between.
_WAKE = 1.0


class Buffer(abc.ObserverBase[E | Gap], Generic[E]):
    """
    Takes from the source, and gives to the observer at its place, one at a time.

    No lock is held while the observer, the source or the place is called.

    :param observer: the subscriber
    :param backlog: what waits for it
    :param place: where it is called
    :param report: is told what it raised
    :param fails: whether it is over, rather than the source's to wait, when there is no room
    """

    def __init__(
        self,
        observer: abc.ObserverBase[E | Gap],
        backlog: Backlog[E],
        place: Workplace,
        report: Callable[[str, Exception], None],
        *,
        fails: bool,
    ) -> None:
        #: The subscription to the source.
        self.source = SingleAssignmentDisposable()
        self._observer = observer
        self._place = place
        self._report = report
        self._fails = fails
        self._lock = threading.Lock()
        # Notified when there may be room, when somebody else may deliver, and when it is over.
        self._changed = threading.Condition(self._lock)
        # Under the lock:
        self._backlog = backlog
        self._last_word: Callable[[], None] | None = None
        #: Whether the place was asked for a delivery, and has not made it.
        self._is_due = False
        #: The thread that is delivering.
        self._deliverer: int | None = None
        #: Whether somebody waits for room.
        self._is_awaited = False
        self._is_over = False

    # From the source.

    def on_next(self, value: E | Gap) -> None:
        """
        Keep an event, and have it delivered.

        :raises Exception: when nothing can be done at the place any more; the source lets it go then
        """
        try:
            key = self._backlog.key_of(value)
        except Exception as error:  # noqa: BLE001 - a key is the subscriber's, and so is its bug
            self._fail(error)
            return
        while not self._keeps(value, key):
            if self._fails:
                self._refuse("do less in the subscriber, or take more capacity or another Overflow")
            elif not self._waits_for_room():
                self._refuse(
                    "the subscriber itself brings more than there is room for, and BLOCK would have it wait "
                    "for itself; take another Overflow"
                )
        # Without the lock: who ends a delivery looks once more, under the lock, at what has been kept.
        if not self._is_due:
            self._have_delivered()

    def on_error(self, error: Exception) -> None:
        """Keep the failure, behind what waits."""
        self._conclude(partial(self._observer.on_error, error))

    def on_completed(self) -> None:
        """Keep the end, behind what waits."""
        self._conclude(self._observer.on_completed)

    def dispose(self) -> None:
        """End it, from any thread, without waiting for anything."""
        with self._lock:
            self._is_over = True
            self._backlog.clear()
            self._last_word = None
            self._changed.notify_all()
        self.source.dispose()
        self._place.leave()

    def _keeps(self, value: E | Gap, key: Hashable) -> bool:
        """Whether the event has found its place, or does not need one any more."""
        with self._lock:
            is_closed = self._is_over or self._last_word is not None
            return is_closed or self._backlog.offer(value, key)

    def _waits_for_room(self) -> bool:
        """Wait until there may be room; False when that would be for ever."""
        me = threading.get_ident()
        # Where source and subscriber share a thread, the one delivers to the other instead of waiting for it.
        is_here = self._place.is_here()
        with self._lock:
            if self._deliverer == me:
                return False
            while not self._may_go_on():
                if is_here and self._deliverer is None:
                    break
                self._is_awaited = True
                self._changed.wait(_WAKE)
            else:
                return True
        self._deliver(1)
        return True

    def _may_go_on(self) -> bool:
        return self._is_over or self._last_word is not None or not self._backlog.is_full()

    def _refuse(self, remedy: str) -> None:
        """Take nothing more: from here on, all is missing."""
        self._fail(EventsLost(remedy, self._backlog.everything_from_here()))

    def _fail(self, error: Exception) -> None:
        """End the stream, behind what waits, and let the source go."""
        self.on_error(error)
        self.source.dispose()

    def _conclude(self, last_word: Callable[[], None]) -> None:
        with self._lock:
            if self._is_over or self._last_word is not None:
                return
            self._last_word = last_word
            self._changed.notify_all()
        with suppress(Exception):
            # Where nothing can be done any more, nobody hears the last word.
            self._have_delivered()

    def _have_delivered(self) -> None:
        with self._lock:
            if self._is_due or not self._has_something():
                return
            self._is_due = True
        try:
            self._place.do(self._deliver_batch)
        except Exception:
            self.dispose()
            raise

    def _has_something(self) -> bool:
        return bool(self._backlog) or self._last_word is not None

    # At the subscriber's place.

    def _deliver_batch(self) -> None:
        is_done = self._deliver(_BATCH)
        with self._lock:
            self._is_due = False
        if is_done:
            self._have_delivered()

    def _deliver(self, most: int) -> bool:
        """Deliver so many, if there are; False within another delivery, whose caller goes on by itself."""
        me = threading.get_ident()
        with self._lock:
            if self._deliverer == me:
                return False
            while self._deliverer is not None:
                self._changed.wait(_WAKE)
            self._deliverer = me
        try:
            for _ in range(most):
                if not self._deliver_next():
                    break
        finally:
            with self._lock:
                self._deliverer = None
                self._changed.notify_all()
        return True

    def _deliver_next(self) -> bool:
        """Deliver an event and the gap before it, or the last word; whether there may be more."""
        taken: tuple[E | Gap, ...] = ()
        last_word = None
        with self._lock:
            if self._backlog:
                taken = self._backlog.take()
                if self._is_awaited:
                    self._is_awaited = False
                    self._changed.notify_all()
            elif self._last_word is not None:
                last_word = self._last_word
                self._is_over = True
        if last_word is not None:
            self._say_last(last_word)
        elif taken:
            self._give(taken)
        return bool(taken)

    def _give(self, taken: tuple[E | Gap, ...]) -> None:
        try:
            for value in taken:
                # It may have left over the gap, or since the lock was let go.
                if not self._is_over:
                    self._observer.on_next(value)
        except Exception as error:  # noqa: BLE001 - the subscriber's bug is nobody else's
            self._expel(error)
        except BaseException as ending:
            ended = RxdexError(f"a subscriber ended its thread with {ending!r}; subscribe again")
            ended.__cause__ = ending
            self._expel(ended)
            raise

    def _expel(self, error: Exception) -> None:
        """Send the subscriber away: its pipeline is told to clean up."""
        self._report(f"raised {error!r}; it is out", error)
        self.dispose()
        try:
            self._observer.on_error(error)
        except Exception as again:  # noqa: BLE001 - an observer without an on_error raises the same
            if again is not error:
                self._report(f"raised {again!r} when it was told that it is out", again)

    def _say_last(self, last_word: Callable[[], None]) -> None:
        try:
            last_word()
        except Exception as error:  # noqa: BLE001 - the subscriber's bug is nobody else's
            self._report(f"raised {error!r} at its end", error)
        finally:
            self.dispose()
