"""Events from whichever thread over to one consumer on an asyncio loop, with a bound."""

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import Iterator
from typing import Any

from rxdex.errors import EventsLost
from rxdex.events import Gap
from rxdex.operators import Overflow
from rxdex.operators.backlog import Backlog, Conflation, Queue

__all__ = ["Crossing"]

_log = logging.getLogger(__name__)

#: Seconds between two warnings of one crossing, and between two looks at whether the loop is closed.
_WARNING_EVERY, _LOOK_EVERY = 10.0, 0.2


class Crossing:
    """
    What one thread brings and the loop takes.

    The loop is woken only while somebody waits: a burst costs it one call.

    :param loop: where events are taken; this is the thread it runs on
    :param capacity: events that may wait
    :param overflow: what is done with one too many
    :param gaps: whether a `Gap` is taken where events were dropped; it is in any case where the stream
        has gaps of its own
    """

    def __init__(
        self, loop: asyncio.AbstractEventLoop, capacity: int, overflow: Overflow, *, gaps: bool
    ) -> None:
        self._loop = loop
        self._thread = threading.get_ident()
        self._overflow = overflow
        # Re-entrant, since a coroutine that is thrown away may close it amid anything.
        self._changed = threading.Condition(threading.RLock())
        # Under its lock:
        self._gaps = gaps
        self._waiting = _backlog(capacity, overflow)
        self._ready: deque[Any] = deque()
        self._waiter: asyncio.Future[None] | None = None
        self._failures: list[Exception] = []
        self._is_over = False
        # On the loop alone:
        self._lost = self._warned_of = 0
        self._warned_at = -_WARNING_EVERY

    @property
    def lost(self) -> int:
        """How many events were dropped where no gap tells it."""
        return self._lost

    # The side of the stream, on whichever thread.

    def put(self, item: object) -> bool:
        """Bring an event, or a gap of the stream's own; whether more is wanted."""
        with self._changed:
            if self._loop.is_closed():
                self._abandon()
            self._gaps = self._gaps or isinstance(item, Gap)
            while not self._is_over:
                if self._waiting.offer(item, None):
                    self._wake()
                    break
                self._wait_for_room()
            return not self._is_over

    def end(self, failure: Exception | None = None) -> None:
        """There will be no more, or the stream failed; what waits is taken first."""
        with self._changed:
            if not self._is_over:
                self._is_over = True
                self._failures += [] if failure is None else [failure]
                self._wake()

    def _wait_for_room(self) -> None:
        """Wait a while; or end it, where waiting would not help, or is not wanted."""
        if self._overflow is Overflow.FAIL:
            remedy = "do less in the loop, or give iterate() a larger capacity, or another Overflow"
            self.end(EventsLost(remedy, self._waiting.everything_from_here()))
        elif threading.get_ident() == self._thread:
            self.end(
                RuntimeError(
                    "Overflow.BLOCK would have the loop wait for itself, since the stream emits on the "
                    "loop's thread; take another Overflow, or a stream that emits elsewhere"
                )
            )
        elif self._loop.is_closed():
            self._abandon()
        else:
            self._changed.wait(_LOOK_EVERY)

    def _wake(self) -> None:
        waiter, self._waiter = self._waiter, None
        if waiter is None:
            return
        try:
            self._loop.call_soon_threadsafe(_settle, waiter)
        except RuntimeError:
            # The loop is closed.
            self._abandon()

    def _abandon(self) -> None:
        """Nobody is there any more to take anything."""
        self._is_over = True
        # Not cleared: this may be amid an `offer`.
        self._waiting, self._ready = _backlog(1, self._overflow), deque()
        self._failures.clear()
        self._changed.notify_all()

    # The side of the consumer, on the loop.

    def wait_if_empty(self) -> asyncio.Future[None] | None:
        """What to await, then to ask again; None when there is something to take, or will never be."""
        with self._changed:
            self._thread = threading.get_ident()
            while self._waiting and not self._ready:
                self._ready.extend(self._worth_telling(self._waiting.take()))
                self._changed.notify_all()
            is_empty = not self._ready and not self._is_over
            self._waiter = waiter = self._loop.create_future() if is_empty else None
        self._warn()
        return waiter

    def stop_waiting(self) -> None:
        """Nobody awaits it any more."""
        self._waiter = None

    def take(self) -> Any:
        """
        The next event, or gap.

        :raises StopAsyncIteration: when there will be none
        :raises Exception: what the stream failed with
        """
        with self._changed:
            if self._ready:
                return self._ready.popleft()
            if self._failures:
                # Not kept: an error and its frames would hold each other.
                raise self._failures.pop()
        raise StopAsyncIteration

    def close(self) -> None:
        """The consumer has left; what waits is dropped."""
        with self._changed:
            self._abandon()
            self._wake()
        self._warn(at_once=True)

    def _worth_telling(self, items: tuple[Any, ...]) -> Iterator[Any]:
        for item in items:
            if self._gaps or not isinstance(item, Gap):
                yield item
            else:
                self._lost += item.lost or 0

    def _warn(self, *, at_once: bool = False) -> None:
        """Tell how many were dropped, unless it has been told, or will be soon."""
        # Who wants the latest alone does not miss the others.
        if self._lost == self._warned_of or self._overflow is Overflow.LATEST:
            return
        now = time.monotonic()
        if not at_once and now - self._warned_at < _WARNING_EVERY:
            return
        self._warned_of, self._warned_at = self._lost, now
        _log.warning(
            "%d events lost so far by an iteration that takes them too slowly: do less in its loop, let "
            "fewer through, or say what is to be done (aio.iterate: capacity, overflow, gaps)",
            self._lost,
        )


def _backlog(capacity: int, overflow: Overflow) -> Backlog[Any]:
    if overflow is Overflow.LATEST:
        return Conflation(1, time.time_ns, lambda _: None)
    return Queue(capacity, time.time_ns, overflow)


def _settle(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)
