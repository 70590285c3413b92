"""One event of a stream, on its way to whoever waits for it, be it a thread or a coroutine."""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from reactivex import Observable, abc
from reactivex import operators as ops
from reactivex.internal.exceptions import SequenceContainsNoElementsError

from rxdex.patience import Patience, patient

__all__ = ["Answer", "check_stream", "check_thread"]

T = TypeVar("T")


class Answer(Generic[T]):
    """
    The first event of a stream, or why there is none.

    :param stream: which
    :param timeout: seconds that it may take; None: as long as it likes. Whoever waits sees to it
    :param settled: is called once there is no more to wait for, on whichever thread knows it
    :raises TypeError: when the stream is none, or the timeout no number
    :raises ValueError: when the timeout is below zero
    :raises RuntimeError: on a thread of rxdex, which would wait for itself
    """

    def __init__(
        self, stream: Observable[T], timeout: float | None, settled: Callable[[], object]
    ) -> None:
        check_stream("first", stream)
        _check_timeout(timeout)
        check_thread("first")
        self._stream = stream
        self._timeout = timeout
        self._settled = settled
        self._patience = Patience(tries=1)
        self._subscription: abc.DisposableBase | None = None
        self._events: list[T] = []
        self._failures: list[Exception] = []
        self._has_ended = False

    def ask(self) -> None:
        """Subscribe."""
        with patient(self._patience):
            # Taking one, a stream that emits without end while it is subscribed to comes to one.
            self._subscription = self._stream.pipe(ops.take(1)).subscribe(
                self._events.append, self._on_error, self._on_completed
            )

    def leave(self) -> None:
        """Unsubscribe, if it is subscribed."""
        subscription, self._subscription = self._subscription, None
        if subscription is not None:
            subscription.dispose()

    def get(self) -> T:
        """
        What came; to be asked once, when it is settled or the time is over.

        :raises TimeoutError: when nothing came; its cause is the line's last failure, if any
        :raises SequenceContainsNoElementsError: when the stream ended without an event
        :raises Exception: whatever the stream failed with
        """
        if self._events:
            return self._events[0]
        if self._failures:
            # Not kept: an error that holds its frames, and they it, would wait for the garbage collector.
            raise self._failures.pop()
        if self._has_ended:
            raise SequenceContainsNoElementsError(
                "the stream ended without an event: its Dex was closed, or an operator let nothing "
                "through; ask while the Dex is open, of a stream that brings something"
            )
        lost = self._patience.last_loss
        raise TimeoutError(
            f"no event within {self._timeout} s: a quiet stream, an operator that lets nothing through, or a "
            "symbol that is not listed; wait longer, or look at first(dex.symbols())"
            if lost is None
            else f"no event within {self._timeout} s, and the line is being tried again: {lost}"
        ) from lost

    def _on_error(self, error: Exception) -> None:
        self._failures.append(error)
        self._settled()

    def _on_completed(self) -> None:
        self._has_ended = True
        self._settled()


def check_stream(caller: str, stream: object) -> None:
    """
    Refuse what is no stream.

    :raises TypeError: when it is none
    """
    if not isinstance(stream, Observable):
        raise TypeError(f"{caller}() takes a stream, such as dex.blocks(), not {stream!r}")


def check_thread(caller: str) -> None:
    """
    Refuse to wait on a thread of rxdex.

    :raises RuntimeError: on such a thread
    """
    if threading.current_thread().name.startswith("rxdex:"):
        raise RuntimeError(
            f"{caller}() would stop the very line whose thread it is called on; compose the streams "
            "with operators, or call it from a thread of your own"
        )


def _check_timeout(timeout: object) -> None:
    if not isinstance(timeout, int | float | None):
        raise TypeError(f"timeout is {timeout!r}; it must be a number of seconds, or None")
    if timeout is not None and not timeout >= 0:
        raise ValueError(f"timeout is {timeout}; it must be 0 or more, or None")
