"""What becomes of frames: lost, doubled, in reverse order, late."""

import pytest

from rxdex.simulator.faults import flows
from rxdex.simulator.faults.flows import Delaying, Flow, Losing, Repeating, Reversing

ONE, TWO, THREE, FOUR = b"1", b"2", b"3", b"4"


def through(flow: Flow, *frames: bytes) -> list[bytes]:
    return [after for frame in frames for after in flow.take(frame)]


@pytest.mark.parametrize(
    ("flow", "after"),
    [
        (Losing(2), [THREE, FOUR]),
        (Repeating(2), [ONE, ONE, TWO, TWO, THREE, FOUR]),
        (Reversing(3), [THREE, TWO, ONE, FOUR]),
    ],
    ids=["lost", "repeated", "reversed"],
)
def test_so_many_frames_and_then_no_more(flow: Flow, after: list[bytes]) -> None:
    before = flow.is_spent
    assert through(flow, ONE, TWO, THREE, FOUR) == after
    assert (before, flow.is_spent) == (False, True)
    assert [*flow.due(), *flow.rest()] == []


def test_what_waits_for_its_reversal_can_be_let_go() -> None:
    flow = Reversing(3)
    assert through(flow, ONE, TWO) == []
    assert flow.rest() == [TWO, ONE]


class Clock:
    def __init__(self) -> None:
        self.now = 0.0
        self.held = 0

    def hold(self) -> None:
        self.held += 1


def test_what_comes_behind_a_delayed_frame_waits_for_it() -> None:
    clock = Clock()
    flow = Delaying(2, 3.0, lambda: clock.now, clock.hold)
    assert through(flow, ONE) == []
    clock.now = 1.0
    assert through(flow, TWO, THREE) == []
    assert clock.held == 2, "who waits behind is let go with the last"
    clock.now = 2.9
    assert flow.due() == []
    clock.now = 3.0
    assert flow.due() == [ONE]
    before = flow.is_spent
    clock.now = 4.0
    assert flow.due() == [TWO, THREE]
    assert (before, flow.is_spent) == (False, True)
    assert through(flow, FOUR) == [FOUR]


def test_delayed_frames_can_be_let_go() -> None:
    flow = Delaying(1, 3.0, lambda: 0.0)
    through(flow, ONE, TWO)
    assert flow.rest() == [ONE, TWO]
    assert flow.is_spent


def test_no_more_is_held_back_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flows, "_MOST_HELD", 2)
    flow = Delaying(1, 3.0, lambda: 0.0)
    assert through(flow, ONE, TWO, THREE, FOUR) == [ONE, TWO]
    assert flow.rest() == [THREE, FOUR]
