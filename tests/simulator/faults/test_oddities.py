"""Frames that no venue should send, against the library that reads frames."""

import json
from collections.abc import Generator
from typing import TypeVar

import pytest
from websockets.exceptions import PayloadTooBig, ProtocolError
from websockets.frames import Frame, Opcode
from websockets.streams import StreamReader

from rxdex.simulator.faults import Oddity
from rxdex.simulator.faults.oddities import BINARY, frame

T = TypeVar("T")

MEBIBYTE = 1 << 20


def read(data: bytes, *, mask: bool = False, most: int = 16 * MEBIBYTE) -> list[Frame]:
    """Frames as a client reads them."""
    reader = StreamReader()
    reader.feed_data(data)
    reader.feed_eof()
    frames = []
    while not finish(reader.at_eof()):
        frames.append(finish(Frame.parse(reader.read_exact, mask=mask, max_size=most)))
    return frames


def finish(steps: Generator[None, None, T]) -> T:
    """What comes of a parser that has all it needs."""
    try:
        next(steps)
    except StopIteration as end:
        result: T = end.value
        return result
    raise EOFError("it wants more")


@pytest.mark.parametrize("length", [0, 125, 126, 65_535, 65_536])
def test_a_right_frame_of_any_length(length: int) -> None:
    (found,) = read(frame(b"x" * length, BINARY))
    assert (found.opcode, found.data, found.fin) == (Opcode.BINARY, b"x" * length, True)


def test_a_masked_frame_is_one_of_a_client() -> None:
    with pytest.raises(ProtocolError, match="masking"):
        read(Oddity.MASKED.encode(5))
    (found,) = read(Oddity.MASKED.encode(5), mask=True)
    assert json.loads(bytes(found.data)) == {"stream": "blockheight", "data": {"h": 5}}


def test_three_fragments_are_one_frame() -> None:
    parts = read(Oddity.FRAGMENTED.encode(5))
    assert [(it.opcode, it.fin) for it in parts] == [
        (Opcode.TEXT, False),
        (Opcode.CONT, False),
        (Opcode.CONT, True),
    ]
    whole = b"".join(bytes(it.data) for it in parts)
    assert json.loads(whole) == {"stream": "blockheight", "data": {"h": 5}}


def test_the_compressed_one_has_a_bit_that_nobody_agreed_on() -> None:
    with pytest.raises(ProtocolError, match="reserved bits"):
        read(Oddity.COMPRESSED.encode(5))


@pytest.mark.parametrize(
    ("oddity", "announced"), [(Oddity.LARGE, 17 * MEBIBYTE), (Oddity.ENDLESS, 4 << 60)]
)
def test_a_length_is_announced_of_which_nothing_comes(oddity: Oddity, announced: int) -> None:
    with pytest.raises(PayloadTooBig, match=str(announced)):
        read(oddity.encode(5))
    with pytest.raises(EOFError):
        read(oddity.encode(5), most=announced)


@pytest.mark.parametrize(
    ("oddity", "opcode", "is_json"),
    [
        (Oddity.GARBAGE, Opcode.TEXT, False),
        (Oddity.BINARY, Opcode.BINARY, True),
        (Oddity.NOT_UTF8, Opcode.TEXT, False),
        (Oddity.UNKNOWN_KEYS, Opcode.TEXT, True),
        (Oddity.UNKNOWN_STREAM, Opcode.TEXT, True),
        (Oddity.ERROR, Opcode.TEXT, True),
    ],
)
def test_what_is_odd_about_the_others_is_within(
    oddity: Oddity, opcode: Opcode, is_json: bool
) -> None:
    (found,) = read(oddity.encode(5))
    assert found.opcode is opcode
    try:
        json.loads(bytes(found.data))
    except ValueError:
        assert not is_json
    else:
        assert is_json


def test_some_tell_the_last_height_once_more() -> None:
    for oddity in (Oddity.BINARY, Oddity.UNKNOWN_KEYS):
        (found,) = read(oddity.encode(77))
        assert json.loads(bytes(found.data))["data"]["h"] == 77
