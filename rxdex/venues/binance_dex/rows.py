"""
The shapes of Binance DEX's payloads (PROTOCOL 7): our names, and the wire's keys.

Keys that differ only by case are distinct. Keys not named here are ignored: the venue adds some.
"""

from typing import Annotated

from msgspec import Meta, Struct, field

from rxdex.events import MAX_NS

__all__ = [
    "AccountRow",
    "BlockRow",
    "DepthRow",
    "DiffRow",
    "KlineRow",
    "LevelRow",
    "MiniTickerRow",
    "OrderRow",
    "TickerRow",
    "TradeRow",
    "TransferRow",
]

#: A height, a count or a time: nothing negative, nothing beyond 64 bits.
Natural = Annotated[int, Meta(ge=0, le=2**63 - 1)]
#: Times since the Unix epoch that a calendar has.
Seconds = Annotated[int, Meta(ge=0, le=MAX_NS // 10**9)]
Millis = Annotated[int, Meta(ge=0, le=MAX_NS // 10**6)]
#: A name that is kept: longer than any, so that a hostile venue fills no memory with it.
Name = Annotated[str, Meta(max_length=64)]
#: Price and quantity.
LevelRow = tuple[str, str]


class TradeRow(Struct, gc=False):
    block_height: Natural = field(name="E")
    symbol: Name = field(name="s")
    trade_id: str = field(name="t")
    price: str = field(name="p")
    quantity: str = field(name="q")
    buyer_order_id: str = field(name="b")
    seller_order_id: str = field(name="a")
    time_ns: Natural = field(name="T")
    seller_address: str = field(name="sa")
    buyer_address: str = field(name="ba")
    tick: int | None = field(name="tt", default=None)


class DiffRow(Struct, gc=False):
    time_s: Seconds = field(name="E")
    symbol: Name = field(name="s")
    bids: list[LevelRow] = field(name="b")
    asks: list[LevelRow] = field(name="a")


class DepthRow(Struct, gc=False):
    block_height: Natural = field(name="lastUpdateId")
    symbol: Name
    bids: list[LevelRow]
    asks: list[LevelRow]


class Candle(Struct, gc=False):
    symbol: Name = field(name="s")
    open_ms: Millis = field(name="t")
    close_ms: Millis = field(name="T")
    first_trade_id: str = field(name="f")
    last_trade_id: str = field(name="L")
    open: str = field(name="o")
    close: str = field(name="c")
    high: str = field(name="h")
    low: str = field(name="l")
    volume: str = field(name="v")
    quote_volume: str = field(name="q")
    trade_count: Natural = field(name="n")
    is_closed: bool = field(name="x")


class KlineRow(Struct, gc=False):
    time: Natural = field(name="E")
    candle: Candle = field(name="k")


class TickerRow(Struct, gc=False):
    time_s: Seconds = field(name="E")
    symbol: Name = field(name="s")
    price_change: str = field(name="p")
    price_change_ratio: str = field(name="P")
    weighted_average_price: str = field(name="w")
    previous_close: str = field(name="x")
    last_price: str = field(name="c")
    last_quantity: str = field(name="Q")
    best_bid_price: str = field(name="b")
    best_bid_quantity: str = field(name="B")
    best_ask_price: str = field(name="a")
    best_ask_quantity: str = field(name="A")
    open: str = field(name="o")
    high: str = field(name="h")
    low: str = field(name="l")
    volume: str = field(name="v")
    quote_volume: str = field(name="q")
    open_ms: Millis = field(name="O")
    close_ms: Millis = field(name="C")
    first_trade_id: str = field(name="F")
    last_trade_id: str = field(name="L")
    trade_count: Natural = field(name="n")


class MiniTickerRow(Struct, gc=False):
    time_s: Seconds = field(name="E")
    symbol: Name = field(name="s")
    last_price: str = field(name="c")
    open: str = field(name="o")
    high: str = field(name="h")
    low: str = field(name="l")
    volume: str = field(name="v")
    quote_volume: str = field(name="q")


class OrderRow(Struct, gc=False):
    block_height: Natural = field(name="E")
    symbol: Name = field(name="s")
    side: int | str = field(name="S")
    order_type: int | str = field(name="o")
    time_in_force: int | str = field(name="f")
    quantity: str = field(name="q")
    price: str = field(name="p")
    status: str = field(name="X")
    order_id: str = field(name="i")
    last_quantity: str = field(name="l")
    last_price: str = field(name="L")
    cumulative_quantity: str = field(name="z")
    fee: str = field(name="n")
    time_ns: Natural = field(name="T")
    trade_id: str = field(name="t")
    created_ns: Natural = field(name="O")
    execution_type: str | None = field(name="x", default=None)


class BalanceRow(Struct, gc=False):
    asset: str = field(name="a")
    free: str = field(name="f")
    frozen: str = field(name="r")
    locked: str = field(name="l")


class AccountRow(Struct, gc=False):
    block_height: Natural = field(name="E")
    balances: list[BalanceRow] = field(name="B")


class CoinRow(Struct, gc=False):
    asset: str = field(name="a")
    amount: str = field(name="A")


class OutputRow(Struct, gc=False):
    receiver: str = field(name="o")
    coins: list[CoinRow] = field(name="c")


class TransferRow(Struct, gc=False):
    block_height: Natural = field(name="E")
    transaction_hash: str = field(name="H")
    sender: str = field(name="f")
    outputs: list[OutputRow] = field(name="t")
    memo: str | None = field(name="M", default=None)


class BlockRow(Struct, gc=False):
    height: Natural = field(name="h")
