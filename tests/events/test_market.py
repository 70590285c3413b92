"""market: what follows from a trade, a kline, a ticker."""

from decimal import Decimal

import pytest
from attrs import evolve

from rxdex.events import (
    DepthUpdate,
    Kline,
    MiniTicker,
    Side,
    Ticker,
    TickType,
    Trade,
    moment,
)
from tests.builders import TIME_NS, TIME_S, diff, kline, mini, only, ticker, trade

SOLD = only(Trade, "trades", [trade()])
MS = 1_000_000


def test_the_notional_is_price_times_quantity_exactly() -> None:
    assert SOLD.notional == Decimal(63)
    small = evolve(SOLD, price=Decimal("0.00000003"), quantity=Decimal("0.00000007"))
    assert small.notional == Decimal("2.1e-15")


@pytest.mark.parametrize(
    ("tick", "taker"),
    [
        (TickType.BUY_TAKER, Side.BUY),
        (TickType.SELL_TAKER, Side.SELL),
        (TickType.BUY_SURPLUS, None),
        (TickType.SELL_SURPLUS, None),
        (TickType.NEUTRAL, None),
        (TickType.UNKNOWN, None),
        (None, None),
    ],
)
def test_the_taker(tick: TickType | None, taker: Side | None) -> None:
    assert evolve(SOLD, tick=tick).taker is taker


def test_a_trade_of_another_venue_may_say_less() -> None:
    least = Trade(symbol="A_B", trade_id="1", price=Decimal(1), quantity=Decimal(1), time_ns=0)
    assert least.block_height is None
    assert least.taker is None


def test_the_moments_of_a_market() -> None:
    second = moment(TIME_S * 1000 * MS)
    assert SOLD.time == moment(TIME_NS)
    assert only(DepthUpdate, "marketDiff", diff()).time == second
    assert only(MiniTicker, "miniTicker", mini()).time == second
    day = only(Ticker, "ticker", ticker())
    assert day.time == second
    assert day.open_time == moment(1_562_913_600_000 * MS)
    assert day.close_time == moment(1_563_000_000_000 * MS)
    minute = only(Kline, "kline_1m", kline())
    assert minute.time == second
    assert minute.open_time == moment(1_563_000_000_000 * MS)
    assert minute.close_time == moment(1_563_000_059_999 * MS)
