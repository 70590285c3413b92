"""One stretch of a lane: what its reader does, on transports that do what a test wants."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from rxdex import Dex, LineSettings, RxdexError, topics
from rxdex.backoff import Backoff
from rxdex.connection import session
from rxdex.connection.audience import Audience
from rxdex.connection.transport import Transport
from rxdex.errors import ConnectionLost
from rxdex.events import BlockHeight, FaultReason, LineState, Status
from rxdex.venues import BinanceDex
from tests.conftest import eventually
from tests.connection.fake import FakeTransport
from tests.connection.recorder import Recorder

BLOCK = '{"stream":"blockheight","data":{"h":%d}}'
SUBSCRIBE = '{"method":"subscribe","topic":"%s","symbols":["%s"]}'
UNSUBSCRIBE = '{"method":"unsubscribe","topic":"%s","symbols":["%s"]}'
SYMBOLS = [f"A{number:03d}-000_BNB" for number in range(500)]


class Shop:
    """Hands out transports in order."""

    def __init__(self, *transports: FakeTransport) -> None:
        self._all: Iterator[FakeTransport] = iter(transports)

    def __call__(self) -> Transport:
        return next(self._all)


def dex_on(*transports: FakeTransport, **settings: Any) -> Dex:
    settings.setdefault("backoff", Backoff(start=0.01, ceiling=0.01))
    return Dex(
        BinanceDex("ws://nowhere/api"), LineSettings(transport=Shop(*transports), **settings)
    )


def test_the_new_is_asked_for_before_the_old_is_taken_back() -> None:
    line = FakeTransport()
    with dex_on(line) as dex:
        blocks = dex.blocks().subscribe()
        assert line.wait_said(1)
        tickers: Recorder[Any] = Recorder()
        busy: Recorder[Any] = Recorder()

        def change(_: BlockHeight) -> None:
            # Both at once, from within an event: the reader compares afterwards.
            dex.tickers().subscribe(tickers)
            blocks.dispose()
            changing.dispose()
            busy.on_next(None)

        changing = dex.blocks().subscribe(change)
        line.put(BLOCK % 1)
        assert busy.has(1)
        assert line.wait_said(3)
    assert line.said == [
        SUBSCRIBE % ("blockheight", "$all"),
        SUBSCRIBE % ("allTickers", "$all"),
        UNSUBSCRIBE % ("blockheight", "$all"),
    ]
    assert line.is_closed


def test_a_topic_that_comes_and_goes_before_the_reader_looks_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[Audience] = []

    def make(*of: Any) -> Audience:
        made.append(Audience(*of))
        return made[-1]

    monkeypatch.setattr(session, "Audience", make)
    line = FakeTransport()
    tickers = topics.tickers()
    with dex_on(line) as dex:
        there: list[bool] = []

        def look_in(_: BlockHeight) -> None:
            visit = dex.tickers().subscribe()
            there.append(made[0].intake(tickers) is not None)
            visit.dispose()

        dex.blocks().subscribe(look_in)
        assert line.wait_said(1)
        line.put(BLOCK % 1)
        assert eventually(lambda: there == [True] and made[0].intake(tickers) is None)
        assert made[0].intake(topics.blocks()) is not None
    assert line.said == [SUBSCRIBE % ("blockheight", "$all")]


def test_each_change_says_just_that_however_many_topics_there_are() -> None:
    line = FakeTransport()
    with dex_on(line) as dex:
        subscriptions = [dex.trades(SYMBOLS).subscribe()]
        for count, symbol in enumerate(SYMBOLS, start=4):
            subscriptions.append(dex.mini_ticker(symbol).subscribe())
            assert line.wait_said(count)
        for count, subscription in enumerate(subscriptions[1:], start=504):
            subscription.dispose()
            assert line.wait_said(count)
    changes = [
        *(SUBSCRIBE % ("miniTicker", symbol) for symbol in SYMBOLS),
        *(UNSUBSCRIBE % ("miniTicker", symbol) for symbol in SYMBOLS),
    ]
    assert line.said[3:] == changes


def test_what_is_undone_before_the_reader_looks_is_not_said() -> None:
    line = FakeTransport()
    with dex_on(line) as dex:
        tickers = dex.tickers().subscribe()
        assert line.wait_said(1)

        def waver(_: BlockHeight) -> None:
            nonlocal tickers
            dex.mini_tickers().subscribe().dispose()
            tickers.dispose()
            tickers = dex.tickers().subscribe()

        dex.blocks().subscribe(waver)
        assert line.wait_said(2)
        line.put(BLOCK % 1)
        line.put(BLOCK % 2)
        blocks: Recorder[BlockHeight] = Recorder()
        dex.blocks().subscribe(blocks)
        line.put(BLOCK % 3)
        assert blocks.wait(lambda it: BlockHeight(height=3) in it.values)
        dex.trades(SYMBOLS[0]).subscribe()
        assert line.wait_said(3)
    assert line.said == [
        SUBSCRIBE % ("allTickers", "$all"),
        SUBSCRIBE % ("blockheight", "$all"),
        SUBSCRIBE % ("trades", SYMBOLS[0]),
    ]


def test_a_reconnect_asks_for_many_topics_in_few_frames() -> None:
    broken, good = FakeTransport(), FakeTransport()
    with dex_on(broken, good) as dex:
        for symbol in SYMBOLS:
            dex.trades(symbol).subscribe()
        gone = dex.blocks().subscribe()
        assert eventually(lambda: SUBSCRIBE % ("blockheight", "$all") in broken.said)
        gone.dispose()
        assert eventually(lambda: UNSUBSCRIBE % ("blockheight", "$all") in broken.said)
        broken.put(ConnectionLost("gone"))
        assert good.wait_said(3)
        dex.tickers().subscribe()
        assert good.wait_said(4)
    frames = [json.loads(text) for text in good.said]
    assert [(it["method"], it["topic"], len(it["symbols"])) for it in frames] == [
        ("subscribe", "trades", 200),
        ("subscribe", "trades", 200),
        ("subscribe", "trades", 100),
        ("subscribe", "allTickers", 1),
    ]
    assert sorted(symbol for it in frames[:3] for symbol in it["symbols"]) == SYMBOLS


def test_a_send_that_fails_is_a_broken_line_and_the_next_one_says_it_all() -> None:
    broken, good = FakeTransport(), FakeTransport()
    broken.refuses_send = True
    with dex_on(broken, good) as dex, dex.blocks().subscribe():
        assert good.wait_said(1)
        assert broken.is_aborted.is_set()


def test_a_line_nobody_waits_for_any_more_is_not_opened_to_its_end() -> None:
    slow = FakeTransport(is_slow=True)
    with dex_on(slow) as dex:
        status: Recorder[Status] = Recorder()
        dex.status.subscribe(status)
        subscription = dex.blocks().subscribe()
        assert status.wait(lambda it: it.values[-1].state is LineState.CONNECTING)
        subscription.dispose()
        assert slow.is_aborted.wait(5)
        assert status.wait(lambda it: it.values[-1].state is LineState.CLOSED)
        assert all(news.error is None for news in status.values)


@pytest.mark.parametrize(
    ("stable_after", "delays"),
    [
        pytest.param(
            30.0, [0.01, 0.04, 0.16], id="a line that was up too briefly is no new beginning"
        ),
        pytest.param(0.0, [0.01, 0.01, 0.01], id="a stable line is"),
    ],
)
def test_the_backoff_begins_anew_after_a_stable_line(
    stable_after: float, delays: list[float]
) -> None:
    lines = [FakeTransport() for _ in range(4)]
    for line in lines[:3]:
        line.put(ConnectionLost("gone"))
    grows = Backoff(start=0.01, factor=4, ceiling=1, jitter=0)
    with dex_on(*lines, backoff=grows, stable_after=stable_after) as dex:
        status: Recorder[Status] = Recorder()
        dex.status.subscribe(status)
        with dex.blocks().subscribe():
            assert lines[3].wait_said(1)
        waited = [s.retry_in for s in status.values if s.state is LineState.WAITING]
        assert waited == pytest.approx(delays)


def test_leaving_during_the_backoff_ends_it_at_once() -> None:
    with dex_on(FakeTransport(refuses="no"), backoff=Backoff(start=60)) as dex:
        status: Recorder[Status] = Recorder()
        dex.status.subscribe(status)
        subscription = dex.blocks().subscribe()
        assert status.wait(lambda it: it.values[-1].state is LineState.WAITING)
        subscription.dispose()
        assert status.wait(lambda it: it.values[-1].state is LineState.CLOSED)


def test_an_exit_raised_by_a_subscriber_is_told_to_the_others(
    caplog: pytest.LogCaptureFixture,
) -> None:
    line = FakeTransport()

    def leave(_: BlockHeight) -> None:
        raise SystemExit(3)

    with dex_on(line) as dex:
        faults: Recorder[Any] = Recorder()
        other: Recorder[Any] = Recorder()
        dex.faults.subscribe(faults)
        dex.blocks().subscribe(leave, lambda _: None)
        dex.tickers().subscribe(other)
        assert line.wait_said(2)
        line.put(BLOCK % 1)
        assert other.fails()
        assert isinstance(other.errors[0], RxdexError)
        assert "SystemExit(3)" in str(other.errors[0])
        assert faults.has(1)
        assert faults.values[0].reason is FaultReason.BUG


def test_news_of_a_line_are_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="rxdex")
    line = FakeTransport()
    line.put(ConnectionLost("the cable is cut"))
    with dex_on(line, FakeTransport()) as dex, dex.blocks().subscribe():
        assert eventually(lambda: "the cable is cut; next attempt in" in caplog.text)
    warnings = [r for r in caplog.records if r.levelno == logging.WARNING]
    assert len(warnings) == 1


def test_a_machine_without_sockets_is_a_broken_line_and_no_bug() -> None:
    good = FakeTransport()
    shop = Shop(good)
    asked: list[int] = []

    def make() -> Transport:
        asked.append(len(asked))
        if len(asked) == 1:
            raise OSError(24, "Too many open files")
        return shop()

    settings = LineSettings(transport=make, backoff=Backoff(start=0.01, ceiling=0.01))
    with Dex(BinanceDex("ws://nowhere/api"), settings) as dex:
        status: Recorder[Status] = Recorder()
        dex.status.subscribe(status)
        with dex.blocks().subscribe():
            assert good.wait_said(1)
        waiting = next(s for s in status.values if s.state is LineState.WAITING)
        assert "no socket is to be had" in waiting.what


def test_whoever_listens_to_faults_the_others_are_told_that_a_line_ended() -> None:
    line = FakeTransport()
    with dex_on(line) as dex:
        other: Recorder[BlockHeight] = Recorder()

        def leave(_: object) -> None:
            raise SystemExit

        dex.faults.subscribe(leave)
        dex.blocks().subscribe(leave)
        dex.blocks().subscribe(other)
        assert line.wait_said(1)
        line.put(BLOCK % 1)
        assert other.fails()


def test_attempts_before_a_line_was_ever_up_are_no_reconnects() -> None:
    first, again = FakeTransport(), FakeTransport()
    with dex_on(*(FakeTransport(refuses="not yet") for _ in range(2)), first, again) as dex:
        status: Recorder[Status] = Recorder()
        dex.status.subscribe(status)
        dex.blocks().subscribe()
        assert first.wait_said(1)
        assert status.values[-1].down_for is not None
        assert dex.health().reconnects == 0
        first.put(ConnectionLost("gone"))
        assert again.wait_said(1)
        assert dex.health().reconnects == dex.health().lanes[0].reconnects == 1


def test_what_is_listened_to_is_shown_while_the_line_connects_or_waits() -> None:
    patient = {"backoff": Backoff(start=60), "tries": 3}
    refused, slow = FakeTransport(refuses="no"), FakeTransport(is_slow=True)

    def shown(dex: Dex) -> list[str]:
        return [str(it.topic) for it in dex.health().lanes[0].topics]

    with dex_on(slow) as dex:
        dex.blocks().subscribe()
        assert slow.is_opening.wait(5)
        dex.tickers().subscribe()
        assert shown(dex) == ["blocks", "tickers"]
    with dex_on(refused, **patient) as dex:
        both = [dex.blocks().subscribe()]
        assert eventually(lambda: dex.health().lanes[0].state is LineState.WAITING)
        both.append(dex.tickers().subscribe())
        assert shown(dex) == ["blocks", "tickers"]
        both[0].dispose()
        assert shown(dex) == ["tickers"]


def test_a_topic_that_is_silent_is_so_for_as_long_as_the_line_is_up() -> None:
    line = FakeTransport()
    with dex_on(line, topic_silence=0.02, backoff=Backoff(start=60)) as dex:
        dex.blocks().subscribe()
        assert line.wait_said(1)

        def is_silent() -> bool:
            return any(it.is_silent for lane in dex.health().lanes for it in lane.topics)

        assert eventually(is_silent)
        line.put(ConnectionLost("gone"))
        assert eventually(lambda: dex.health().lanes[0].state is LineState.WAITING)
        assert not is_silent()
