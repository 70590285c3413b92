"""headers: what a server's frame may be."""

import pytest

from rxdex.connection.headers import CLOSE, DATA, PING, Header

CONTINUATION, TEXT, BINARY, PONG = 0, 1, 2, 10


def header(
    opcode: int,
    length: int = 1,
    *,
    is_last: bool = True,
    is_masked: bool = False,
    is_reserved: bool = False,
) -> Header:
    return Header(opcode, length, is_last, is_masked, is_reserved)


@pytest.mark.parametrize("opcode", [TEXT, BINARY, CLOSE, PING, PONG])
def test_a_frame_of_any_kind_is_fine(opcode: int) -> None:
    assert header(opcode, 125).wrong(None, 1000) is None


@pytest.mark.parametrize("opcode", [*DATA, CLOSE, PING, PONG, 3])
def test_none_may_be_masked(opcode: int) -> None:
    said = header(opcode, is_masked=True).wrong(None, 1000)
    assert said == "a frame that is masked, as only ours are"


@pytest.mark.parametrize("opcode", [*DATA, CLOSE, PING, PONG, 3])
def test_none_may_have_a_reserved_bit(opcode: int) -> None:
    assert "reserved bit" in (header(opcode, is_reserved=True).wrong(None, 1000) or "")


@pytest.mark.parametrize("opcode", [3, 4, 5, 6, 7, 11, 12, 13, 14, 15])
def test_an_opcode_means_something(opcode: int) -> None:
    said = header(opcode).wrong(None, 1000)
    assert said == f"a frame of opcode {opcode}, which means nothing"


@pytest.mark.parametrize("opcode", [CLOSE, PING, PONG])
def test_a_control_frame_is_short_and_whole(opcode: int) -> None:
    assert header(opcode, 126).wrong(None, 1000) == "a control frame of 126 bytes"
    assert header(opcode, is_last=False).wrong(None, 1000) == "a control frame in fragments"
    assert header(opcode).wrong(5, 1000) is None, "amid a message too"


def test_parts_come_in_order() -> None:
    assert header(CONTINUATION).wrong(0, 1000) is None
    assert "never began" in (header(CONTINUATION).wrong(None, 1000) or "")
    assert "amid" in (header(TEXT).wrong(0, 1000) or "")
    assert "amid" in (header(BINARY).wrong(7, 1000) or "")


@pytest.mark.parametrize(
    ("length", "begun", "fits"),
    [(1000, None, True), (1001, None, False), (400, 600, True), (401, 600, False)],
)
def test_the_parts_of_a_message_count_together(length: int, begun: int | None, fits: bool) -> None:
    opcode = TEXT if begun is None else CONTINUATION
    said = header(opcode, length).wrong(begun, 1000)
    assert (said is None) is fits
    assert fits or f"a frame of {length + (begun or 0)} bytes" in (said or "")


def test_however_much_is_announced() -> None:
    assert f"a frame of {1 << 62} bytes" in (header(TEXT, 1 << 62).wrong(None, 1000) or "")
