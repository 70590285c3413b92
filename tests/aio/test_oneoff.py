"""first, awaited: one answer, and then nothing is left subscribed."""

import asyncio
import gc
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, assert_type

import pytest
import reactivex
from reactivex import Observable, abc
from reactivex import operators as ops
from reactivex.internal.exceptions import SequenceContainsNoElementsError
from reactivex.subject import BehaviorSubject

from rxdex import Dex, LineSettings, aio
from rxdex.errors import ConnectionLost
from rxdex.events import BlockHeight
from rxdex.patience import current_patience
from rxdex.simulator.exchange import Exchange
from tests.aio.looping import comes_true, on_a_thread, run
from tests.conftest import our_threads
from tests.connection.peer import Peer
from tests.counted import Counted


@pytest.fixture
def source() -> Counted:
    return Counted()


async def asked(source: Counted, action: Callable[[], object], timeout: float | None = 10) -> int:
    """What is answered when something is done on another thread once it is asked."""
    answering = asyncio.create_task(aio.first(source, timeout))
    await comes_true(source.subscribed.is_set)
    await on_a_thread(action)
    return await answering


def test_a_value_that_is_there_at_once() -> None:
    assert run(aio.first(BehaviorSubject(5))) == 5


def test_the_first_of_several() -> None:
    assert run(aio.first(reactivex.of(1, 2, 3))) == 1


def test_none_is_a_value_too() -> None:
    assert run(aio.first(reactivex.of(None))) is None


@pytest.mark.parametrize("timeout", [10, None, float("inf"), 1e12])
def test_a_value_from_another_thread(source: Counted, timeout: float | None) -> None:
    assert run(asked(source, lambda: source.subject.on_next(7), timeout)) == 7
    assert source.listening == 0


def test_a_value_from_the_loop_itself(source: Counted) -> None:
    async def main() -> int:
        asyncio.get_running_loop().call_soon(source.subject.on_next, 7)
        return await aio.first(source)

    assert run(main()) == 7


def test_a_stream_that_emits_without_end_at_once() -> None:
    assert run(aio.first(reactivex.of(7, 8).pipe(ops.repeat()))) == 7


def test_an_error_is_raised_as_it_came(source: Counted) -> None:
    lost = ConnectionLost("nobody there")
    with pytest.raises(ConnectionLost) as caught:
        run(asked(source, lambda: source.subject.on_error(lost)))
    assert caught.value is lost
    assert source.listening == 0


def test_the_end_without_a_value(source: Counted) -> None:
    with pytest.raises(SequenceContainsNoElementsError, match="ended without an event"):
        run(asked(source, source.subject.on_completed))
    assert source.listening == 0


def test_a_timeout_says_how_long_it_was(source: Counted) -> None:
    with pytest.raises(TimeoutError, match=r"no event within 0\.01 s") as caught:
        run(aio.first(source, timeout=0.01))
    assert caught.value.__cause__ is None
    assert source.listening == 0


def test_a_timeout_of_nothing_takes_what_is_there() -> None:
    assert run(aio.first(BehaviorSubject(5), timeout=0)) == 5


def test_a_timeout_has_the_lines_last_failure_as_its_cause(source: Counted) -> None:
    lost = ConnectionLost("refused")

    def fail(observer: Any, scheduler: Any = None) -> abc.DisposableBase:
        current_patience().last_loss = lost
        return source.subscribe(observer)

    with pytest.raises(TimeoutError, match="is being tried again: refused") as caught:
        run(aio.first(Observable[int](fail), timeout=0.01))
    assert caught.value.__cause__ is lost


def test_it_bears_one_attempt(source: Counted) -> None:
    with pytest.raises(TimeoutError):
        run(aio.first(source, timeout=0))
    assert source.patience is not None
    assert source.patience.tries == 1


def test_a_subscribe_that_raises_is_heard() -> None:
    def broken(observer: Any, scheduler: Any = None) -> abc.DisposableBase:
        raise LookupError("no such thing")

    with pytest.raises(LookupError, match="no such thing"):
        run(aio.first(Observable[int](broken)))


@pytest.mark.parametrize("timeout", [-1, float("nan")])
def test_a_timeout_that_cannot_be(source: Counted, timeout: float) -> None:
    with pytest.raises(ValueError, match=f"timeout is {timeout}"):
        run(aio.first(source, timeout))
    assert not source.subscribed.is_set()


def test_a_timeout_that_is_no_number(source: Counted) -> None:
    timeout: Any = "5"
    with pytest.raises(TypeError, match="timeout is '5'"):
        run(aio.first(source, timeout))


@pytest.mark.parametrize("stream", [None, len, [1], "blocks"])
def test_what_is_no_stream(stream: Any) -> None:
    with pytest.raises(TypeError, match=r"first\(\) takes a stream"):
        run(aio.first(stream))


def test_not_on_a_thread_of_rxdex(source: Counted) -> None:
    refused: list[RuntimeError] = []

    def within() -> None:
        with pytest.raises(RuntimeError, match=r"first\(\) would stop the very line") as caught:
            run(aio.first(source))
        refused.append(caught.value)

    thread = threading.Thread(target=within, name="rxdex:market")
    thread.start()
    thread.join(10)
    assert len(refused) == 1


# Cancelling.


def test_cancelled_while_it_waits(source: Counted) -> None:
    async def main() -> None:
        task = asyncio.create_task(aio.first(source))
        await comes_true(source.subscribed.is_set)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert source.listening == 0

    run(main())


def test_cancelled_at_the_moment_of_the_answer(source: Counted) -> None:
    async def main() -> None:
        task = asyncio.create_task(aio.first(source))
        await comes_true(source.subscribed.is_set)
        source.subject.on_next(7)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert source.listening == 0

    run(main())


def test_a_limit_of_asyncios_own(source: Counted) -> None:
    async def main() -> None:
        with pytest.raises(TimeoutError) as caught:
            await asyncio.wait_for(aio.first(source), 0.01)
        assert "no event" not in str(caught.value)
        assert source.listening == 0

    run(main())


def test_one_of_several_fails_and_the_others_leave(source: Counted) -> None:
    async def fail() -> None:
        await comes_true(lambda: source.listening == 2)
        raise KeyError("mine")

    async def main() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(aio.first(source))
            group.create_task(aio.first(source))
            group.create_task(fail())

    with pytest.raises(ExceptionGroup) as caught:
        run(main())
    assert [str(error) for error in caught.value.exceptions] == ["'mine'"]
    assert source.listening == 0


def test_a_loop_closed_before_the_answer(source: Counted) -> None:
    loop = asyncio.new_event_loop()
    loop.set_debug(True)
    asking = aio.first(source)
    task = loop.create_task(asking)
    while source.listening == 0:
        loop.call_soon(loop.stop)
        loop.run_forever()
    loop.close()
    thread = threading.Thread(target=lambda: source.subject.on_next(1))
    thread.start()
    thread.join(10)
    # It never comes to itself again; its end is not to be complained about here.
    asking.close()
    task._log_destroy_pending = False  # type: ignore[attr-defined]
    assert source.listening == 0


# Nothing is left.


async def ask_often(times: int, ask: Callable[[], Awaitable[object]]) -> None:
    for _ in range(times):
        await ask()


def left_by(times: int, ask: Callable[[], Awaitable[object]], *, collects: bool = False) -> int:
    """Blocks of memory that stay behind, if need be once the garbage collector was there."""

    async def main() -> int:
        await ask_often(200, ask)
        gc.collect()
        gc.disable()
        try:
            before = sys.getallocatedblocks()
            await ask_often(times, ask)
            if collects:
                gc.collect()
            return sys.getallocatedblocks() - before
        finally:
            gc.enable()

    return asyncio.run(main())


async def answered() -> None:
    assert await aio.first(reactivex.of(7)) == 7


async def refused() -> None:
    try:
        await aio.first(reactivex.throw(KeyError()))
    except KeyError:
        return


async def cancelled() -> None:
    task = asyncio.create_task(aio.first(reactivex.never()))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])


@pytest.mark.parametrize("ask", [answered, refused, cancelled])
def test_two_thousand_of_them_leave_nothing(ask: Callable[[], Awaitable[object]]) -> None:
    threads = threading.active_count()
    # An error knows where it went through, and a stream that always fails knows its error.
    assert left_by(2_000, ask, collects=ask is refused) < 200
    assert threading.active_count() == threads


@pytest.fixture
def exchange() -> Iterator[Exchange]:
    with Exchange(speed=None, traders=False, warm_up=0) as made:
        yield made


@pytest.fixture
def dex(exchange: Exchange) -> Iterator[Dex]:
    # Somebody else keeps the line, so that an answer is asked for on one that is up.
    with Dex(exchange.url) as it, it.blocks().subscribe(on_error=print):
        yield it


def ask_a_line(dex: Dex, exchange: Exchange, times: int) -> None:
    async def main() -> None:
        await comes_true(lambda: any(visit.subscriptions for visit in exchange.visits))
        async with asyncio.timeout(600):
            for _ in range(times):
                # Who joins a topic that is asked for already is on it at once.
                answering = asyncio.create_task(aio.first(dex.blocks(), timeout=30))
                await asyncio.sleep(0)
                exchange.step()
                assert_type(await answering, BlockHeight)
        assert our_threads() <= {"rxdex:exchange", "rxdex:market", "rxdex:watch"}

    asyncio.run(main(), debug=True)
    assert len(exchange.visits) == 1
    assert len(exchange.visits[0].subscriptions) == 1


def test_some_hundreds_of_a_line_leave_nothing(dex: Dex, exchange: Exchange) -> None:
    ask_a_line(dex, exchange, 300)


@pytest.mark.soak
def test_ten_thousand_of_a_line_leave_nothing(dex: Dex, exchange: Exchange) -> None:
    ask_a_line(dex, exchange, 10_000)


def test_each_with_a_line_of_its_own(exchange: Exchange) -> None:
    async def main() -> None:
        with Dex(exchange.url) as dex:
            for _ in range(20):
                assert (await aio.first(dex.symbols())) == exchange.symbols
            threads = our_threads()
        assert threads <= {"rxdex:exchange", "rxdex:rest", "rxdex:watch"}

    run(main())


def test_a_line_that_cannot_be_had_is_told_at_the_first_attempt() -> None:
    async def main() -> None:
        dex = Dex("ws://127.0.0.1:1/api", LineSettings(tries=5))
        with dex, pytest.raises(ConnectionLost, match="cannot connect"):
            await aio.first(dex.blocks())

    run(main())


def test_cancelled_before_a_server_that_never_answers() -> None:
    async def main(url: str) -> None:
        with Dex(url) as dex:
            task = asyncio.create_task(aio.first(dex.blocks()))
            await comes_true(lambda: "rxdex:market" in our_threads())
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            # Not by closing.
            await comes_true(lambda: not our_threads())

    with Peer(lambda guest: guest.stay()) as peer:
        run(main(peer.url(path="/api")))
