"""workplace: where a subscriber is called, and what its source gets of that."""

import asyncio
import threading
from datetime import UTC, datetime, timedelta
from queue import SimpleQueue

import pytest
from reactivex import abc
from reactivex.internal.exceptions import DisposedException
from reactivex.scheduler import (
    CurrentThreadScheduler,
    EventLoopScheduler,
    HistoricalScheduler,
    ImmediateScheduler,
    NewThreadScheduler,
    ThreadPoolScheduler,
    VirtualTimeScheduler,
)
from reactivex.scheduler.eventloop import AsyncIOScheduler, AsyncIOThreadSafeScheduler

from rxdex.operators.workplace import OnLoop, OnScheduler, OwnThread, Workplace, workplace
from tests.conftest import eventually, our_threads
from tests.connection.peer import Aside

NS = 1_000_000_000
each_kind = pytest.mark.parametrize("kind", [AsyncIOScheduler, AsyncIOThreadSafeScheduler])


def where(place: Workplace) -> threading.Thread:
    """The thread on which it has something done."""
    told: SimpleQueue[threading.Thread] = SimpleQueue()
    place.do(lambda: told.put(threading.current_thread()))
    return told.get(timeout=5)


# A thread of its own.


def test_a_thread_of_its_own_is_one_daemon_from_the_beginning_to_the_end() -> None:
    assert our_threads() == set()
    place = OwnThread()
    assert our_threads() == {"rxdex-buffered"}
    thread = where(place)
    assert (thread.name, thread.daemon) == ("rxdex-buffered", True)
    assert where(place) is thread
    assert not place.is_here()
    place.leave()
    place.leave()
    assert eventually(lambda: not thread.is_alive())


def test_what_is_under_way_comes_to_its_end() -> None:
    place = OwnThread()
    begun, may_end, ended = threading.Event(), threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        may_end.wait(5)
        ended.set()

    place.do(work)
    assert begun.wait(5)
    place.leave()
    may_end.set()
    assert ended.wait(5)


def test_a_thread_has_our_clock() -> None:
    place = OwnThread()
    assert abs(place.now_ns() - datetime.now(UTC).timestamp() * NS) < 60 * NS
    place.leave()


# A loop.


@each_kind
def test_a_loop_does_it_whichever_thread_asks(kind: type[AsyncIOScheduler]) -> None:
    async def main() -> None:
        place = OnLoop(kind(asyncio.get_running_loop()))
        asked = Aside(lambda: where(place))
        while not asked.ended(0):
            await asyncio.sleep(0.001)
        assert asked.result is threading.current_thread()
        assert place.is_here()
        assert not Aside(place.is_here).result
        place.leave()

    asyncio.run(main())


def test_a_loop_has_our_clock() -> None:
    loop = asyncio.new_event_loop()
    place = OnLoop(AsyncIOScheduler(loop))
    assert abs(place.now_ns() - datetime.now(UTC).timestamp() * NS) < 60 * NS
    assert not place.is_here()
    loop.close()
    with pytest.raises(RuntimeError, match="closed"):
        place.do(lambda: None)


def test_a_loop_that_does_not_run_yet_will_do() -> None:
    loop = asyncio.new_event_loop()
    done: list[int] = []
    OnLoop(AsyncIOScheduler(loop)).do(lambda: done.append(1))
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()
    assert done == [1]


def test_a_loop_that_never_runs_gives_way_to_the_one_that_does() -> None:
    never = asyncio.new_event_loop()

    async def main() -> None:
        assert OnLoop(AsyncIOScheduler(never)).is_here()

    asyncio.run(main())
    never.close()


# A scheduler.


def test_a_scheduler_that_has_a_thread_does_it_there() -> None:
    place = OnScheduler(NewThreadScheduler())
    assert where(place) is not threading.current_thread()
    assert not place.is_here()


def test_a_scheduler_of_this_thread_does_it_here() -> None:
    for scheduler in (ImmediateScheduler(), CurrentThreadScheduler()):
        assert where(OnScheduler(scheduler)) is threading.current_thread()


def test_virtual_time_does_it_when_the_clock_is_moved() -> None:
    clock = VirtualTimeScheduler()
    place = OnScheduler(clock)
    done: list[int] = []
    place.do(lambda: done.append(1))
    assert done == []
    clock.advance_by(1.0)
    assert done == [1]
    place.leave()


def test_a_scheduler_has_its_own_clock() -> None:
    moment = datetime(2019, 7, 13, 6, 40, 0, 123456, UTC)
    place = OnScheduler(HistoricalScheduler(moment))
    assert place.now_ns() == 1_563_000_000_123_456_000


def test_a_scheduler_that_is_disposed_of_says_so() -> None:
    scheduler = EventLoopScheduler()
    scheduler.dispose()
    with pytest.raises(DisposedException):
        OnScheduler(scheduler).do(lambda: None)


@pytest.mark.parametrize(
    ("scheduler", "is_here"),
    [
        (CurrentThreadScheduler(), True),
        (VirtualTimeScheduler(), True),
        (HistoricalScheduler(), True),
        (NewThreadScheduler(), False),
        (EventLoopScheduler(), False),
    ],
)
def test_who_asks_is_there_where_the_scheduler_has_no_thread(
    scheduler: abc.SchedulerBase, is_here: bool
) -> None:
    assert OnScheduler(scheduler).is_here() is is_here


# Which of them.


@pytest.mark.parametrize("subscribed", [None, NewThreadScheduler(), ImmediateScheduler()])
def test_a_subscriber_without_a_say_gets_a_thread(subscribed: abc.SchedulerBase | None) -> None:
    place, upward = workplace(None, subscribed)
    assert isinstance(place, OwnThread)
    assert upward is subscribed
    place.leave()


@pytest.mark.parametrize("subscribed", [VirtualTimeScheduler(), HistoricalScheduler()])
def test_a_subscriber_in_virtual_time_stays_there_with_its_source(
    subscribed: abc.SchedulerBase,
) -> None:
    place, upward = workplace(None, subscribed)
    assert isinstance(place, OnScheduler)
    assert upward is subscribed


@each_kind
@pytest.mark.parametrize("chosen", [None, NewThreadScheduler()])
def test_the_source_of_a_loop_s_subscriber_stays_where_it_is(
    kind: type[AsyncIOScheduler], chosen: abc.SchedulerBase | None
) -> None:
    loop = asyncio.new_event_loop()
    place, upward = workplace(chosen, kind(loop))
    assert isinstance(place, OnLoop if chosen is None else OnScheduler)
    assert upward is None
    loop.close()


def test_what_is_chosen_goes_before_what_is_subscribed_with() -> None:
    loop = asyncio.new_event_loop()
    with ThreadPoolScheduler(1).executor:
        virtual = VirtualTimeScheduler(initial_clock=timedelta(0).total_seconds())
        place, upward = workplace(AsyncIOScheduler(loop), virtual)
    assert isinstance(place, OnLoop)
    assert upward is virtual
    loop.close()
