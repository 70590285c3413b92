"""iterate: a stream by `async for`; then nothing is left subscribed, however it ended."""

import asyncio
import gc
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Iterator
from contextlib import aclosing
from typing import Any, assert_type

import pytest
import reactivex
from reactivex import Observable, abc
from reactivex import operators as ops
from reactivex.scheduler.eventloop import AsyncIOScheduler
from reactivex.subject import BehaviorSubject

from rxdex import Dex, LineSettings, aio, topics
from rxdex.errors import ConnectionLost
from rxdex.events import BlockHeight, Gap, Trade
from rxdex.operators import Overflow
from rxdex.simulator.exchange import Exchange
from tests.aio.looping import comes_true, on_a_thread, run
from tests.conftest import our_threads
from tests.connection.peer import Aside, Peer, Unreachable
from tests.connection.recorder import Recorder
from tests.counted import Counted


@pytest.fixture
def source() -> Counted:
    return Counted()


def bring(source: Counted, numbers: Iterable[int]) -> None:
    for number in numbers:
        source.subject.on_next(number)


async def all_of(events: AsyncIterator[Any]) -> list[Any]:
    return [event async for event in events]


async def keep(events: AsyncIterator[Any], heard: list[Any]) -> None:
    async for event in events:
        heard.append(event)  # noqa: PERF401 - what it heard is looked at when it is cut short


async def exhaust(events: AsyncIterator[Any]) -> None:
    async for _ in events:
        pass


async def together(*tasks: Coroutine[Any, Any, None]) -> None:
    async with asyncio.TaskGroup() as group:
        for task in tasks:
            group.create_task(task)


# What comes.


def test_events_from_another_thread_in_order_until_the_end(source: Counted) -> None:
    def tell() -> None:
        for number in range(1_000):
            source.subject.on_next(number)
        source.subject.on_completed()

    async def main() -> None:
        async with aio.iterate(source) as numbers:
            listening = asyncio.create_task(all_of(numbers))
            await on_a_thread(tell)
            assert await listening == list(range(1_000))
            assert source.listening == 0

    run(main())


def test_subscribing_is_entering(source: Counted) -> None:
    async def main() -> None:
        numbers = aio.iterate(source)
        assert source.listening == 0
        async with numbers:
            assert source.listening == 1
        assert source.listening == 0

    run(main())


def test_a_stream_that_emits_while_it_is_subscribed_to() -> None:
    async def main() -> None:
        async with aio.iterate(reactivex.of(1, 2, 3)) as numbers:
            assert await all_of(numbers) == [1, 2, 3]
        async with aio.iterate(BehaviorSubject(5)) as numbers:
            assert await anext(numbers) == 5

    run(main())


def test_a_stream_that_emits_on_the_loop_itself() -> None:
    async def main() -> None:
        scheduler = AsyncIOScheduler(asyncio.get_running_loop())
        ticks = reactivex.interval(0.001, scheduler).pipe(ops.take(3))
        async with aio.iterate(ticks) as numbers:
            assert await all_of(numbers) == [0, 1, 2]

    run(main())


def test_none_is_an_event_too() -> None:
    async def main() -> None:
        async with aio.iterate(reactivex.of(None, None)) as nothings:
            assert await all_of(nothings) == [None, None]

    run(main())


def test_a_burst_wakes_the_loop_once(source: Counted, monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        woken: list[object] = []
        call = loop.call_soon_threadsafe

        def counted(callback: Callable[..., object], *args: Any) -> asyncio.Handle:
            woken.append(callback)
            return call(callback, *args)

        async with aio.iterate(source) as numbers:
            waiting = asyncio.create_task(all_of(numbers))
            await asyncio.sleep(0)
            with monkeypatch.context() as patched:
                patched.setattr(loop, "call_soon_threadsafe", counted)
                burst = Aside(lambda: bring(source, range(1_000)))
                # The loop stands still: the whole burst comes before it looks.
                assert burst.ended()
                assert len(woken) == 1
            source.subject.on_completed()
            assert len(await waiting) == 1_000

    run(main())


def test_others_have_their_turn_while_events_wait(source: Counted) -> None:
    turns = 0

    async def take_turns() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async def main() -> None:
        other = asyncio.create_task(take_turns())
        async with aio.iterate(reactivex.range(1_000)) as numbers:
            await all_of(numbers)
        assert turns > 5
        other.cancel()
        await asyncio.wait([other])

    run(main())


def test_a_loop_that_is_never_idle_can_still_be_ended(source: Counted) -> None:
    over = threading.Event()

    def flood() -> None:
        while not over.is_set():
            source.subject.on_next(1)

    async def main() -> None:
        async with aio.iterate(source) as numbers:
            flooding = Aside(flood)
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(exhaust(numbers), 0.05)
        assert source.listening == 0
        over.set()
        assert flooding.ended()

    run(main())


# How it ends.


def test_leaving_amid_events_unsubscribes(source: Counted) -> None:
    async def main() -> None:
        async with aio.iterate(source) as numbers:
            await on_a_thread(lambda: bring(source, range(5)))
            async for number in numbers:
                if number == 2:
                    break
        assert source.listening == 0
        assert await all_of(numbers) == []

    run(main())


def test_an_exception_in_the_block_unsubscribes(source: Counted) -> None:
    async def main() -> None:
        with pytest.raises(KeyError):
            async with aio.iterate(source):
                raise KeyError
        assert source.listening == 0

    run(main())


def test_the_streams_failure_is_raised_behind_what_waits(source: Counted) -> None:
    lost = ConnectionLost("nobody there")

    def tell() -> None:
        source.subject.on_next(1)
        source.subject.on_next(2)
        source.subject.on_error(lost)

    async def main() -> None:
        heard: list[int] = []
        async with aio.iterate(source) as numbers:
            await on_a_thread(tell)
            with pytest.raises(ConnectionLost) as caught:
                await keep(numbers, heard)
            assert caught.value is lost
            assert heard == [1, 2]
            assert await all_of(numbers) == []
        assert source.listening == 0

    run(main())


def test_a_failure_wakes_who_waits(source: Counted) -> None:
    async def main() -> None:
        async with aio.iterate(source) as numbers:
            waiting = asyncio.create_task(anext(numbers))
            await asyncio.sleep(0)
            await on_a_thread(lambda: source.subject.on_error(KeyError("gone")))
            with pytest.raises(KeyError, match="gone"):
                await waiting

    run(main())


def test_a_subscribe_that_raises_is_heard() -> None:
    def broken(observer: Any, scheduler: Any = None) -> abc.DisposableBase:
        raise LookupError("no such thing")

    async def main() -> None:
        async with aio.iterate(Observable[int](broken)) as numbers:
            with pytest.raises(LookupError, match="no such thing"):
                await anext(numbers)

    run(main())


def test_aclose_ends_the_loop_of_another_task(source: Counted) -> None:
    async def main() -> None:
        async with aio.iterate(source) as numbers:
            listening = asyncio.create_task(all_of(numbers))
            await asyncio.sleep(0)
            await on_a_thread(lambda: source.subject.on_next(1))
            await comes_true(lambda: not listening.done())
            await numbers.aclose()
            await numbers.aclose()
            assert source.listening == 0
            assert await listening in ([], [1])

    run(main())


def test_aclose_before_entering_does_nothing(source: Counted) -> None:
    async def main() -> None:
        async with aclosing(aio.iterate(source)) as numbers:
            pass
        assert source.listening == 0
        assert numbers.lost == 0

    run(main())


# Cancelling.


def test_cancelled_while_it_waits(source: Counted) -> None:
    async def listen() -> None:
        async with aio.iterate(source) as numbers:
            await all_of(numbers)

    async def main() -> None:
        task = asyncio.create_task(listen())
        await comes_true(lambda: source.listening == 1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert source.listening == 0

    run(main())


def test_cancelled_in_the_middle_of_a_batch(source: Counted) -> None:
    heard: list[int] = []
    is_here = asyncio.Event()

    async def listen() -> None:
        async with aio.iterate(source) as numbers:
            async for number in numbers:
                heard.append(number)
                if number == 2:
                    is_here.set()
                    await asyncio.Event().wait()

    async def main() -> None:
        task = asyncio.create_task(listen())
        await comes_true(lambda: source.listening == 1)
        await on_a_thread(lambda: bring(source, range(5)))
        await is_here.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert heard == [0, 1, 2]
        assert source.listening == 0

    run(main())


def test_cancelled_while_others_have_their_turn(source: Counted) -> None:
    """What was about to be taken is still there."""

    async def main() -> None:
        async with aio.iterate(reactivex.range(1_000)) as numbers:
            heard: list[int] = []

            task = asyncio.create_task(keep(numbers, heard))
            await comes_true(lambda: bool(heard))
            task.cancel()
            await asyncio.wait([task])
            assert 0 < len(heard) < 1_000
            assert [*heard, *await all_of(numbers)] == list(range(1_000))

    run(main())


def test_giving_up_on_one_event_loses_none(source: Counted) -> None:
    async def main() -> None:
        async with aio.iterate(source) as numbers:
            for number in range(20):
                with pytest.raises(TimeoutError):
                    async with asyncio.timeout(0):
                        await anext(numbers)
                # It comes at the same moment as the next one gives up.
                waiting = asyncio.create_task(anext(numbers))
                await asyncio.sleep(0)
                waiting.cancel()
                source.subject.on_next(number)
                await asyncio.wait([waiting])
                heard = await anext(numbers) if waiting.cancelled() else waiting.result()
                assert heard == number

    run(main())


def test_within_a_task_group(source: Counted) -> None:
    async def listen() -> None:
        async with aio.iterate(source) as numbers:
            await all_of(numbers)

    async def fail() -> None:
        await comes_true(lambda: source.listening == 2)
        raise KeyError("mine")

    async def main() -> None:
        with pytest.raises(ExceptionGroup) as caught:
            await together(listen(), listen(), fail())
        assert [str(error) for error in caught.value.exceptions] == ["'mine'"]
        assert source.listening == 0

    run(main())


# One consumer, one loop.


def test_a_second_consumer_at_the_same_time_is_refused(source: Counted) -> None:
    async def main() -> None:
        async with aio.iterate(source) as numbers:
            waiting = asyncio.create_task(anext(numbers))
            await asyncio.sleep(0)
            with pytest.raises(RuntimeError, match="another task waits for the next event"):
                await anext(numbers)
            await on_a_thread(lambda: source.subject.on_next(7))
            assert await waiting == 7
            source.subject.on_next(8)
            assert await anext(numbers) == 8

    run(main())


def test_it_is_entered_before_it_is_iterated_over(source: Counted) -> None:
    async def main() -> None:
        with pytest.raises(RuntimeError, match="an iteration is entered first"):
            async for _ in aio.iterate(source):
                pass
        assert source.listening == 0

    run(main())


def test_it_is_entered_once(source: Counted) -> None:
    async def main() -> None:
        numbers = aio.iterate(source)
        async with numbers:
            with pytest.raises(RuntimeError, match="an iteration is entered once"):
                await numbers.__aenter__()
            assert source.listening == 1
        with pytest.raises(RuntimeError, match="an iteration is entered once"):
            await numbers.__aenter__()
        assert source.listening == 0

    run(main())


def test_not_on_a_thread_of_rxdex(source: Counted) -> None:
    async def main() -> None:
        async with aio.iterate(source):
            pass

    refused: list[RuntimeError] = []

    def within() -> None:
        with pytest.raises(RuntimeError, match=r"iterate\(\) would stop the very line") as caught:
            run(main())
        refused.append(caught.value)

    thread = threading.Thread(target=within, name="rxdex:market")
    thread.start()
    thread.join(10)
    assert len(refused) == 1
    assert source.listening == 0


# A loop that is closed early.


def told_quietly(source: Counted) -> None:
    """An event on another thread, which must not raise there."""
    telling = Aside(lambda: source.subject.on_next(1))
    assert telling.ended()
    assert telling.error is None


def test_a_loop_closed_while_nobody_waits(source: Counted) -> None:
    async def main() -> None:
        await aio.iterate(source).__aenter__()

    run(main())
    assert source.listening == 1
    told_quietly(source)
    assert source.listening == 0


def test_a_loop_closed_while_a_task_waits(source: Counted) -> None:
    loop = asyncio.new_event_loop()
    loop.set_debug(True)
    complaints: list[dict[str, Any]] = []
    loop.set_exception_handler(lambda _, context: complaints.append(context))

    async def listen() -> None:
        async with aio.iterate(source) as numbers:
            await anext(numbers)

    task = loop.create_task(listen())
    while source.listening == 0:
        loop.call_soon(loop.stop)
        loop.run_forever()
    loop.close()
    del task
    told_quietly(source)
    gc.collect()
    assert source.listening == 0
    # That is asyncio's own, and about the task.
    assert [it["message"] for it in complaints] == ["Task was destroyed but it is pending!"]


def test_an_end_on_a_closed_loop_is_nobodys(source: Counted) -> None:
    async def main() -> None:
        await aio.iterate(source).__aenter__()

    run(main())
    telling = Aside(lambda: source.subject.on_error(KeyError()))
    assert telling.ended()
    assert telling.error is None


# What cannot be.


@pytest.mark.parametrize("stream", [None, len, [1], "blocks"])
def test_what_is_no_stream(stream: Any) -> None:
    with pytest.raises(TypeError, match=r"iterate\(\) takes a stream"):
        aio.iterate(stream)


@pytest.mark.parametrize("capacity", [0, -1])
def test_a_capacity_that_cannot_be(source: Counted, capacity: int) -> None:
    with pytest.raises(ValueError, match=f"capacity is {capacity}"):
        aio.iterate(source, capacity=capacity)


@pytest.mark.parametrize("capacity", [None, 1.5, "7", True])
def test_a_capacity_that_is_none(source: Counted, capacity: Any) -> None:
    with pytest.raises(TypeError, match="capacity is"):
        aio.iterate(source, capacity=capacity)


def test_an_overflow_that_is_none(source: Counted) -> None:
    overflow: Any = "drop"
    with pytest.raises(TypeError, match="overflow is 'drop'"):
        aio.iterate(source, overflow=overflow)


# On a line.


@pytest.fixture
def exchange() -> Any:
    with Exchange(speed=10.0) as made:
        yield made


@pytest.fixture
def dex(exchange: Exchange) -> Any:
    with Dex(exchange.url) as it:
        yield it
        # Not by closing: every test leaves nothing subscribed.
        assert exchange.wait_for(lambda that: not any(visit.is_open for visit in that.visits))


def test_the_type_of_an_event_is_the_streams(dex: Dex, exchange: Exchange) -> None:
    async def main() -> None:
        async with aio.iterate(dex.trades(exchange.symbols[0])) as trades:
            async for trade in trades:
                assert_type(trade, Trade)
                assert isinstance(trade, Trade)
                break
        async with aio.iterate(dex.trades(exchange.symbols[0]), gaps=True) as events:
            async for event in events:
                assert_type(event, Trade | Gap)
                break

    run(main())


def test_several_streams_start_no_thread_of_their_own(dex: Dex, exchange: Exchange) -> None:
    async def main() -> None:
        before = {thread.name for thread in threading.enumerate()}
        async with (
            aio.iterate(dex.blocks()) as blocks,
            aio.iterate(dex.trades(exchange.symbols[0])) as trades,
            aio.iterate(dex.depth(exchange.symbols[0])) as depths,
        ):
            assert (await anext(blocks)).height > 100_000_000
            assert (await anext(trades)).symbol == exchange.symbols[0]
            assert (await anext(depths)).symbol == exchange.symbols[0]
            more = {thread.name for thread in threading.enumerate()} - before
            assert more <= {"rxdex:market", "rxdex:watch"}

    run(main())


def test_two_loops_in_two_threads_over_one_dex(dex: Dex, exchange: Exchange) -> None:
    async def heights() -> list[int]:
        async with aio.iterate(dex.blocks()) as blocks:
            return [(await anext(blocks)).height for _ in range(5)]

    two = [Aside(lambda: run(heights())) for _ in range(2)]
    for each in two:
        assert each.ended()
        assert each.error is None
        heard: Any = each.result
        assert heard == list(range(heard[0], heard[0] + 5))
    assert len({visit.path for visit in exchange.visits}) <= 2


@pytest.fixture
def still() -> Iterator[Exchange]:
    with Exchange(speed=None, traders=False, warm_up=0) as made:
        yield made


@pytest.mark.parametrize("overflow", [Overflow.DROP_OLDEST, Overflow.DROP_NEWEST, Overflow.LATEST])
def test_a_loop_that_stands_still_misses_what_the_gap_says(
    still: Exchange, overflow: Overflow
) -> None:
    async def main() -> None:
        watched: Recorder[BlockHeight] = Recorder()
        with Dex(still.url) as dex, dex.blocks().subscribe(watched):
            stream = dex.stream(topics.blocks(), gaps=True)
            async with aio.iterate(stream, capacity=5, overflow=overflow, gaps=True) as blocks:
                assert still.wait_for(lambda it: bool(it.visits and it.visits[-1].subscriptions))
                # The loop stands still until all of them have come.
                still.step(40)
                assert watched.has(40)
                still_to_come = [block.height for block in watched.values]
                while still_to_come:
                    block = await anext(blocks)
                    if isinstance(block, Gap):
                        assert block.lost is not None
                        del still_to_come[: block.lost]
                    else:
                        assert block.height == still_to_come.pop(0)

    run(main())


def test_block_loses_nothing_of_a_line(still: Exchange) -> None:
    async def main() -> None:
        with Dex(still.url) as dex:
            stream = dex.blocks()
            async with aio.iterate(stream, capacity=2, overflow=Overflow.BLOCK) as blocks:
                assert still.wait_for(lambda it: bool(it.visits and it.visits[-1].subscriptions))
                still.step(300)
                heights = [(await anext(blocks)).height for _ in range(300)]
        assert heights == list(range(heights[0], heights[0] + 300))

    run(main())


def test_closing_the_dex_ends_the_loop(exchange: Exchange) -> None:
    async def main() -> None:
        with Dex(exchange.url) as dex:
            async with aio.iterate(dex.blocks()) as blocks:
                async for _ in blocks:
                    await asyncio.to_thread(dex.close)
        assert our_threads() <= {"rxdex:exchange"}

    run(main())


def test_a_line_that_cannot_be_had_is_raised() -> None:
    async def main() -> None:
        with Dex("ws://127.0.0.1:1/api", LineSettings(tries=1)) as dex:
            async with aio.iterate(dex.blocks()) as blocks:
                with pytest.raises(ConnectionLost, match="cannot connect"):
                    await anext(blocks)

    run(main())


def cancelled_while_connecting(url: str) -> None:
    async def listen(dex: Dex) -> None:
        async with aio.iterate(dex.blocks()) as blocks:
            await all_of(blocks)

    async def main() -> None:
        with Dex(url) as dex:
            task = asyncio.create_task(listen(dex))
            await comes_true(lambda: "rxdex:market" in our_threads())
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            # Not by closing.
            await comes_true(lambda: not our_threads())

    run(main())


def test_cancelled_before_a_host_that_takes_no_connection() -> None:
    with Unreachable() as nowhere:
        if not nowhere.is_silent():
            pytest.skip("this system refuses instead")
        cancelled_while_connecting(nowhere.url().removesuffix("/ws"))


def test_cancelled_before_a_server_that_never_answers() -> None:
    with Peer(lambda guest: guest.stay()) as peer:
        cancelled_while_connecting(peer.url(path="/api"))
