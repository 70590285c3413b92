"""The way out of a websocket."""

from collections.abc import Sequence

from rxdex.simulator.faults.flows import Delaying, Losing, Repeating
from rxdex.simulator.faults.oddities import CLOSE, PING, PONG, TEXT, frame
from rxdex.simulator.faults.outlet import Outlet

A, B, C = frame("a"), frame("b"), frame("c")
ASK, ANSWER, END = frame("", PING), frame("", PONG), frame("", CLOSE)


class Way:
    """An outlet, and what came out of it."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.outlet = Outlet(self.write)

    def write(self, frames: Sequence[bytes]) -> None:
        self.written += frames

    def come(self, *frames: bytes) -> list[bytes]:
        """What comes out now that these go in."""
        self.written.clear()
        self.outlet.put(frames)
        return self.written


def test_without_a_fault_all_passes() -> None:
    way = Way()
    assert way.outlet.is_clear
    assert way.outlet.has_pings
    assert way.come(A, ASK, END) == [A, ASK, END]


def test_what_is_withheld_goes_nowhere_and_the_rest_passes() -> None:
    way = Way()
    way.outlet.withhold(TEXT, PING)
    assert not way.outlet.is_clear
    assert not way.outlet.has_pings
    assert way.come(A, ASK, ANSWER, END) == [ANSWER, END]
    way.outlet.heal()
    assert way.come(A, ASK) == [A, ASK]
    assert way.outlet.is_clear


def test_who_is_stalled_says_nothing_and_takes_up_again_where_it_was() -> None:
    way = Way()
    way.outlet.stall(b"abcdef")
    assert way.written == [b"abc"]
    way.outlet.stall(b"another")
    assert way.come(A, ASK, END) == []
    assert (way.outlet.is_stalled, way.outlet.has_pings) == (True, False)
    way.outlet.heal()
    assert way.written == [b"def"]
    assert way.come(A) == [A]


def test_flows_come_one_behind_the_other() -> None:
    way = Way()
    way.outlet.flow(Losing(1))
    way.outlet.flow(Repeating(1))
    assert way.come(A, ASK, B, C) == [ASK, B, B, C]
    assert way.outlet.is_clear


def test_what_is_late_comes_when_it_is_due() -> None:
    way = Way()
    clock = [0.0]
    way.outlet.flow(Delaying(1, 1.0, lambda: clock[0]))
    assert way.come(A, ASK, B) == [ASK]
    way.outlet.release()
    assert way.written == [ASK]
    clock[0] = 1.0
    way.outlet.release()
    assert way.written == [ASK, A, B]
    assert way.outlet.is_clear


def test_who_is_stalled_says_nothing_late_either() -> None:
    way = Way()
    way.outlet.flow(Delaying(1, 0.0, lambda: 0.0))
    way.come(A)
    way.outlet.stall()
    way.outlet.release()
    assert way.written == [b""]


def test_healing_lets_go_of_what_is_held_back() -> None:
    way = Way()
    way.outlet.flow(Delaying(1, 1.0, lambda: 0.0))
    assert way.come(A, B) == []
    way.outlet.heal()
    assert way.written == [A, B]


def test_nothing_comes_behind_the_end() -> None:
    way = Way()
    way.outlet.flow(Delaying(2, 0.0, lambda: 0.0))
    assert way.come(A, END) == [END]
    way.outlet.release()
    way.outlet.heal()
    assert way.written == [END]
