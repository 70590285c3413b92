"""chain: blocks have heights."""

from rxdex.events import BlockHeight


def test_two_blocks_are_told_apart_by_height_alone() -> None:
    assert BlockHeight(height=1) != BlockHeight(height=2)
    assert BlockHeight(height=1, received_ns=1) == BlockHeight(height=1, received_ns=2)
    assert len({BlockHeight(height=1), BlockHeight(height=1, received_ns=3)}) == 1
