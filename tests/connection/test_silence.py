"""A line that pings while its topics fell silent; quiet topics give no false alarm."""

import threading
from typing import Any

import pytest

from rxdex import Dex, LineSettings, topics
from rxdex.events import BlockHeight, Gap, GapReason, LineState, Status
from rxdex.venues import BinanceDex
from tests.connection.fake import FakeTransport
from tests.connection.hall import Guest, hall, linger
from tests.connection.recorder import Recorder
from tests.connection.test_session import BLOCK

SYMBOL = "BNB_BUSD-BD1"


def told_of(status: Recorder[Status], words: str) -> bool:
    return status.wait(lambda it: any(words in one.what for one in it.values))


def test_a_topic_that_ticks_no_more_is_told_although_the_line_pings(
    caplog: pytest.LogCaptureFixture,
) -> None:
    status: Recorder[Status] = Recorder()

    def ping_and_say_nothing(guest: Guest) -> None:
        guest.recv()
        guest.send(BLOCK % 1)
        while not any("nothing of blocks" in it.what for it in list(status.values)):
            guest.ping().wait(5)
        guest.send(BLOCK % 9)
        linger(guest)

    settings = LineSettings(silence=5.0, topic_silence=0.1)
    with hall(ping_and_say_nothing) as server, Dex(server.url, settings) as dex:
        dex.status.subscribe(status)
        knowing: Recorder[BlockHeight | Gap] = Recorder()
        trades: Recorder[Any] = Recorder()
        dex.stream(topics.blocks(), gaps=True).subscribe(knowing)
        dex.stream(topics.trades(SYMBOL), gaps=True).subscribe(trades)
        assert told_of(status, "nothing of blocks for 0.1 s, although the line is up")
        assert told_of(status, "blocks came back")
        assert knowing.has(3)
    about = [it for it in status.values if it.topic is not None]
    assert {it.topic for it in about} == {topics.blocks()}
    assert {it.state for it in about} == {LineState.UP}
    assert [type(it) for it in knowing.values[:3]] == [BlockHeight, Gap, BlockHeight]
    gap = knowing.values[1]
    assert isinstance(gap, Gap)
    assert (gap.reason, gap.topic) == (GapReason.STALE, topics.blocks())
    assert trades.values == [], "what may be quiet has lost nothing"
    assert server.guests == 1
    assert "nothing of blocks" in caplog.text


def test_quiet_topics_give_no_alarm() -> None:
    with hall(linger) as server, Dex(server.url, LineSettings(topic_silence=0.1)) as dex:
        status: Recorder[Status] = Recorder()
        dex.status.subscribe(status)
        quiet = [topics.trades(SYMBOL), topics.depth(SYMBOL), topics.kline(SYMBOL, "1m")]
        heard: Recorder[Any] = Recorder()
        dex.stream(*quiet, gaps=True).subscribe(heard)
        dex.frames(topics.depth_updates(SYMBOL)).subscribe(heard)
        # Asked for later than they were, and silent for as long.
        dex.blocks().subscribe(heard)
        assert told_of(status, "nothing of blocks")
    assert {it.topic for it in status.values if it.topic is not None} == {topics.blocks()}
    assert heard.values == []


def test_a_slow_subscriber_makes_no_silence() -> None:
    line = FakeTransport()
    let_go = threading.Event()
    settings = LineSettings(transport=lambda: line, topic_silence=0.3)
    with Dex(BinanceDex("ws://nowhere/api"), settings) as dex:
        knowing: Recorder[BlockHeight | Gap] = Recorder()
        dex.stream(topics.blocks(), gaps=True).subscribe(knowing)

        def dawdle(block: BlockHeight) -> None:
            if block.height == 1:
                # Longer than a block may be late.
                let_go.wait(0.5)

        dex.blocks().subscribe(dawdle)
        assert line.wait_said(1)
        line.put(BLOCK % 1)
        assert knowing.has(1)
        line.put(BLOCK % 2)
        assert knowing.has(2)
    assert [type(it) for it in knowing.values] == [BlockHeight, BlockHeight]
