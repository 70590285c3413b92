"""backoff: delays grow to a ceiling, and chance takes a part of each."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rxdex.backoff import Backoff, Delays


def delays(backoff: Backoff, chance: float, count: int) -> list[float]:
    made = Delays(backoff, lambda: chance)
    return [made.next() for _ in range(count)]


@pytest.mark.parametrize(
    ("backoff", "chance", "expected"),
    [
        pytest.param(Backoff(), 0.0, [1, 2, 4, 8, 16, 32, 60, 60], id="doubles to the ceiling"),
        pytest.param(Backoff(), 1.0, [0.5, 1, 2, 4, 8, 16, 30, 30], id="chance halves it at most"),
        pytest.param(Backoff(jitter=0), 1.0, [1, 2, 4], id="no jitter, no chance"),
        pytest.param(Backoff(jitter=1), 1.0, [0, 0, 0], id="all of it left to chance"),
        pytest.param(Backoff(start=3, factor=1), 0.0, [3, 3, 3], id="a steady delay"),
        pytest.param(Backoff(start=0), 0.0, [0, 0, 0], id="no delay at all"),
        pytest.param(Backoff(start=60), 0.0, [60, 60], id="at the ceiling from the start"),
    ],
)
def test_delays(backoff: Backoff, chance: float, expected: list[float]) -> None:
    assert delays(backoff, chance, len(expected)) == pytest.approx(expected)


def test_reset_begins_anew() -> None:
    made = Delays(Backoff(), lambda: 0.0)
    assert [made.next(), made.next()] == [1, 2]
    made.reset()
    assert [made.next(), made.next()] == [1, 2]


def test_reset_before_anything_changes_nothing() -> None:
    made = Delays(Backoff(), lambda: 0.0)
    made.reset()
    assert made.next() == 1


def test_chance_is_asked_each_time() -> None:
    chances = iter([0.0, 1.0, 0.5])
    made = Delays(Backoff(factor=1), lambda: next(chances))
    assert [made.next() for _ in range(3)] == [1, 0.5, 0.75]


@given(
    start=st.floats(0, 100),
    factor=st.floats(1, 1e308),
    over=st.floats(0, 1e6),
    jitter=st.floats(0, 1),
    count=st.integers(1, 50),
)
def test_no_delay_leaves_its_bounds(
    start: float, factor: float, over: float, jitter: float, count: int
) -> None:
    ceiling = start + over
    made = Delays(Backoff(start=start, factor=factor, ceiling=ceiling, jitter=jitter))
    for _ in range(count):
        assert 0 <= made.next() <= ceiling


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"start": -1}, "start is -1"),
        ({"start": 61}, "start is 61"),
        ({"start": math.nan}, "start is nan"),
        ({"ceiling": 0.5}, "start is 1.0"),
        ({"ceiling": math.inf}, "ceiling inf"),
        ({"ceiling": math.nan}, "ceiling nan"),
        ({"factor": 0.99}, "factor is 0.99"),
        ({"factor": math.nan}, "factor is nan"),
        ({"factor": math.inf}, "factor is inf"),
        ({"jitter": -0.1}, "jitter is -0.1"),
        ({"jitter": 1.1}, "jitter is 1.1"),
        ({"jitter": math.nan}, "jitter is nan"),
    ],
)
def test_what_cannot_be_a_backoff_is_refused(wrong: dict[str, float], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Backoff(**wrong)


@pytest.mark.parametrize("name", ["start", "factor", "ceiling", "jitter"])
def test_what_is_no_number_is_refused(name: str) -> None:
    wrong: dict[str, Any] = {name: "1"}
    with pytest.raises(TypeError, match=f"{name} is '1'; it must be a number"):
        Backoff(**wrong)
