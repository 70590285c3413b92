"""
An asyncio loop in a thread of its own, that takes work from every other thread.

1. Work is done one piece after the other, on that thread alone; what it touches needs no lock.
2. Who hands work in waits for its end; from the loop's own thread it is done on the spot.
3. Whoever waits when the thread ends is told so: nobody waits for ever.
"""

import asyncio
import concurrent.futures
import logging
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

__all__ = ["LoopThread"]

T = TypeVar("T")

_LOG = logging.getLogger(__name__)


class LoopThread:
    """
    A daemon thread called `name`, started at once.

    :param farewell: awaited on the loop when the thread is told to end
    """

    def __init__(self, name: str, farewell: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._name = name
        self._farewell = farewell
        self._lock = threading.Lock()
        self._is_closed = False
        self._stop = asyncio.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    @property
    def is_here(self) -> bool:
        """Whether the caller runs on this very thread."""
        return threading.current_thread() is self._thread

    def call(self, work: Callable[[], T]) -> T:
        """
        The result of `work`, done on the loop's thread; what it raises is raised here.

        :raises RuntimeError: the thread has ended, or ended before the work was done
        """
        if self.is_here:
            return work()

        async def done() -> T:
            return work()

        return self.wait(done)

    def wait(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """
        The result of a coroutine, awaited on the loop; never to be called from the loop's thread.

        :raises RuntimeError: the thread has ended, or ended before the work was done
        """
        with self._lock:
            if self._is_closed:
                raise RuntimeError(f"{self._name} is closed; make a new one")
            result = asyncio.run_coroutine_threadsafe(work(), self._loop)
        try:
            return result.result()
        except concurrent.futures.CancelledError:
            raise RuntimeError(
                f"{self._name} was closed before this was done; make a new one, and ask again"
            ) from None

    def close(self, timeout: float) -> None:
        """
        End the thread, after its farewell, and wait for that at most `timeout` seconds.

        Any thread may call this, any number of times; the loop's own does not wait.
        """
        with self._lock:
            if not self._is_closed:
                self._is_closed = True
                self._loop.call_soon_threadsafe(self._stop.set)
        if self.is_here:
            return
        self._thread.join(timeout)
        if self._thread.is_alive():
            _LOG.warning("%s has not ended within %s s", self._name, timeout)

    def _run(self) -> None:
        # Whatever still waits when `_main` returns is cancelled by the runner, and so told.
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._main())

    async def _main(self) -> None:
        await self._stop.wait()
        await self._farewell()
