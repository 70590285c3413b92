"""headers: what a server's frame may be."""

import pytest

from rxdex.connection.headers import DATA, wrong_with

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


@pytest.mark.parametrize("opcode", [*DATA, CLOSE, PING, PONG])
def test_a_frame_of_any_kind_is_fine(opcode: int) -> None:
    assert wrong_with(opcode, 125, 0, 1000, is_masked=False) is None


@pytest.mark.parametrize("opcode", [*DATA, PING])
def test_none_may_be_masked(opcode: int) -> None:
    said = wrong_with(opcode, 1, 0, 1000, is_masked=True)
    assert said == "a frame that is masked, as only ours are"


@pytest.mark.parametrize("opcode", [CLOSE, PING, PONG, 11])
def test_a_control_frame_is_short(opcode: int) -> None:
    assert wrong_with(opcode, 126, 0, 1000, is_masked=False) == "a control frame of 126 bytes"


@pytest.mark.parametrize(
    ("length", "begun", "fits"),
    [(1000, 0, True), (1001, 0, False), (400, 600, True), (401, 600, False), (1 << 62, 0, False)],
)
def test_the_parts_of_a_frame_count_together(length: int, begun: int, fits: bool) -> None:
    said = wrong_with(TEXT, length, begun, 1000, is_masked=False)
    assert (said is None) is fits
    assert fits or f"a frame of {length} bytes" in (said or "")
