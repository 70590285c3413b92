"""A subscriber that is infinitely slow: what it holds, on a real line, and what the others miss: nothing."""

import asyncio
import gc
import threading
import tracemalloc
from array import array
from collections.abc import Callable
from typing import Any

import pytest

from rxdex import Dex, EventsLost, aio
from rxdex.events import BlockHeight, Gap
from rxdex.operators import Overflow, buffered
from rxdex.simulator.exchange import Exchange
from tests.conftest import eventually
from tests.connection.recorder import Recorder
from tests.operators.conftest import is_asked

COUNT = 4_000
CAPACITY = 50
#: The one that the slow one has, one that is just being brought, one in the hands of the other.
BESIDES = 3
#: Bytes that come and go; the events of one eighth would be twice as many.
LITTLE = 32 * 1024
LINE = ["connection", "venues", "operators", "aio", "fanout.py", "streams.py"]
GOES_ON = [it for it in Overflow if it is not Overflow.BLOCK]


def held() -> int:
    """How many events are alive."""
    return sum(type(it) is BlockHeight for it in gc.get_objects())


def traced() -> int:
    """Bytes that the line and its operators hold, save the last bytes that came, which are let go next."""
    of_the_line = [tracemalloc.Filter(True, f"*/rxdex/{part}*") for part in LINE]
    but = tracemalloc.Filter(False, "*/rxdex/connection/wire.py")
    found = tracemalloc.take_snapshot().filter_traces([*of_the_line, but])
    return sum(each.size for each in found.statistics("filename"))


class Other:
    """A subscriber that keeps heights, and nothing that an event had."""

    def __init__(self) -> None:
        self._heights = array("q")

    @property
    def heights(self) -> list[int]:
        return list(self._heights)

    def __call__(self, block: BlockHeight) -> None:
        self._heights.append(block.height)

    def has(self, count: int) -> bool:
        return eventually(lambda: len(self._heights) >= count, 20.0)


class Never:
    """A subscriber that stays in its first `on_next` until it is freed, and keeps no event either."""

    def __init__(self) -> None:
        self.busy, self.free = threading.Event(), threading.Event()
        self.heights: list[int] = []
        self.lost = 0
        self.end: Recorder[Any] = Recorder()

    def __call__(self, event: BlockHeight | Gap) -> None:
        if isinstance(event, Gap):
            self.lost += event.lost or 0
        else:
            self.heights.append(event.height)
        self.busy.set()
        assert self.free.wait(60)

    def is_done(self) -> bool:
        return len(self.heights) + self.lost == COUNT


def flood(
    exchange: Exchange, comes: Callable[[int], bool], look: Callable[[], None], count: int = COUNT
) -> None:
    """All the blocks, of which there was one, and a look at what is held every now and then."""
    for done in range(count // 4, count + 1, count // 4):
        exchange.step(count // 4 - (done == count // 4))
        assert comes(done)
        look()


def look_from(before: int) -> Callable[[], None]:
    def look() -> None:
        assert held() - before <= CAPACITY + BESIDES

    return look


@pytest.mark.parametrize("overflow", GOES_ON)
def test_behind_each_policy_it_holds_what_it_may_and_the_other_misses_nothing(
    dex: Dex, exchange: Exchange, overflow: Overflow
) -> None:
    slow, other = Never(), Other()
    before, begun = held(), exchange.height
    dex.blocks().pipe(buffered(CAPACITY, overflow)).subscribe(slow, slow.end.on_error)
    dex.blocks().subscribe(other)
    assert is_asked(exchange)
    exchange.step()
    assert slow.busy.wait(5)
    flood(exchange, other.has, look_from(before))
    assert other.heights == list(range(begun + 1, begun + COUNT + 1))
    slow.free.set()
    if overflow is Overflow.FAIL:
        assert slow.end.fails()
        assert isinstance(slow.end.errors[0], EventsLost)
        assert slow.heights == other.heights[: CAPACITY + 1]
    else:
        assert eventually(slow.is_done)
        assert len(slow.heights) <= CAPACITY + 1
        assert set(slow.heights) <= set(other.heights)


def test_all_of_them_on_one_line_take_no_more_memory_as_it_goes_on(
    dex: Dex, exchange: Exchange
) -> None:
    slow, other = [Never() for _ in GOES_ON], Other()
    for overflow, it in zip(GOES_ON, slow, strict=True):
        dex.blocks().pipe(buffered(CAPACITY, overflow)).subscribe(it, it.end.on_error)
    dex.blocks().subscribe(other)
    assert is_asked(exchange)
    exchange.step()
    assert all(it.busy.wait(5) for it in slow)
    found: list[int] = []
    tracemalloc.start()
    try:
        flood(exchange, other.has, lambda: found.append(traced()), COUNT // 2)
    finally:
        tracemalloc.stop()
        for it in slow:
            it.free.set()
    assert found[-1] - found[0] < LITTLE, found


def test_behind_block_the_line_waits_holds_as_little_and_nobody_misses_anything(
    dex: Dex, exchange: Exchange
) -> None:
    slow, other = Never(), Other()
    before = held()
    dex.blocks().pipe(buffered(CAPACITY, Overflow.BLOCK)).subscribe(slow)
    dex.blocks().subscribe(other)
    assert is_asked(exchange)
    exchange.step()
    assert slow.busy.wait(5)
    # What it has, what waits; and the next one, with which the line stands.
    flood(exchange, lambda _: other.has(CAPACITY + 1), look_from(before))
    assert len(other.heights) <= CAPACITY + 2
    slow.free.set()
    assert eventually(slow.is_done)
    assert other.has(COUNT)
    assert other.heights == slow.heights == list(range(slow.heights[0], slow.heights[0] + COUNT))


@pytest.mark.parametrize("overflow", Overflow)
def test_a_loop_that_stands_still_holds_what_it_may(
    dex: Dex, exchange: Exchange, overflow: Overflow
) -> None:
    other = Other()
    slow = Never()
    slow.free.set()

    async def main() -> None:
        before, begun = held(), exchange.height
        stream = dex.blocks()
        async with aio.iterate(stream, capacity=CAPACITY, overflow=overflow, gaps=True) as events:
            dex.blocks().subscribe(other)
            assert is_asked(exchange)
            exchange.step()
            slow(await anext(events))
            blocks = overflow is Overflow.BLOCK
            # Here the loop stands still.
            flood(
                exchange,
                lambda n: other.has(CAPACITY + 1 if blocks else n),
                look_from(before),
            )
            assert blocks == (len(other.heights) <= CAPACITY + 2)
            async for event in events:
                slow(event)
                if slow.is_done():
                    break
        assert other.has(COUNT)
        assert other.heights == list(range(begun + 1, begun + COUNT + 1))

    if overflow is Overflow.FAIL:
        with pytest.raises(EventsLost):
            asyncio.run(main())
        assert slow.heights == other.heights[: CAPACITY + 1]
        assert len(other.heights) == COUNT
    else:
        asyncio.run(main())
        assert slow.is_done()
