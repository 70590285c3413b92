"""
The rows that are read late: the shapes again, with what is checked when a frame comes, and what each field of
an event is made of when somebody asks for it.

`is_usual` is True where every amount is one, and is written as the venue writes it; the sides of a book, and
the amounts of a single trade, are looked at by who reads the frame. No field of such a row fails to be made;
fields that are not late are filled at once.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar, Literal, get_args

import msgspec
from msgspec import Raw, Struct, field
from msgspec.structs import astuple

from rxdex.events import (
    DepthSnapshot,
    DepthUpdate,
    Event,
    Kline,
    Level,
    MiniTicker,
    Ticker,
    TickType,
    Trade,
)
from rxdex.events.late import LateFields, Making
from rxdex.venues.binance_dex.amounts import NS_PER_MS, NS_PER_S, match_pairs, usual
from rxdex.venues.binance_dex.rows import (
    Candle,
    MiniTickerRow,
    Name,
    Natural,
    Seconds,
    TickerRow,
    TradeRow,
)
from rxdex.venues.binance_dex.words import TICKS

__all__ = [
    "TICK_OF",
    "LateCandle",
    "LateDepth",
    "LateDiff",
    "LateKline",
    "LateMiniTicker",
    "LateTicker",
    "LateTrade",
    "are_usual",
    "fill_kline",
    "fill_trade",
]

_decode_levels: Callable[[Raw], tuple[Level, ...]] = msgspec.json.Decoder(tuple[Level, ...]).decode


def _levels(side: Raw) -> tuple[Level, ...]:
    """The levels of a side that is usual."""
    try:
        return _decode_levels(side)
    except msgspec.ValidationError as error:
        # They are right: only a stack that is full makes msgspec say otherwise.
        raise RecursionError("no room to read the levels of a book") from error


def _perhaps(text: str) -> str | None:
    """A text that is empty where there is nothing to tell."""
    return text or None


def _from_to(row: type[Struct], first: str, last: str) -> slice:
    """Where the amounts of a row stand in its tuple: they are neighbours."""
    names = row.__struct_fields__
    return slice(names.index(first), names.index(last) + 1)


def _amounts(row: type[Struct], where: slice) -> dict[str, Making]:
    """The amounts of a row."""
    return {name: (name, Decimal) for name in row.__struct_fields__[where]}


_Tick = Literal[0, 1, 2, 3, 4, 5]


#: What a tick of the wire means; a row with any other is not usual.
TICK_OF: Mapping[int | None, TickType | None] = {
    None: None,
    **{tick: TICKS.known[tick] for tick in get_args(_Tick)},
}


class LateTrade(TradeRow, gc=False):
    tick: _Tick | None = field(name="tt", default=None)  # pyright: ignore[reportIncompatibleVariableOverride]

    late: ClassVar = LateFields(
        Trade,
        0,
        price=("price", Decimal),
        quantity=("quantity", Decimal),
        time_ns=("time_ns", int),
        tick=("tick", TICK_OF.__getitem__),
        trade_id=("trade_id", str),
        block_height=("block_height", int),
        buyer_order_id=("buyer_order_id", str),
        seller_order_id=("seller_order_id", str),
        buyer_address=("buyer_address", str),
        seller_address=("seller_address", str),
    )


def are_usual(rows: Sequence[LateTrade]) -> bool:
    """Whether the amounts of all these trades are: one look at many takes less than many at one."""
    pairs = ",".join([f"{row.price};{row.quantity}" for row in rows])
    # An amount that holds a semicolon and a comma would be taken for several.
    return pairs.count(",") == len(rows) - 1 and match_pairs(pairs) is not None


def _sides(kind: type[Event]) -> LateFields:
    """The sides of a book, each for itself."""
    return LateFields(kind, 2, bids=("bids", _levels), asks=("asks", _levels))


class LateDiff(Struct, gc=False):
    time_s: Seconds = field(name="E")
    symbol: Name = field(name="s")
    bids: Raw = field(name="b")
    asks: Raw = field(name="a")

    late: ClassVar = _sides(DepthUpdate)


class LateDepth(Struct, gc=False):
    block_height: Natural = field(name="lastUpdateId")
    symbol: Name
    bids: Raw
    asks: Raw

    late: ClassVar = _sides(DepthSnapshot)


_IN_CANDLE = _from_to(Candle, "open", "quote_volume")
_are_six = usual(6)


class LateCandle(Candle, gc=False):
    # Who reads one of them mostly reads several.
    late: ClassVar = LateFields(
        Kline,
        0,
        **_amounts(Candle, _IN_CANDLE),
        first_trade_id=("first_trade_id", _perhaps),
        last_trade_id=("last_trade_id", _perhaps),
        trade_count=("trade_count", int),
        open_time_ns=("open_ms", NS_PER_MS.__mul__),
        close_time_ns=("close_ms", NS_PER_MS.__mul__),
    )

    def is_usual(self) -> bool:
        return _are_six(",".join(astuple(self)[_IN_CANDLE])) is not None


class LateKline(Struct, gc=False):
    time: Natural = field(name="E")
    candle: LateCandle = field(name="k")


_IN_TICKER = _from_to(TickerRow, "price_change", "quote_volume")
# The change of the price and its ratio may be negative.
_are_fifteen = usual(15, signed=2)


class LateTicker(TickerRow, gc=False):
    late: ClassVar = LateFields(
        Ticker,
        2,
        **_amounts(TickerRow, _IN_TICKER),
        first_trade_id=("first_trade_id", _perhaps),
        last_trade_id=("last_trade_id", _perhaps),
        trade_count=("trade_count", int),
        open_time_ns=("open_ms", NS_PER_MS.__mul__),
        close_time_ns=("close_ms", NS_PER_MS.__mul__),
        time_ns=("time_s", NS_PER_S.__mul__),
    )

    def is_usual(self) -> bool:
        return _are_fifteen(",".join(astuple(self)[_IN_TICKER])) is not None


_IN_MINI_TICKER = _from_to(MiniTickerRow, "last_price", "quote_volume")


class LateMiniTicker(MiniTickerRow, gc=False):
    late: ClassVar = LateFields(
        MiniTicker,
        2,
        **_amounts(MiniTickerRow, _IN_MINI_TICKER),
        time_ns=("time_s", NS_PER_S.__mul__),
    )

    def is_usual(self) -> bool:
        return _are_six(",".join(astuple(self)[_IN_MINI_TICKER])) is not None


# `late.fill` for drafts of the two that are most of a market, in half the time.


def fill_trade(trade: Any, row: LateTrade) -> None:
    """Make all late fields of a trade."""
    trade.price = Decimal(row.price)
    trade.quantity = Decimal(row.quantity)
    trade.time_ns = row.time_ns
    trade.tick = TICK_OF[row.tick]
    trade.trade_id = row.trade_id
    trade.block_height = row.block_height
    trade.buyer_order_id = row.buyer_order_id
    trade.seller_order_id = row.seller_order_id
    trade.buyer_address = row.buyer_address
    trade.seller_address = row.seller_address


def fill_kline(kline: Any, candle: LateCandle) -> None:
    """Make all late fields of a kline."""
    kline.open = Decimal(candle.open)
    kline.high = Decimal(candle.high)
    kline.low = Decimal(candle.low)
    kline.close = Decimal(candle.close)
    kline.volume = Decimal(candle.volume)
    kline.quote_volume = Decimal(candle.quote_volume)
    kline.trade_count = candle.trade_count
    kline.first_trade_id = candle.first_trade_id or None
    kline.last_trade_id = candle.last_trade_id or None
    kline.open_time_ns = candle.open_ms * NS_PER_MS
    kline.close_time_ns = candle.close_ms * NS_PER_MS
