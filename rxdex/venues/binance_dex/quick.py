"""
What the frames of a market say, when they are written as the venue writes them.

Each reader checks all that its rows hold, and leaves the making of most values to who reads them first. What
it does not expect, it does not judge: `NotUsual` sends the frame the thorough way.
"""

from typing import Any

from rxdex.events import (
    BlockHeight,
    DepthSnapshot,
    DepthUpdate,
    Interval,
    Kline,
    MiniTicker,
    Ticker,
    Trade,
)
from rxdex.events.draft import draft
from rxdex.topics import Kind
from rxdex.venue import Deliveries, Delivery, Lane
from rxdex.venues.binance_dex.amounts import (
    NS_PER_S,
    match_side,
    time_by_magnitude,
    usual,
)
from rxdex.venues.binance_dex.late_rows import (
    LateCandle,
    LateDepth,
    LateDiff,
    LateKline,
    LateMiniTicker,
    LateTicker,
    LateTrade,
    are_usual,
    fill_kline,
    fill_trade,
)
from rxdex.venues.binance_dex.market import PLAIN_LEVELS, depth_topic
from rxdex.venues.binance_dex.rows import BlockRow
from rxdex.venues.binance_dex.shapes import Reader
from rxdex.venues.binance_dex.words import Found, TopicsOf, interned

__all__ = [
    "NotUsual",
    "kline_reader",
    "read_block",
    "read_depth",
    "read_diff",
    "read_mini_ticker",
    "read_mini_tickers",
    "read_ticker",
    "read_tickers",
    "read_trades",
]


class NotUsual(ValueError):
    """Somebody else has to look at this frame: it may be wrong, or only written in another way."""


_TradeDraft = draft(Trade)
_TRADES = TopicsOf(Kind.TRADES)
_late_trade = LateTrade.late
_are_two = usual(2)


def read_trades(rows: list[LateTrade], lane: Lane, received_ns: int) -> Found:
    """The trades of a symbol in one block."""
    if len(rows) != 1:
        return _read_many(rows, received_ns)
    row = rows[0]
    if _are_two(f"{row.price},{row.quantity}") is None:
        raise NotUsual
    trade = _TradeDraft()
    trade.received_ns = received_ns
    trade.symbol = symbol = row.symbol
    if _late_trade.are_read and _late_trade.at_once():
        fill_trade(trade, row)
    else:
        trade._source = row
    trade.__class__ = Trade
    return [Delivery(_TRADES[symbol], trade)]


def _read_many(rows: list[LateTrade], received_ns: int) -> Found:
    if not are_usual(rows):
        raise NotUsual
    at_once = _late_trade.are_read and _late_trade.at_once(len(rows))
    found: Found = []
    symbol: str | None = None
    trades: list[Trade] = []
    # Names of their own, for what is done so often.
    make, kind = _TradeDraft, Trade
    for row in rows:
        if row.symbol != symbol:
            symbol, trades = row.symbol, []
            found.append(Deliveries(_TRADES[symbol], trades))
        trade = make()
        trade.received_ns = received_ns
        trade.symbol = symbol
        if at_once:
            fill_trade(trade, row)
        else:
            trade._source = row
        trade.__class__ = kind
        trades.append(trade)
    return found


_UpdateDraft = draft(DepthUpdate)
_UPDATES = TopicsOf(Kind.DEPTH_UPDATES)


def read_diff(row: LateDiff, lane: Lane, received_ns: int) -> Found:
    """The levels of a book that changed in one block."""
    bids, asks = row.bids, row.asks
    if match_side(bids) is None or match_side(asks) is None:
        raise NotUsual
    # Copied, or the whole frame would live as long as the event, and who owns it could write into it.
    row.bids, row.asks = bids.copy(), asks.copy()
    update = _UpdateDraft()
    update.received_ns = received_ns
    update._source = row
    update.symbol = row.symbol
    update.time_ns = row.time_s * NS_PER_S
    update.__class__ = DepthUpdate
    return [Delivery(_UPDATES[row.symbol], update)]


_SnapshotDraft = draft(DepthSnapshot)


def read_depth(row: LateDepth, lane: Lane, received_ns: int) -> Found:
    """The best levels of a book."""
    bids, asks = row.bids, row.asks
    if match_side(bids) is None or match_side(asks) is None:
        raise NotUsual
    row.bids, row.asks = bids.copy(), asks.copy()
    snapshot = _SnapshotDraft()
    snapshot.received_ns = received_ns
    snapshot._source = row
    snapshot.symbol = row.symbol
    snapshot.block_height = row.block_height
    snapshot.__class__ = DepthSnapshot
    return [Delivery(depth_topic(row.symbol, lane, PLAIN_LEVELS), snapshot)]


_KlineDraft = draft(Kline)
_late_kline = LateCandle.late


def kline_reader(interval: Interval) -> Reader:
    """Who reads the klines of an interval: each as it stands."""
    topics = TopicsOf(Kind.KLINE, interval.value)

    def read_kline(row: LateKline, lane: Lane, received_ns: int) -> Found:
        candle = row.candle
        if not candle.is_usual():
            raise NotUsual
        kline = _KlineDraft()
        kline.received_ns = received_ns
        kline.symbol = candle.symbol
        kline.interval = interval
        kline.time_ns = time_by_magnitude(row.time)
        kline.is_closed = candle.is_closed
        if _late_kline.are_read and _late_kline.at_once():
            fill_kline(kline, candle)
        else:
            kline._source = candle
        kline.__class__ = Kline
        return [Delivery(topics[candle.symbol], kline)]

    return read_kline


def _ticker_readers(
    kind: type[Ticker | MiniTicker],
    row_kind: type[LateTicker | LateMiniTicker],
    one: Kind,
    all_of_them: Kind,
) -> tuple[Reader, Reader]:
    """Who reads the last 24 hours of a symbol, and who reads those of every symbol."""
    ticker_draft, topics, every_topic = draft(kind), TopicsOf(one), interned(all_of_them)
    late = row_kind.late

    def ticker(row: LateTicker | LateMiniTicker, received_ns: int, *, at_once: bool) -> Any:
        if not row.is_usual():
            raise NotUsual
        made = ticker_draft()
        made.received_ns = received_ns
        made.symbol = row.symbol
        if at_once:
            late.fill(made, row)
        else:
            made._source = row
        made.__class__ = kind
        return made

    def read_one(row: LateTicker | LateMiniTicker, lane: Lane, received_ns: int) -> Found:
        at_once = late.are_read and late.at_once()
        return [Delivery(topics[row.symbol], ticker(row, received_ns, at_once=at_once))]

    def read_all(rows: list[LateTicker | LateMiniTicker], lane: Lane, received_ns: int) -> Found:
        at_once = late.are_read and late.at_once(len(rows))
        every = tuple([ticker(row, received_ns, at_once=at_once) for row in rows])
        return [Delivery(every_topic, every)]

    return read_one, read_all


read_ticker, read_tickers = _ticker_readers(Ticker, LateTicker, Kind.TICKER, Kind.TICKERS)
read_mini_ticker, read_mini_tickers = _ticker_readers(
    MiniTicker, LateMiniTicker, Kind.MINI_TICKER, Kind.MINI_TICKERS
)

_BlockDraft = draft(BlockHeight)
_BLOCKS = interned(Kind.BLOCKS)


def read_block(row: BlockRow, lane: Lane, received_ns: int) -> Found:
    """A block of the chain."""
    block = _BlockDraft()
    block.received_ns = received_ns
    block.height = row.height
    block.__class__ = BlockHeight
    return [Delivery(_BLOCKS, block)]
