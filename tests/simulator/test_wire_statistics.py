"""Klines and tickers as text."""

from attrs import evolve

from rxdex.events.values import Interval
from rxdex.simulator import wire, wire_statistics
from rxdex.simulator.engine import BookLevel
from rxdex.simulator.klines import Kline
from rxdex.simulator.statistics import Stretch
from rxdex.simulator.tickers import Day

# Seen in public: wally-yu/binance-dex, binance_dex/sockets.py and README.md.
BUSY = (
    '{"stream":"ticker","data":{"e":"24hrTicker","E":1554966678,"s":"100K-9BC_BNB",'
    '"p":"0.00000000","P":"0.00000000","w":"5023.09923713","x":"3333.00000000",'
    '"c":"66666.00000000","Q":"0.00010000","b":"0.00000000","B":"0.00000000",'
    '"a":"66666.00000000","A":"1.68260010","o":"66666.00000000","h":"66666.00000000",'
    '"l":"3333.00000000","v":"0.02784240","q":"139.85513820","O":1554880245974,'
    '"C":1554966645974,"F":"7366949-0","L":"7554709-0","n":23}}'
)
STILL = (
    '{"stream":"ticker","data":{"e":"24hrTicker","E":1555687041,"s":"100K-9BC_BNB",'
    '"p":"0.00000000","P":"0.00000000","w":"49999.00000000","x":"49999.00000000",'
    '"c":"49999.00000000","Q":"0.00009820","b":"0.00000000","B":"0.00000000",'
    '"a":"4700.00000000","A":"0.13197840","o":"49999.00000000","h":"49999.00000000",'
    '"l":"49999.00000000","v":"0.00000000","q":"0.00000000","O":1555600601881,'
    '"C":1555687001881,"F":"8274485-0","L":"8274485-0","n":0}}'
)

DAY = Day(
    open_time_ms=1_554_880_245_974,
    close_time_ms=1_554_966_645_974,
    open=6_666_600_000_000,
    high=6_666_600_000_000,
    low=333_300_000_000,
    close=6_666_600_000_000,
    before_last=333_300_000_000,
    last_quantity=10_000,
    volume=2_784_240,
    quote_volume=13_985_513_820,
    trade_count=23,
    first_trade_id="7366949-0",
    last_trade_id="7554709-0",
)


def test_a_ticker_as_captured() -> None:
    ask = BookLevel(6_666_600_000_000, 168_260_010)
    time_ns = 1_554_966_678_500_000_000
    payload = wire_statistics.ticker("100K-9BC_BNB", time_ns, DAY, None, ask)
    assert wire.frame("ticker", payload) == BUSY


def test_a_day_without_trades_as_captured() -> None:
    price = 4_999_900_000_000
    day = Day(
        open_time_ms=1_555_600_601_881,
        close_time_ms=1_555_687_001_881,
        open=price,
        high=price,
        low=price,
        close=price,
        before_last=price,
        last_quantity=9_820,
        volume=0,
        quote_volume=0,
        trade_count=0,
        first_trade_id="8274485-0",
        last_trade_id="8274485-0",
    )
    ask = BookLevel(470_000_000_000, 13_197_840)
    time_ns = 1_555_687_041_000_000_000
    payload = wire_statistics.ticker("100K-9BC_BNB", time_ns, day, None, ask)
    assert wire.frame("ticker", payload) == STILL


def test_a_loss_is_negative() -> None:
    day = evolve(DAY, open=8_471, close=8_398)
    bid = BookLevel(8_379, 39_450_000_000_000)
    payload = wire_statistics.ticker("RAVEN-F66_BNB", 0, day, bid, None)
    assert (payload["p"], payload["P"]) == ("-0.00000073", "-0.00860000")
    assert [payload[key] for key in "bBaA"] == [
        *("0.00008379", "394500.00000000", "0.00000000", "0.00000000")
    ]


def test_a_mini_ticker() -> None:
    payload = wire_statistics.mini_ticker("100K-9BC_BNB", 1_554_966_678_500_000_000, DAY)
    assert list(payload) == ["e", "E", "s", "c", "o", "h", "l", "v", "q"]
    assert list(payload.values()) == [
        "24hrMiniTicker",
        1_554_966_678,
        "100K-9BC_BNB",
        "66666.00000000",
        "66666.00000000",
        "66666.00000000",
        "3333.00000000",
        "0.02784240",
        "139.85513820",
    ]


def test_a_kline() -> None:
    trades = Stretch(5, 9, 4, 6, 200_000_000, 12, 3, "41-0", "43-7", 1, 5)
    kline = Kline(Interval.MONTH_1, 60_000, 119_999, trades, is_closed=True)
    payload = wire_statistics.kline("BNB_BUSD-BD1", 119_400_999_999, kline)
    assert list(payload) == ["e", "E", "s", "k"]
    assert wire.text(payload) == (
        '{"e":"kline","E":119400,"s":"BNB_BUSD-BD1","k":{"s":"BNB_BUSD-BD1","t":60000,"T":119999,'
        '"i":"1M","f":"41-0","L":"43-7","o":"0.00000005","c":"0.00000006","h":"0.00000009",'
        '"l":"0.00000004","v":"2.00000000","q":"0.00000012","n":3,"x":true}}'
    )


def test_an_empty_kline() -> None:
    kline = Kline(Interval.MINUTE_1, 60_000, 119_999, Stretch.still(5), is_closed=False)
    text = wire.text(wire_statistics.kline("BNB_BUSD-BD1", 60_000_000_000, kline))
    assert text.endswith(
        '"f":"","L":"","o":"0.00000005","c":"0.00000005","h":"0.00000005","l":"0.00000005",'
        '"v":"0.00000000","q":"0.00000000","n":0,"x":false}}'
    )
