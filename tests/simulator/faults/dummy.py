"""Somebody to be hit, without a socket."""

from collections.abc import Callable, Iterable, Sequence

from rxdex.simulator.faults.outlet import Outlet
from rxdex.simulator.faults.plot import Plot, Subscribed
from rxdex.simulator.stream_names import Entry

BLOCKS, TRADES = Entry("blockheight", "$all"), Entry("trades", "A_B")


class Dummy:
    """A target that writes down what is done to it."""

    def __init__(self, number: int, *entries: Entry) -> None:
        self.number = number
        self.entries = frozenset(entries)
        self.at_subscribe: list[Subscribed] = []
        self.done: list[object] = []
        self.outlet = Outlet(self.write)
        self.clock = 0.0
        self.timers: list[tuple[float, Callable[[], None]]] = []

    def write(self, frames: Sequence[bytes]) -> None:
        self.done += [frame for frame in frames if frame]

    def hang_up(self, code: int, reason: str) -> None:
        self.done.append((code, reason))

    def cut(self) -> None:
        self.done.append("cut")

    def say(self, data: bytes) -> None:
        self.done.append(data)

    def push(self, payloads: Iterable[bytes]) -> None:
        self.done += payloads

    def now(self) -> float:
        return self.clock

    def later(self, seconds: float, what: Callable[[], None]) -> None:
        self.timers.append((seconds, what))

    def heal(self) -> None:
        self.done.append("healed")

    def subscribe(self, *entries: Entry) -> None:
        """Ask for more."""
        self.at_subscribe[:] = [it for it in self.at_subscribe if not it(frozenset(entries))]


def plot() -> Plot:
    """One that nobody waits for."""
    return Plot(lambda: None)
