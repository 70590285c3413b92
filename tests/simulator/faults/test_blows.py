"""What can be done to one websocket."""

import pytest

from rxdex.simulator.faults import Oddity, blows
from rxdex.simulator.faults.flows import Losing
from rxdex.simulator.faults.oddities import TEXT, frame
from rxdex.simulator.post import Post
from tests.simulator.faults.dummy import BLOCKS, TRADES, Dummy, plot

A, B = frame("a"), frame("b")


def test_hanging_up_with_a_code_and_without_one() -> None:
    target = Dummy(1)
    blows.hang_up(1012)(target)
    blows.hang_up(1006)(target)
    assert target.done == [(1012, blows.REASON), "cut"]


def test_hanging_up_when_so_much_is_asked_for() -> None:
    target = Dummy(1)
    blows.hang_up_at_subscribe(2, 1001)(target)
    target.subscribe(BLOCKS)
    assert target.done == []
    target.subscribe(TRADES)
    target.subscribe(BLOCKS)
    assert target.done == [(1001, blows.REASON)]


def test_frames_of_a_kind_go_nowhere() -> None:
    target = Dummy(1)
    blows.withhold(TEXT)(target)
    target.outlet.put([A])
    assert target.done == []


def test_half_a_frame() -> None:
    target = Dummy(1)
    it = plot()
    blows.stall_mid_frame(it)(target)
    (half,) = target.done
    whole = Oddity.UNKNOWN_KEYS.encode(it.height)
    assert half == whole[: len(whole) // 2]
    assert target.outlet.is_stalled


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("hello", frame("hello")),
        (b"\x00", b"\x00"),
        (Oddity.BINARY, Oddity.BINARY.encode(9)),
    ],
)
def test_saying_something(what: Oddity | str | bytes, said: bytes) -> None:
    it = plot()
    it.tick(9, 0)
    target = Dummy(1)
    blows.say(what, it)(target)
    assert target.done == [said]


def test_each_target_counts_for_itself() -> None:
    one, two = Dummy(1), Dummy(2)
    blow = blows.flow(lambda: Losing(1))
    for target in (one, two):
        blow(target)
        target.outlet.put([A, B])
    assert one.done == two.done == [B]


def test_later_by_the_clock() -> None:
    target = Dummy(1)
    blows.delay(1, 2.0)(target)
    target.outlet.put([A])
    ((seconds, wake),) = target.timers
    target.clock = seconds
    wake()
    assert (seconds, target.done) == (2.0, [A])


def test_later_by_blocks() -> None:
    it = plot()
    it.opened(target := Dummy(1))
    blows.delay_blocks(1, 2, it)(target)
    target.outlet.put([A])
    it.tick(1, 0)
    assert target.done == []
    it.tick(2, 0)
    assert target.done == [A]


@pytest.mark.parametrize(("is_reversed", "again"), [(False, [b"2", b"3"]), (True, [b"3", b"2"])])
def test_the_last_frames_of_what_is_asked_for_once_more(
    is_reversed: bool, again: list[bytes]
) -> None:
    it = plot()
    it.past.extend(Post("trades", "A_B", str(number)) for number in range(4))
    it.past.append(Post("trades", "C_D", "other"))
    late, early = Dummy(1), Dummy(2, TRADES)
    for target in (late, early):
        blows.echo(2, it, is_reversed=is_reversed)(target)
    assert (late.done, early.done) == ([], again)
    late.subscribe(BLOCKS)
    late.subscribe(TRADES)
    assert late.done == again
