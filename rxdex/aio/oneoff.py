"""One answer from a stream, awaited."""

import asyncio
import threading
from contextlib import suppress
from typing import TypeVar

from reactivex import Observable

from rxdex.answer import Answer

__all__ = ["first"]

T = TypeVar("T")


async def first(stream: Observable[T], timeout: float | None = 10.0) -> T:
    """
    The next event of a stream; then nothing is left subscribed, when it is cancelled neither.

    The twin of `rxdex.first`, which raises the same in the same words: a line that cannot be opened is told
    at the first attempt, one that was up is waited for until the timeout. The loop runs on meanwhile.
    Operators work where they always do, on the thread of the line.

    :param stream: any observable
    :param timeout: seconds to wait; None waits for ever
    :raises TimeoutError: when nothing came in time; its cause is the line's last failure, if any
    :raises ValueError: when the timeout is below zero
    :raises RuntimeError: on a thread of rxdex, which would wait for itself
    :raises SequenceContainsNoElementsError: when the stream ended without an event
    :raises Exception: whatever the stream failed with, such as `ConnectionLost`
    """
    loop = asyncio.get_running_loop()
    settled: asyncio.Future[None] = loop.create_future()

    def settle() -> None:
        with suppress(RuntimeError):
            # On a loop that is closed nobody waits.
            loop.call_soon_threadsafe(settled.set_result, None)

    answer = Answer(stream, timeout, settle)
    try:
        answer.ask()
        most = None if timeout is None else min(timeout, threading.TIMEOUT_MAX)
        await asyncio.wait([settled], timeout=most)
    finally:
        answer.leave()
    return answer.get()
