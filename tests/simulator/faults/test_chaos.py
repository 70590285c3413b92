"""Faults as chance decides."""

from itertools import pairwise

import pytest

from rxdex.simulator.faults.chaos import Chaos
from rxdex.simulator.faults.hits import Chosen, Newcomers
from rxdex.simulator.faults.plot import Plot
from rxdex.simulator.loop_thread import LoopThread
from tests.simulator.faults.dummy import Dummy, plot


class Here(LoopThread):
    """Whatever is asked is done on the spot."""

    def __init__(self) -> None:
        """No thread."""

    @property
    def is_here(self) -> bool:
        return True


def play(seed: int, acts: int, *only: str, visits: int = 1, it: Plot | None = None) -> list[str]:
    """What a chaos does, in so many acts."""
    it = it or plot()
    for number in range(visits):
        it.opened(Dummy(number))

    def pick(place: float) -> Chosen:
        number = it.numbers[int(place * len(it.numbers))] if visits else None
        return Chosen(lambda target: target.number == number, it, Here())

    chaos = Chaos(seed, only or None, pick, lambda: Newcomers(1, it, Here()))
    for _ in range(acts):
        chaos.act()
    return [deed.what for deed in it.log]


def test_the_same_seed_does_the_same_whoever_is_there() -> None:
    assert play(1, 100) == play(1, 100) == play(1, 100, visits=0) == play(1, 100, visits=5)
    assert play(1, 100) != play(2, 100)


NOW = ("delay", "hang_up", "lose", "repeat", "reverse", "send", "stall", "stall_mid_frame")
LATER = ("echo", "hang_up_at_subscribe", "ignore", "refuse")


@pytest.mark.parametrize("name", NOW)
def test_what_it_does_to_who_is_there(name: str) -> None:
    assert any(what.startswith(f"{name}(") for what in play(3, 300))


@pytest.mark.parametrize("name", LATER)
def test_what_it_does_to_who_comes_lasts_until_its_next_fault(name: str) -> None:
    it = plot()
    assert play(3, 20, name, it=it) == [], "nobody came"
    is_refused = it.receive() is not None
    assert is_refused == (name in {"ignore", "refuse"})
    if not is_refused:
        it.opened(Dummy(1_000))
    assert len(it.log) == 1
    assert it.log[0].what.startswith(name)
    assert it.receive() is None


def test_it_does_what_it_is_let_alone() -> None:
    assert {what.partition("(")[0] for what in play(1, 50, "lose", "send")} == {"lose", "send"}


def test_a_stall_ends_with_the_next_fault() -> None:
    done = play(1, 20, "stall", "lose")
    for now, then in pairwise(done):
        assert (now == "stall()") == (then == "hang_up(1006)")


@pytest.mark.parametrize("only", [("mute",), ("hang_up", "everything"), ()])
def test_what_it_cannot_do(only: tuple[str, ...]) -> None:
    it = plot()
    with pytest.raises(
        ValueError, match=r"chaos cannot do \[.*\]; take some of delay echo hang_up"
    ):
        Chaos(
            1, only, lambda _: Chosen(lambda _: True, it, Here()), lambda: Newcomers(1, it, Here())
        )
