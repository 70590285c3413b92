"""Where a subscriber is called: a thread of its own, an asyncio loop, or a scheduler."""

import asyncio
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from queue import SimpleQueue
from typing import Protocol

from reactivex import abc
from reactivex.scheduler import TrampolineScheduler, VirtualTimeScheduler
from reactivex.scheduler.eventloop import AsyncIOScheduler

from rxdex.loop import loop_of

__all__ = ["OnLoop", "OnScheduler", "OwnThread", "Workplace", "workplace"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Work = Callable[[], None]


class Workplace(Protocol):
    """Somewhere to have work done, one piece after the other."""

    def do(self, work: Work) -> None:
        """
        Have a piece of work done here, soon.

        :raises Exception: when nothing can be done here any more
        """

    def is_here(self) -> bool:
        """Whether what is asked for now, by the calling thread, can only be done once that returns."""
        ...

    def now_ns(self) -> int:
        """The time here, in ns since the Unix epoch."""
        ...

    def leave(self) -> None:
        """There will be no more work; whatever is under way comes to its end."""


class OwnThread:
    """A daemon thread, from the beginning to `leave`."""

    # Not `rxdex:…`, as the lines' are called: those must never wait, and this one may.
    _NAME = "rxdex-buffered"

    def __init__(self) -> None:
        self._due: SimpleQueue[Work | None] = SimpleQueue()
        threading.Thread(target=self._run, name=self._NAME, daemon=True).start()

    def do(self, work: Work) -> None:
        """Have it done on the thread."""
        self._due.put(work)

    def is_here(self) -> bool:
        """Never: what comes to this thread comes from its own work."""
        return False

    def now_ns(self) -> int:
        """Our own clock."""
        return time.time_ns()

    def leave(self) -> None:
        """End the thread, once it has nothing under way."""
        self._due.put(None)

    def _run(self) -> None:
        # What ends a thread ends this one, which is all that is left to do.
        with suppress(SystemExit):
            while (work := self._due.get()) is not None:
                work()


class OnLoop:
    """An asyncio loop; nothing of it is kept busy for long."""

    def __init__(self, scheduler: AsyncIOScheduler) -> None:
        self._loop = loop_of(scheduler)

    def do(self, work: Work) -> None:
        """
        Have it done on the loop.

        :raises RuntimeError: when the loop is closed
        """
        self._loop.call_soon_threadsafe(work)

    def is_here(self) -> bool:
        """Whether the loop itself asks."""
        try:
            return asyncio.get_running_loop() is self._loop
        except RuntimeError:
            return False

    def now_ns(self) -> int:
        """Our own clock."""
        return time.time_ns()

    def leave(self) -> None:
        """The loop is not ours to end."""


class OnScheduler:
    """A scheduler of RxPY's, whichever."""

    def __init__(self, scheduler: abc.SchedulerBase) -> None:
        self._scheduler = scheduler

    def do(self, work: Work) -> None:
        """
        Have it done where the scheduler says.

        :raises Exception: when the scheduler takes nothing any more
        """

        def action(_: abc.SchedulerBase, __: object = None) -> None:
            work()

        self._scheduler.schedule(action)

    def is_here(self) -> bool:
        """Whether it is one that works on the thread that asks, or on whichever moves its clock."""
        return isinstance(self._scheduler, TrampolineScheduler | VirtualTimeScheduler)

    def now_ns(self) -> int:
        """The scheduler's clock, which may be a recording's."""
        return (self._scheduler.now - _EPOCH) // timedelta(microseconds=1) * 1000

    def leave(self) -> None:
        """The scheduler is not ours to end."""


def workplace(
    chosen: abc.SchedulerBase | None, subscribed: abc.SchedulerBase | None
) -> tuple[Workplace, abc.SchedulerBase | None]:
    """
    Where a subscriber is called, and the scheduler that the source is to be subscribed to with.

    :param chosen: the operator's own scheduler, which goes before all
    :param subscribed: that of `subscribe`; it counts if it belongs to an asyncio loop, or its time is virtual
    """
    # The source of a loop's subscriber stays where it is: handed over to the loop before, a burst would come
    # here in one piece, and overflow though nobody is slow.
    upward = None if isinstance(subscribed, AsyncIOScheduler) else subscribed
    has_say = isinstance(subscribed, AsyncIOScheduler | VirtualTimeScheduler)
    scheduler = chosen or (subscribed if has_say else None)
    if scheduler is None:
        return OwnThread(), upward
    if isinstance(scheduler, AsyncIOScheduler):
        return OnLoop(scheduler), upward
    return OnScheduler(scheduler), upward
