"""An asyncio loop in a thread of its own."""

import asyncio
import logging
import threading

import pytest

from rxdex.simulator.loop_thread import LoopThread


async def nothing() -> None:
    """A farewell without words."""


def test_work_is_done_on_the_thread() -> None:
    it = LoopThread("rxdex:test", nothing)
    try:
        assert it.call(lambda: threading.current_thread().name) == "rxdex:test"
        assert it.call(lambda: it.call(lambda: it.is_here))
        assert not it.is_here
        with pytest.raises(ZeroDivisionError):
            it.call(lambda: 1 // 0)
    finally:
        it.close(5)


def test_the_end_comes_after_the_farewell_and_only_once() -> None:
    said: list[str] = []

    async def farewell() -> None:
        said.append(threading.current_thread().name)

    it = LoopThread("rxdex:test", farewell)
    it.close(5)
    it.close(5)
    assert said == ["rxdex:test"]
    assert "rxdex:test" not in {thread.name for thread in threading.enumerate()}
    with pytest.raises(RuntimeError, match="rxdex:test is closed"):
        it.call(lambda: None)


def test_who_waits_is_told_of_the_end() -> None:
    it = LoopThread("rxdex:test", nothing)
    begun = threading.Event()

    async def for_ever() -> None:
        begun.set()
        await asyncio.Event().wait()

    caught: list[str] = []

    def wait() -> None:
        with pytest.raises(RuntimeError) as raised:
            it.wait(for_ever)
        caught.append(str(raised.value))

    waiter = threading.Thread(target=wait)
    waiter.start()
    begun.wait(5)
    it.close(5)
    waiter.join(5)
    assert caught == ["rxdex:test was closed before this was done; make a new one, and ask again"]


def test_closing_from_its_own_thread_does_not_wait() -> None:
    it = LoopThread("rxdex:test", nothing)
    it.call(lambda: it.close(5))
    it.close(5)
    assert "rxdex:test" not in {thread.name for thread in threading.enumerate()}


def test_an_end_that_takes_too_long_is_told(caplog: pytest.LogCaptureFixture) -> None:
    may_end = threading.Event()

    async def farewell() -> None:
        may_end.wait(5)

    it = LoopThread("rxdex:test", farewell)
    with caplog.at_level(logging.WARNING):
        it.close(0.01)
    assert "rxdex:test has not ended within 0.01 s" in caplog.text
    may_end.set()
    it.close(5)
