"""What the frames about a market say, as events (PROTOCOL 7.4 to 7.10)."""

from rxdex.events import (
    BlockHeight,
    DepthSnapshot,
    DepthUpdate,
    Interval,
    Kline,
    Level,
    MiniTicker,
    Ticker,
    Trade,
)
from rxdex.topics import Kind, Topic
from rxdex.venue import Delivery, Lane, Value
from rxdex.venues.binance_dex.amounts import amount, millis, seconds, time_by_magnitude
from rxdex.venues.binance_dex.rows import (
    BlockRow,
    DepthRow,
    DiffRow,
    KlineRow,
    LevelRow,
    MiniTickerRow,
    TickerRow,
    TradeRow,
)
from rxdex.venues.binance_dex.words import TICKS, Found, interned, meaning

__all__ = [
    "DEPTH_LANE",
    "PLAIN_LEVELS",
    "depth_topic",
    "read_block",
    "read_depth",
    "read_diff",
    "read_kline",
    "read_mini_ticker",
    "read_mini_tickers",
    "read_ticker",
    "read_tickers",
    "read_trades",
]

#: Depth of 100 or 500 levels has a lane of its own: its frames may not say which they are.
DEPTH_LANE = "depth"

#: What depth means where no number stands behind it.
PLAIN_LEVELS = "20"


def read_trades(rows: list[TradeRow], lane: Lane, received_ns: int) -> Found:
    """The trades of a symbol in one block."""
    found: Found = []
    for row in rows:
        trade = Trade(
            received_ns=received_ns,
            symbol=row.symbol,
            trade_id=row.trade_id,
            price=amount(row.price),
            quantity=amount(row.quantity),
            time_ns=row.time_ns,
            block_height=row.block_height,
            buyer_order_id=row.buyer_order_id,
            seller_order_id=row.seller_order_id,
            buyer_address=row.buyer_address,
            seller_address=row.seller_address,
            tick=None if row.tick is None else meaning(TICKS, row.tick, found),
        )
        found.append(Delivery(interned(Kind.TRADES, row.symbol), trade))
    return found


def _levels(rows: list[LevelRow]) -> tuple[Level, ...]:
    return tuple([Level(amount(price), amount(quantity)) for price, quantity in rows])


def read_diff(row: DiffRow, lane: Lane, received_ns: int) -> Found:
    """The levels of a book that changed in one block."""
    update = DepthUpdate(
        received_ns=received_ns,
        symbol=row.symbol,
        bids=_levels(row.bids),
        asks=_levels(row.asks),
        time_ns=seconds(row.time_s),
    )
    return [Delivery(interned(Kind.DEPTH_UPDATES, row.symbol), update)]


def depth_topic(symbol: str, lane: Lane, levels: str) -> Topic[Value]:
    """A lane of its own tells how deep, whatever the envelope says; elsewhere the envelope does."""
    detail = lane.subject if lane.name == DEPTH_LANE else levels or PLAIN_LEVELS
    return interned(Kind.DEPTH, symbol, detail)


def read_depth(row: DepthRow, lane: Lane, received_ns: int, levels: str) -> Found:
    """The best levels of a book."""
    snapshot = DepthSnapshot(
        received_ns=received_ns,
        symbol=row.symbol,
        bids=_levels(row.bids),
        asks=_levels(row.asks),
        block_height=row.block_height,
    )
    return [Delivery(depth_topic(row.symbol, lane, levels), snapshot)]


def read_kline(row: KlineRow, lane: Lane, received_ns: int, interval: Interval) -> Found:
    """One kline as it stands."""
    candle = row.candle
    kline = Kline(
        received_ns=received_ns,
        symbol=candle.symbol,
        interval=interval,
        open_time_ns=millis(candle.open_ms),
        close_time_ns=millis(candle.close_ms),
        open=amount(candle.open),
        high=amount(candle.high),
        low=amount(candle.low),
        close=amount(candle.close),
        volume=amount(candle.volume),
        quote_volume=amount(candle.quote_volume),
        trade_count=candle.trade_count,
        first_trade_id=candle.first_trade_id or None,
        last_trade_id=candle.last_trade_id or None,
        is_closed=candle.is_closed,
        time_ns=time_by_magnitude(row.time),
    )
    return [Delivery(interned(Kind.KLINE, candle.symbol, interval.value), kline)]


def _ticker(row: TickerRow, received_ns: int) -> Ticker:
    return Ticker(
        received_ns=received_ns,
        symbol=row.symbol,
        price_change=amount(row.price_change),
        price_change_ratio=amount(row.price_change_ratio),
        weighted_average_price=amount(row.weighted_average_price),
        previous_close=amount(row.previous_close),
        last_price=amount(row.last_price),
        last_quantity=amount(row.last_quantity),
        best_bid_price=amount(row.best_bid_price),
        best_bid_quantity=amount(row.best_bid_quantity),
        best_ask_price=amount(row.best_ask_price),
        best_ask_quantity=amount(row.best_ask_quantity),
        open=amount(row.open),
        high=amount(row.high),
        low=amount(row.low),
        volume=amount(row.volume),
        quote_volume=amount(row.quote_volume),
        open_time_ns=millis(row.open_ms),
        close_time_ns=millis(row.close_ms),
        first_trade_id=row.first_trade_id or None,
        last_trade_id=row.last_trade_id or None,
        trade_count=row.trade_count,
        time_ns=seconds(row.time_s),
    )


def read_ticker(row: TickerRow, lane: Lane, received_ns: int) -> Found:
    """The last 24 hours of a symbol."""
    return [Delivery(interned(Kind.TICKER, row.symbol), _ticker(row, received_ns))]


def read_tickers(rows: list[TickerRow], lane: Lane, received_ns: int) -> Found:
    """The last 24 hours of every symbol."""
    every = tuple([_ticker(row, received_ns) for row in rows])
    return [Delivery(interned(Kind.TICKERS), every)]


def _mini_ticker(row: MiniTickerRow, received_ns: int) -> MiniTicker:
    return MiniTicker(
        received_ns=received_ns,
        symbol=row.symbol,
        last_price=amount(row.last_price),
        open=amount(row.open),
        high=amount(row.high),
        low=amount(row.low),
        volume=amount(row.volume),
        quote_volume=amount(row.quote_volume),
        time_ns=seconds(row.time_s),
    )


def read_mini_ticker(row: MiniTickerRow, lane: Lane, received_ns: int) -> Found:
    """The last 24 hours of a symbol in short."""
    return [Delivery(interned(Kind.MINI_TICKER, row.symbol), _mini_ticker(row, received_ns))]


def read_mini_tickers(rows: list[MiniTickerRow], lane: Lane, received_ns: int) -> Found:
    """The last 24 hours of every symbol in short."""
    every = tuple([_mini_ticker(row, received_ns) for row in rows])
    return [Delivery(interned(Kind.MINI_TICKERS), every)]


def read_block(row: BlockRow, lane: Lane, received_ns: int) -> Found:
    """A block of the chain."""
    return [
        Delivery(interned(Kind.BLOCKS), BlockHeight(received_ns=received_ns, height=row.height))
    ]
