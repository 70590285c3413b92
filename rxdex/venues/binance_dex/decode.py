"""
Frames of Binance DEX to events: hops 4 and 5 of a frame's life.

There are two ways. Most frames are written as the venue always writes them, and go the quick one: checked at
once, read late. All others go the thorough one, which either finds what they say or tells what is wrong
with them. What the quick way understands says the same the other way; only of a key that stands twice,
of which both take the last, it does not mind what the first one held.
"""

from collections.abc import Sequence

from rxdex.events import Interval
from rxdex.venue import MARKET, Finding, Lane
from rxdex.venues.binance_dex.late_rows import (
    LateDepth,
    LateDiff,
    LateKline,
    LateMiniTicker,
    LateTicker,
    LateTrade,
)
from rxdex.venues.binance_dex.quick import (
    kline_reader,
    read_block,
    read_depth,
    read_diff,
    read_mini_ticker,
    read_mini_tickers,
    read_ticker,
    read_tickers,
    read_trades,
)
from rxdex.venues.binance_dex.rows import BlockRow
from rxdex.venues.binance_dex.shapes import UNREADABLE, shapes
from rxdex.venues.binance_dex.thorough import STREAMS, decode_thoroughly
from rxdex.venues.binance_dex.words import Found

__all__ = ["decode"]

_find_shape = shapes(
    STREAMS
    | {
        "trades": (list[LateTrade], read_trades),
        "marketDiff": (LateDiff, read_diff),
        "marketDepth": (LateDepth, read_depth),
        "ticker": (LateTicker, read_ticker),
        "allTickers": (list[LateTicker], read_tickers),
        "blockheight": (BlockRow, read_block),
        "miniTicker": (LateMiniTicker, read_mini_ticker),
        "allMiniTickers": (list[LateMiniTicker], read_mini_tickers),
        **{f"kline_{i.value}": (LateKline, kline_reader(i)) for i in Interval},
    }
)


def decode(
    frame: str | bytes | memoryview, lane: Lane = MARKET, received_ns: int = 0
) -> Sequence[Finding]:
    """
    What a frame says.

    :param frame: the text, or its bytes
    :param lane: where it came from: the frames of an address do not say whose they are
    :param received_ns: when it came, ns since the Unix epoch
    :raises MalformedFrame: when it is not what the protocol says; nothing else is ever raised
    """
    try:
        shaped = _find_shape(frame)
        found: Found = shaped.read(shaped.data, lane, received_ns)
    except UNREADABLE:
        # What is refused keeps neither this error nor a view of the frame.
        shaped = None
    else:
        return found
    return decode_thoroughly(frame, lane, received_ns)
