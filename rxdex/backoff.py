"""Delays that grow to a ceiling, with jitter."""

import math
import random
from collections.abc import Callable

from attrs import define, field, frozen

__all__ = ["Backoff", "Delays"]


@frozen(kw_only=True)
class Backoff:
    """
    How the delay between attempts grows.

    :param start: seconds before the second attempt, at most
    :param factor: how much longer each delay is than the one before
    :param ceiling: seconds that no delay exceeds
    :param jitter: which part of a delay is left to chance, 0 to 1, so that a crowd that fell off
        together does not come back together
    """

    start: float = 1.0
    factor: float = 2.0
    ceiling: float = 60.0
    jitter: float = 0.5

    def __attrs_post_init__(self) -> None:
        for name in ("start", "factor", "ceiling", "jitter"):
            value: object = getattr(self, name)
            if not isinstance(value, int | float):
                raise TypeError(f"{name} is {value!r}; it must be a number")
        if not 0 <= self.start <= self.ceiling < math.inf:
            raise ValueError(
                f"start is {self.start} and ceiling {self.ceiling}; both must be finite numbers of "
                "seconds, start from 0 up to ceiling"
            )
        if not 1 <= self.factor < math.inf:
            raise ValueError(f"factor is {self.factor}; it must be 1 or more, as delays grow")
        if not 0 <= self.jitter <= 1:
            raise ValueError(f"jitter is {self.jitter}; it must lie between 0 and 1")


@define
class Delays:
    """
    The delays of one line's attempts.

    :param backoff: how they grow
    :param chance: gives a number from 0 to 1; a test gives its own
    """

    backoff: Backoff
    # Jitter keeps strangers apart, it guards no secret.
    chance: Callable[[], float] = random.random
    _full: float | None = field(default=None, init=False)

    def next(self) -> float:
        """Seconds to wait before the next attempt."""
        shape = self.backoff
        grown = shape.start if self._full is None else self._full * shape.factor
        self._full = min(grown, shape.ceiling)
        return self._full * (1 - shape.jitter * self.chance())

    def reset(self) -> None:
        """Begin anew: the line has been stable."""
        self._full = None
