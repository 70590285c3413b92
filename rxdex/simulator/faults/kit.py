"""The faults of a simulated exchange, as its users make them; from any thread."""

from collections.abc import Collection

from rxdex.simulator.faults.chaos import Chaos
from rxdex.simulator.faults.checks import check_count, check_duration, check_seed
from rxdex.simulator.faults.hits import MOST, Chosen, Newcomers
from rxdex.simulator.faults.plot import Choice, Deed, Plot
from rxdex.simulator.loop_thread import LoopThread
from rxdex.simulator.visits import Visit

__all__ = ["Faults"]


class Faults(Chosen):
    """
    Faults of an exchange, made on purpose: `exchange.faults`.

    Its own methods hit everybody whose websocket is open; `of` picks some of them, `next` those who come.
    """

    def __init__(self, plot: Plot, thread: LoopThread) -> None:
        super().__init__(lambda _: True, plot, thread)
        self._thread = thread

    @property
    def log(self) -> tuple[Deed, ...]:
        """What was done (of very much the last ten thousand), oldest first."""
        return self._plot.log

    def of(self, whom: Visit | str) -> Chosen:
        """
        Faults for one visit, or for all who are subscribed to something.

        :param whom: a visit; or an address, a symbol, or a stream in the wire's words, as `marketDepth100`
        :raises TypeError: it is neither
        """
        return Chosen(_choice(whom), self._plot, self._thread)

    def next(self, count: int = 1) -> Newcomers:
        """
        Faults for the next so many who come.

        :raises ValueError: the count cannot be
        """
        check_count("count", count, MOST)
        return Newcomers(count, self._plot, self._thread)

    def heal(self) -> int:
        """End all faults: what is at work, what was planned for who comes, and chaos."""
        self._thread.call(self._plot.heal)
        return super().heal()

    def chaos(self, seed: int, every: float = 1.0, *, only: Collection[str] | None = None) -> None:
        """
        Make a fault now and then, as chance decides, until `heal` or the end of the exchange.

        All of them can be survived. What happens is decided by the seed, when by the chain's clock: with the
        same steps the same faults happen to the same visits, and `log` tells which.

        :param every: from one to the next, seconds of chain time
        :param only: take these methods alone, such as `{"hang_up", "refuse"}`
        :raises TypeError: the seed is no whole number
        :raises ValueError: a number that cannot be, or a fault that chaos does not make
        """
        check_seed(seed)
        check_duration("every", every)
        chaos = Chaos(seed, only, self._pick, self.next)
        self._thread.call(lambda: self._plot.every(every, chaos.act))

    def _pick(self, place: float) -> Chosen:
        """Whoever stands at that place of all who are there now, from 0 to 1; nobody, where nobody is."""
        numbers = self._plot.numbers
        number = numbers[int(place * len(numbers))] if numbers else None
        return Chosen(lambda it: it.number == number, self._plot, self._thread)


def _choice(whom: object) -> Choice:
    if isinstance(whom, Visit):
        number = whom.opened
        return lambda it: it.number == number
    if isinstance(whom, str):
        return lambda it: any(whom in entry for entry in it.entries)
    raise TypeError(f"{whom!r} is nobody; give a Visit, or an address, a symbol or a stream")
