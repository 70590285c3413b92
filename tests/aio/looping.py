"""Coroutines under a watchful loop."""

import asyncio
import gc
import threading
import time
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

__all__ = ["DEADLINE", "comes_true", "on_a_thread", "run"]

T = TypeVar("T")

DEADLINE = 20.0


def run(main: Coroutine[Any, Any, T]) -> T:
    """What a coroutine returns, in asyncio's debug mode; nothing may be left to complain about."""
    unhandled: list[dict[str, Any]] = []

    async def watched() -> T:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: unhandled.append(context))
        async with asyncio.timeout(DEADLINE):
            result = await main
        others = asyncio.all_tasks() - {asyncio.current_task()}
        assert not others, f"tasks are left: {others}"
        return result

    try:
        return asyncio.run(watched(), debug=True)
    finally:
        # What nobody awaited or retrieved says so when it goes.
        gc.collect()
        assert unhandled == []


async def comes_true(condition: Callable[[], bool]) -> None:
    """Let the loop run until a condition that nothing announces comes true."""
    until = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < until, "it never comes true"
        await asyncio.sleep(0.001)


async def on_a_thread(action: Callable[[], object]) -> None:
    """Have something done on another thread, which is joined."""
    raised: list[BaseException] = []

    def body() -> None:
        try:
            action()
        except BaseException as error:  # noqa: BLE001 - it is looked at
            raised.append(error)

    thread = threading.Thread(target=body)
    thread.start()
    await comes_true(lambda: not thread.is_alive())
    thread.join()
    assert raised == []
