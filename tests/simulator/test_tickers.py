"""24 hours of trades."""

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from rxdex.simulator.statistics import Stretch
from rxdex.simulator.tickers import DAY_MS, Day, DayWindow
from tests.simulator.town import a_trade

NS = 1_000_000
HOUR_NS = 3_600_000 * NS
START_NS = 1_555_545_600_000_000_000

DAY = Day(
    open_time_ms=0,
    close_time_ms=DAY_MS,
    open=1,
    high=1,
    low=1,
    close=1,
    before_last=1,
    last_quantity=1,
    volume=0,
    quote_volume=0,
    trade_count=0,
    first_trade_id="",
    last_trade_id="",
)


@pytest.mark.parametrize(
    ("change", "opening", "ratio"),
    [
        (-73, 8_471, -860_000),
        (438, 10_961, 3_990_000),
        (12_367, 217_206, 5_690_000),
        (0, 5, 0),
        (-1, 3, -33_330_000),
        (1, 10_001, 0),
        (-1, 10_001, 0),
        (5, 1, 500_000_000),
    ],
)
def test_the_ratio_is_cut_toward_zero(change: int, opening: int, ratio: int) -> None:
    day = evolve(DAY, open=opening, close=opening + change)
    assert (day.change, day.change_ratio) == (change, ratio)


@pytest.mark.parametrize(
    ("volume", "quote_volume", "average"),
    [
        # wally-yu/binance-dex, binance_dex/sockets.py: v, q and w of a captured ticker.
        (2_784_240, 13_985_513_820, 502_309_923_713),
        (200_000_000, 3, 2),
        (300_000_000, 4, 1),
        (300_000_000, 5, 2),
        (10**25, 10**25, 100_000_000),
        (0, 0, 77),
    ],
)
def test_the_average_is_rounded(volume: int, quote_volume: int, average: int) -> None:
    assert evolve(DAY, close=77, volume=volume, quote_volume=quote_volume).average == average


def test_before_any_trade_all_is_at_the_list_price() -> None:
    day = DayWindow(500).day(START_NS)
    assert day == evolve(
        DAY,
        open_time_ms=START_NS // NS - DAY_MS,
        close_time_ms=START_NS // NS,
        open=500,
        high=500,
        low=500,
        close=500,
        before_last=500,
        last_quantity=0,
    )
    assert (day.change, day.change_ratio, day.average) == (0, 0, 500)


def test_a_day_without_trades_stands_at_the_last_price_ever() -> None:
    window = DayWindow(500)
    window.add(START_NS, Stretch.of([a_trade(0, 600, 7), a_trade(1, 700, 9)], 41))
    alive = window.day(START_NS + 24 * HOUR_NS - NS)
    assert (alive.open, alive.high, alive.low, alive.close) == (600, 700, 600, 700)
    assert (alive.trade_count, alive.first_trade_id, alive.last_trade_id) == (2, "41-0", "41-1")
    assert alive.before_last == 600
    still = window.day(START_NS + 24 * HOUR_NS)
    assert (still.open, still.high, still.low, still.close) == (700, 700, 700, 700)
    assert (still.before_last, still.average, still.last_quantity) == (700, 700, 9)
    assert (still.trade_count, still.volume, still.quote_volume) == (0, 0, 0)
    assert (still.first_trade_id, still.last_trade_id) == ("41-1", "41-1")
    assert (still.change, still.change_ratio) == (0, 0)


def test_the_first_trade_ever_stands_for_the_one_before_it() -> None:
    window = DayWindow(500)
    window.add(START_NS, Stretch.of([a_trade(0, 600, 7)], 41))
    assert window.day(START_NS).before_last == 600
    window.add(START_NS + 1, Stretch.of([a_trade(0, 650, 7)], 42))
    assert window.day(START_NS + 1).before_last == 600


def test_the_window_is_a_whole_number_of_ms() -> None:
    window = DayWindow(500)
    window.add(START_NS + 999_999, Stretch.of([a_trade(0, 600, 7)], 41))
    day = window.day(START_NS + 24 * HOUR_NS + 999_999)
    assert day.close_time_ms - day.open_time_ms == DAY_MS
    assert day.trade_count == 1, "younger than O says"
    assert window.day(START_NS + 24 * HOUR_NS + NS).trade_count == 0


STEPS = st.lists(
    st.tuples(
        st.integers(0, 10 * HOUR_NS),
        st.lists(st.tuples(st.integers(1, 9), st.integers(1, 10**15)), max_size=3),
    ),
    max_size=25,
)


@settings(deadline=None)
@given(STEPS)
def test_it_is_what_a_look_at_all_trades_would_give(
    steps: list[tuple[int, list[tuple[int, int]]]],
) -> None:
    window = DayWindow(5)
    ever: list[tuple[int, int, int, str]] = []
    now = START_NS
    for height, (pause, pairs) in enumerate(steps):
        now += pause
        if pairs:
            trades = [a_trade(index, *pair) for index, pair in enumerate(pairs)]
            window.add(now, Stretch.of(trades, height))
            ever += [(now, t.price, t.quantity, f"{height}-{t.index}") for t in trades]
        day = window.day(now)
        inside = [t for t in ever if t[0] > day.open_time_ms * NS]
        prices = [t[1] for t in inside] or [ever[-1][1] if ever else 5]
        assert (day.open, day.high, day.low, day.close) == (
            prices[0],
            max(prices),
            min(prices),
            prices[-1],
        )
        assert day.trade_count == len(inside)
        assert day.volume == sum(t[2] for t in inside)
        assert day.quote_volume == sum(t[1] * t[2] // 100_000_000 for t in inside)
        assert day.first_trade_id == ((inside or ever[-1:] or [(0, 0, 0, "")])[0][3])
        assert day.last_trade_id == (ever[-1][3] if ever else "")
