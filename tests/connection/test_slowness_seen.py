"""A subscriber that is too slow, without anything between it and its line: what it sees, and the others."""

import asyncio
import threading
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from reactivex.scheduler.eventloop import AsyncIOScheduler

from rxdex import Dex, LineSettings, topics
from rxdex.events import BlockHeight, Fault, FaultReason, Gap, GapReason, LineState
from tests.conftest import eventually
from tests.connection.peer import CLOSE, Guest, Peer, farewell, frame
from tests.connection.recorder import Recorder
from tests.connection.witness import Witness

BLOCK = '{"stream":"blockheight","data":{"h":%d}}'
BOUND = 65_536
COUNT = 70_000


@contextmanager
def saying(count: int, **settings: Any) -> Iterator[tuple[Dex, threading.Event]]:
    """A venue that says so many blocks once everybody listens."""

    def script(guest: Guest) -> None:
        guest.welcome()
        guest.hear()
        assert is_heard.wait(5)
        guest.say(b"".join(frame(BLOCK % height) for height in range(count)))
        while guest.hear().opcode != CLOSE:
            pass
        guest.say(farewell())

    is_heard = threading.Event()
    with Peer(script) as peer, Dex(peer.url(path="/api"), LineSettings(**settings)) as dex:
        yield dex, is_heard


def test_who_does_not_come_back_holds_the_line_up_and_nobody_loses_anything() -> None:
    busy, free = threading.Event(), threading.Event()

    def dawdle(_: object) -> None:
        busy.set()
        assert free.wait(10)

    with saying(50, stuck_after=0.1) as (dex, is_heard):
        dex.blocks().subscribe(dawdle)
        it = Witness(dex)
        is_heard.set()
        assert busy.wait(5)
        assert it.wait_state(LineState.UP, 2)
        stuck = it.told[-1]
        assert "a subscriber has held up the line for 0 s (it is in " in stuck.what
        assert "dawdle, test_slowness_seen.py:" in stuck.what
        assert it.heights == []
        free.set()
        assert it.wait_state(LineState.UP, 3)
        assert "the line goes on, held up by a subscriber for" in it.told[-1].what
        assert it.plain.has(50)
        assert it.seen == it.heights == list(range(50))
        assert it.faults.values == []
        # It may have come when the line was up already.
        assert [state for state in it.states if state is not LineState.CONNECTING] == [
            LineState.UP
        ] * 3


def test_a_loop_that_is_too_far_behind_has_a_gap_and_nobody_else() -> None:
    heights, gaps, faults = array("q"), list[Gap](), Recorder[Fault]()
    others = array("q")

    def keep(event: BlockHeight | Gap) -> None:
        if isinstance(event, Gap):
            gaps.append(event)
        else:
            heights.append(event.height)

    async def main(dex: Dex, is_heard: threading.Event) -> None:
        scheduler = AsyncIOScheduler(asyncio.get_running_loop())
        dex.stream(topics.blocks(), gaps=True).subscribe(keep, scheduler=scheduler)
        dex.blocks().subscribe(lambda block: others.append(block.height))
        is_heard.set()
        # The loop stands still meanwhile.
        assert eventually(lambda: len(others) == COUNT, 30)
        while len(heights) < BOUND:
            await asyncio.sleep(0)

    with saying(COUNT) as (dex, is_heard):
        dex.faults.subscribe(faults)
        asyncio.run(main(dex, is_heard))
        status: Recorder[Any] = Recorder()
        dex.status.subscribe(status)
        assert status.values[-1].state is LineState.UP
        assert "connected" in status.values[-1].what
    assert list(others) == list(range(COUNT))
    assert list(heights) == list(range(COUNT - BOUND, COUNT))
    assert [(gap.reason, gap.lost) for gap in gaps] == [(GapReason.OVERFLOW, COUNT - BOUND)]
    assert [fault.reason for fault in faults.values] == [FaultReason.OVERFLOW]
    assert f"{COUNT - BOUND} events lost" in faults.values[0].what
