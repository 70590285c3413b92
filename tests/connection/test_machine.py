"""A machine that does to a `Dex` whatever may happen, in any order, and compares it with a model."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.errors import Flaky, FlakyStrategyDefinition
from hypothesis.stateful import run_state_machine_as_test

from rxdex.events import Gap, GapReason
from tests.conftest import eventually
from tests.connection.adversity import FAULTS, PLANS, TROUBLES
from tests.connection.machine import Machine
from tests.connection.model import Duty, flaw
from tests.connection.ordeal import Conditions
from tests.connection.somebody import Somebody

#: How many scripts are tried in one run of the tests.
EXAMPLES = int(os.environ.get("RXDEX_EXAMPLES", "8"))
SOAK = int(os.environ.get("RXDEX_EXAMPLES", "500"))
LOST = GapReason.LINE_LOST


def share(examples: int, steps: int) -> settings:
    return settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        print_blob=True,
        report_multiple_bugs=False,
        # A failure takes seconds to be sure of, so a smaller script would take an hour to be found.
        phases=[Phase.explicit, Phase.reuse, Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )


@contextmanager
def flaws_told() -> Iterator[None]:
    """
    Have what is flaky tell what was wrong.

    Nobody waits for what a venue hides, so the same script may find the same flaw a step later than before.
    Hypothesis takes that for data that differ, and says nothing else.
    """
    Machine.flaws.clear()
    try:
        yield
    except Flaky as flaky:
        for flaw in Machine.flaws:
            flaky.add_note(flaw)
        raise


@pytest.mark.timeout(0 if EXAMPLES > 8 else 120)
def test_whatever_happens_it_is_as_the_model_says() -> None:
    with flaws_told():
        run_state_machine_as_test(Machine, settings=share(EXAMPLES, 25))


@pytest.mark.soak
@pytest.mark.timeout(0)
def test_and_so_it_is_for_many_and_long_scripts() -> None:
    with flaws_told():
        run_state_machine_as_test(Machine, settings=share(SOAK, 50))


def test_what_is_flaky_tells_what_was_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    def settled(_: object) -> None:
        raise AssertionError("3 came behind 4")

    monkeypatch.setattr("tests.connection.machine.settle", settled)
    machine = Machine()
    machine.begin(Conditions(), ("blocks",))

    def play() -> None:
        with pytest.raises(AssertionError, match="3 came behind 4"):
            machine.all_is_well()
        machine.teardown()
        raise FlakyStrategyDefinition("it drew more data")

    with pytest.raises(FlakyStrategyDefinition) as flaky, flaws_told():
        play()
    assert flaky.value.__notes__ == ["3 came behind 4"]


Script = Callable[[Machine, Somebody], object]


def hit(name: str) -> Script:
    return lambda it, _: it.hit("everybody", name)


def planned(name: str) -> Script:
    return lambda it, _: it.plan("everybody", name, is_awaited=True)


def troubled(name: str) -> Script:
    return lambda it, _: it.network(name)


def acted(act: str) -> Script:
    return lambda it, who: it.at_the_next_event(who, act, stumbles_at_end=False)


#: What may happen to a line, or to who listens, each by itself.
SCRIPTS: dict[str, Script] = {
    **{f"the venue: {name}": hit(name) for name in FAULTS},
    **{f"to who comes: {name}": planned(name) for name in PLANS},
    **{f"the network: {name}": troubled(name) for name in TROUBLES},
    **{f"within an event: {act}": acted(act) for act in ["leave", "invite", "renew", "close"]},
    "stumbles": lambda it, who: it.stumble(who, stumbles_at_end=False),
    "stumbles twice": lambda it, who: it.stumble(who, stumbles_at_end=True),
    "is renewed": lambda it, _: it.renew(waits=True),
    "breaks amid a renewal": lambda it, _: it.break_amid_a_renewal("market", 2),
    "one leaves": lambda _, who: who.leave(),
    "all leave": lambda it, _: it.all_leave("everybody"),
    "all leave, and one comes back": lambda it, _: it.all_leave_but_one_comes_back("market"),
    "the end": lambda it, _: it.close(),
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_each_thing_by_itself(name: str) -> None:
    played(name, linger=0.0)


@pytest.mark.parametrize("name", [name for name in SCRIPTS if ":" not in name])
def test_and_while_lines_linger(name: str) -> None:
    played(name, linger=60.0)


def test_a_frame_may_be_under_way_for_longer_than_a_newcomer() -> None:
    machine = Machine()
    try:
        machine.begin(Conditions(), ("blocks",))
        quiet = machine.subscribe(("other trades",), "plain")
        machine.all_is_well()
        for who in machine.ordeal.people:
            if who is not quiet:
                who.leave()
        # The next blocks hold no trade of that symbol, so nothing tells that the frame has come.
        machine.step(5)
        machine.all_is_well()
        machine.ordeal.network.shape(latency=0.1)
        machine.hit("market", "garbage")
        machine.all_is_well()
        newcomer: Any = machine.subscribe(("trades",), "gaps")
        assert eventually(lambda: newcomer.gaps == [GapReason.MALFORMED_FRAME])
        machine.all_is_well()
    finally:
        machine.teardown()


@pytest.mark.parametrize("odd", ["binary", "fragments", "unknown keys", "stall amid a frame"])
@pytest.mark.parametrize("held", ["delay", "reverse"])
@pytest.mark.parametrize("loses", [False, True])
def test_the_last_height_may_be_said_ahead_of_what_is_held_back(
    held: str, odd: str, loses: bool
) -> None:
    machine = Machine()
    try:
        machine.begin(Conditions(), ("blocks",))
        machine.all_is_well()
        machine.hit("market", held)
        machine.step(1)
        # Of whom it is not known yet from when on it is owed anything.
        machine.subscribe(("blocks",), "gaps")
        machine.step(1)
        if loses:
            machine.hit("market", "garbage")
        machine.hit("market", odd)
        said, first = machine.ordeal.exchange.height, machine.ordeal.people[0]
        machine.heal()
        machine.all_is_well()
        heights = [it.height for it in first.values if not isinstance(it, Gap)]
        assert heights.count(said) == 2
    finally:
        machine.teardown()


def test_of_lines_that_were_asked_for_nothing_nobody_can_tell_whose_they_are() -> None:
    machine = Machine()
    try:
        machine.begin(Conditions(linger=60.0), ("depth",))
        machine.close()
        machine.all_is_well()
        machine.ordeal.begin_again()
        # Everybody has left before a line that is there to the venue is there to its client, too.
        machine.ordeal.network.shape(latency=0.1)
        for what in ("blocks", "depth"):
            machine.subscribe((what,), "gaps")
        assert eventually(lambda: len(machine.ordeal.visits()) == 2)
        machine.all_leave("everybody")
        machine.all_is_well()
    finally:
        machine.teardown()


def test_what_the_old_socket_of_a_renewal_lost_may_come_late() -> None:
    machine = Machine()
    try:
        machine.begin(Conditions(), ("blocks",))
        machine.all_is_well()
        ordeal = machine.ordeal
        first, before = ordeal.people[0], ordeal.renewals
        machine.hit("market", "lose")
        machine.renew(waits=False)
        # The old one is there for so long that it loses what comes next; were it gone, nothing would be late.
        assert eventually(lambda: [bool(it.said) for it in ordeal.exchange.visits] == [True] * 2)
        assert eventually(lambda: ordeal.step() or ordeal.renewals > before)
        machine.all_is_well()
        machine.heal()
        machine.all_is_well()
        heights = [it.height for it in first.values]
        assert sorted(heights) == list(range(min(heights), max(heights) + 1))
    finally:
        machine.teardown()


def played(name: str, linger: float) -> None:
    machine = Machine()
    try:
        _, other = machine.begin(Conditions(linger=linger), ("trades", "other trades"))
        machine.ordeal.join((machine.ordeal.topics["account"],))
        machine.all_is_well()
        SCRIPTS[name](machine, other)
        machine.all_is_well()
        machine.heal()
        machine.all_is_well()
    finally:
        machine.teardown()


SENT = [1, 3, 4, 6, 8]
#: What is said once more, while what it repeats may be held back.
AHEAD: dict[str, Any] = {"again": {6}, "ahead": {6}}
#: What one of two sockets lost, and the other may have brought.
LATE: dict[str, Any] = {"excused": {3, 4}, "late": {3, 4}}


@pytest.mark.parametrize(
    ("heard", "duty"),
    [
        ([1, 3, 4, 6, 8], {}),
        ([LOST, 6, 8], {}),
        ([1, LOST, 6, 8], {}),
        ([1, 3, LOST], {}),
        ([6, 8], {"since": 5}),
        ([1, 8], {"knows_gaps": False}),
        ([1, 6, 8], {"excused": {3, 4}}),
        ([1, 3, 3, 4, 1, 6, 8], {"again": {1, 3}}),
        ([1, 6, 4, 3, 8], {"shuffled": {3, 4, 6}}),
        ([1, 6, 3, 4, 8], LATE),
        ([1, 6, 8], LATE),
        ([1, 6, 3, 4, 6, 8], AHEAD),
        ([1, 6, 6, 3, 4, 6, 8], AHEAD),
        ([1, 3, 4, 6, 6, 8], AHEAD),
        ([1, 6, LOST, 8], AHEAD),
        ([1, LOST, 6, 3, 4, 6, 8], AHEAD),
        ([1, 6, LOST, 3, 4, 6, 8], {**AHEAD, "since": None}),
        ([1, 6, 3, 4, 6, 8], {**AHEAD, "excused": {3, 4, 6}}),
        ([1, 6, 4, 3, 6, 8], {**AHEAD, "shuffled": {3, 4, 6}}),
        ([1, 3], {"until": None}),
        ([1, LOST, 6, 8], {"well_since": 5}),
    ],
)
def test_the_model_bears_what_may_be(heard: Any, duty: dict[str, Any]) -> None:
    assert not flaw(heard, SENT, Duty(**{"since": 0, "until": 9, **duty}))


@pytest.mark.parametrize(
    ("heard", "duty", "says"),
    [
        ([1, 3, 6, 8], {}, r"\[4\] are missing before 6"),
        ([3, 4, 6, 8], {}, r"\[1\] are missing before 3"),
        ([1, 3, 4], {}, r"\[6, 8\] have not come"),
        ([], {}, "have not come"),
        ([1, 3, 3, 4, 6, 8], {}, "3 came behind 3"),
        ([1, LOST, 1, 3, 4, 6, 8], {}, "1 came behind 1"),
        ([1, 4, 3, 6, 8], {"excused": {3}}, "3 came behind 4"),
        ([1, 3, LOST], {"well_since": 5}, r"\[6, 8\] have not come, although the line was well"),
        ([1, LOST, 4, 8], {}, r"\[6\] are missing before 8"),
        ([1, LOST, LOST, 6, 8], {}, "are one gap"),
        ([1, 6, 3, 4, 3, 8], LATE, "3 came behind 6, or twice"),
        ([1, 3, 4, 6, 4, 8], LATE, "4 came behind 6, or twice"),
        ([1, 6, 1, 8], LATE, "1 came behind 6"),
        ([1, 3, 4, 8, 6], LATE, r"\[6\] are missing before 8"),
        ([1, 6, 8], AHEAD, r"\[3, 4, 6\] are missing before 8"),
        ([1, 6, 6, 8], AHEAD, r"\[3, 4, 6\] are missing before 8"),
        ([1, 6, 3, 4, 8], AHEAD, r"\[6\] are missing before 8"),
        ([1, 6, 4, 6, 8], AHEAD, r"\[3\] are missing before 4"),
        ([1, LOST, 6, 4, 3, 6, 8], AHEAD, "3 came behind 4"),
        ([1, 3, 4, 8], AHEAD, r"\[6\] are missing before 8"),
        ([1, 6], AHEAD, r"\[3, 4, 6, 8\] have not come"),
        ([1, 6, 3, 4, 6, 8, 8], AHEAD, "8 came behind 8"),
    ],
)
def test_the_model_sees_what_may_not_be(heard: Any, duty: dict[str, Any], says: str) -> None:
    wrong = flaw(heard, SENT, Duty(**{"since": 0, "until": 9, **duty}))
    assert re.search(says, wrong)
