"""Events over to a thread that waits for them, with back-pressure."""

import threading
from collections import deque
from types import TracebackType
from typing import Generic, Self, TypeVar

from reactivex import abc

__all__ = ["Inbox"]

T = TypeVar("T")

_BOUND = 4_096
#: Seconds. Where a wait cannot be interrupted, as on Windows, ctrl-C is seen in between.
_WAKE = 1.0


class Inbox(abc.ObserverBase[T], Generic[T]):
    """
    An observer that is iterated over, on whichever thread.

    Nothing is lost: where too many events wait, the thread that brings them waits too, so give it a line
    that nobody else listens to. The iteration ends with the stream, raises what it failed with, or ends
    at `close`, which lets the bringer go. Leaving its `with` closes it.

    :param bound: events that may wait
    """

    def __init__(self, bound: int = _BOUND) -> None:
        self._bound = bound
        # Re-entrant, since a signal's handler may close it amid anything.
        self._changed = threading.Condition(threading.RLock())
        # Under its lock:
        self._waiting: deque[T] = deque()
        self._failure: Exception | None = None
        self._is_complete = False
        self._is_closed = False

    def on_next(self, value: T) -> None:
        """Keep an event, once there is room for it."""
        with self._changed:
            while not (self._is_closed or len(self._waiting) < self._bound):
                self._changed.wait(_WAKE)
            if not self._is_closed:
                self._waiting.append(value)
                self._changed.notify_all()

    def on_error(self, error: Exception) -> None:
        """Keep the failure, behind what waits."""
        with self._changed:
            self._failure = error
            self._changed.notify_all()

    def on_completed(self) -> None:
        """Keep that it is over, behind what waits."""
        with self._changed:
            self._is_complete = True
            self._changed.notify_all()

    def close(self) -> None:
        """End it, from any thread, as often as you like; what waits is dropped."""
        with self._changed:
            self._is_closed = True
            self._waiting.clear()
            self._changed.notify_all()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> T:
        with self._changed:
            while not self._has_news():
                self._changed.wait(_WAKE)
            if self._waiting:
                self._changed.notify_all()
                return self._waiting.popleft()
            if self._failure is not None and not self._is_closed:
                raise self._failure
            raise StopIteration

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _has_news(self) -> bool:
        is_over = self._is_closed or self._is_complete or self._failure is not None
        return is_over or bool(self._waiting)
