"""The server's patience."""

import pytest

from rxdex.simulator.timings import Timings


def test_by_default_those_of_the_real_server() -> None:
    it = Timings()
    assert (it.ping, it.keepalive, it.longest_keepalive) == (30.0, 1800.0, 3600.0)


@pytest.mark.parametrize("value", [0.0, -1.0, float("nan"), float("inf")])
def test_a_duration_is_above_zero(value: float) -> None:
    with pytest.raises(ValueError, match=r"ping is .*; take a number of seconds above zero"):
        Timings(ping=value)


def test_the_longest_is_not_shorter() -> None:
    with pytest.raises(ValueError, match="longest_keepalive is 5, shorter than keepalive, 6"):
        Timings(keepalive=6, longest_keepalive=5)
