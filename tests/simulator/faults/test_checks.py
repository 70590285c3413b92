"""What can be asked of a fault."""

from collections.abc import Callable
from functools import partial

import pytest

from rxdex.simulator.faults.checks import (
    check_code,
    check_count,
    check_duration,
    check_seed,
    check_status,
)

count = partial(check_count, "frames", most=10)
duration = partial(check_duration, "seconds")


@pytest.mark.parametrize(
    ("check", "given"),
    [
        *((check_code, code) for code in (1000, 1001, 1006, 1012, 1014, 3000, 4999)),
        *((check_status, status) for status in (400, 403, 404, 418, 429, 500, 503)),
        (count, 1),
        (count, 10),
        (duration, 0.001),
        (check_seed, -3),
    ],
)
def test_what_can_be(check: Callable[[object], None], given: object) -> None:
    check(given)


@pytest.mark.parametrize(
    ("check", "given", "says"),
    [
        *(
            (check_code, code, "to hang up without a close frame")
            for code in (999, 1004, 1005, 1015)
        ),
        *((check_code, code, "7 to 1014, or 3000 to 4999") for code in (2000, 5000, "1000")),
        *((check_status, status, "take one that refuses") for status in (200, 101, 399, 600)),
        *((count, given, "take a whole number from 1 to 10") for given in (0, 11, 1.5, "1", None)),
        *(
            (duration, given, "take a number of seconds above zero")
            for given in (0, -1, "1", 1e999)
        ),
    ],
)
def test_what_cannot_be(check: Callable[[object], None], given: object, says: str) -> None:
    with pytest.raises(ValueError, match=rf"is {given!r}; .*{says}"):
        check(given)


@pytest.mark.parametrize("seed", [None, "7", 0.5])
def test_chance_needs_a_seed(seed: object) -> None:
    with pytest.raises(TypeError, match=f"seed is {seed!r}; take a whole number"):
        check_seed(seed)
