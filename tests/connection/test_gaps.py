"""Rule 6: nothing is lost in silence. What the subscribers see who asked for gaps."""

import asyncio
import time
from typing import Any

import pytest
from reactivex.scheduler.eventloop import AsyncIOScheduler

from rxdex import ConnectionLost, Dex, LineSettings, StaleConnection, topics
from rxdex.backoff import Backoff
from rxdex.connection import handover
from rxdex.events import BlockHeight, Event, Fault, FaultReason, Gap, GapReason, LineState, Status
from rxdex.venues import BinanceDex
from tests.connection.fake import FakeTransport
from tests.connection.hall import Guest, hall, linger
from tests.connection.recorder import Recorder
from tests.connection.test_session import BLOCK, Shop

QUICK = Backoff(start=0.01, ceiling=0.02)
SYMBOL = "BNB_BUSD-BD1"
DIFF = (
    '{"stream":"marketDiff","data":{"e":"depthUpdate","E":%d,"s":"BNB_BUSD-BD1",'
    '"b":[["1.00000000","2.00000000"]],"a":[]}}'
)


def dex_on(*transports: FakeTransport, **settings: Any) -> Dex:
    line = LineSettings(transport=Shop(*transports), backoff=QUICK, **settings)
    return Dex(BinanceDex("ws://nowhere/api"), line)


def seen(recorder: Recorder[Any]) -> list[object]:
    """Heights, and the reasons of gaps."""
    return [it.height if isinstance(it, BlockHeight) else it.reason for it in recorder.values]


def test_6_a_line_that_breaks_is_one_gap_before_the_next_event() -> None:
    def hang_up(guest: Guest) -> None:
        guest.recv()
        guest.send(BLOCK % 1)
        guest.close(1001)

    def go_on(guest: Guest) -> None:
        guest.recv()
        guest.send(BLOCK % 4)
        linger(guest)

    began = time.time_ns()
    with hall(hang_up, go_on) as server, Dex(server.url, LineSettings(backoff=QUICK)) as dex:
        knowing: Recorder[BlockHeight | Gap] = Recorder()
        plain: Recorder[BlockHeight] = Recorder()
        dex.stream(topics.blocks(), gaps=True).subscribe(knowing)
        dex.blocks().subscribe(plain)
        assert knowing.has(3)
        assert plain.wait(lambda it: it.values[-1:] == [BlockHeight(height=4)])
    assert seen(knowing) == [1, GapReason.LINE_LOST, 4]
    gap = knowing.values[1]
    assert isinstance(gap, Gap)
    assert (gap.topic, gap.lost) == (topics.blocks(), None)
    assert began < gap.since_ns <= gap.received_ns <= knowing.values[2].received_ns
    assert gap.since.timestamp() == pytest.approx(gap.since_ns / 1e9)
    assert all(isinstance(it, BlockHeight) for it in plain.values)
    assert server.guests == 2


def test_6_the_gap_is_told_when_the_loss_is_known_not_when_it_is_over() -> None:
    broken, shut = FakeTransport(), FakeTransport(refuses="still down")
    with dex_on(broken, *[shut] * 100) as dex:
        blocks: Recorder[BlockHeight | Gap] = Recorder()
        dex.stream(topics.blocks(), gaps=True).subscribe(blocks)
        assert broken.wait_said(1)
        broken.put(BLOCK % 1, ConnectionLost("broken"))
        assert blocks.has(2)
        assert seen(blocks) == [1, GapReason.LINE_LOST]


def test_6_attempts_that_fail_are_the_same_gap() -> None:
    broken, back = FakeTransport(), FakeTransport()
    shut = [FakeTransport(refuses="still down") for _ in range(3)]
    with dex_on(broken, *shut, back) as dex:
        blocks: Recorder[BlockHeight | Gap] = Recorder()
        dex.stream(topics.blocks(), gaps=True).subscribe(blocks)
        assert broken.wait_said(1)
        broken.put(ConnectionLost("broken"))
        assert back.wait_said(1)
        back.put(BLOCK % 7, ConnectionLost("broken again"))
        assert blocks.has(3)
    assert seen(blocks) == [GapReason.LINE_LOST, 7, GapReason.LINE_LOST]


def test_6_a_line_that_breaks_before_anything_came_has_lost_something_too() -> None:
    # The venue was asked: who knows what it sent.
    broken, back = FakeTransport(), FakeTransport()
    with dex_on(broken, back) as dex:
        blocks: Recorder[BlockHeight | Gap] = Recorder()
        dex.stream(topics.blocks(), gaps=True).subscribe(blocks)
        assert broken.wait_said(1)
        broken.put(ConnectionLost("broken"))
        assert back.wait_said(1)
        assert blocks.has(1)
    assert seen(blocks) == [GapReason.LINE_LOST]


def test_6_a_line_that_never_was_up_has_lost_nothing() -> None:
    shut, back = FakeTransport(refuses="down"), FakeTransport()
    with dex_on(shut, back) as dex:
        blocks: Recorder[BlockHeight | Gap] = Recorder()
        dex.stream(topics.blocks(), gaps=True).subscribe(blocks)
        assert back.wait_said(1)
        back.put(BLOCK % 1)
        assert blocks.has(1)
    assert seen(blocks) == [1]


def test_6_who_came_while_the_line_was_down_has_lost_nothing() -> None:
    broken, back = FakeTransport(), FakeTransport()
    with dex_on(broken, back) as dex:
        states: Recorder[Status] = Recorder()
        late: Recorder[BlockHeight | Gap] = Recorder()
        blocks: Recorder[Any] = Recorder()

        def come_late(status: Status) -> None:
            if status.state is LineState.WAITING:
                dex.stream(topics.blocks(), gaps=True).subscribe(late)

        dex.status.subscribe(come_late)
        dex.status.subscribe(states)
        dex.stream(topics.blocks(), gaps=True).subscribe(blocks)
        assert broken.wait_said(1)
        broken.put(ConnectionLost("broken"))
        assert back.wait_said(1)
        back.put(BLOCK % 2)
        assert late.has(1)
        assert blocks.has(2)
    assert seen(late) == [2]
    assert seen(blocks) == [GapReason.LINE_LOST, 2]


def test_6_only_the_topics_that_were_asked_for_have_lost_something() -> None:
    broken, back = FakeTransport(), FakeTransport()
    with dex_on(broken, back) as dex:
        blocks: Recorder[BlockHeight | Gap] = Recorder()
        trades: Recorder[Any] = Recorder()
        dex.stream(topics.blocks(), gaps=True).subscribe(blocks)
        assert broken.wait_said(1)
        # Asked for, but the line does not take it any more.
        broken.refuses_send = True
        dex.stream(topics.trades(SYMBOL), gaps=True).subscribe(trades)
        assert back.wait_said(2)
        assert blocks.has(1)
        assert trades.has(1)
    assert seen(blocks) == seen(trades) == [GapReason.LINE_LOST]


def test_6_silence_is_a_gap_of_its_own_reason() -> None:
    silent, back = FakeTransport(), FakeTransport()
    with dex_on(silent, back, silence=0.05) as dex:
        blocks: Recorder[BlockHeight | Gap] = Recorder()
        dex.stream(topics.blocks(), gaps=True).subscribe(blocks)
        assert blocks.has(1)
    assert seen(blocks)[:1] == [GapReason.STALE]


def test_6_half_a_frame_without_the_rest_is_stale_too() -> None:
    stuck, back = FakeTransport(), FakeTransport()
    with dex_on(stuck, back) as dex:
        blocks: Recorder[BlockHeight | Gap] = Recorder()
        dex.stream(topics.blocks(), gaps=True).subscribe(blocks)
        assert stuck.wait_said(1)
        stuck.put(StaleConnection("half a frame"))
        assert blocks.has(1)
    assert seen(blocks) == [GapReason.STALE]


def test_6_a_malformed_frame_may_have_held_anything() -> None:
    line = FakeTransport()
    with dex_on(line) as dex:
        blocks: Recorder[BlockHeight | Gap] = Recorder()
        updates: Recorder[Any] = Recorder()
        faults: Recorder[Fault] = Recorder()
        dex.faults.subscribe(faults)
        dex.stream(topics.blocks(), gaps=True).subscribe(blocks)
        dex.stream(topics.depth_updates(SYMBOL), gaps=True).subscribe(updates)
        assert line.wait_said(2)
        line.put(BLOCK % 1, "{]", "{]", DIFF % 5, "{]", BLOCK % 2, "{]")
        assert blocks.has(4)
        assert updates.has(3)
        assert faults.has(4)
    malformed = GapReason.MALFORMED_FRAME
    # A run of losses is one gap, which the next event ends.
    assert seen(blocks) == [1, malformed, 2, malformed]
    assert [type(it) for it in updates.values] == [Gap, type(updates.values[1]), Gap]
    assert {fault.reason for fault in faults.values} == {FaultReason.MALFORMED_FRAME}


def test_6_a_malformed_frame_held_nothing_of_what_was_not_asked_for_yet() -> None:
    line = FakeTransport()
    with dex_on(line) as dex:
        trades: Recorder[Any] = Recorder()
        blocks: Recorder[BlockHeight | Gap] = Recorder()

        def invite(_: BlockHeight) -> None:
            # The venue is asked for these behind all that this read brought.
            dex.stream(topics.trades(SYMBOL), gaps=True).subscribe(trades)

        dex.blocks().subscribe(invite)
        dex.stream(topics.blocks(), gaps=True).subscribe(blocks)
        assert line.wait_said(1)
        line.put(BLOCK % 1, "{]")
        assert line.wait_said(2)
        assert blocks.has(2)
        health = {it.topic: it.gaps for lane in dex.health().lanes for it in lane.topics}
        assert health == {topics.blocks(): 1, topics.trades(SYMBOL): 0}
        assert not trades.values
        line.put("{]")
        assert trades.has(1)
    assert seen(blocks) == [1, GapReason.MALFORMED_FRAME]
    assert seen(trades) == [GapReason.MALFORMED_FRAME]


def test_6_of_several_topics_nobody_knows_which() -> None:
    broken, back = FakeTransport(), FakeTransport()
    with dex_on(broken, back) as dex:
        both: Recorder[Event] = Recorder()
        wanted = [topics.depth_updates(SYMBOL), topics.depth_updates("AWC-986_BNB")]
        dex.stream(*wanted, gaps=True).subscribe(both)
        assert broken.wait_said(1)
        broken.put(ConnectionLost("broken"))
        assert both.has(1)
        assert back.wait_said(1)
    gap = both.values[0]
    assert isinstance(gap, Gap)
    assert gap.topic is None


def test_6_who_raises_at_a_gap_harms_nobody() -> None:
    broken, back = FakeTransport(), FakeTransport()
    with dex_on(broken, back) as dex:
        faults: Recorder[Fault] = Recorder()
        dex.faults.subscribe(faults)
        failed: list[Exception] = []
        blocks: Recorder[BlockHeight | Gap] = Recorder()

        def stumble(_: object) -> None:
            raise ZeroDivisionError

        dex.stream(topics.blocks(), gaps=True).subscribe(stumble, failed.append)
        dex.stream(topics.blocks(), gaps=True).subscribe(blocks)
        assert broken.wait_said(1)
        broken.put(ConnectionLost("broken"))
        assert back.wait_said(1)
        back.put(BLOCK % 2)
        assert blocks.has(2)
        assert faults.has(1)
    assert [type(error) for error in failed] == [ZeroDivisionError]
    assert [fault.reason for fault in faults.values] == [FaultReason.SUBSCRIBER]


def test_6_a_loop_that_is_too_slow_has_a_gap_that_says_how_much_it_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(handover, "_BOUND", 10)
    line = FakeTransport()
    got: list[BlockHeight | Gap] = []

    async def listen(dex: Dex) -> None:
        loop = asyncio.get_running_loop()
        over = asyncio.Event()

        def take(event: BlockHeight | Gap) -> None:
            got.append(event)
            if isinstance(event, BlockHeight) and event.height == 30:
                over.set()

        stream = dex.stream(topics.blocks(), gaps=True)
        heights: Recorder[BlockHeight] = Recorder()
        with stream.subscribe(take, scheduler=AsyncIOScheduler(loop)):
            dex.blocks().subscribe(heights)
            assert await loop.run_in_executor(None, line.wait_said, 1)
            line.put(*(BLOCK % height for height in range(1, 31)))
            # The loop stands still meanwhile.
            assert heights.has(30)
            await asyncio.wait_for(over.wait(), 5)

    with dex_on(line) as dex:
        asyncio.run(listen(dex))
    (gap,) = (it for it in got if isinstance(it, Gap))
    assert gap.reason is GapReason.OVERFLOW
    heights = [it.height for it in got if isinstance(it, BlockHeight)]
    assert gap.lost == 30 - len(heights)
    assert heights == list(range(30 - len(heights) + 1, 31))
    assert got[0] is gap
