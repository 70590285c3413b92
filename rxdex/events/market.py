"""Events of a market: trades, depth, klines and tickers."""

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from attrs import frozen

from rxdex.events.event import moment
from rxdex.events.values import EXACT, Interval, Level, Side, TickType

if TYPE_CHECKING:
    # How its values are made is nobody's business: to a checker every one of them is an event.
    from rxdex.events.event import Event as LateEvent
else:
    from rxdex.events.late import LateEvent

__all__ = ["DepthSnapshot", "DepthUpdate", "Kline", "MiniTicker", "Ticker", "Trade"]

_TAKER = {TickType.BUY_TAKER: Side.BUY, TickType.SELL_TAKER: Side.SELL}


@frozen(kw_only=True, weakref_slot=False)
class Trade(LateEvent):
    """
    Two orders met.

    :param symbol: what was traded, `BASE_QUOTE` [``s``]
    :param trade_id: unique at one venue; opaque, not gapless [``t``]
    :param price: in the quote asset [``p``]
    :param quantity: of the base asset [``q``]
    :param time_ns: time of the block, ns since the Unix epoch [``T``]
    :param block_height: the block that matched it [``E``: a height, though its name says a time]
    :param buyer_order_id: the order that bought [``b``]
    :param seller_order_id: the order that sold [``a``]
    :param buyer_address: whose order bought [``ba``]
    :param seller_address: whose order sold [``sa``]
    :param tick: which side took, or None where the venue does not say [``tt``, absent before 2019-07]
    """

    symbol: str
    trade_id: str
    price: Decimal
    quantity: Decimal
    time_ns: int
    block_height: int | None = None
    buyer_order_id: str | None = None
    seller_order_id: str | None = None
    buyer_address: str | None = None
    seller_address: str | None = None
    tick: TickType | None = None

    @property
    def time(self) -> datetime:
        """`time_ns` as a moment in UTC."""
        return moment(self.time_ns)

    @property
    def notional(self) -> Decimal:
        """Price times quantity, in the quote asset, exact whatever the caller's context rounds to."""
        return EXACT.multiply(self.price, self.quantity)

    @property
    def taker(self) -> Side | None:
        """The side that took liquidity, or None where neither did, or nobody says."""
        return None if self.tick is None else _TAKER.get(self.tick)


@frozen(kw_only=True, weakref_slot=False)
class DepthUpdate(LateEvent):
    """
    The levels of a book that changed in one block, each with its new absolute quantity.

    A quantity of zero removes the level; zero for a level never seen is normal. The order of the
    levels means nothing. There is no sequence number, so a loss cannot be seen in the data.

    :param symbol: whose book, `BASE_QUOTE` [``s``]
    :param bids: changed buy levels [``b``]
    :param asks: changed sell levels [``a``]
    :param time_ns: time of the block, whole seconds only, so that neighbours share it [``E``, in s]
    """

    symbol: str
    bids: tuple[Level, ...]
    asks: tuple[Level, ...]
    time_ns: int

    @property
    def time(self) -> datetime:
        """`time_ns` as a moment in UTC."""
        return moment(self.time_ns)


@frozen(kw_only=True, weakref_slot=False)
class DepthSnapshot(LateEvent):
    """
    The best levels of a book as they stand: it replaces what was known, it does not change it.

    :param symbol: whose book, `BASE_QUOTE` [``symbol``]
    :param bids: buy levels, best first [``bids``]
    :param asks: sell levels, best first [``asks``]
    :param block_height: the block after which the book looked like this [``lastUpdateId``]
    """

    symbol: str
    bids: tuple[Level, ...]
    asks: tuple[Level, ...]
    block_height: int | None = None


@frozen(kw_only=True, weakref_slot=False)
class Kline(LateEvent):
    """
    The trades of an interval in four prices; sent again and again until the interval is over.

    :param symbol: what was traded, `BASE_QUOTE` [``k.s``]
    :param interval: how long a kline lasts [``k.i``]
    :param open_time_ns: its beginning, ns since the Unix epoch [``k.t``, in ms]
    :param close_time_ns: its last millisecond [``k.T``, in ms]
    :param open: first price, in the quote asset [``k.o``]
    :param high: highest price [``k.h``]
    :param low: lowest price [``k.l``]
    :param close: last price so far [``k.c``]
    :param volume: traded, in the base asset [``k.v``]
    :param quote_volume: traded, in the quote asset [``k.q``]
    :param trade_count: number of trades [``k.n``]
    :param first_trade_id: None while there is none [``k.f``]
    :param last_trade_id: None while there is none [``k.L``]
    :param is_closed: whether the interval is over [``k.x``]
    :param time_ns: when the venue sent it [``E``, in s or ms: told apart by magnitude]
    """

    symbol: str
    interval: Interval
    open_time_ns: int
    close_time_ns: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal
    quote_volume: Decimal | None
    trade_count: int | None
    first_trade_id: str | None
    last_trade_id: str | None
    is_closed: bool
    time_ns: int

    @property
    def open_time(self) -> datetime:
        """`open_time_ns` as a moment in UTC."""
        return moment(self.open_time_ns)

    @property
    def close_time(self) -> datetime:
        """`close_time_ns` as a moment in UTC."""
        return moment(self.close_time_ns)

    @property
    def time(self) -> datetime:
        """`time_ns` as a moment in UTC."""
        return moment(self.time_ns)


@frozen(kw_only=True, weakref_slot=False)
class Ticker(LateEvent):
    """
    The last 24 hours of a market. Sent every second, changed or not.

    :param symbol: which market, `BASE_QUOTE` [``s``]
    :param price_change: last price less the opening one, in the quote asset [``p``]
    :param price_change_ratio: the same as a fraction of the opening price, cut to four decimals: 0.0399
        is 3.99 % [``P``: a fraction, though its documentation says percent]
    :param weighted_average_price: quote volume by volume [``w``]
    :param previous_close: as the venue sends it; what it means was never settled [``x``]
    :param last_price: of the last trade [``c``]
    :param last_quantity: of the last trade, in the base asset [``Q``]
    :param best_bid_price: zero when nobody bids [``b``]
    :param best_bid_quantity: zero when nobody bids [``B``]
    :param best_ask_price: zero when nobody asks [``a``]
    :param best_ask_quantity: zero when nobody asks [``A``]
    :param open: first price of the window [``o``]
    :param high: highest price of the window [``h``]
    :param low: lowest price of the window [``l``]
    :param volume: traded, in the base asset [``v``]
    :param quote_volume: traded, in the quote asset [``q``]
    :param open_time_ns: where the window begins, ns since the Unix epoch [``O``, in ms]
    :param close_time_ns: where it ends; may lag behind `time_ns` [``C``, in ms]
    :param first_trade_id: of the window, or of the last trade before it [``F``]
    :param last_trade_id: of the window, or of the last trade before it [``L``]
    :param trade_count: number of trades in the window [``n``]
    :param time_ns: when the venue sent it [``E``, in s]
    """

    symbol: str
    price_change: Decimal
    price_change_ratio: Decimal
    weighted_average_price: Decimal
    previous_close: Decimal | None
    last_price: Decimal
    last_quantity: Decimal
    best_bid_price: Decimal
    best_bid_quantity: Decimal
    best_ask_price: Decimal
    best_ask_quantity: Decimal
    open: Decimal
    high: Decimal
    low: Decimal
    volume: Decimal
    quote_volume: Decimal
    open_time_ns: int
    close_time_ns: int
    first_trade_id: str | None
    last_trade_id: str | None
    trade_count: int
    time_ns: int

    @property
    def open_time(self) -> datetime:
        """`open_time_ns` as a moment in UTC."""
        return moment(self.open_time_ns)

    @property
    def close_time(self) -> datetime:
        """`close_time_ns` as a moment in UTC."""
        return moment(self.close_time_ns)

    @property
    def time(self) -> datetime:
        """`time_ns` as a moment in UTC."""
        return moment(self.time_ns)


@frozen(kw_only=True, weakref_slot=False)
class MiniTicker(LateEvent):
    """
    The last 24 hours of a market in short. Sent every second, changed or not.

    :param symbol: which market, `BASE_QUOTE` [``s``]
    :param last_price: of the last trade, in the quote asset [``c``]
    :param open: first price of the window [``o``]
    :param high: highest price of the window [``h``]
    :param low: lowest price of the window [``l``]
    :param volume: traded, in the base asset [``v``]
    :param quote_volume: traded, in the quote asset [``q``]
    :param time_ns: when the venue sent it, ns since the Unix epoch [``E``, in s]
    """

    symbol: str
    last_price: Decimal
    open: Decimal
    high: Decimal
    low: Decimal
    volume: Decimal
    quote_volume: Decimal
    time_ns: int

    @property
    def time(self) -> datetime:
        """`time_ns` as a moment in UTC."""
        return moment(self.time_ns)
