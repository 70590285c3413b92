"""Whom faults hit."""

from rxdex.simulator.faults.flows import Delaying
from rxdex.simulator.faults.plot import Deed, Plan, Plot, Refusal, Target
from tests.simulator.faults.dummy import BLOCKS, TRADES, Dummy, plot


def bark(target: Target) -> None:
    target.say(b"woof")


def test_who_is_there_and_meant_is_hit() -> None:
    it = plot()
    one, two, three = Dummy(1, BLOCKS), Dummy(2, TRADES), Dummy(3, BLOCKS)
    for target in (one, two, three):
        it.opened(target)
    it.closed(three)
    assert it.strike("bark()", lambda target: BLOCKS in target.entries, bark) == 1
    assert [target.done for target in (one, two, three)] == [[b"woof"], [], []]
    assert it.strike("bark()", lambda _: True, bark) == 2
    assert it.numbers == (1, 2)


def test_who_leaves_without_having_come_does_no_harm() -> None:
    plot().closed(Dummy(0))


def test_a_plan_hits_so_many_newcomers() -> None:
    it = plot()
    it.plan(Plan("bark()", 2, blow=bark))
    targets = [Dummy(number) for number in range(3)]
    for target in targets:
        it.opened(target)
    assert [len(target.done) for target in targets] == [1, 1, 0]


def test_who_is_refused_is_none_who_came() -> None:
    it = plot()
    refused, ignored = Refusal(status=503), Refusal(status=None)
    it.plan(Plan("refuse(503)", 2, refusal=refused))
    it.plan(Plan("ignore()", 1, refusal=ignored))
    it.plan(Plan("bark()", 1, blow=bark))
    assert [it.receive() for _ in range(4)] == [refused, refused, ignored, None]
    it.opened(target := Dummy(1))
    assert target.done == [b"woof"]


def test_a_plan_can_be_called_off() -> None:
    it = plot()
    one, two = Plan("bark()", 2, blow=bark), Plan("refuse(503)", 1, refusal=Refusal(status=503))
    it.plan(one)
    it.plan(two)
    it.opened(first := Dummy(1))
    it.call_off([one])
    it.opened(second := Dummy(2))
    assert (len(first.done), len(second.done)) == (1, 0)
    assert it.receive() is two.refusal
    it.call_off([one, two])


def test_the_log_tells_what_hit_whom_and_wakes_who_waits() -> None:
    woken: list[int] = []
    it = Plot(lambda: woken.append(1))
    it.tick(7, 0)
    it.strike("bark()", lambda _: True, bark)
    it.plan(Plan("refuse(503)", 1, refusal=Refusal(status=503)))
    it.receive()
    it.plan(Plan("bark()", 1, blow=bark))
    it.opened(Dummy(4))
    assert it.log == (
        Deed(height=7, what="bark()", visit=None),
        Deed(height=7, what="refuse(503)", visit=None),
        Deed(height=7, what="bark()", visit=4),
    )
    assert [str(deed) for deed in it.log[1:]] == [
        "block 7: refuse(503) on nobody",
        "block 7: bark() on visit 4",
    ]
    assert len(woken) == 3


def test_healing_ends_all_that_is_and_was_to_come() -> None:
    it = plot()
    it.opened(target := Dummy(1))
    it.plan(Plan("bark()", 1, blow=bark))
    it.plan(Plan("refuse(503)", 1, refusal=Refusal(status=503)))
    it.every(1.0, lambda: target.done.append("again"))
    it.heal()
    it.tick(2, 10**10)
    assert it.receive() is None
    it.opened(later := Dummy(2))
    assert (target.done, later.done) == (["healed"], [])


def test_a_block_lets_go_of_what_waited_for_it() -> None:
    it = plot()
    it.tick(5, 0)
    it.opened(target := Dummy(1))
    target.outlet.flow(Delaying(1, 2, lambda: it.height))
    target.outlet.put([b"\x81\x01a"])
    it.tick(6, 1)
    assert target.done == []
    it.tick(7, 2)
    assert target.done == [b"\x81\x01a"]


def test_a_script_keeps_the_time_of_the_chain() -> None:
    it = plot()
    heights: list[int] = []
    it.tick(0, 0)
    it.every(1.0, lambda: heights.append(it.height))
    for height in range(1, 11):
        it.tick(height, height * 400_000_000)
    assert heights == [3, 5, 8, 10]


def test_a_script_does_not_make_up_for_what_it_missed() -> None:
    it = plot()
    heights: list[int] = []
    it.tick(0, 0)
    it.every(1.0, lambda: heights.append(it.height))
    it.tick(1, 100 * 10**9)
    assert heights == [1]
