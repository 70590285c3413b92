"""One answer from a stream."""

import threading
from typing import TypeVar

from reactivex import Observable, abc
from reactivex.internal.exceptions import SequenceContainsNoElementsError

from rxdex.patience import Patience, patient

__all__ = ["first"]

T = TypeVar("T")


def first(stream: Observable[T], timeout: float | None = 10.0) -> T:
    """
    The next event of a stream; then nothing is left subscribed, on ctrl-C neither.

    It blocks the calling thread, so it must not be called from within an `on_next`. A line that cannot
    be opened is told at the first attempt; one that was up is waited for until the timeout.

    ::

        stream:  --a--b--c-->
        first:   --a

    :param stream: any observable
    :param timeout: seconds to wait; None waits for ever
    :raises TimeoutError: when nothing came in time; its cause is the line's last failure, if any
    :raises SequenceContainsNoElementsError: when the stream ended without an event
    :raises Exception: whatever the stream failed with, such as `ConnectionLost`
    """
    answer: list[T] = []
    failure: list[Exception] = []
    over = threading.Event()

    def on_next(value: T) -> None:
        if not over.is_set():
            answer.append(value)
            over.set()

    def on_error(error: Exception) -> None:
        failure.append(error)
        over.set()

    patience = Patience(tries=1)
    subscription: abc.DisposableBase | None = None
    try:
        with patient(patience):
            subscription = stream.subscribe(on_next, on_error, over.set)
        in_time = over.wait(timeout)
    finally:
        if subscription is not None:
            subscription.dispose()
    if answer:
        return answer[0]
    if failure:
        raise failure[0]
    if in_time:
        raise SequenceContainsNoElementsError
    raise TimeoutError(f"no event within {timeout} s") from patience.last_loss
