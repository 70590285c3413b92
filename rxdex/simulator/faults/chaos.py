"""Faults as chance decides, the same ones for the same seed."""

import random
from collections.abc import Callable, Collection

from rxdex.simulator.faults.hits import Chosen, Newcomers
from rxdex.simulator.faults.oddities import Oddity

__all__ = ["Chaos"]

_CODES = (1000, 1001, 1006, 1012)
_STATUSES = (403, 404, 418, 429, 500, 503)
_ODDITIES = tuple(Oddity)

#: Each is given somebody who is there, who comes next, and chance.
_DEEDS: dict[str, Callable[[Chosen, Newcomers, random.Random], object]] = {
    "delay": lambda it, _, by: it.delay(by.randint(1, 5), blocks=by.randint(1, 3)),
    "echo": lambda _, come, by: come.echo(by.randint(1, 5), is_reversed=by.random() < 0.5),
    "hang_up": lambda it, _, by: it.hang_up(by.choice(_CODES)),
    "hang_up_at_subscribe": lambda _, come, by: come.hang_up_at_subscribe(1, by.choice(_CODES)),
    "ignore": lambda _, come, by: come.ignore(),
    "lose": lambda it, _, by: it.lose(by.randint(1, 5)),
    # Without a time a client that is told to stay away (418, 429) would do so for long.
    "refuse": lambda _, come, by: come.refuse(by.choice(_STATUSES), retry_after=1),
    "repeat": lambda it, _, by: it.repeat(by.randint(1, 5)),
    "reverse": lambda it, _, by: it.reverse(by.randint(2, 5)),
    "send": lambda it, _, by: it.send(by.choice(_ODDITIES)),
    "stall": lambda it, _, by: it.stall(),
    "stall_mid_frame": lambda it, _, by: it.stall_mid_frame(),
}
_STALLS = frozenset({"stall", "stall_mid_frame"})


class Chaos:
    """
    A script that is made up as it goes.

    What it draws depends on nothing but the seed. Nothing of it piles up: with its next fault it hangs up on
    whoever it stalled, and calls off what it had planned for who comes.

    :param only: what it may do, by the names of the methods; None: anything
    :param pick: gives somebody who is there, by a place from 0 to 1
    :param come: gives who comes next
    :raises ValueError: it does not do that
    """

    def __init__(
        self,
        seed: int,
        only: Collection[str] | None,
        pick: Callable[[float], Chosen],
        come: Callable[[], Newcomers],
    ) -> None:
        names = sorted(_DEEDS if only is None else only)
        if not names or not _DEEDS.keys() >= set(names):
            raise ValueError(f"chaos cannot do {names}; take some of {' '.join(_DEEDS)}")
        self._chance = random.Random(seed)  # noqa: S311 - no secret
        self._names = names
        self._pick = pick
        self._come = come
        self._stalled: Chosen | None = None
        self._awaiting: Newcomers | None = None

    def act(self) -> None:
        """Make the next fault."""
        if self._stalled is not None:
            self._stalled.hang_up(1006)
        if self._awaiting is not None:
            self._awaiting.call_off()
        name = self._chance.choice(self._names)
        it = self._pick(self._chance.random())
        self._awaiting = self._come()
        _DEEDS[name](it, self._awaiting, self._chance)
        self._stalled = it if name in _STALLS else None
