"""
The way for every frame: what it says, however it is written, or what is wrong with it.

The envelope names the shape, but neither symbol nor address (PROTOCOL 3): the symbol is read from the
payload, the address is the lane's.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

import msgspec

from rxdex.errors import MalformedFrame
from rxdex.events import Interval, Notice
from rxdex.venue import MARKET, Finding, Lane
from rxdex.venues.binance_dex.account import read_account, read_orders, read_transfer
from rxdex.venues.binance_dex.market import (
    read_block,
    read_depth,
    read_diff,
    read_kline,
    read_mini_ticker,
    read_mini_tickers,
    read_ticker,
    read_tickers,
    read_trades,
)
from rxdex.venues.binance_dex.rows import (
    AccountRow,
    BlockRow,
    DepthRow,
    DiffRow,
    KlineRow,
    MiniTickerRow,
    OrderRow,
    TickerRow,
    TradeRow,
    TransferRow,
)
from rxdex.venues.binance_dex.shapes import UNREADABLE, Reader, shapes
from rxdex.venues.binance_dex.words import Found

__all__ = ["STREAMS", "decode_thoroughly"]

_DEPTH = "marketDepth"
_SHOWN = 40
_LONGEST_WORDS = 300
_IN_TEXT = "; its words are in the fault's text"

#: What each stream's data looks like, and who reads it.
STREAMS: dict[str, tuple[Any, Reader]] = {
    "trades": (list[TradeRow], read_trades),
    "marketDiff": (DiffRow, read_diff),
    _DEPTH: (DepthRow, partial(read_depth, levels="")),
    "ticker": (TickerRow, read_ticker),
    "allTickers": (list[TickerRow], read_tickers),
    "miniTicker": (MiniTickerRow, read_mini_ticker),
    "allMiniTickers": (list[MiniTickerRow], read_mini_tickers),
    "blockheight": (BlockRow, read_block),
    "orders": (list[OrderRow], read_orders),
    # The documentation shows an array of one, every capture an object (PROTOCOL 7.2).
    "accounts": (AccountRow | list[AccountRow], read_account),
    "transfers": (TransferRow, read_transfer),
    **{f"kline_{i.value}": (KlineRow, partial(read_kline, interval=i)) for i in Interval},
}


_find_shape = shapes(STREAMS)


def decode_thoroughly(
    frame: str | bytes | memoryview, lane: Lane = MARKET, received_ns: int = 0
) -> Sequence[Finding]:
    """
    What a frame says; every amount and every level of it is made at once.

    :param frame: the text, or its bytes
    :param lane: where it came from: the frames of an address do not say whose they are
    :param received_ns: when it came, ns since the Unix epoch
    :raises MalformedFrame: when it is not what the protocol says; nothing else is ever raised
    """
    try:
        shaped = _find_shape(frame)
        found: Found = shaped.read(shaped.data, lane, received_ns)
    except UNREADABLE as error:
        return _unshaped(frame, lane, received_ns, error)
    return found


def _unshaped(
    frame: str | bytes | memoryview, lane: Lane, received_ns: int, error: Exception
) -> Found:
    """What a frame says that fits no shape: nothing, something else, or something malformed."""
    text = frame if isinstance(frame, str) else bytes(frame).decode("utf-8", "replace")
    try:
        parsed: Any = msgspec.json.decode(frame)
    except UNREADABLE as unreadable:
        raise MalformedFrame(f"the frame is no JSON ({unreadable})", text) from None
    match parsed:
        case {"stream": str(stream), "data": data}:
            return _other_stream(stream, data, lane, received_ns, text, error)
        case {"stream": _, "data": _}:
            raise MalformedFrame("the stream has no name", text)
        case {"error": {"message": str(said)}} | {"error": str(said)}:
            return [
                Notice(what=f"an error from the venue: {repr(said)[:_LONGEST_WORDS]}", text=text)
            ]
        case {"error": _}:
            return [Notice(what=f"an error from the venue{_IN_TEXT}", text=text)]
        case _:
            return [Notice(what=f"a message from the venue{_IN_TEXT}", text=text)]


def _other_stream(
    stream: str, data: Any, lane: Lane, received_ns: int, text: str, error: Exception
) -> Found:
    if stream in STREAMS:
        raise MalformedFrame(f"the frame is not what the stream {stream!r} says ({error})", text)
    if not stream.startswith(_DEPTH) or len(stream) > _SHOWN:
        shown = repr(stream)[:_SHOWN]
        what = f"a frame of a stream we do not know: {shown}; it is dropped"
        return [Notice(what=what, text=text)]
    # What the envelope calls the deeper ones was never captured: any such name is depth (PROTOCOL 3).
    try:
        row = msgspec.convert(data, DepthRow)
        return read_depth(row, lane, received_ns, levels=stream.removeprefix(_DEPTH))
    except ValueError as unreadable:
        reason = f"the frame is not what the stream {stream!r} says ({unreadable})"
        raise MalformedFrame(reason, text) from None
