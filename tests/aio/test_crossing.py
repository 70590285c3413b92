"""crossing: over to the loop, in order, within its bound; what is missing is told."""

import asyncio
import logging
import threading
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import pytest

from rxdex.aio import crossing as module
from rxdex.aio.crossing import Crossing
from rxdex.errors import EventsLost
from rxdex.events import BlockHeight, Gap, GapReason
from rxdex.operators import Overflow
from tests.aio.looping import comes_true, on_a_thread, run
from tests.connection.peer import Aside

DROPPING = [Overflow.DROP_OLDEST, Overflow.DROP_NEWEST, Overflow.LATEST]


def with_crossing(
    body: Callable[[Crossing], Awaitable[None]],
    *,
    capacity: int = 3,
    overflow: Overflow = Overflow.DROP_OLDEST,
    gaps: bool = False,
) -> None:
    """Run something with a crossing to the loop that it runs on."""

    async def main() -> None:
        crossing = Crossing(asyncio.get_running_loop(), capacity, overflow, gaps=gaps)
        await body(crossing)
        crossing.close()

    run(main())


def bring(crossing: Crossing, items: Iterable[object]) -> list[bool]:
    return [crossing.put(item) for item in items]


def taken(crossing: Crossing) -> list[Any]:
    """All that can be taken at once."""
    items: list[Any] = []
    while crossing.wait_if_empty() is None:
        try:
            items.append(crossing.take())
        except StopAsyncIteration:
            break
    crossing.stop_waiting()
    return items


def shown(items: Iterable[Any]) -> list[Any]:
    """Gaps by how many were lost, in brackets."""
    return [[item.lost] if isinstance(item, Gap) else item for item in items]


def test_in_order() -> None:
    async def body(crossing: Crossing) -> None:
        assert bring(crossing, [1, 2, 3]) == [True, True, True]
        assert taken(crossing) == [1, 2, 3]

    with_crossing(body)


@pytest.mark.parametrize(
    ("overflow", "found"),
    [
        (Overflow.DROP_OLDEST, [[4], 5, 6, 7]),
        (Overflow.DROP_NEWEST, [1, 2, 3, [4]]),
        (Overflow.LATEST, [[6], 7]),
    ],
)
def test_where_events_were_dropped_is_one_gap(overflow: Overflow, found: list[Any]) -> None:
    async def body(crossing: Crossing) -> None:
        before_ns = time.time_ns()
        assert all(bring(crossing, range(1, 8)))
        items = taken(crossing)
        assert shown(items) == found
        (gap,) = (item for item in items if isinstance(item, Gap))
        assert gap.reason is GapReason.OVERFLOW
        assert gap.topic is None
        assert before_ns - 10**9 < gap.since_ns <= gap.received_ns <= time.time_ns()
        assert crossing.lost == 0

    with_crossing(body, overflow=overflow, gaps=True)


@pytest.mark.parametrize("overflow", DROPPING)
def test_what_is_delivered_and_what_is_missing_is_all_there_was(overflow: Overflow) -> None:
    async def body(crossing: Crossing) -> None:
        bursts = (2, 9, 1, 4, 30, 3, 3)
        items: list[Any] = []
        for burst in bursts:
            bring(crossing, range(burst))
            # One is left for the next burst to push out.
            items += [crossing.take() for _ in range(1) if crossing.wait_if_empty() is None]
        items += taken(crossing)
        lost = sum(item.lost or 0 for item in items if isinstance(item, Gap))
        events = sum(not isinstance(item, Gap) for item in items)
        assert events + lost == sum(bursts)

    with_crossing(body, overflow=overflow, gaps=True)


def test_drops_are_one_gap_until_the_next_event() -> None:
    async def body(crossing: Crossing) -> None:
        found: list[Any] = []
        bring(crossing, range(10))
        assert crossing.wait_if_empty() is None
        found += [crossing.take(), crossing.take()]
        bring(crossing, range(10, 13))
        found += taken(crossing)
        assert shown(found) == [[7], 7, [2], 10, 11, 12]

    with_crossing(body, gaps=True)


def test_since_is_when_the_one_before_was_heard() -> None:
    def block(number: int) -> BlockHeight:
        return BlockHeight(height=number, received_ns=number * 1_000)

    async def body(crossing: Crossing) -> None:
        bring(crossing, map(block, [1]))
        assert taken(crossing) == [block(1)]
        bring(crossing, map(block, [2, 3, 4, 5]))
        gap, *_ = taken(crossing)
        assert (gap.since_ns, gap.lost) == (1_000, 1)

    with_crossing(body, gaps=True)


def test_without_gaps_the_log_has_the_number(caplog: pytest.LogCaptureFixture) -> None:
    async def body(crossing: Crossing) -> None:
        bring(crossing, range(10))
        assert taken(crossing) == [7, 8, 9]
        assert crossing.lost == 7
        bring(crossing, range(5))
        assert taken(crossing) == [2, 3, 4]
        assert crossing.lost == 9
        assert [record.levelno for record in caplog.records] == [logging.WARNING]

    with_crossing(body)
    # More was lost within ten seconds: the end tells how many they were.
    first, last = (record.getMessage() for record in caplog.records if "lost" in record.msg)
    assert first.startswith("7 events lost so far")
    assert last.startswith("9 events lost so far")


def test_a_warning_comes_again_after_a_while(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_WARNING_EVERY", 0.0)

    async def body(crossing: Crossing) -> None:
        for _ in range(2):
            bring(crossing, range(10))
            taken(crossing)

    with_crossing(body)
    told = [record.getMessage() for record in caplog.records if "lost" in record.msg]
    assert [words.split()[0] for words in told] == ["7", "14"]


@pytest.mark.parametrize(
    ("overflow", "gaps"), [(Overflow.LATEST, False), *((it, True) for it in DROPPING)]
)
def test_what_is_told_or_not_missed_is_not_logged(
    caplog: pytest.LogCaptureFixture, overflow: Overflow, gaps: bool
) -> None:
    async def body(crossing: Crossing) -> None:
        bring(crossing, range(10))
        assert taken(crossing)

    with_crossing(body, overflow=overflow, gaps=gaps)
    assert not [record for record in caplog.records if "lost" in record.msg]


def test_gaps_of_the_streams_own_pass() -> None:
    gap = Gap(topic=None, since_ns=5, reason=GapReason.LINE_LOST, received_ns=6)

    async def body(crossing: Crossing) -> None:
        bring(crossing, [1, gap, 2])
        items = taken(crossing)
        assert items == [1, gap, 2]
        assert items[1] is gap

    with_crossing(body)


def test_no_gap_of_the_streams_own_is_lost_without_one() -> None:
    gap = Gap(topic=None, since_ns=5, reason=GapReason.LINE_LOST, received_ns=6)

    async def body(crossing: Crossing) -> None:
        bring(crossing, [gap, 1, 2, 3, 4])
        items = taken(crossing)
        assert shown(items) == [[None], 2, 3, 4]
        assert items[0].reason is GapReason.OVERFLOW
        assert items[0].since_ns == 5

    with_crossing(body)


def test_a_drop_at_the_very_end_is_told() -> None:
    async def body(crossing: Crossing) -> None:
        bring(crossing, range(5))
        crossing.end()
        assert shown(taken(crossing)) == [0, 1, 2, [2]]

    with_crossing(body, overflow=Overflow.DROP_NEWEST, gaps=True)


# FAIL.


def test_fail_ends_it_behind_what_waits() -> None:
    async def body(crossing: Crossing) -> None:
        assert bring(crossing, range(5)) == [True, True, True, False, False]
        for number in range(3):
            assert crossing.wait_if_empty() is None
            assert crossing.take() == number
        assert crossing.wait_if_empty() is None
        with pytest.raises(EventsLost, match=r"events may be missing since .*: overflow; do less"):
            crossing.take()
        with pytest.raises(StopAsyncIteration):
            crossing.take()

    with_crossing(body, overflow=Overflow.FAIL)


# BLOCK.


def test_block_loses_nothing() -> None:
    async def body(crossing: Crossing) -> None:
        bringing = Aside(lambda: bring(crossing, range(1_000)))
        items: list[int] = []
        while len(items) < 1_000:
            waiter = crossing.wait_if_empty()
            if waiter is not None:
                await waiter
                continue
            items.append(crossing.take())
        assert bringing.ended()
        assert items == list(range(1_000))

    with_crossing(body, overflow=Overflow.BLOCK)


def blocked(crossing: Crossing) -> Aside:
    """A thread that brings one too many."""
    bringing = Aside(lambda: bring(crossing, range(4)))
    assert not bringing.ended(0.05)
    return bringing


def test_leaving_lets_a_blocked_thread_go() -> None:
    async def body(crossing: Crossing) -> None:
        bringing = blocked(crossing)
        crossing.close()
        assert bringing.ended()
        assert bringing.result == [True, True, True, False]

    with_crossing(body, overflow=Overflow.BLOCK)


def test_a_closed_loop_lets_a_blocked_thread_go() -> None:
    loop = asyncio.new_event_loop()
    crossing = Crossing(loop, 3, Overflow.BLOCK, gaps=False)
    bringing = blocked(crossing)
    loop.close()
    assert bringing.ended()
    assert bringing.result == [True, True, True, False]
    assert bringing.error is None


def test_the_loop_does_not_block_itself() -> None:
    async def body(crossing: Crossing) -> None:
        assert bring(crossing, range(5)) == [True, True, True, False, False]
        for _ in range(3):
            assert crossing.wait_if_empty() is None
            crossing.take()
        assert crossing.wait_if_empty() is None
        with pytest.raises(RuntimeError, match="have the loop wait for itself"):
            crossing.take()

    with_crossing(body, overflow=Overflow.BLOCK)


def test_a_loop_that_moved_to_another_thread_does_not_block_itself() -> None:
    loop = asyncio.new_event_loop()
    crossing = Crossing(loop, 3, Overflow.BLOCK, gaps=False)

    async def go_on() -> list[bool]:
        assert crossing.wait_if_empty() is not None
        return bring(crossing, range(5))

    moved = Aside(lambda: loop.run_until_complete(go_on()))
    assert moved.ended()
    loop.close()
    assert moved.result == [True, True, True, False, False]


# Waking.


def test_nobody_is_woken_who_does_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    async def body(crossing: Crossing) -> None:
        def never(*_: Any) -> None:
            raise AssertionError("nobody waits")

        monkeypatch.setattr(asyncio.get_running_loop(), "call_soon_threadsafe", never)
        bring(crossing, range(100))
        monkeypatch.undo()

    with_crossing(body)


def test_who_waits_is_woken_once() -> None:
    async def body(crossing: Crossing) -> None:
        waiter = crossing.wait_if_empty()
        assert waiter is not None
        await on_a_thread(lambda: bring(crossing, range(3)))
        await waiter
        assert taken(crossing) == [0, 1, 2]
        again = crossing.wait_if_empty()
        assert again is not None
        assert not again.done()
        crossing.end()
        await again
        assert taken(crossing) == []

    with_crossing(body)


def test_who_gave_up_waiting_is_not_woken() -> None:
    async def body(crossing: Crossing) -> None:
        waiter = crossing.wait_if_empty()
        assert waiter is not None
        crossing.put(1)
        waiter.cancel()
        crossing.stop_waiting()
        await asyncio.sleep(0)
        assert taken(crossing) == [1]

    with_crossing(body)


def test_nothing_is_kept_for_a_loop_that_is_closed() -> None:
    loop = asyncio.new_event_loop()
    crossing = Crossing(loop, 3, Overflow.DROP_OLDEST, gaps=False)
    loop.close()
    assert bring(crossing, [1, 2]) == [False, False]
    crossing.end(KeyError())
    crossing.close()
    with pytest.raises(StopAsyncIteration):
        crossing.take()


def test_a_loop_that_closes_amid_a_wake() -> None:
    class Closing:
        """A loop that is closed the moment after it was asked."""

        def is_closed(self) -> bool:
            return False

        def create_future(self) -> object:
            return object()

        def call_soon_threadsafe(self, *_: object) -> None:
            raise RuntimeError("Event loop is closed")

    loop: Any = Closing()
    crossing = Crossing(loop, 3, Overflow.DROP_OLDEST, gaps=False)
    assert crossing.wait_if_empty() is not None
    assert crossing.put(1) is False


def test_several_threads_at_once_lose_nothing() -> None:
    async def body(crossing: Crossing) -> None:
        threads = [threading.Thread(target=lambda: bring(crossing, range(500))) for _ in range(3)]
        for thread in threads:
            thread.start()
        count = 0
        while count < 1_500:
            waiter = crossing.wait_if_empty()
            if waiter is not None:
                await waiter
                continue
            crossing.take()
            count += 1
        await comes_true(lambda: not any(thread.is_alive() for thread in threads))
        for thread in threads:
            thread.join()

    with_crossing(body, overflow=Overflow.BLOCK)
