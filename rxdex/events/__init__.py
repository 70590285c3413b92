"""What a venue tells, as immutable values."""

from rxdex.events.account import AccountUpdate, OrderUpdate, Transfer
from rxdex.events.chain import BlockHeight
from rxdex.events.event import MAX_NS, Event, moment
from rxdex.events.line import (
    Fault,
    FaultReason,
    Frame,
    Gap,
    GapReason,
    LineState,
    Notice,
    Status,
)
from rxdex.events.market import DepthSnapshot, DepthUpdate, Kline, MiniTicker, Ticker, Trade
from rxdex.events.values import (
    Balance,
    Coin,
    Fee,
    Interval,
    Level,
    OrderStatus,
    OrderType,
    Output,
    Side,
    TickType,
    TimeInForce,
)

__all__ = [
    "MAX_NS",
    "AccountUpdate",
    "Balance",
    "BlockHeight",
    "Coin",
    "DepthSnapshot",
    "DepthUpdate",
    "Event",
    "Fault",
    "FaultReason",
    "Fee",
    "Frame",
    "Gap",
    "GapReason",
    "Interval",
    "Kline",
    "Level",
    "LineState",
    "MiniTicker",
    "Notice",
    "OrderStatus",
    "OrderType",
    "OrderUpdate",
    "Output",
    "Side",
    "Status",
    "TickType",
    "Ticker",
    "TimeInForce",
    "Trade",
    "Transfer",
    "moment",
]
