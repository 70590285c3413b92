"""Planned renewal: nothing lost, nothing doubled, no gap, in order."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from rxdex import ConnectionLost, Dex, LineSettings, topics
from rxdex.backoff import Backoff
from rxdex.connection import renewing
from rxdex.connection.transport import Transport
from rxdex.events import BlockHeight, Gap, GapReason, Status, Trade
from rxdex.simulator.exchange import Exchange
from rxdex.topics import Topic
from rxdex.venues import BinanceDex
from tests.builders import SYMBOL, frame, trade
from tests.conftest import eventually
from tests.connection.fake import PONG, FakeTransport
from tests.connection.recorder import Recorder
from tests.connection.test_session import BLOCK, Shop

QUICK = Backoff(start=0.01, ceiling=0.02)
RENEWED = "renewed: a new socket"


def dex_on(*transports: FakeTransport, **settings: Any) -> Dex:
    settings.setdefault("renew_overlap", 0.05)
    line = LineSettings(transport=Shop(*transports), backoff=QUICK, **settings)
    return Dex(BinanceDex("ws://nowhere/api"), line)


def told(status: Recorder[Status], words: str, times: int = 1) -> bool:
    return status.wait(lambda it: sum(words in one.what for one in it.values) >= times, 20)


def heights(recorder: Recorder[Any]) -> list[object]:
    return [it.height if isinstance(it, BlockHeight) else it.reason for it in recorder.values]


def test_the_new_line_takes_over_with_what_it_brought_meanwhile() -> None:
    old, new = FakeTransport(), FakeTransport()
    with dex_on(old, new) as dex:
        status: Recorder[Status] = Recorder()
        dex.status.subscribe(status)
        blocks: Recorder[BlockHeight | Gap] = Recorder()
        frames: Recorder[Any] = Recorder()
        dex.stream(topics.blocks(), gaps=True).subscribe(blocks)
        dex.frames(topics.blocks()).subscribe(frames)
        assert old.wait_said(1)
        old.put(BLOCK % 1)
        assert blocks.has(1)
        dex.renew()
        assert new.wait_said(1)
        assert new.said == old.said
        old.put(BLOCK % 2, BLOCK % 3)
        new.put(BLOCK % 3, BLOCK % 4)
        assert told(status, RENEWED)
        new.put(BLOCK % 5)
        assert blocks.has(5)
        assert eventually(lambda: old.is_closed)
        assert not new.is_closed
    assert heights(blocks) == [1, 2, 3, 4, 5]
    assert len(frames.values) == 5


def test_of_a_frame_of_several_what_was_told_is_not_told_again() -> None:
    def said(*ids: int) -> str:
        return frame("trades", [trade(t=f"7-{number}") for number in ids])

    old, new = FakeTransport(), FakeTransport()
    with dex_on(old, new) as dex:
        status: Recorder[Status] = Recorder()
        dex.status.subscribe(status)
        trades: Recorder[Trade] = Recorder()
        dex.trades(SYMBOL).subscribe(trades)
        assert old.wait_said(1)
        dex.renew()
        assert new.wait_said(1)
        old.put(said(1, 2, 3))
        assert trades.has(3)
        new.put(said(1, 2), said(3, 4), said(5, 6))
        assert told(status, RENEWED)
        new.put(said(7, 8))
        assert trades.has(8)
    assert [it.trade_id for it in trades.values] == [f"7-{number}" for number in range(1, 9)]


@pytest.mark.parametrize("is_asked", [True, False])
def test_a_line_that_lingers_is_renewed_with_what_it_was_asked_for(is_asked: bool) -> None:
    with Exchange(speed=20.0) as exchange:
        line = LineSettings(linger=60.0, renew_overlap=0.05)
        with Dex(BinanceDex(exchange.url, prefix="bnb"), line) as dex:
            status: Recorder[Status] = Recorder()
            dex.status.subscribe(status)
            blocks: Recorder[BlockHeight] = Recorder()
            subscription = dex.blocks().subscribe(blocks)
            if is_asked:
                assert exchange.wait_for(lambda it: any(one.said for one in it.visits))
            subscription.dispose()
            assert told(status, "connected")
            dex.renew()
            assert told(status, RENEWED)
            old, new = exchange.visits
            assert new.said == old.said
            assert eventually(lambda: not exchange.visits[0].is_open)
            assert exchange.visits[1].is_open


def test_a_new_line_that_lags_behind_tells_nothing_twice() -> None:
    old, new = FakeTransport(), FakeTransport()
    with dex_on(old, new) as dex:
        status: Recorder[Status] = Recorder()
        dex.status.subscribe(status)
        blocks: Recorder[BlockHeight | Gap] = Recorder()
        dex.stream(topics.blocks(), gaps=True).subscribe(blocks)
        assert old.wait_said(1)
        dex.renew()
        assert new.wait_said(1)
        old.put(BLOCK % 1, BLOCK % 2, BLOCK % 3)
        assert told(status, RENEWED)
        new.put(BLOCK % 2, BLOCK % 3, BLOCK % 4)
        assert blocks.has(4)
    assert heights(blocks) == [1, 2, 3, 4]


def test_who_comes_and_goes_meanwhile_is_heard_on_both() -> None:
    old, new = FakeTransport(), FakeTransport()
    with dex_on(old, new, renew_overlap=0.3) as dex:
        status: Recorder[Status] = Recorder()
        dex.status.subscribe(status)
        blocks = dex.blocks().subscribe()
        assert old.wait_said(1)
        dex.renew()
        assert new.wait_said(1)
        dex.tickers().subscribe()
        assert old.wait_said(2)
        assert new.wait_said(2)
        blocks.dispose()
        assert old.wait_said(3)
        assert new.wait_said(3)
        assert told(status, RENEWED)
    assert new.said == old.said


def test_a_new_line_that_cannot_be_had_harms_nothing() -> None:
    old, shut, new = FakeTransport(), FakeTransport(refuses="busy"), FakeTransport()
    with dex_on(old, shut, new) as dex:
        status: Recorder[Status] = Recorder()
        dex.status.subscribe(status)
        blocks: Recorder[BlockHeight | Gap] = Recorder()
        dex.stream(topics.blocks(), gaps=True).subscribe(blocks)
        assert old.wait_said(1)
        dex.renew()
        assert told(status, "not renewed, the old socket goes on: busy")
        old.put(BLOCK % 1)
        assert blocks.has(1)
        dex.renew()
        assert told(status, RENEWED)
        new.put(BLOCK % 2)
        assert blocks.has(2)
    assert heights(blocks) == [1, 2]


def test_an_old_line_that_breaks_within_the_overlap_may_have_lost_something() -> None:
    old, new = FakeTransport(), FakeTransport()
    with dex_on(old, new, renew_overlap=5.0) as dex:
        blocks: Recorder[BlockHeight | Gap] = Recorder()
        dex.stream(topics.blocks(), gaps=True).subscribe(blocks)
        assert old.wait_said(1)
        old.put(BLOCK % 1)
        assert blocks.has(1)
        dex.renew()
        assert new.wait_said(1)
        new.put(BLOCK % 2)
        # Too early: who knows from when on the venue told the new one.
        old.put(ConnectionLost("broken"))
        assert blocks.has(3)
        new.put(BLOCK % 3)
        assert blocks.has(4)
    assert heights(blocks) == [1, GapReason.RENEWAL_FAILED, 2, 3]


def test_an_old_line_that_breaks_before_it_has_answered_may_have_lost_something() -> None:
    old, new = FakeTransport(), FakeTransport()
    old.answers_pings = False
    with dex_on(old, new) as dex:
        blocks: Recorder[BlockHeight | Gap] = Recorder()
        dex.stream(topics.blocks(), gaps=True).subscribe(blocks)
        assert old.wait_said(1)
        old.put(BLOCK % 1)
        assert blocks.has(1)
        dex.renew()
        # The overlap is over, but all of this was under way before the new one was asked.
        assert old.wait_pinged(1)
        old.put(BLOCK % 2)
        assert blocks.has(2)
        new.put(BLOCK % 4)
        old.put(ConnectionLost("broken before it brought 3"))
        assert blocks.has(4)
    assert heights(blocks) == [1, 2, GapReason.RENEWAL_FAILED, 4]


def test_an_old_line_that_breaks_behind_its_answer_has_lost_nothing() -> None:
    old, new = FakeTransport(), FakeTransport()
    old.answers_pings = False
    with dex_on(old, new) as dex:
        blocks: Recorder[BlockHeight | Gap] = Recorder()
        dex.stream(topics.blocks(), gaps=True).subscribe(blocks)
        assert old.wait_said(1)
        dex.renew()
        assert old.wait_pinged(1)
        old.put(BLOCK % 1)
        assert blocks.has(1)
        new.put(BLOCK % 2)
        # In one read, so that nobody switches between the two.
        old.put(PONG, ConnectionLost("broken"))
        assert blocks.has(2)
    assert heights(blocks) == [1, 2]


def test_the_answer_to_a_ping_of_an_earlier_renewal_says_nothing_of_this_one() -> None:
    old, given_up, new = FakeTransport(), FakeTransport(), FakeTransport()
    old.answers_pings = False
    with dex_on(old, given_up, new) as dex:
        status: Recorder[Status] = Recorder()
        dex.status.subscribe(status)
        blocks: Recorder[BlockHeight | Gap] = Recorder()
        dex.stream(topics.blocks(), gaps=True).subscribe(blocks)
        assert old.wait_said(1)
        dex.renew()
        assert old.wait_pinged(1)
        given_up.put(ConnectionLost("broken"))
        assert told(status, "not renewed")
        dex.renew()
        assert old.wait_pinged(2)
        new.put(BLOCK % 2)
        old.put(PONG, ConnectionLost("broken"))
        assert blocks.has(2)
    assert heights(blocks) == [GapReason.RENEWAL_FAILED, 2]


def test_a_line_that_breaks_before_the_new_one_is_open_is_a_line_that_broke() -> None:
    old, slow, back = FakeTransport(), FakeTransport(is_slow=True), FakeTransport()
    with dex_on(old, slow, back) as dex:
        blocks: Recorder[BlockHeight | Gap] = Recorder()
        dex.stream(topics.blocks(), gaps=True).subscribe(blocks)
        assert old.wait_said(1)
        dex.renew()
        assert slow.is_opening.wait(5)
        old.put(ConnectionLost("broken"))
        assert back.wait_said(1)
        back.put(BLOCK % 2)
        assert blocks.has(2)
    assert heights(blocks) == [GapReason.LINE_LOST, 2]
    assert slow.is_aborted.is_set()


def test_a_line_is_renewed_by_age() -> None:
    lines = [FakeTransport() for _ in range(30)]
    with dex_on(*lines, renew_after=0.05, renew_overlap=0.01) as dex:
        status: Recorder[Status] = Recorder()
        dex.status.subscribe(status)
        dex.blocks().subscribe()
        assert told(status, RENEWED, 3)


def test_a_topic_the_new_line_may_not_have_been_heard_to_ask_for_has_a_gap() -> None:
    old, new = FakeTransport(), FakeTransport()
    with dex_on(old, new, renew_overlap=0.2) as dex:
        status: Recorder[Status] = Recorder()
        dex.status.subscribe(status)
        tickers: Recorder[Any] = Recorder()
        blocks: Recorder[BlockHeight | Gap] = Recorder()
        dex.stream(topics.tickers(), gaps=True).subscribe(tickers)
        assert old.wait_said(1)
        dex.renew()
        assert new.wait_said(1)
        new.answers_pings = False
        dex.stream(topics.blocks(), gaps=True).subscribe(blocks)
        assert old.wait_said(2)
        assert new.wait_said(2)
        assert told(status, RENEWED)
        assert blocks.has(1)
    assert heights(blocks) == [GapReason.RENEWAL_FAILED]
    assert tickers.values == []


def test_a_topic_asked_for_when_the_old_line_was_pinged_already_has_a_gap() -> None:
    old, new = FakeTransport(), FakeTransport()
    old.answers_pings = False
    with dex_on(old, new, renew_overlap=0.3) as dex:
        tickers: Recorder[Any] = Recorder()
        blocks: Recorder[BlockHeight | Gap] = Recorder()
        dex.stream(topics.tickers(), gaps=True).subscribe(tickers)
        assert old.wait_said(1)
        dex.renew()
        assert new.wait_pinged(1)
        new.answers_pings = False
        dex.stream(topics.blocks(), gaps=True).subscribe(blocks)
        assert new.wait_said(2)
        old.put(BLOCK % 1)
        assert blocks.has(1)
        # The venue hears this, then says 2 on the old one alone, then hears what the new one asks for.
        assert old.wait_pinged(1)
        new.put(PONG, BLOCK % 3)
        assert eventually(lambda: new.pongs == 2)
        old.put(PONG)
        assert blocks.has(3)
    assert heights(blocks) == [1, GapReason.RENEWAL_FAILED, 3]
    assert tickers.values == []


def test_a_topic_taken_back_and_asked_for_again_has_to_be_heard_of_again() -> None:
    old, new = FakeTransport(), FakeTransport()
    old.answers_pings = False
    with dex_on(old, new, renew_overlap=0.5) as dex:
        dex.tickers().subscribe()
        leaving = dex.blocks().subscribe()
        assert old.wait_said(2)
        dex.renew()
        assert new.wait_pinged(1)
        new.answers_pings = False
        leaving.dispose()
        assert new.wait_said(3)
        blocks: Recorder[BlockHeight | Gap] = Recorder()
        dex.stream(topics.blocks(), gaps=True).subscribe(blocks)
        assert new.wait_said(4)
        old.put(BLOCK % 1)
        assert blocks.has(1)
        assert old.wait_pinged(1)
        old.put(PONG)
        new.put(BLOCK % 3)
        assert blocks.has(3)
    assert heights(blocks) == [1, GapReason.RENEWAL_FAILED, 3]


def test_a_topic_asked_for_again_when_the_old_line_was_pinged_already_has_a_gap_too() -> None:
    old, new = FakeTransport(), FakeTransport()
    old.answers_pings = False
    blocks: Recorder[BlockHeight | Gap] = Recorder()
    with dex_on(old, new) as dex:
        leaving = dex.blocks().subscribe()

        def come_back(_: object) -> None:
            # The new line hears of both, the old one of neither.
            leaving.dispose()
            assert new.wait_said(3)
            dex.stream(topics.blocks(), gaps=True).subscribe(blocks)
            assert new.wait_said(4)

        dex.mini_tickers().subscribe(come_back)
        assert old.wait_said(2)
        dex.renew()
        assert old.wait_pinged(1)
        old.put('{"stream":"allMiniTickers","data":[]}', BLOCK % 1)
        assert blocks.has(1)
        # 2 was said when only the old one was asked for blocks, behind its answer.
        new.put(BLOCK % 3)
        old.put(PONG)
        assert blocks.has(3)
    assert heights(blocks) == [1, GapReason.RENEWAL_FAILED, 3]


def test_an_old_line_that_does_not_answer_may_have_kept_something_back() -> None:
    old, new = FakeTransport(), FakeTransport()
    old.answers_pings = False
    with dex_on(old, new) as dex:
        status: Recorder[Status] = Recorder()
        dex.status.subscribe(status)
        blocks: Recorder[BlockHeight | Gap] = Recorder()
        dex.stream(topics.blocks(), gaps=True).subscribe(blocks)
        assert old.wait_said(1)
        dex.renew()
        assert told(status, RENEWED)
        new.put(BLOCK % 9)
        assert blocks.has(2)
    assert heights(blocks) == [GapReason.RENEWAL_FAILED, 9]


def test_a_new_line_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renewing, "_LONGEST", 2.5)
    old, mute = FakeTransport(), FakeTransport()
    mute.answers_pings = False
    with dex_on(old, mute) as dex:
        status: Recorder[Status] = Recorder()
        dex.status.subscribe(status)
        dex.blocks().subscribe()
        assert old.wait_said(1)
        dex.renew()
        assert mute.wait_pinged(1)
        assert told(status, "not renewed, the old socket goes on: no answer to a ping within")
        assert mute.is_aborted.is_set()
        assert not old.is_aborted.is_set()


def test_closing_while_what_came_meanwhile_is_told_drops_the_new_socket() -> None:
    old, new = FakeTransport(), FakeTransport()
    amid, let_go = threading.Event(), threading.Event()
    with dex_on(old, new) as dex:

        def dawdle(block: BlockHeight) -> None:
            if block.height == 2:
                amid.set()
                let_go.wait(10)

        dex.blocks().subscribe(dawdle)
        assert old.wait_said(1)
        dex.renew()
        assert new.wait_said(1)
        new.put(BLOCK % 2)
        assert amid.wait(5)
        dex.close(0.2)
        assert new.is_aborted.is_set()
        let_go.set()


def test_a_renewal_that_cannot_even_begin_harms_nothing() -> None:
    old = FakeTransport()

    def factory() -> Transport:
        if not made:
            made.append(old)
            return old
        raise ZeroDivisionError

    made: list[FakeTransport] = []
    settings = LineSettings(transport=factory, backoff=QUICK)
    with Dex(BinanceDex("ws://nowhere/api"), settings) as dex:
        status: Recorder[Status] = Recorder()
        dex.status.subscribe(status)
        blocks: Recorder[BlockHeight] = Recorder()
        dex.blocks().subscribe(blocks)
        assert old.wait_said(1)
        dex.renew()
        assert told(status, "not renewed, the old socket goes on")
        old.put(BLOCK % 1)
        assert blocks.has(1)


def test_leaving_amid_a_renewal_leaves_nothing() -> None:
    old, new = FakeTransport(), FakeTransport()
    with dex_on(old, new, renew_overlap=30.0) as dex:
        subscription = dex.blocks().subscribe()
        assert old.wait_said(1)
        dex.renew()
        assert new.wait_said(1)
        subscription.dispose()
        assert eventually(lambda: old.is_closed)
        assert new.is_aborted.wait(5)


def test_closing_amid_a_renewal_and_a_slow_subscriber_leaves_no_socket() -> None:
    old, new = FakeTransport(), FakeTransport()
    let_go = threading.Event()
    with dex_on(old, new, renew_overlap=30.0) as dex:

        def dawdle(_: BlockHeight) -> None:
            let_go.wait(10)

        dex.blocks().subscribe(dawdle)
        assert old.wait_said(1)
        dex.renew()
        assert new.wait_said(1)
        old.put(BLOCK % 1)
        dex.close(0.2)
        assert new.is_aborted.is_set()
        assert old.is_aborted.is_set()
        let_go.set()


def test_what_is_not_open_is_not_renewed() -> None:
    with Dex("ws://127.0.0.1:1/api") as dex:
        dex.renew()
    slow, line = FakeTransport(is_slow=True), FakeTransport()
    with dex_on(slow, line) as dex:
        dex.blocks().subscribe()
        dex.renew()


def renewed_often(times: int, topic_of: Callable[[Exchange], list[Topic[Any]]]) -> None:
    """Renew so many times at 50 blocks a second, and compare with a line that was not."""
    settings = LineSettings(renew_overlap=0.02, backoff=QUICK)
    with Exchange(speed=20.0) as exchange, Dex(exchange.url) as steady:
        with Dex(exchange.url, settings) as dex:
            wanted = topic_of(exchange)
            status: Recorder[Status] = Recorder()
            dex.status.subscribe(status)
            pure: list[Recorder[Any]] = [Recorder() for _ in wanted]
            renewed: list[Recorder[Any]] = [Recorder() for _ in wanted]
            for topic, one, other in zip(wanted, pure, renewed, strict=True):
                steady.stream(topic, gaps=True).subscribe(one)
                dex.stream(topic, gaps=True).subscribe(other)
            assert all(it.has(1) for it in [pure[0], renewed[0]])
            for number in range(times):
                dex.renew()
                assert told(status, RENEWED, number + 1)
            last = exchange.height + 5
            for recorder in (pure[0], renewed[0]):
                assert recorder.wait(lambda it: it.values[-1].height >= last, 20)
        assert len(exchange.visits) == times + 2
    for one, other in zip(pure, renewed, strict=True):
        same_stretch(list(one.values), list(other.values))


def same_stretch(pure: list[Any], renewed: list[Any]) -> None:
    """What both heard between the first and the last that both heard is the same."""
    assert not any(isinstance(it, Gap) for it in [*pure, *renewed])
    if not pure or not renewed:
        return
    begin = max(pure.index(renewed[0]) if renewed[0] in pure else 0, 0)
    first = renewed.index(pure[0]) if pure[0] in renewed else 0
    length = min(len(pure) - begin, len(renewed) - first)
    assert renewed[first : first + length] == pure[begin : begin + length]
    assert length > 0


def everything(exchange: Exchange) -> list[Topic[Any]]:
    return [
        topics.blocks(),
        *map(topics.trades, exchange.symbols),
        *map(topics.depth_updates, exchange.symbols[:3]),
        topics.depth(exchange.symbols[0]),
    ]


def test_many_renewals_at_50_blocks_a_second_lose_and_double_nothing() -> None:
    renewed_often(30, everything)


@pytest.mark.soak
def test_a_thousand_renewals_at_50_blocks_a_second_lose_and_double_nothing() -> None:
    renewed_often(1_000, everything)


def test_an_address_that_trades_is_renewed_without_a_loss() -> None:
    def of_a_trader(exchange: Exchange) -> list[Topic[Any]]:
        return [
            topics.blocks(),
            topics.orders(exchange.addresses[0]),
            topics.account(exchange.addresses[0]),
        ]

    settings = LineSettings(renew_overlap=0.05, backoff=QUICK)
    with (
        Exchange(speed=20.0) as exchange,
        Dex(exchange.url) as steady,
        Dex(exchange.url, settings) as dex,
    ):
        wanted = of_a_trader(exchange)[1:]
        status: Recorder[Status] = Recorder()
        dex.status.subscribe(status)
        pure: Recorder[Any] = Recorder()
        renewed: Recorder[Any] = Recorder()
        steady.stream(*wanted, gaps=True).subscribe(pure)
        dex.stream(*wanted, gaps=True).subscribe(renewed)
        assert pure.has(5)
        assert renewed.has(5)
        for number in range(10):
            dex.renew()
            assert told(status, RENEWED, number + 1)
        count = len(pure.values) + 20
        assert pure.wait(lambda it: len(it.values) >= count, 20)
        assert renewed.wait(lambda it: len(it.values) >= count - 10, 20)
    same_stretch(list(pure.values), list(renewed.values))
