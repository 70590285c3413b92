"""Every fault there is, one after the other as a seed decides, on whoever is there."""

import os
import random
import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager

from rxdex import Dex
from rxdex.simulator.exchange import Exchange
from rxdex.simulator.faults import Chosen, Newcomers, Oddity
from rxdex.simulator.partition import Partition

_CODES = (1000, 1001, 1006, 1012)
_STATUSES = (403, 404, 418, 429, 500, 503)
#: Deeds from a renewal until it is surely over.
_RENEWAL = 4

Deed = Callable[["Mischief", Chosen, random.Random], object]


def _come(what: Callable[[Newcomers, random.Random], object]) -> Deed:
    """Something for who comes next, and a reason to come."""

    def deed(it: "Mischief", whom: Chosen, by: random.Random) -> object:
        come = it.exchange.faults.next(by.randint(1, 3))
        what(come, by)
        it.later(1, come.call_off)
        return whom.hang_up()

    return deed


def _partition(it: "Mischief", _: Chosen, by: random.Random) -> None:
    it.network.partition()
    it.later(by.choice((1, 1, 4)), it.network.heal)


def _mute(it: "Mischief", whom: Chosen, by: random.Random) -> object:
    # It is a loss that nobody tells: it ends by a hang-up, and no line is renewed meanwhile, since a
    # new one would be heard as if the old one had said all.
    if it.since_renewal < _RENEWAL:
        return whom.hang_up()
    it.is_mute = True
    it.later(by.randint(1, 3), it.end_mute)
    return it.exchange.faults.mute()


def _renew(it: "Mischief", _: Chosen, __: random.Random) -> None:
    it.end_mute()
    it.since_renewal = 0
    it.dex.renew()


def _weather(**shape: float) -> Deed:
    def deed(it: "Mischief", _: Chosen, __: random.Random) -> None:
        it.network.shape(**shape)  # type: ignore[arg-type]
        it.later(1, it.network.shape)

    return deed


def _odd(oddity: Oddity) -> Deed:
    def deed(it: "Mischief", whom: Chosen, _: random.Random) -> object:
        if it.is_mute:
            # It is said all the same, and would be heard as if nothing had been kept back before it.
            it.end_mute()
            return None
        return whom.send(oddity)

    return deed


DEEDS: dict[str, Deed] = {
    "hang_up": lambda _, whom, by: whom.hang_up(by.choice(_CODES)),
    "hang_up_at_subscribe": _come(lambda it, by: it.hang_up_at_subscribe(1, by.choice(_CODES))),
    "hang_up on all": lambda it, _, by: it.exchange.faults.hang_up(by.choice(_CODES)),
    "refuse": _come(lambda it, by: it.refuse(by.choice(_STATUSES), retry_after=1)),
    "ignore": _come(lambda it, _: it.ignore()),
    "echo": _come(lambda it, by: it.echo(by.randint(1, 5), is_reversed=by.random() < 0.5)),
    "stall": lambda _, whom, __: whom.stall(),
    "stall_mid_frame": lambda _, whom, __: whom.stall_mid_frame(),
    "mute": _mute,
    "stop_pinging": lambda _, whom, __: whom.stop_pinging(),
    "ignore_pings": lambda _, whom, __: whom.ignore_pings(),
    "lose": lambda _, whom, by: whom.lose(by.randint(1, 5)),
    "repeat": lambda _, whom, by: whom.repeat(by.randint(1, 5)),
    "reverse": lambda _, whom, by: whom.reverse(by.randint(2, 5)),
    "delay by blocks": lambda _, whom, by: whom.delay(by.randint(1, 5), blocks=by.randint(1, 3)),
    "delay by the clock": lambda _, whom, by: whom.delay(by.randint(1, 5), seconds=0.2),
    **{f"send {oddity.value}": _odd(oddity) for oddity in Oddity},
    "partition": _partition,
    "half_open venue": lambda it, _, __: it.network.half_open(),
    "half_open client": lambda it, _, __: it.network.half_open("client"),
    "cut": lambda it, _, __: it.network.cut(),
    "far away": _weather(latency=0.05, jitter=0.05),
    "in pieces": _weather(piece=7),
    "a thin wire": _weather(bandwidth=100_000),
    "renew": _renew,
    "renew again": _renew,
    "renew once more": _renew,
}


@contextmanager
def seeded() -> Iterator[int]:
    """A new seed, or the one in `RXDEX_SEED`; what fails within tells which it was."""
    seed = int(os.environ.get("RXDEX_SEED") or random.randrange(1 << 32))
    try:
        yield seed
    except BaseException as failure:
        failure.add_note(f"the same faults again: RXDEX_SEED={seed}")
        raise


class Mischief:
    """
    A fault every so often, until it is stopped.

    What is drawn depends on the seed alone; whom it hits, on who is there.

    :param every: seconds from one to the next
    :param only: some of `DEEDS`; None: all
    """

    def __init__(
        self,
        seed: int,
        exchange: Exchange,
        network: Partition,
        dex: Dex,
        *,
        every: float,
        only: Collection[str] | None = None,
    ) -> None:
        self.exchange: Exchange = exchange
        self.network: Partition = network
        self.dex: Dex = dex
        self.done: Counter[str] = Counter()
        self.since_renewal = _RENEWAL
        self.is_mute = False
        self.failure: BaseException | None = None
        self._seed = seed
        self._every = every
        self._names = sorted(DEEDS if only is None else only)
        self._later: list[tuple[int, Callable[[], object]]] = []
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="mischief", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def pause(self, seconds: float) -> None:
        """Let it go on for so long; less when it fails."""
        self._thread.join(seconds)

    def stop(self) -> None:
        """End all that is at work; who may have missed something in silence is hung up on."""
        self._is_over.set()
        self._thread.join(30)
        for _, undo in self._later:
            undo()
        self.network.heal()
        self.network.shape()
        self.exchange.faults.hang_up()
        self.exchange.faults.heal()

    def later(self, deeds: int, undo: Callable[[], object]) -> None:
        """Do this so many deeds later."""
        self._later.append((deeds, undo))

    def end_mute(self) -> None:
        """Hang up on who was mute."""
        if self.is_mute:
            self.is_mute = False
            self.exchange.faults.hang_up()

    def act(self, number: int) -> None:
        """The deed of that number."""
        due = [undo for left, undo in self._later if left <= 1]
        self._later = [(left - 1, undo) for left, undo in self._later if left > 1]
        for undo in due:
            undo()
        # One for each: what one draws changes nothing of the next.
        by = random.Random(f"{self._seed} {number}")
        self.since_renewal += 1
        name, place = by.choice(self._names), by.random()
        DEEDS[name](self, self._somebody(place), by)
        self.done[name] += 1

    def _somebody(self, place: float) -> Chosen:
        there = [visit for visit in self.exchange.visits if visit.is_open]
        faults = self.exchange.faults
        return faults.of(there[int(place * len(there))] if there else "nobody")

    def _run(self) -> None:
        number = 0
        try:
            while not self._is_over.wait(self._every):
                self.act(number)
                number += 1
        except BaseException as failure:  # noqa: BLE001 - the test tells
            self.failure = failure
