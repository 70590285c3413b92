"""
What it takes to decode an event and to read of it nothing, an amount (or a side of a book), or all.

Decoded from frames at hand, without a socket and without subscribers, again and again; the best of the laps.
A trade or a kline is made late or at once as its reader has it, so each way of reading is warmed up first.
"""

import time
from collections.abc import Callable
from operator import attrgetter

from attrs import fields

from benchmarks.measures.asked import when_asked
from benchmarks.shapes import SHAPES
from rxdex.events import (
    BlockHeight,
    DepthSnapshot,
    DepthUpdate,
    Event,
    Kline,
    MiniTicker,
    Notice,
    Ticker,
    Trade,
)
from rxdex.venues import BinanceDex

__all__ = ["reads"]

_SHAPES = {shape.name: shape for shape in SHAPES}

Reading = Callable[[Event], object]

#: What reads what most ask for.
_ONE: dict[type, Reading] = {
    Trade: attrgetter("price"),
    Kline: attrgetter("close"),
    Ticker: attrgetter("last_price"),
    MiniTicker: attrgetter("last_price"),
    DepthUpdate: attrgetter("asks"),
    DepthSnapshot: attrgetter("asks"),
    BlockHeight: attrgetter("height"),
}

#: What reads all of an event.
_ALL: dict[type, Reading] = {
    kind: attrgetter(*(field.name for field in fields(kind))) for kind in _ONE
}


def reads(shape: str, laps: int) -> dict[str, float]:
    """
    Us an event of a shape: decoded, with what most ask for read, and with every field read.

    :param shape: its name
    :param laps: how many times its frames are decoded, for each
    """
    frames = _SHAPES[shape].cycle().frames
    return {
        "decoded_us": _us(frames, laps, lambda _: None),
        "one_us": _us(frames, laps, _one),
        "all_us": _us(frames, laps, _all),
    }


def _one(event: Event) -> object:
    return _ONE[type(event)](event)


def _all(event: Event) -> object:
    return _ALL[type(event)](event)


def _us(frames: tuple[bytes, ...], laps: int, read: Reading) -> float:
    decode = BinanceDex("ws://localhost/api").decode
    best = float("inf")
    # The first lap is the one that warms up.
    for _ in range(laps + 1):
        count = 0
        began = time.perf_counter()
        for frame in frames:
            for found in decode(frame, received_ns=1):
                if isinstance(found, Notice):
                    raise TypeError(f"no event: {found}")
                for value in found.events:
                    for event in value if isinstance(value, tuple) else (value,):
                        read(event)
                        count += 1
        best = min(best, (time.perf_counter() - began) / count)
    return best * 1e6


if __name__ == "__main__":
    when_asked(reads)
