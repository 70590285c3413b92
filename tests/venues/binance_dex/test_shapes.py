"""shapes: the envelope names the stream, and the stream says who reads it."""

import pytest

from rxdex.venue import MARKET, Lane
from rxdex.venues.binance_dex.rows import BlockRow
from rxdex.venues.binance_dex.shapes import UNREADABLE, shapes
from rxdex.venues.binance_dex.words import Found
from tests.builders import frame


def read_high(row: BlockRow, lane: Lane, received_ns: int) -> Found:
    return []


def read_low(row: list[BlockRow], lane: Lane, received_ns: int) -> Found:
    return []


def test_the_stream_decides_the_shape_and_the_reader() -> None:
    find = shapes({"high": (BlockRow, read_high), "low": (list[BlockRow], read_low)})
    high, low = find(frame("high", {"h": 5})), find(frame("low", [{"h": 6}]))
    assert high.data == BlockRow(height=5)
    assert low.data == [BlockRow(height=6)]
    assert high.read is read_high
    assert low.read is read_low
    assert high.read(high.data, MARKET, 1) == []


@pytest.mark.parametrize(
    "text", [frame("other", {"h": 5}), frame("high", {}), "{", b"\xff", "[" * 100_000, "5"]
)
def test_what_has_no_shape_cannot_be_read(text: str | bytes) -> None:
    find = shapes({"high": (BlockRow, read_high), "low": (list[BlockRow], read_low)})
    with pytest.raises(UNREADABLE):
        find(text)
