"""rationing: in proportion, in whole lots, the rest in turn."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rxdex.simulator.engine.rationing import ration


@pytest.mark.parametrize(
    ("quantity", "weights", "lot", "expected"),
    [
        pytest.param(10, [7, 5, 3], 1, [5, 3, 2], id="the spare lot goes to the first"),
        pytest.param(15, [7, 5, 3], 1, [7, 5, 3], id="enough for all"),
        pytest.param(0, [7, 5, 3], 1, [0, 0, 0], id="nothing to give"),
        pytest.param(100, [70, 50, 30], 10, [50, 30, 20], id="whole lots only"),
        pytest.param(2, [1, 1, 1], 1, [1, 1, 0], id="fewer lots than orders"),
        pytest.param(20, [30, 30], 100, [20, 0], id="less than a lot goes in one piece"),
        pytest.param(25, [7, 12, 9], 10, [7, 10, 8], id="odd sizes are dealt what fits"),
        pytest.param(27, [7, 12, 9], 10, [7, 11, 9], id="and dealt again until it is all gone"),
    ],
)
def test_ration(quantity: int, weights: list[int], lot: int, expected: list[int]) -> None:
    assert ration(quantity, weights, weights, lot) == expected


def test_nobody_gets_more_than_there_is_room_for() -> None:
    assert ration(6, [8, 2], [3, 4], 1) == [3, 3]


def test_what_fits_nowhere_is_a_bug() -> None:
    with pytest.raises(ValueError, match="11 does not fit into rooms of 10 in all"):
        ration(11, [5, 5], [5, 5], 1)


@settings(deadline=None, derandomize=True)
@given(
    rooms=st.lists(st.integers(1, 1_000), min_size=1, max_size=8),
    portion=st.integers(0, 100),
    lot=st.sampled_from([1, 10, 100]),
)
def test_all_is_given_and_almost_in_proportion(rooms: list[int], portion: int, lot: int) -> None:
    rooms = [room * lot for room in rooms]
    quantity = sum(rooms) // lot * portion // 100 * lot
    shares = ration(quantity, rooms, rooms, lot)
    assert sum(shares) == quantity
    for share, room in zip(shares, rooms, strict=True):
        assert share <= room
        assert share % lot == 0
        assert abs(share - quantity * room / sum(rooms)) <= lot
