"""thorough: the way for every frame, by documented means alone; the quick one is measured by it."""

import pytest

from rxdex.errors import MalformedFrame
from rxdex.venue import MARKET
from rxdex.venues.binance_dex.thorough import STREAMS, decode_thoroughly
from tests.builders import HOME, SAMPLES, captured, deliveries, frame, notices, read_wholly


@pytest.mark.parametrize("stream", SAMPLES)
def test_it_understands_every_stream(stream: str) -> None:
    said = decode_thoroughly(frame(stream, SAMPLES[stream]), HOME, 9)
    assert deliveries(said)
    assert not notices(said)
    for delivery in deliveries(said):
        read_wholly(delivery.event)


def test_every_stream_but_the_deeper_depth_has_a_shape() -> None:
    assert set(SAMPLES) - set(STREAMS) == {"marketDepth100"}


def test_it_understands_every_captured_frame() -> None:
    for one in captured():
        assert decode_thoroughly(one.frame, HOME)


@pytest.mark.parametrize("text", ["", "{", frame("trades", [{"p": "1"}]), frame("ticker", None)])
def test_it_tells_what_is_wrong(text: str) -> None:
    with pytest.raises(MalformedFrame):
        decode_thoroughly(text, MARKET)
