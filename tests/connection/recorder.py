"""An observer that keeps what it gets, and can be waited for."""

import threading
from collections.abc import Callable
from typing import TypeVar

from reactivex import abc

T = TypeVar("T")


class Recorder(abc.ObserverBase[T]):
    """Everything a subscriber got."""

    def __init__(self) -> None:
        self.values: list[T] = []
        self.errors: list[Exception] = []
        self.is_complete = False
        self._changed = threading.Condition()

    def on_next(self, value: T) -> None:
        """Keep an event."""
        with self._changed:
            self.values.append(value)
            self._changed.notify_all()

    def on_error(self, error: Exception) -> None:
        """Keep the failure."""
        with self._changed:
            self.errors.append(error)
            self._changed.notify_all()

    def on_completed(self) -> None:
        """Keep that it is over."""
        with self._changed:
            self.is_complete = True
            self._changed.notify_all()

    def wait(self, condition: Callable[["Recorder[T]"], bool], timeout: float = 5.0) -> bool:
        """Whether a condition comes true in time."""
        with self._changed:
            return self._changed.wait_for(lambda: condition(self), timeout)

    def has(self, count: int) -> bool:
        """Whether so many events come in time."""
        return self.wait(lambda it: len(it.values) >= count)

    def fails(self) -> bool:
        """Whether it fails in time."""
        return self.wait(lambda it: bool(it.errors))

    def completes(self) -> bool:
        """Whether it completes in time."""
        return self.wait(lambda it: it.is_complete)
