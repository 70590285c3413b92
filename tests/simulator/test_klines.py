"""Klines of all intervals."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rxdex.events.values import Interval
from rxdex.simulator.klines import Kline, KlineFold, span
from rxdex.simulator.statistics import Stretch
from tests.simulator.town import a_trade

NS_PER_MS = 1_000_000
MINUTE_MS = 60_000


def ms(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1000


@pytest.mark.parametrize(
    ("interval", "opens", "ends"),
    [
        # 2020-07-24 was a Friday.
        ("1m", "2020-07-24T13:47", "2020-07-24T13:48"),
        ("3m", "2020-07-24T13:45", "2020-07-24T13:48"),
        ("5m", "2020-07-24T13:45", "2020-07-24T13:50"),
        ("15m", "2020-07-24T13:45", "2020-07-24T14:00"),
        ("30m", "2020-07-24T13:30", "2020-07-24T14:00"),
        ("1h", "2020-07-24T13:00", "2020-07-24T14:00"),
        ("2h", "2020-07-24T12:00", "2020-07-24T14:00"),
        ("4h", "2020-07-24T12:00", "2020-07-24T16:00"),
        ("6h", "2020-07-24T12:00", "2020-07-24T18:00"),
        ("8h", "2020-07-24T08:00", "2020-07-24T16:00"),
        ("12h", "2020-07-24T12:00", "2020-07-25T00:00"),
        ("1d", "2020-07-24", "2020-07-25"),
        ("3d", "2020-07-22", "2020-07-25"),
        ("1w", "2020-07-20", "2020-07-27"),
        ("1M", "2020-07-01", "2020-08-01"),
    ],
)
def test_where_a_kline_begins_and_ends(interval: str, opens: str, ends: str) -> None:
    assert span(Interval(interval), ms("2020-07-24T13:47:59") + 999) == (ms(opens), ms(ends))


@pytest.mark.parametrize(
    ("moment", "opens", "ends"),
    [
        ("2020-02-29T23:59:59", "2020-02-01", "2020-03-01"),
        ("2021-02-28T23:59:59", "2021-02-01", "2021-03-01"),
        ("2020-12-31T23:59:59", "2020-12-01", "2021-01-01"),
        ("2021-01-01T00:00:00", "2021-01-01", "2021-02-01"),
        ("2020-04-30T12:00:00", "2020-04-01", "2020-05-01"),
    ],
)
def test_months_follow_the_calendar(moment: str, opens: str, ends: str) -> None:
    assert span(Interval.MONTH_1, ms(moment)) == (ms(opens), ms(ends))


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2020-07-26T23:59:59", "2020-07-20"),
        ("2020-07-27T00:00:00", "2020-07-27"),
        ("2020-12-31T12:00:00", "2020-12-28"),
    ],
)
def test_weeks_open_on_monday(moment: str, opens: str) -> None:
    assert span(Interval.WEEK_1, ms(moment)) == (ms(opens), ms(opens) + 7 * 24 * 60 * MINUTE_MS)


@settings(deadline=None)
@given(st.integers(0, 2**42), st.sampled_from(Interval))
def test_spans_leave_no_gap(moment: int, interval: Interval) -> None:
    opens, ends = span(interval, moment)
    assert opens <= moment < ends
    assert opens % MINUTE_MS == ends % MINUTE_MS == 0
    assert span(interval, opens) == span(interval, ends - 1) == (opens, ends)
    assert span(interval, ends)[0] == ends
    assert span(interval, opens - 1)[1] == opens


def stretch(price: int, height: int) -> Stretch:
    return Stretch.of([a_trade(0, price, 10)], height)


def test_a_kline_ends_and_the_next_begins_at_its_close() -> None:
    start = ms("2020-07-24T13:47:30") * NS_PER_MS
    fold = KlineFold(start, 50)
    fold.add(stretch(55, 1))
    opens = ms("2020-07-24T13:47")
    last = Kline(Interval.MINUTE_1, opens, opens + 59_999, stretch(55, 1), is_closed=False)
    assert fold.kline(Interval.MINUTE_1) == last
    assert fold.advance(start + 29_999_999_999) == ()
    ended = fold.advance(start + 30_000_000_000)
    assert [kline.interval for kline in ended] == [Interval.MINUTE_1, Interval.MINUTE_3]
    assert all(kline.is_closed and kline.trades == stretch(55, 1) for kline in ended)
    following = fold.kline(Interval.MINUTE_1)
    assert following.trades == Stretch.still(55)
    assert (following.open_time_ms, following.is_closed) == (opens + MINUTE_MS, False)
    assert fold.kline(Interval.HOUR_1).trades == stretch(55, 1)


@pytest.mark.parametrize(
    ("before", "ended"),
    [
        ("2020-07-26T23:59:59", {"1m 3m 5m 15m 30m 1h 2h 4h 6h 8h 12h 1d 1w"}),
        ("2020-07-31T23:59:59", {"1m 3m 5m 15m 30m 1h 2h 4h 6h 8h 12h 1d 1M"}),
        ("2020-07-24T13:48:59", {"1m"}),
    ],
)
def test_which_klines_end_together(before: str, ended: set[str]) -> None:
    fold = KlineFold(ms(before) * NS_PER_MS, 50)
    klines = fold.advance((ms(before) + 1_000) * NS_PER_MS)
    assert {" ".join(kline.interval for kline in klines)} == ended
    assert {kline.close_time_ms for kline in klines} == {ms(before) + 999}


def test_a_pause_is_made_of_empty_klines() -> None:
    start = ms("2020-07-24T13:47:30") * NS_PER_MS
    fold = KlineFold(start, 50)
    fold.add(stretch(55, 1))
    ended = fold.advance(start + 3 * 60_000_000_000)
    minutes = [kline for kline in ended if kline.interval is Interval.MINUTE_1]
    assert [kline.trades for kline in minutes] == [
        stretch(55, 1),
        Stretch.still(55),
        Stretch.still(55),
    ]


# Mostly within a minute, at times over some hours.
PAUSES_MS = st.integers(1, 50_000) | st.integers(1, 5 * 60 * MINUTE_MS)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(PAUSES_MS, st.integers(0, 9)), min_size=1, max_size=10),
    st.sampled_from(["2020-07-24T13:47:30", "2020-07-26T17:00", "2020-02-29T11:11:11"]),
)
def test_it_is_what_a_look_at_all_trades_would_give(
    steps: list[tuple[int, int]], start: str
) -> None:
    now_ms = ms(start)
    fold = KlineFold(now_ms * NS_PER_MS, 50)
    trades: list[tuple[int, int]] = []
    ended: list[Kline] = []
    for height, (pause_ms, price) in enumerate(steps):
        now_ms += pause_ms
        ended += fold.advance(now_ms * NS_PER_MS)
        if price:
            fold.add(stretch(price, height))
            trades.append((now_ms, price))
    for interval in Interval:
        klines = [kline for kline in ended if kline.interval is interval]
        klines.append(fold.kline(interval))
        assert klines[0].open_time_ms == span(interval, ms(start))[0]
        price = 50
        for kline, following in zip(klines, [*klines[1:], None], strict=True):
            if following:
                assert following.open_time_ms == kline.close_time_ms + 1
            inside = [
                price for at, price in trades if kline.open_time_ms <= at <= kline.close_time_ms
            ]
            got = kline.trades
            assert got.trade_count == len(inside)
            prices = inside or [price]
            assert (got.open, got.close) == (prices[0], prices[-1])
            assert (got.high, got.low) == (max(prices), min(prices))
            price = prices[-1]
