"""Events over to an asyncio loop, in batches with a bound."""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, cast

from reactivex import abc
from reactivex.scheduler.eventloop import AsyncIOScheduler

from rxdex.fanout import expel
from rxdex.loop import loop_of

__all__ = ["Handover", "handed_over"]

_BOUND = 65_536
_BATCH = 1_024


class Handover(abc.ObserverBase[Any]):
    """
    An observer whose calls run on a loop.

    However many events come in a burst, the loop is woken once, and takes 1,024 at a time. More than 65,536
    events that wait push out the oldest; a run of that is told once, when delivery resumes.

    :param observer: takes the events, on the loop
    :param loop: where
    :param raised: is told, on the loop, of what the observer raised; it gets nothing more then
    :param overflowed: is told, on the loop, how many events were pushed out, and since when (ns since the
        Unix epoch)
    """

    def __init__(
        self,
        observer: abc.ObserverBase[Any],
        loop: asyncio.AbstractEventLoop,
        raised: Callable[[Exception], None],
        overflowed: Callable[[int, int], None],
    ) -> None:
        self._observer = observer
        self._loop = loop
        self._raised = raised
        self._overflowed = overflowed
        self._lock = threading.Lock()
        # Under the lock:
        self._waiting: deque[object] = deque(maxlen=_BOUND)
        self._last_word: Callable[[], None] | None = None
        self._is_woken = False
        self._lost = 0
        self._lost_since = 0
        self._is_over = False

    def on_next(self, value: object) -> None:
        """
        Hand an event over.

        :raises RuntimeError: when the loop is closed; the line lets its subscriber go then
        """
        with self._lock:
            if self._is_over:
                return
            if len(self._waiting) == _BOUND:
                # What came before it was handed over.
                self._lost_since = self._lost_since or _heard_ns(self._waiting[0]) or time.time_ns()
                self._lost += 1
            self._waiting.append(value)
            self._wake()

    def on_error(self, error: Exception) -> None:
        """Hand the failure over, behind what waits."""
        self._conclude(partial(self._observer.on_error, error))

    def on_completed(self) -> None:
        """Hand the end over, behind what waits."""
        self._conclude(self._observer.on_completed)

    def _conclude(self, last_word: Callable[[], None]) -> None:
        with self._lock:
            if self._is_over or self._last_word is not None:
                return
            self._last_word = last_word
            with suppress(RuntimeError):
                # On a closed loop nobody hears it.
                self._wake()

    def _wake(self) -> None:
        if self._is_woken:
            return
        self._is_woken = True
        try:
            self._loop.call_soon_threadsafe(self._hand_over)
        except RuntimeError:
            # The loop is closed: nobody is there to take anything any more.
            self._drop_all()
            raise

    def _hand_over(self) -> None:
        """On the loop: a batch of what waits, and behind all of it the last word."""
        with self._lock:
            batch = [self._waiting.popleft() for _ in range(min(_BATCH, len(self._waiting)))]
            lost, self._lost = self._lost, 0
            since_ns, self._lost_since = self._lost_since, 0
            self._is_woken = False
            last_word = None
            if self._waiting:
                self._wake()
            elif self._last_word is not None:
                last_word = self._last_word
                self._drop_all()
        try:
            if lost:
                self._overflowed(lost, since_ns)
            for value in batch:
                self._observer.on_next(value)
        except Exception as error:  # noqa: BLE001 - one subscriber's bug is not the loop's
            with self._lock:
                self._drop_all()
            expel(self._observer, error, self._raised)
            return
        if last_word is not None:
            self._say_last(last_word)

    def _say_last(self, last_word: Callable[[], None]) -> None:
        try:
            last_word()
        except Exception as error:  # noqa: BLE001 - one subscriber's bug is not the loop's
            self._raised(error)

    def _drop_all(self) -> None:
        self._is_over = True
        self._waiting.clear()
        self._last_word = None


def _heard_ns(value: object) -> int:
    """When an event came, or the first of those that came together."""
    together = cast("tuple[object, ...]", value) if isinstance(value, tuple) else (value,)
    return getattr(together[0], "received_ns", 0) if together else 0


def handed_over(
    observer: abc.ObserverBase[Any],
    scheduler: abc.SchedulerBase | None,
    raised: Callable[[Exception], None],
    overflowed: Callable[[int, int], None],
) -> abc.ObserverBase[Any]:
    """The observer itself, or its handover where the scheduler belongs to an asyncio loop."""
    if not isinstance(scheduler, AsyncIOScheduler):
        return observer
    return Handover(observer, loop_of(scheduler), raised, overflowed)
