"""buffered: each policy on real threads, on loops and in virtual time, and that nothing is left."""

import asyncio
import gc
import sys
import threading
import weakref
from operator import attrgetter
from typing import Any, assert_type

import pytest
import reactivex
from reactivex import Observable
from reactivex import operators as ops
from reactivex.scheduler import (
    CurrentThreadScheduler,
    EventLoopScheduler,
    ImmediateScheduler,
    NewThreadScheduler,
    VirtualTimeScheduler,
)
from reactivex.scheduler.eventloop import AsyncIOScheduler, AsyncIOThreadSafeScheduler
from reactivex.subject import Subject

from rxdex import Dex, EventsLost, LineSettings, first, topics
from rxdex.events import BlockHeight, Gap, GapReason, MiniTicker, Trade
from rxdex.operators import Overflow, buffered, without_gaps
from rxdex.simulator.exchange import Exchange
from tests import marbles
from tests.conftest import eventually, our_threads
from tests.connection.peer import Aside
from tests.connection.recorder import Recorder
from tests.operators.conftest import is_asked

SYMBOL = "BNB_BUSD-BD1"
CAPACITY = 4
#: What loses events, and goes on.
LOSSY = [Overflow.DROP_OLDEST, Overflow.DROP_NEWEST, Overflow.LATEST]
THREAD = "rxdex-buffered"


class Slow(Recorder[Any]):
    """A subscriber that stays in its `on_next` until it is freed, and then is fast."""

    def __init__(self) -> None:
        super().__init__()
        self.free = threading.Event()
        self.threads: set[str] = set()

    def on_next(self, value: Any) -> None:
        super().on_next(value)
        self.threads.add(threading.current_thread().name)
        assert self.free.wait(20)


def lost_in(values: list[Any]) -> int:
    return sum(it.lost or 0 for it in values if isinstance(it, Gap))


def without(values: list[Any]) -> list[Any]:
    return [it for it in values if not isinstance(it, Gap)]


# What a call gets wrong.


@pytest.mark.parametrize("capacity", [1.0, "5", None, True])
def test_what_is_no_capacity(capacity: Any) -> None:
    with pytest.raises(TypeError, match=r"capacity is .*; give a whole number"):
        buffered(capacity)


@pytest.mark.parametrize("capacity", [0, -1])
def test_what_is_too_little(capacity: int) -> None:
    with pytest.raises(ValueError, match=rf"capacity is {capacity}; .* take 1 or more"):
        buffered(capacity)


@pytest.mark.parametrize("overflow", ["latest", None, Overflow])
def test_what_is_no_policy(overflow: Any) -> None:
    with pytest.raises(TypeError, match=r"overflow is .*; give one of Overflow"):
        buffered(1, overflow)


def test_what_is_no_key() -> None:
    odd: Any = "symbol"
    with pytest.raises(TypeError, match="key is 'symbol'; give a function"):
        buffered(1, Overflow.LATEST, key=odd)


@pytest.mark.parametrize("overflow", [it for it in Overflow if it is not Overflow.LATEST])
def test_a_key_is_for_the_latest_alone(overflow: Any) -> None:
    with pytest.raises(ValueError, match=f"overflow is {overflow.name}; a key is for"):
        buffered(1, overflow, key=str)


def test_what_is_no_scheduler() -> None:
    odd: Any = 5
    with pytest.raises(TypeError, match="scheduler is 5; give a scheduler"):
        buffered(1, scheduler=odd)


# In virtual time; what each policy does stands in diagrams, too.


@pytest.mark.parametrize("overflow", Overflow)
def test_who_is_not_slow_loses_nothing(overflow: Overflow) -> None:
    marbles.check(buffered(1, overflow), "-a-b-g-c--|", "-a-b-g-c--|")


@pytest.mark.parametrize("overflow", Overflow)
def test_an_error_comes_behind_what_waits(overflow: Overflow) -> None:
    marbles.check(buffered(2, overflow), "-a-b-#", "-a------(b#)", " [======]")


@pytest.mark.parametrize(
    ("overflow", "expected"),
    [
        pytest.param(Overflow.DROP_OLDEST, "-a------(gc|)", id="the newest is left"),
        pytest.param(Overflow.DROP_NEWEST, "-a------(bg|)", id="the gap is the last to be said"),
        pytest.param(Overflow.FAIL, "-a------(b#)", id="the end comes too late"),
    ],
)
def test_an_end_comes_behind_what_waits(overflow: Overflow, expected: str) -> None:
    marbles.check(buffered(1, overflow), "-a-b-c-|", expected, " [======]")


def test_a_gap_of_the_source_waits_as_an_event_does() -> None:
    marbles.check(buffered(3), "-a-b-g-c-|", "-a--------(bgc|)", " [========]")


@pytest.mark.parametrize("overflow", [Overflow.BLOCK, *LOSSY])
def test_without_a_thread_none_is_made(overflow: Overflow) -> None:
    source: Subject[int] = Subject()
    heard: Recorder[Any] = Recorder()
    clock = VirtualTimeScheduler()
    source.pipe(buffered(2, overflow)).subscribe(heard, scheduler=clock)
    source.on_next(1)
    assert our_threads() == set()
    assert heard.values == []
    clock.advance_by(1.0)
    assert heard.values == [1]


def test_a_source_that_waits_in_virtual_time_delivers_instead() -> None:
    heard: Recorder[Any] = Recorder()
    clock = VirtualTimeScheduler()
    reactivex.from_iterable(range(100), clock).pipe(buffered(3, Overflow.BLOCK)).subscribe(
        heard, scheduler=clock
    )
    clock.advance_by(1.0)
    assert heard.values == [*range(100)]
    assert heard.is_complete


@pytest.mark.parametrize("overflow", [Overflow.BLOCK, Overflow.DROP_OLDEST])
def test_a_scheduler_of_the_source_s_own_thread(overflow: Overflow) -> None:
    for scheduler in (ImmediateScheduler(), CurrentThreadScheduler()):
        heard: Recorder[Any] = Recorder()
        buffering = buffered(200, overflow, scheduler=scheduler)
        reactivex.from_iterable(range(100)).pipe(buffering).subscribe(heard)
        assert heard.values == [*range(100)]
        assert heard.is_complete


# On threads.


@pytest.mark.parametrize("scheduler", [None, NewThreadScheduler()])
@pytest.mark.parametrize("overflow", Overflow)
def test_events_come_in_order_and_elsewhere(
    overflow: Overflow, scheduler: NewThreadScheduler | None
) -> None:
    heard = Slow()
    heard.free.set()
    source: Subject[int] = Subject()
    capacity = 10 if overflow is Overflow.BLOCK else 10_000
    source.pipe(buffered(capacity, overflow, scheduler=scheduler)).subscribe(heard)
    for number in range(5_000):
        source.on_next(number)
    source.on_completed()
    assert heard.completes()
    kept = without(heard.values)
    assert kept == sorted(set(kept))
    assert kept[-1] == 4_999
    assert len(kept) + lost_in(heard.values) == 5_000
    assert len(kept) == 5_000 or overflow is Overflow.LATEST
    assert (heard.threads == {THREAD}) is (scheduler is None)
    assert threading.current_thread().name not in heard.threads


@pytest.mark.parametrize("overflow", LOSSY)
def test_everything_is_delivered_or_counted(overflow: Overflow) -> None:
    source: Subject[int] = Subject()
    heard: Recorder[Any] = Recorder()
    source.pipe(buffered(3, overflow)).subscribe(heard)
    for number in range(20_000):
        source.on_next(number)
    source.on_completed()
    assert heard.completes()
    expected = 0
    for value in heard.values:
        if isinstance(value, Gap):
            assert value.reason is GapReason.OVERFLOW
            assert value.topic is None
            expected += value.lost or 0
        else:
            assert value == expected
            expected += 1
    assert expected == 20_000


def test_two_subscriptions_have_each_their_own() -> None:
    source: Subject[int] = Subject()
    pipeline = source.pipe(buffered(2))
    slow, fast = Slow(), Recorder[Any]()
    pipeline.subscribe(slow)
    pipeline.subscribe(fast)
    assert eventually(lambda: [it.name for it in threading.enumerate()].count(THREAD) == 2)
    for number in range(10):
        source.on_next(number)
        assert fast.has(number + 1)
        assert slow.has(1)
    source.on_completed()
    assert fast.completes()
    slow.free.set()
    assert slow.completes()
    assert fast.values == [*range(10)]
    assert without(slow.values) == [0, 8, 9]


def test_nothing_runs_before_subscribe() -> None:
    pipeline = reactivex.never().pipe(buffered(2))
    assert our_threads() == set()
    pipeline.subscribe().dispose()


@pytest.mark.parametrize("overflow", Overflow)
def test_a_dispose_from_elsewhere_ends_all_but_the_on_next_in_progress(overflow: Overflow) -> None:
    source: Subject[int] = Subject()
    slow = Slow()
    subscription = source.pipe(buffered(3, overflow)).subscribe(slow)
    source.on_next(1)
    assert slow.has(1)
    source.on_next(2)
    subscription.dispose()
    assert source.observers == []
    assert our_threads() == {THREAD}
    slow.free.set()
    assert eventually(lambda: our_threads() == set())
    assert slow.values == [1]


def test_a_dispose_within_on_next_ends_it() -> None:
    source: Subject[int] = Subject()
    heard: Recorder[Any] = Recorder()
    source.pipe(buffered(10)).pipe(ops.take(2)).subscribe(heard)
    for number in range(5):
        source.on_next(number)
    assert heard.completes()
    assert heard.values == [0, 1]
    assert eventually(lambda: our_threads() == set())
    assert source.observers == []


def leave_amid(overflow: Overflow, moment: int) -> None:
    """One thread brings events, and another disposes as it has brought so many."""
    source: Subject[int] = Subject()
    heard: Recorder[Any] = Recorder()
    now = threading.Event()
    subscription = source.pipe(buffered(3, overflow)).subscribe(heard)

    def bring() -> None:
        for number in range(2 * moment):
            if number == moment:
                now.set()
            source.on_next(number)

    def leave() -> None:
        assert now.wait(5)
        subscription.dispose()

    asides = [Aside(leave), Aside(bring)]
    assert [(aside.ended(), aside.error) for aside in asides] == [(True, None)] * 2
    assert source.observers == []


@pytest.mark.parametrize("overflow", Overflow)
def test_a_dispose_amid_everything_leaves_nothing(overflow: Overflow) -> None:
    for moment in range(1, 200, 5):
        leave_amid(overflow, moment)
    assert eventually(lambda: our_threads() == set())


def test_a_source_that_waits_is_let_go_by_a_dispose() -> None:
    source: Subject[int] = Subject()
    slow = Slow()
    subscription = source.pipe(buffered(1, Overflow.BLOCK)).subscribe(slow)
    source.on_next(0)
    assert slow.has(1)
    bringing = Aside(lambda: reactivex.of(1, 2).subscribe(source.on_next))
    assert not bringing.ended(0.01)
    subscription.dispose()
    assert bringing.ended()
    slow.free.set()
    assert eventually(lambda: our_threads() == set())
    assert slow.values == [0]


@pytest.mark.parametrize("has_on_error", [True, False])
def test_a_subscriber_that_raises_is_out_and_in_the_log(
    has_on_error: bool, caplog: pytest.LogCaptureFixture
) -> None:
    source: Subject[int] = Subject()
    reasons: list[Exception] = []

    def bad(_: object) -> None:
        raise ZeroDivisionError("mine")

    source.pipe(buffered(3)).subscribe(bad, reasons.append if has_on_error else None)
    source.on_next(1)
    assert eventually(lambda: our_threads() == set())
    source.on_next(2)
    assert source.observers == []
    assert [str(it) for it in reasons] == (["mine"] if has_on_error else [])
    (record,) = caplog.records
    assert record.name == "rxdex.operators.buffered"
    assert record.levelname == "ERROR"
    assert "a subscriber behind buffered raised ZeroDivisionError('mine'); it is out" in caplog.text
    assert "Traceback" in caplog.text


def test_a_subscriber_that_ends_its_thread_is_told(caplog: pytest.LogCaptureFixture) -> None:
    source: Subject[int] = Subject()
    reasons: Recorder[Any] = Recorder()
    leaving = ops.do_action(lambda _: sys.exit("enough"))
    source.pipe(buffered(3)).pipe(leaving).subscribe(reasons)
    source.on_next(1)
    assert reasons.fails()
    assert eventually(lambda: our_threads() == set())
    assert "SystemExit('enough')" in str(reasons.errors[0])


def test_an_error_nobody_takes_is_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    reactivex.throw(LookupError("gone")).pipe(buffered(3)).subscribe()
    assert eventually(lambda: our_threads() == set())
    assert "raised LookupError('gone') at its end" in caplog.text


def test_a_source_that_raises_as_it_is_subscribed_to_leaves_no_thread() -> None:
    def subscribe(observer: Any, scheduler: Any = None) -> Any:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Observable(subscribe).pipe(buffered(3)).subscribe()
    assert eventually(lambda: our_threads() == set())


def test_a_source_that_is_over_at_once() -> None:
    heard: Recorder[Any] = Recorder()
    reactivex.of(1, 2, 3).pipe(buffered(1, Overflow.BLOCK)).subscribe(heard)
    assert heard.completes()
    assert heard.values == [1, 2, 3]


def test_a_scheduler_that_is_disposed_of_ends_it() -> None:
    scheduler = EventLoopScheduler()
    source: Subject[int] = Subject()
    source.pipe(buffered(3, scheduler=scheduler)).subscribe()
    scheduler.dispose()
    with pytest.raises(Exception, match="disposed"):
        source.on_next(1)
    assert source.observers == []


def test_what_was_delivered_is_kept_by_nobody() -> None:
    class Thing:
        pass

    source: Subject[Thing] = Subject()
    seen: Recorder[int] = Recorder()
    with source.pipe(buffered(3)).pipe(ops.map(id)).subscribe(seen):
        thing = Thing()
        gone = weakref.ref(thing)
        source.on_next(thing)
        del thing
        assert seen.has(1)
        assert eventually(lambda: gc.collect() >= 0 and gone() is None)


# On a line.


class Held:
    """An event that knows how many of its kind are held."""

    def __init__(self, block: BlockHeight, all_of_them: "weakref.WeakSet[Held]") -> None:
        self.height = block.height
        all_of_them.add(self)


@pytest.mark.parametrize("overflow", [*LOSSY, Overflow.FAIL])
def test_a_subscriber_that_never_returns_holds_what_it_may_and_nobody_else_misses_anything(
    dex: Dex, exchange: Exchange, overflow: Overflow
) -> None:
    """P6, and P7 of the slow."""
    held: weakref.WeakSet[Held] = weakref.WeakSet()
    most = 0

    def hold(block: BlockHeight) -> Held:
        nonlocal most
        it = Held(block, held)
        most = max(most, len(held))
        return it

    slow: Recorder[int] = Recorder()
    free = threading.Event()

    def never(it: Held | Gap) -> None:
        slow.on_next(it.height if isinstance(it, Held) else -(it.lost or 0))
        assert free.wait(20)

    other: Recorder[BlockHeight] = Recorder()
    pipeline = dex.blocks().map(hold).pipe(buffered(CAPACITY, overflow))
    pipeline.subscribe(never, slow.on_error)
    dex.blocks().subscribe(other)
    assert is_asked(exchange)
    before = exchange.height
    exchange.step()
    assert slow.has(1)
    exchange.step(99)
    assert other.has(100)
    # What waits, what the subscriber has, and the one that is just being brought.
    assert most <= CAPACITY + 2
    free.set()
    if overflow is Overflow.FAIL:
        assert slow.fails()
        assert isinstance(slow.errors[0], EventsLost)
        assert slow.values == [before + n for n in range(1, CAPACITY + 2)]
    else:
        assert slow.wait(lambda it: sum(1 if value > 0 else -value for value in it.values) == 100)
    assert [block.height for block in other.values] == [before + n for n in range(1, 101)]


def test_a_lane_that_is_held_up_goes_on_where_it_was(dex: Dex, exchange: Exchange) -> None:
    slow = Slow()
    other: Recorder[BlockHeight] = Recorder()
    dex.blocks().pipe(buffered(CAPACITY, Overflow.BLOCK)).subscribe(slow)
    dex.blocks().subscribe(other)
    assert is_asked(exchange)
    exchange.step(100)
    assert slow.has(1)
    assert other.has(CAPACITY + 1)
    assert len(other.values) <= CAPACITY + 2
    slow.free.set()
    assert slow.has(100)
    assert other.has(100)
    assert slow.values == other.values


def test_closing_lets_a_line_go_that_is_held_up(exchange: Exchange) -> None:
    dex = Dex(exchange.url)
    slow = Slow()
    subscription = dex.blocks().pipe(buffered(1, Overflow.BLOCK)).subscribe(slow)
    assert is_asked(exchange)
    exchange.step(10)
    assert slow.has(1)
    dex.close(0.1)
    subscription.dispose()
    slow.free.set()
    assert eventually(lambda: our_threads() <= {"rxdex:exchange"})


def test_a_gap_says_since_when_by_what_came_over_the_line(dex: Dex, exchange: Exchange) -> None:
    slow = Slow()
    other: Recorder[BlockHeight] = Recorder()
    dex.blocks().pipe(buffered(1)).subscribe(slow)
    dex.blocks().subscribe(other)
    assert is_asked(exchange)
    for number in range(1, 5):
        exchange.step()
        assert other.has(number)
        assert slow.has(1)
    slow.free.set()
    assert slow.has(3)
    first_block, gap, last_block = slow.values
    assert (first_block, last_block) == (other.values[0], other.values[3])
    assert gap.lost == 2
    assert gap.since_ns == first_block.received_ns
    assert gap.received_ns >= other.values[3].received_ns


def test_the_newest_of_each_symbol() -> None:
    with Exchange(seed=3, speed=None, warm_up=20) as busy, Dex(busy.url) as dex:
        slow = Slow()
        blocks: Recorder[BlockHeight] = Recorder()
        newest: dict[str, MiniTicker] = {}
        tickers = dex.mini_ticker(busy.symbols)
        tickers.subscribe(lambda it: newest.__setitem__(it.symbol, it))
        by_symbol = buffered(len(busy.symbols), Overflow.LATEST, key=attrgetter("symbol"))
        tickers.pipe(by_symbol, without_gaps()).subscribe(slow)
        dex.blocks().subscribe(blocks)
        assert busy.wait_for(
            lambda it: any(len(visit.subscriptions) > len(busy.symbols) for visit in it.visits)
        )
        busy.step(10)
        assert blocks.has(10)
        assert slow.has(1)
        slow.free.set()
        assert eventually(lambda: {it.symbol: it for it in slow.values} == newest)
        assert len(slow.values) <= 1 + len(busy.symbols)


def test_first_may_be_called_behind_it() -> None:
    with Exchange(seed=3, speed=20.0, warm_up=20) as busy, Dex(busy.url) as dex:
        answers: Recorder[BlockHeight] = Recorder()
        heights = dex.blocks().pipe(buffered(3)).pipe(ops.map(lambda _: first(dex.blocks())))
        heights.subscribe(answers)
        assert answers.has(2)
        assert not answers.errors


def test_first_may_be_asked_of_it() -> None:
    with Exchange(seed=3, speed=20.0, warm_up=20) as busy, Dex(busy.url) as dex:
        assert isinstance(first(dex.blocks().pipe(buffered(3))), BlockHeight)


# On a loop.


@pytest.mark.parametrize("kind", [AsyncIOScheduler, AsyncIOThreadSafeScheduler])
@pytest.mark.parametrize("overflow", Overflow)
def test_a_loop_s_subscriber_runs_on_the_loop(
    dex: Dex, exchange: Exchange, overflow: Overflow, kind: type[AsyncIOScheduler]
) -> None:
    async def main() -> list[Any]:
        heard: asyncio.Queue[Any] = asyncio.Queue()
        blocks: list[Any] = []

        def on_next(value: object) -> None:
            assert threading.current_thread() is threading.main_thread()
            heard.put_nowait(value)

        scheduler = kind(asyncio.get_running_loop())
        with dex.blocks().pipe(buffered(50, overflow)).subscribe(on_next, scheduler=scheduler):
            assert THREAD not in our_threads()
            assert await asyncio.to_thread(is_asked, exchange)
            await asyncio.to_thread(exchange.step, 20)
            while len(without(blocks)) + lost_in(blocks) < 20:
                blocks.append(await asyncio.wait_for(heard.get(), 5))
        return blocks

    blocks = asyncio.run(main(), debug=True)
    assert len(without(blocks)) == 20 or overflow is Overflow.LATEST


def test_a_loop_that_is_kept_busy_has_the_bound_of_its_subscriber(
    dex: Dex, exchange: Exchange
) -> None:
    other: Recorder[BlockHeight] = Recorder()

    async def main() -> list[Any]:
        heard: list[Any] = []
        scheduler = AsyncIOScheduler(asyncio.get_running_loop())
        pipeline = dex.blocks().pipe(buffered(CAPACITY))
        with (
            dex.blocks().subscribe(other),
            pipeline.subscribe(heard.append, scheduler=scheduler),
        ):
            assert is_asked(exchange)
            exchange.step(30)
            # The loop stands still meanwhile, and the line does not.
            assert other.has(30)
            while len(heard) < CAPACITY + 1:
                await asyncio.sleep(0.001)
        return heard

    gap, *blocks = asyncio.run(main())
    assert gap.lost == 30 - CAPACITY
    assert blocks == other.values[-CAPACITY:]


def test_it_can_be_awaited() -> None:
    async def main(dex: Dex) -> Any:
        async with asyncio.timeout(5):
            return await dex.blocks().pipe(buffered(3)).pipe(ops.take(3), ops.to_list())

    with Exchange(seed=3, speed=20.0, warm_up=20) as busy, Dex(busy.url) as dex:
        assert len(asyncio.run(main(dex))) == 3


def test_a_source_on_the_loop_itself_is_not_to_wait_for_the_loop() -> None:
    async def main() -> list[int]:
        source: Subject[int] = Subject()
        heard: Recorder[Any] = Recorder()
        scheduler = AsyncIOScheduler(asyncio.get_running_loop())
        source.pipe(buffered(2, Overflow.BLOCK)).subscribe(heard, scheduler=scheduler)
        for number in range(10):
            source.on_next(number)
        source.on_completed()
        while not heard.is_complete:
            await asyncio.sleep(0)
        return heard.values

    assert asyncio.run(main()) == [*range(10)]


def test_a_subscriber_that_raises_on_a_loop_is_out(
    dex: Dex, exchange: Exchange, caplog: pytest.LogCaptureFixture
) -> None:
    async def main() -> None:
        reasons: asyncio.Queue[Exception] = asyncio.Queue()

        def bad(_: object) -> None:
            raise ZeroDivisionError

        scheduler = AsyncIOScheduler(asyncio.get_running_loop())
        dex.blocks().pipe(buffered(3)).subscribe(bad, reasons.put_nowait, scheduler=scheduler)
        assert await asyncio.to_thread(is_asked, exchange)
        exchange.step()
        assert isinstance(await asyncio.wait_for(reasons.get(), 5), ZeroDivisionError)

    asyncio.run(main())
    assert "raised ZeroDivisionError" in caplog.text
    assert exchange.wait_for(lambda it: not any(visit.is_open for visit in it.visits))


def test_a_loop_that_is_closed_is_let_go_and_told(exchange: Exchange) -> None:
    with Dex(exchange.url, LineSettings()) as dex:
        faults: Recorder[Any] = Recorder()
        dex.faults.subscribe(faults)

        async def main() -> None:
            scheduler = AsyncIOScheduler(asyncio.get_running_loop())
            dex.blocks().pipe(buffered(3)).subscribe(scheduler=scheduler)
            assert await asyncio.to_thread(is_asked, exchange)

        asyncio.run(main())
        exchange.step()
        assert faults.has(1)
        assert "loop is closed" in faults.values[0].what
        assert exchange.wait_for(lambda it: not any(visit.is_open for visit in it.visits))


# For the checkers: that this passes them is the test.


def symbol_of(trade: Trade) -> str:
    return trade.symbol


def test_the_types_have_a_gap_more() -> None:
    dex = Dex("ws://127.0.0.1:1/api")
    trades = dex.trades(SYMBOL)
    gaps = dex.stream(topics.trades(SYMBOL), gaps=True)
    assert_type(trades.pipe(buffered(10)), Observable[Trade | Gap])
    assert_type(gaps.pipe(buffered(10)), Observable[Trade | Gap])
    assert_type(trades.pipe(buffered(10)).pipe(without_gaps()), Observable[Trade])
    # These two make no gaps of their own.
    assert_type(trades.pipe(buffered(10, Overflow.FAIL)), Observable[Trade])
    assert_type(trades.pipe(buffered(10, Overflow.BLOCK), ops.take(3)), Observable[Trade])
    assert_type(gaps.pipe(buffered(10, Overflow.BLOCK)), Observable[Trade | Gap])
    latest = buffered(10, Overflow.LATEST, key=symbol_of)
    assert_type(trades.pipe(latest), Observable[Trade | Gap])
    assert_type(gaps.pipe(latest), Observable[Trade | Gap])
    assert_type(trades.map(symbol_of).pipe(buffered(1)), Observable[str | Gap])
    dex.close()
