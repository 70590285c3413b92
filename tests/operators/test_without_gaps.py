"""without_gaps: over them, or not past the first; and without them in the types."""

import pickle
import threading
from typing import Any, assert_type

import pytest
from reactivex import Observable
from reactivex import operators as ops
from reactivex.subject import Subject

from rxdex import Dex, EventsLost, LineSettings, topics
from rxdex.backoff import Backoff
from rxdex.events import BlockHeight, Gap, GapReason, Trade
from rxdex.operators import OnGap, without_gaps
from tests import marbles
from tests.builders import frame
from tests.connection.hall import Guest, hall, linger
from tests.connection.recorder import Recorder

GAP = Gap(topic=None, since_ns=0, reason=GapReason.STALE)


@pytest.mark.parametrize(
    ("on_gap", "source", "expected"),
    [
        pytest.param(OnGap.DROP, "-a-b--|", "-a-b--|", id="nothing is missing"),
        pytest.param(OnGap.DROP, "-a-g-b-gg-|", "-a---b----|", id="gaps are left out"),
        pytest.param(OnGap.DROP, "-g-#", "---#", id="errors are not"),
        pytest.param(OnGap.ERROR, "-a-b--|", "-a-b--|", id="nothing is missing, which is no error"),
        pytest.param(OnGap.ERROR, "-a-g-b-g-|", "-a-#", id="the first is the end"),
        pytest.param(OnGap.ERROR, "-a-#", "-a-#", id="an error of the source"),
    ],
)
def test_without_gaps(on_gap: OnGap, source: str, expected: str) -> None:
    marbles.check(without_gaps(on_gap), source, expected)


def test_they_are_left_out_unless_it_is_said_otherwise() -> None:
    marbles.check(without_gaps(), "-a-g-|", "-a---|")


def test_the_error_has_the_gap_and_the_source_is_let_go() -> None:
    source: Subject[int | Gap] = Subject()
    heard: Recorder[int] = Recorder()
    source.pipe(without_gaps(OnGap.ERROR)).subscribe(heard)
    source.on_next(1)
    source.on_next(GAP)
    (error,) = heard.errors
    assert isinstance(error, EventsLost)
    assert error.gap is GAP
    assert source.observers == []
    again: Any = pickle.loads(pickle.dumps(error))
    assert again.gap == GAP
    assert str(again) == str(error)


@pytest.mark.parametrize("on_gap", [None, True, "drop", OnGap])
def test_what_is_no_choice(on_gap: Any) -> None:
    with pytest.raises(TypeError, match=r"on_gap is .*; give OnGap\.DROP or OnGap\.ERROR"):
        without_gaps(on_gap)


def test_a_line_that_broke_ends_who_wants_no_gap_and_nobody_else() -> None:
    strict: Recorder[object] = Recorder()
    easy: Recorder[object] = Recorder()

    def height(number: int) -> str:
        return frame("blockheight", {"h": number})

    both = threading.Event()

    def breaks(guest: Guest) -> None:
        guest.recv()
        assert both.wait(5)
        guest.send(height(1))
        assert easy.has(1)
        assert strict.has(1)
        guest.close()

    def stays(guest: Guest) -> None:
        guest.recv()
        guest.send(height(2))
        linger(guest)

    line = LineSettings(backoff=Backoff(start=0.001, ceiling=0.001))
    with hall(breaks, stays) as room, Dex(room.url, line) as dex:
        blocks = dex.stream(topics.blocks(), gaps=True)
        blocks.pipe(without_gaps()).subscribe(easy)
        blocks.pipe(without_gaps(OnGap.ERROR)).subscribe(strict)
        both.set()
        assert easy.has(2)
        assert strict.fails()
    assert easy.values == [BlockHeight(height=1), BlockHeight(height=2)]
    assert strict.values == [BlockHeight(height=1)]
    (error,) = strict.errors
    assert isinstance(error, EventsLost)
    assert error.gap.reason is GapReason.LINE_LOST


# For the checkers: that this passes them is the test.


def is_big(trade: Trade) -> bool:
    return trade.notional > 1


def test_the_types_are_without_gaps_too() -> None:
    dex = Dex("ws://127.0.0.1:1/api")
    gaps = dex.stream(topics.trades("BNB_BUSD-BD1"), gaps=True)
    assert_type(gaps, Observable[Trade | Gap])
    assert_type(gaps.pipe(without_gaps()), Observable[Trade])
    assert_type(gaps.pipe(without_gaps(OnGap.ERROR)), Observable[Trade])
    assert_type(gaps.pipe(without_gaps(), ops.filter(is_big)), Observable[Trade])
    assert_type(gaps.pipe(without_gaps(), ops.take(3)), Observable[Trade])
    assert_type(gaps.pipe(ops.take(3)).pipe(without_gaps()), Observable[Trade])
    assert_type(gaps.pipe(without_gaps()).map(lambda trade: trade.symbol), Observable[str])
    # What has none may pass, too.
    assert_type(dex.trades("BNB_BUSD-BD1").pipe(without_gaps()), Observable[Trade])
    dex.close()
