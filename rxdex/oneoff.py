"""One answer from a stream."""

import threading
from typing import TypeVar

from reactivex import Observable, abc
from reactivex import operators as ops
from reactivex.internal.exceptions import SequenceContainsNoElementsError

from rxdex.patience import Patience, patient

__all__ = ["first"]

T = TypeVar("T")


def first(stream: Observable[T], timeout: float | None = 10.0) -> T:
    """
    The next event of a stream; then nothing is left subscribed, on ctrl-C neither.

    It blocks the calling thread, so it must not be called from within an `on_next`. A line that cannot
    be opened is told at the first attempt; one that was up is waited for until the timeout.

    .. marble::
        :alt: The stream brings a, b and c; first, asked before a, has a and leaves.

        stream:  --a--b--c-->
        first:   ^-(a|)

    :param stream: any observable
    :param timeout: seconds to wait; None waits for ever
    :raises TimeoutError: when nothing came in time; its cause is the line's last failure, if any
    :raises ValueError: when the timeout is below zero
    :raises RuntimeError: on a thread of rxdex, which would wait for itself
    :raises SequenceContainsNoElementsError: when the stream ended without an event
    :raises Exception: whatever the stream failed with, such as `ConnectionLost`
    """
    _check_call(stream, timeout)
    answer: list[T] = []
    failure: list[Exception] = []
    over = threading.Event()

    def on_error(error: Exception) -> None:
        failure.append(error)
        over.set()

    patience = Patience(tries=1)
    subscription: abc.DisposableBase | None = None
    try:
        with patient(patience):
            # Taking one, a stream that emits without end while it is subscribed to comes to one.
            subscription = stream.pipe(ops.take(1)).subscribe(answer.append, on_error, over.set)
        in_time = over.wait(None if timeout is None else min(timeout, threading.TIMEOUT_MAX))
    finally:
        if subscription is not None:
            subscription.dispose()
    if answer:
        return answer[0]
    if failure:
        raise failure[0]
    if in_time:
        raise SequenceContainsNoElementsError(
            "the stream ended without an event: its Dex was closed, or an operator let nothing "
            "through; ask while the Dex is open, of a stream that brings something"
        )
    raise TimeoutError(
        f"no event within {timeout} s: a quiet stream, or a symbol that is not listed; wait longer, "
        "or look at first(dex.symbols())"
        if patience.last_loss is None
        else f"no event within {timeout} s, and the line is being tried again: {patience.last_loss}"
    ) from patience.last_loss


def _check_call(stream: object, timeout: object) -> None:
    if not isinstance(stream, Observable):
        raise TypeError(f"first() takes a stream, such as dex.blocks(), not {stream!r}")
    if not isinstance(timeout, int | float | None):
        raise TypeError(f"timeout is {timeout!r}; it must be a number of seconds, or None")
    if timeout is not None and not timeout >= 0:
        raise ValueError(f"timeout is {timeout}; it must be 0 or more, or None")
    if threading.current_thread().name.startswith("rxdex:"):
        raise RuntimeError(
            "first() would stop the very line whose thread it is called on; compose the streams with "
            "operators, or call it from a thread of your own"
        )
