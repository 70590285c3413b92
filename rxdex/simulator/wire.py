"""
What a block brought about, as text: amounts, ids, payloads, envelope (PROTOCOL 3, 6 and 7.1-7.7).

Every payload is a dict in the wire's key order. A failed cancel has zeros wherever it has nothing
to say, the order type included (MATCHING 3.4).
"""

from collections.abc import Iterable, Mapping

import msgspec

from rxdex.events.values import OrderStatus, Side, TickType, TimeInForce
from rxdex.simulator.engine.records import (
    UNIT,
    BookLevel,
    Holding,
    OrderRecord,
    TradeRecord,
    TransferRecord,
)

__all__ = [
    "Payload",
    "account",
    "amount",
    "block_height",
    "depth_snapshot",
    "depth_update",
    "execution_report",
    "frame",
    "levels",
    "text",
    "trade",
    "trade_id",
    "transfer",
]

Payload = dict[str, object]

_SIDES = {Side.BUY: 1, Side.SELL: 2, Side.UNKNOWN: 0}
_TIMES_IN_FORCE = {TimeInForce.GTE: 1, TimeInForce.IOC: 3, TimeInForce.UNKNOWN: 0}
_LIMIT = 2
_STATUSES = {
    OrderStatus.ACK: "Ack",
    OrderStatus.PARTIAL_FILL: "PartialFill",
    OrderStatus.FULL_FILL: "FullyFill",
    OrderStatus.CANCELED: "Canceled",
    OrderStatus.EXPIRED: "Expired",
    OrderStatus.IOC_NO_FILL: "IocNoFill",
    OrderStatus.IOC_EXPIRE: "IocExpire",
    OrderStatus.FAILED_BLOCKING: "FailedBlocking",
    OrderStatus.FAILED_MATCHING: "FailedMatching",
    OrderStatus.UNKNOWN: "Unknown",
}
_TICKS = {
    TickType.UNKNOWN: 0,
    TickType.SELL_TAKER: 1,
    TickType.BUY_TAKER: 2,
    TickType.BUY_SURPLUS: 3,
    TickType.SELL_SURPLUS: 4,
    TickType.NEUTRAL: 5,
}


def text(value: object) -> str:
    """A value as compact JSON."""
    return msgspec.json.encode(value).decode()


def frame(stream: str, data: Payload | list[Payload]) -> str:
    """A whole frame: the payload in its envelope, which names the topic alone (PROTOCOL 3)."""
    return text({"stream": stream, "data": data})


def amount(units: int) -> str:
    """Units as a decimal with exactly eight places; there is no limit to its size."""
    whole, rest = divmod(abs(units), UNIT)
    return f"{'-' if units < 0 else ''}{whole}.{rest:08d}"


def trade_id(height: int, index: int | None) -> str:
    """The id of a trade, or nothing for what is no trade."""
    return "" if index is None else f"{height}-{index}"


def levels(side: Iterable[BookLevel]) -> list[tuple[str, str]]:
    """One side of a book, each level as price and quantity."""
    return [(amount(level.price), amount(level.quantity)) for level in side]


def execution_report(record: OrderRecord, height: int, time_ns: int) -> Payload:
    """One change of an order; E is the height, T and O are ns (PROTOCOL 7.1)."""
    return {
        "e": "executionReport",
        "E": height,
        "s": record.symbol,
        "S": _SIDES[record.side],
        "o": 0 if record.side is Side.UNKNOWN else _LIMIT,
        "f": _TIMES_IN_FORCE[record.time_in_force],
        "q": amount(record.quantity),
        "p": amount(record.price),
        "x": "NEW",
        "X": _STATUSES[record.status],
        "i": record.order_id,
        "l": amount(record.last_quantity),
        "L": amount(record.last_price),
        "z": amount(record.cumulative),
        "n": record.fee,
        "T": time_ns,
        "t": trade_id(height, record.trade_index),
        "O": record.created_ns,
    }


def trade(record: TradeRecord, height: int, time_ns: int) -> Payload:
    """One trade; E is the height, T is ns (PROTOCOL 7.4)."""
    return {
        "e": "trade",
        "E": height,
        "s": record.symbol,
        "t": trade_id(height, record.index),
        "p": amount(record.price),
        "q": amount(record.quantity),
        "b": record.buy_order_id,
        "a": record.sell_order_id,
        "T": time_ns,
        "sa": record.seller,
        "ba": record.buyer,
        "tt": _TICKS[record.tick],
    }


def account(holdings: Mapping[str, Holding], height: int) -> Payload:
    """All that an account holds; `r` is frozen, `l` is locked, E the height (PROTOCOL 7.2)."""
    return {
        "e": "outboundAccountInfo",
        "E": height,
        "B": [
            {
                "a": asset,
                "f": amount(holding.free),
                "r": amount(holding.frozen),
                "l": amount(holding.locked),
            }
            for asset, holding in holdings.items()
        ],
    }


def transfer(record: TransferRecord, height: int) -> Payload:
    """One plain send; E is the height, M is there even when empty (PROTOCOL 7.3)."""
    return {
        "e": "outboundTransferInfo",
        "E": height,
        "H": record.transaction_hash,
        "M": record.memo,
        "f": record.sender,
        "t": [
            {"o": receiver, "c": [{"a": asset, "A": amount(units)} for asset, units in coins]}
            for receiver, coins in record.outputs
        ],
    }


def depth_update(
    symbol: str, time_ns: int, bids: Iterable[BookLevel], asks: Iterable[BookLevel]
) -> Payload:
    """The levels that a block changed; E is whole seconds (PROTOCOL 7.5)."""
    return {
        "e": "depthUpdate",
        "E": time_ns // 1_000_000_000,
        "s": symbol,
        "b": levels(bids),
        "a": levels(asks),
    }


def depth_snapshot(
    symbol: str, height: int, bids: Iterable[BookLevel], asks: Iterable[BookLevel]
) -> Payload:
    """The best levels of a book, best first (PROTOCOL 7.6)."""
    return {
        "lastUpdateId": height,
        "symbol": symbol,
        "bids": levels(bids),
        "asks": levels(asks),
    }


def block_height(height: int) -> Payload:
    """The height of the newest block (PROTOCOL 7.7)."""
    return {"h": height}
