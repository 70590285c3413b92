"""One answer from a stream."""

import math
import threading
import time
from typing import TypeVar

from reactivex import Observable

from rxdex.answer import Answer

__all__ = ["first"]

T = TypeVar("T")

#: Seconds. Where a wait cannot be interrupted, as on Windows, ctrl-C is seen in between.
_WAKE = 1.0


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
    settled = threading.Event()
    answer = Answer(stream, timeout, settled.set)
    try:
        answer.ask()
        until = math.inf if timeout is None else time.monotonic() + timeout
        while not settled.wait(min(_WAKE, max(0.0, until - time.monotonic()))):
            if time.monotonic() >= until:
                break
    finally:
        answer.leave()
    return answer.get()
