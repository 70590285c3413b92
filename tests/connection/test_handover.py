"""handover: onto the loop, in order, in batches, with a bound."""

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from reactivex import abc
from reactivex.scheduler import ImmediateScheduler
from reactivex.scheduler.eventloop import AsyncIOScheduler, AsyncIOThreadSafeScheduler

from rxdex.connection.handover import Handover, handed_over
from rxdex.events import BlockHeight

BOUND = 65_536
BATCH = 1_024


class Witness(abc.ObserverBase[Any]):
    """Keeps what it is told, and on which thread."""

    def __init__(self, fails_at: object = None, fails_last: bool = False) -> None:
        self.heard: list[object] = []
        self.threads: set[int] = set()
        self._fails_at = fails_at
        self._fails_last = fails_last

    def on_next(self, value: Any) -> None:
        self._hear(value)
        if self._fails_at is not None and value == self._fails_at:
            raise ValueError("the observer's own bug")

    def on_error(self, error: Exception) -> None:
        self._hear(error)
        if self._fails_last:
            raise LookupError("its last one")

    def on_completed(self) -> None:
        self._hear("|")
        if self._fails_last:
            raise LookupError("its last one")

    def _hear(self, value: object) -> None:
        self.heard.append(value)
        self.threads.add(threading.get_ident())


class Setting:
    """A handover to a loop that a test turns by hand."""

    def __init__(self, witness: Witness) -> None:
        self.loop = asyncio.new_event_loop()
        self.witness = witness
        self.raised: list[Exception] = []
        self.lost: list[int] = []
        self.since: list[int] = []
        self.unhandled: list[dict[str, Any]] = []
        self.loop.set_exception_handler(lambda _, context: self.unhandled.append(context))
        self.handover = Handover(witness, self.loop, self.raised.append, self._note_lost)

    def _note_lost(self, count: int, since_ns: int) -> None:
        assert 0 < since_ns <= time.time_ns()
        self.lost.append(count)
        self.since.append(since_ns)

    def turn(self, times: int = 1) -> None:
        """Let the loop run what is due, so many times."""

        for _ in range(times):
            self.loop.call_soon(self.loop.stop)
            self.loop.run_forever()


@pytest.fixture
def setting() -> Any:
    made: list[Setting] = []

    def make(witness: Witness | None = None) -> Setting:
        made.append(Setting(witness or Witness()))
        return made[-1]

    yield make
    for each in made:
        each.loop.close()
        assert each.unhandled == []


Make = Callable[..., Setting]


def test_nothing_happens_off_the_loop(setting: Make) -> None:
    here = setting()
    here.handover.on_next(1)
    assert here.witness.heard == []
    here.turn()
    assert here.witness.heard == [1]


def test_order_and_thread(setting: Make) -> None:
    here = setting()

    def tell() -> None:
        for number in range(5_000):
            here.handover.on_next(number)
        here.handover.on_completed()

    async def listen() -> None:
        thread = threading.Thread(target=tell)
        thread.start()
        while here.witness.heard[-1:] != ["|"]:
            await asyncio.sleep(0.001)
        thread.join(10)

    here.loop.run_until_complete(asyncio.wait_for(listen(), 20))
    assert here.witness.heard == [*range(5_000), "|"]
    assert here.witness.threads == {threading.get_ident()}


def test_a_burst_wakes_the_loop_once_and_comes_in_batches(
    setting: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = setting()
    woken: list[object] = []
    call = here.loop.call_soon_threadsafe

    def counted(callback: Callable[..., object], *args: Any) -> asyncio.Handle:
        woken.append(callback)
        return call(callback, *args)

    monkeypatch.setattr(here.loop, "call_soon_threadsafe", counted)
    for number in range(2 * BATCH + 10):
        here.handover.on_next(number)
    assert len(woken) == 1
    sizes = []
    for _ in range(4):
        here.turn()
        sizes.append(len(here.witness.heard))
    assert sizes == [BATCH, 2 * BATCH, 2 * BATCH + 10, 2 * BATCH + 10]
    assert len(woken) == 3


def test_more_than_the_bound_pushes_out_the_oldest_and_says_so_once(setting: Make) -> None:
    here = setting()
    for number in range(BOUND + 5):
        here.handover.on_next(number)
    here.turn(BOUND // BATCH + 1)
    assert here.witness.heard == list(range(5, BOUND + 5))
    assert here.lost == [5]
    here.handover.on_next(0)
    here.turn()
    assert here.lost == [5]


@pytest.mark.parametrize("together", [False, True])
def test_what_was_lost_was_heard_no_earlier_than_it_says(setting: Make, together: bool) -> None:
    here = setting()
    for number in range(1, BOUND + 3):
        block = BlockHeight(height=number, received_ns=number)
        here.handover.on_next((block,) if together else block)
    here.turn()
    assert (here.lost, here.since) == ([2], [1])


@pytest.mark.parametrize("fails", [True, False])
def test_the_last_word_waits_for_what_came_before(setting: Make, fails: bool) -> None:
    here = setting()
    error = ConnectionError("gone")
    for number in range(BATCH + 1):
        here.handover.on_next(number)
    if fails:
        here.handover.on_error(error)
    else:
        here.handover.on_completed()
    here.turn()
    assert here.witness.heard == list(range(BATCH))
    here.turn()
    assert here.witness.heard == [*range(BATCH + 1), error if fails else "|"]


def test_behind_the_last_word_there_is_nothing(setting: Make) -> None:
    here = setting()
    here.handover.on_completed()
    here.handover.on_error(ValueError("late"))
    here.turn(2)
    here.handover.on_next(1)
    here.handover.on_completed()
    here.turn(2)
    assert here.witness.heard == ["|"]


def test_an_observer_that_raises_gets_nothing_more(setting: Make) -> None:
    here = setting(Witness(fails_at=1))
    for number in range(BATCH + 5):
        here.handover.on_next(number)
    here.turn(3)
    (error,) = here.raised
    assert isinstance(error, ValueError)
    assert here.witness.heard == [0, 1, error], "and its pipeline is told to clean up"
    here.handover.on_next(2)
    here.handover.on_completed()
    here.turn(2)
    assert here.witness.heard == [0, 1, error]


@pytest.mark.parametrize("fails", [True, False])
def test_an_observer_that_raises_at_the_end_is_told_of(setting: Make, fails: bool) -> None:
    here = setting(Witness(fails_last=True))
    if fails:
        here.handover.on_error(ValueError("x"))
    else:
        here.handover.on_completed()
    here.turn()
    assert [str(error) for error in here.raised] == ["its last one"]


def test_a_loop_that_is_closed_takes_nothing_and_keeps_nothing(setting: Make) -> None:
    here = setting()
    here.loop.close()
    with pytest.raises(RuntimeError, match="closed"):
        # Once, so that the line lets it go.
        here.handover.on_next(0)
    for number in range(10):
        here.handover.on_next(number)
    here.handover.on_error(ValueError("x"))
    here.handover.on_completed()
    assert here.witness.heard == []
    assert len(here.handover._waiting) == 0


def test_a_loop_that_closes_with_events_waiting(setting: Make) -> None:
    here = setting()
    here.handover.on_next(1)
    here.turn()
    here.loop.close()
    with pytest.raises(RuntimeError, match="closed"):
        here.handover.on_next(2)
    assert here.witness.heard == [1]


@pytest.mark.parametrize("fails", [False, True])
def test_the_last_word_on_a_loop_that_is_closed_is_heard_by_nobody(
    setting: Make, fails: bool
) -> None:
    here = setting()
    here.loop.close()
    if fails:
        here.handover.on_error(ValueError("x"))
    else:
        here.handover.on_completed()
    assert here.witness.heard == []


class TestWhoIsHandedOver:
    def wrap(self, scheduler: abc.SchedulerBase | None) -> tuple[Witness, abc.ObserverBase[Any]]:
        witness = Witness()

        def unexpected(*what: object) -> None:
            raise AssertionError(what)

        return witness, handed_over(witness, scheduler, unexpected, unexpected)

    @pytest.mark.parametrize("scheduler", [None, ImmediateScheduler()])
    def test_not_who_has_no_loop(self, scheduler: abc.SchedulerBase | None) -> None:
        witness, wrapped = self.wrap(scheduler)
        assert wrapped is witness

    @pytest.mark.parametrize("kind", [AsyncIOScheduler, AsyncIOThreadSafeScheduler])
    def test_before_the_loop_runs_it_is_the_schedulers(self, kind: type[AsyncIOScheduler]) -> None:
        loop = asyncio.new_event_loop()
        witness, wrapped = self.wrap(kind(loop))

        async def due() -> None:
            await asyncio.sleep(0)

        wrapped.on_next(1)
        loop.run_until_complete(due())
        assert witness.heard == [1]
        loop.close()

    def test_on_a_running_loop_it_is_that_one(self) -> None:
        never = asyncio.new_event_loop()

        async def listen() -> None:
            witness, wrapped = self.wrap(AsyncIOScheduler(never))
            wrapped.on_next(1)
            await asyncio.sleep(0)
            assert witness.heard == [1]

        asyncio.run(listen())
        never.close()

    def test_on_the_thread_of_another_loop_it_is_the_schedulers(self) -> None:
        async def listen() -> None:
            here = asyncio.get_running_loop()
            scheduler = AsyncIOThreadSafeScheduler(here)

            async def elsewhere() -> Witness:
                witness, wrapped = self.wrap(scheduler)
                wrapped.on_next(1)
                return witness

            witness = await asyncio.to_thread(lambda: asyncio.run(elsewhere()))
            await asyncio.sleep(0)
            assert witness.heard == [1]
            assert witness.threads == {threading.get_ident()}

        asyncio.run(listen())

    def test_from_another_thread_it_is_the_schedulers(self) -> None:
        async def listen() -> None:
            wrapped: list[tuple[Witness, abc.ObserverBase[Any]]] = []
            scheduler = AsyncIOThreadSafeScheduler(asyncio.get_running_loop())

            def subscribe() -> None:
                wrapped.append(self.wrap(scheduler))
                wrapped[0][1].on_next(1)

            await asyncio.to_thread(subscribe)
            await asyncio.sleep(0)
            assert wrapped[0][0].heard == [1]

        asyncio.run(listen())
