"""Which asyncio loop a scheduler belongs to."""

import asyncio

from reactivex.scheduler.eventloop import AsyncIOScheduler

__all__ = ["loop_of"]


def loop_of(scheduler: AsyncIOScheduler) -> asyncio.AbstractEventLoop:
    """Its loop; that which runs here where an `await` has made up another, which never will."""
    # Only the scheduler knows which it is.
    loop: asyncio.AbstractEventLoop = vars(scheduler)["_loop"]
    if loop.is_running():
        return loop
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        # Subscribed before the loop runs.
        return loop
