"""
The rows that are read late: the shapes again, with what is checked when a frame comes, and what each field of
an event is made of when somebody asks for it.

`is_usual` is True where every amount is one, and is written as the venue writes it. `read` raises for no
field of a row that is usual; fields it does not know are filled at once.
"""

from collections.abc import Callable, Collection, Mapping
from decimal import Decimal
from operator import attrgetter
from typing import Any, ClassVar

import msgspec
from msgspec import Raw, Struct, field
from msgspec.structs import astuple

from rxdex.events import Level
from rxdex.venues.binance_dex.amounts import match_side, millis, seconds, usual
from rxdex.venues.binance_dex.rows import (
    Candle,
    MiniTickerRow,
    Name,
    Natural,
    Seconds,
    TickerRow,
)

__all__ = ["LateCandle", "LateDepth", "LateDiff", "LateKline", "LateMiniTicker", "LateTicker"]

#: What a field of an event is made of, and how.
Reading = Callable[[Any], object]

_decode_levels: Callable[[Raw], tuple[Level, ...]] = msgspec.json.Decoder(tuple[Level, ...]).decode


def _levels(side: Raw) -> tuple[Level, ...]:
    """The levels of a side that is usual."""
    try:
        return _decode_levels(side)
    except msgspec.ValidationError as error:
        # They are right: only a stack that is full makes msgspec say otherwise.
        raise RecursionError("no room to read the levels of a book") from error


def _of(name: str, meaning: Callable[[Any], object]) -> Reading:
    """What the field `name` of a row means."""

    def read(row: Any) -> object:
        return meaning(getattr(row, name))

    return read


def _perhaps(text: str) -> str | None:
    """A text that is empty where there is nothing to tell."""
    return text or None


def _from_to(row: type[Struct], first: str, last: str) -> slice:
    """Where the amounts of a row stand in its tuple: they are neighbours."""
    names = row.__struct_fields__
    return slice(names.index(first), names.index(last) + 1)


_OF_DEPTH: Mapping[str, Reading] = {
    "bids": _of("bids", _levels),
    "asks": _of("asks", _levels),
}


class LateDiff(Struct, gc=False):
    time_s: Seconds = field(name="E")
    symbol: Name = field(name="s")
    bids: Raw = field(name="b")
    asks: Raw = field(name="a")

    names: ClassVar[Collection[str]] = _OF_DEPTH.keys()

    def is_usual(self) -> bool:
        return match_side(self.bids) is not None and match_side(self.asks) is not None

    def read(self, name: str) -> object:
        return _OF_DEPTH[name](self)


class LateDepth(Struct, gc=False):
    block_height: Natural = field(name="lastUpdateId")
    symbol: Name
    bids: Raw
    asks: Raw

    names: ClassVar[Collection[str]] = _OF_DEPTH.keys()

    def is_usual(self) -> bool:
        return match_side(self.bids) is not None and match_side(self.asks) is not None

    def read(self, name: str) -> object:
        return _OF_DEPTH[name](self)


_IN_CANDLE = _from_to(Candle, "open", "quote_volume")
_are_six = usual(6)
_OF_CANDLE: Mapping[str, Reading] = {
    **{name: _of(name, Decimal) for name in Candle.__struct_fields__[_IN_CANDLE]},
    "first_trade_id": _of("first_trade_id", _perhaps),
    "last_trade_id": _of("last_trade_id", _perhaps),
    "trade_count": attrgetter("trade_count"),
    "is_closed": attrgetter("is_closed"),
    "open_time_ns": _of("open_ms", millis),
    "close_time_ns": _of("close_ms", millis),
}


class LateCandle(Candle, gc=False):
    names: ClassVar[Collection[str]] = _OF_CANDLE.keys()

    def is_usual(self) -> bool:
        return _are_six(",".join(astuple(self)[_IN_CANDLE])) is not None

    def read(self, name: str) -> object:
        return _OF_CANDLE[name](self)


class LateKline(Struct, gc=False):
    time: Natural = field(name="E")
    candle: LateCandle = field(name="k")


_IN_TICKER = _from_to(TickerRow, "price_change", "quote_volume")
# The change of the price and its ratio may be negative.
_are_fifteen = usual(15, signed=2)
_OF_TICKER: Mapping[str, Reading] = {
    **{name: _of(name, Decimal) for name in TickerRow.__struct_fields__[_IN_TICKER]},
    "first_trade_id": _of("first_trade_id", _perhaps),
    "last_trade_id": _of("last_trade_id", _perhaps),
    "trade_count": attrgetter("trade_count"),
    "open_time_ns": _of("open_ms", millis),
    "close_time_ns": _of("close_ms", millis),
    "time_ns": _of("time_s", seconds),
}


class LateTicker(TickerRow, gc=False):
    names: ClassVar[Collection[str]] = _OF_TICKER.keys()

    def is_usual(self) -> bool:
        return _are_fifteen(",".join(astuple(self)[_IN_TICKER])) is not None

    def read(self, name: str) -> object:
        return _OF_TICKER[name](self)


_IN_MINI_TICKER = _from_to(MiniTickerRow, "last_price", "quote_volume")
_OF_MINI_TICKER: Mapping[str, Reading] = {
    **{name: _of(name, Decimal) for name in MiniTickerRow.__struct_fields__[_IN_MINI_TICKER]},
    "time_ns": _of("time_s", seconds),
}


class LateMiniTicker(MiniTickerRow, gc=False):
    names: ClassVar[Collection[str]] = _OF_MINI_TICKER.keys()

    def is_usual(self) -> bool:
        return _are_six(",".join(astuple(self)[_IN_MINI_TICKER])) is not None

    def read(self, name: str) -> object:
        return _OF_MINI_TICKER[name](self)
