"""Whether a fault can be made at all; what cannot be is told before anything is done."""

import math
from http import HTTPStatus

__all__ = ["check_code", "check_count", "check_duration", "check_seed", "check_status"]

#: What a close frame may carry (RFC 6455, 7.4), and 1006 for none at all.
_CODES = frozenset({1000, 1001, 1002, 1003, *range(1006, 1015), *range(3000, 5000)})
_ERRORS = frozenset(status for status in HTTPStatus if status >= HTTPStatus.BAD_REQUEST)


def check_code(code: object) -> None:
    """Raise `ValueError` for what no close frame may say."""
    if code not in _CODES:
        raise ValueError(
            f"code is {code!r}; take 1006 to hang up without a close frame, else 1000 to 1003, "
            "1007 to 1014, or 3000 to 4999"
        )


def check_status(status: object) -> None:
    """Raise `ValueError` for an HTTP status that refuses nothing."""
    if status not in _ERRORS:
        raise ValueError(f"status is {status!r}; take one that refuses, such as 403, 429 or 503")


def check_count(name: str, count: object, most: int) -> None:
    """Raise `ValueError` for what is no whole number from 1 to `most`."""
    if not isinstance(count, int) or not 1 <= count <= most:
        raise ValueError(f"{name} is {count!r}; take a whole number from 1 to {most}")


def check_duration(name: str, seconds: object) -> None:
    """Raise `ValueError` for what is no number of seconds above zero."""
    if not (isinstance(seconds, int | float) and math.isfinite(seconds) and seconds > 0):
        raise ValueError(f"{name} is {seconds!r}; take a number of seconds above zero")


def check_seed(seed: object) -> None:
    """Raise `TypeError` for what chance could not be repeated from."""
    if not isinstance(seed, int):
        raise TypeError(f"seed is {seed!r}; take a whole number")
