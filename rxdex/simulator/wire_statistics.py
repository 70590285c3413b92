"""
What trades add up to, as payloads: klines and tickers (PROTOCOL 7.8-7.10).

What the protocol leaves open is settled so: klines take the key order of go-sdk, whose structs fit
every genuine frame, and E in ms; mini tickers call themselves `24hrMiniTicker`.
"""

from rxdex.simulator.engine.records import BookLevel
from rxdex.simulator.klines import Kline
from rxdex.simulator.tickers import Day
from rxdex.simulator.wire import Payload, amount

__all__ = ["kline", "mini_ticker", "ticker"]

_NOBODY = BookLevel(0, 0)


def kline(symbol: str, time_ns: int, value: Kline) -> Payload:
    """One kline; all times are ms, the last one the final ms of the kline (PROTOCOL 7.8)."""
    trades = value.trades
    return {
        "e": "kline",
        "E": time_ns // 1_000_000,
        "s": symbol,
        "k": {
            "s": symbol,
            "t": value.open_time_ms,
            "T": value.close_time_ms,
            "i": value.interval.value,
            "f": trades.first_trade_id,
            "L": trades.last_trade_id,
            "o": amount(trades.open),
            "c": amount(trades.close),
            "h": amount(trades.high),
            "l": amount(trades.low),
            "v": amount(trades.volume),
            "q": amount(trades.quote_volume),
            "n": trades.trade_count,
            "x": value.is_closed,
        },
    }


def ticker(
    symbol: str, time_ns: int, day: Day, bid: BookLevel | None, ask: BookLevel | None
) -> Payload:
    """The last 24 hours; E is whole seconds, O and C are ms (PROTOCOL 7.9)."""
    bid, ask = bid or _NOBODY, ask or _NOBODY
    return {
        "e": "24hrTicker",
        "E": time_ns // 1_000_000_000,
        "s": symbol,
        "p": amount(day.change),
        "P": amount(day.change_ratio),
        "w": amount(day.average),
        "x": amount(day.before_last),
        "c": amount(day.close),
        "Q": amount(day.last_quantity),
        "b": amount(bid.price),
        "B": amount(bid.quantity),
        "a": amount(ask.price),
        "A": amount(ask.quantity),
        "o": amount(day.open),
        "h": amount(day.high),
        "l": amount(day.low),
        "v": amount(day.volume),
        "q": amount(day.quote_volume),
        "O": day.open_time_ms,
        "C": day.close_time_ms,
        "F": day.first_trade_id,
        "L": day.last_trade_id,
        "n": day.trade_count,
    }


def mini_ticker(symbol: str, time_ns: int, day: Day) -> Payload:
    """The last 24 hours in short; E is whole seconds (PROTOCOL 7.10)."""
    return {
        "e": "24hrMiniTicker",
        "E": time_ns // 1_000_000_000,
        "s": symbol,
        "c": amount(day.close),
        "o": amount(day.open),
        "h": amount(day.high),
        "l": amount(day.low),
        "v": amount(day.volume),
        "q": amount(day.quote_volume),
    }
