"""Everything that can be done to a `Dex`, as rules: who comes and goes, and what goes wrong."""

import functools
from collections.abc import Callable
from typing import Any, ClassVar, TypeVar, cast

from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
)

from rxdex.events import GapReason
from tests.conftest import eventually
from tests.connection.adversity import FAULTS, PLANS, TROUBLES, Fault
from tests.connection.ordeal import Conditions, Ordeal
from tests.connection.somebody import Somebody
from tests.connection.verdict import settle

Step = TypeVar("Step", bound=Callable[..., Any])

SETS = st.sampled_from(
    [
        ("blocks",),
        ("trades",),
        ("other trades",),
        ("trades", "blocks"),
        ("trades", "other trades"),
        ("account",),
        ("depth",),
    ]
)
ACTS = st.sampled_from(["leave", "invite", "renew", "nothing", "close"])
LANES = st.sampled_from(["everybody", "market", "everybody", "market", "address", "depth"])
CONDITIONS = st.builds(
    Conditions,
    linger=st.sampled_from([60.0, 0.0, 0.03]),
    is_patient=st.sampled_from([True, True, False]),
)


def written(step: Step) -> Step:
    """Have a step stand in the script, which is told where a failure cannot be had again."""

    @functools.wraps(step)
    def take(machine: Any, *given: object, **named: object) -> Any:
        machine.ordeal.script.append(f"{step.__name__} {[*given, *named.values()]}")
        return step(machine, *given, **named)

    return cast("Step", take)


class Machine(RuleBasedStateMachine):
    """A `Dex` and its people, through whatever may happen."""

    people = Bundle("people")
    #: What was found wrong, by all machines.
    flaws: ClassVar[list[str]] = []

    def __init__(self) -> None:
        super().__init__()
        self.ordeal: Any = None
        #: How many further steps nobody waits for; and how many a fault that hides has been at work.
        self.hurry = 0
        self.age = 0
        #: How many steps were made; and how many since the end.
        self.steps = 0
        self.over = 0

    @initialize(target=people, conditions=CONDITIONS, what=SETS)
    def begin(self, conditions: Conditions, what: tuple[str, ...]) -> Any:
        self.ordeal = Ordeal(conditions)
        return multiple(self._join(("blocks",)), self._join(what))

    def teardown(self) -> None:
        if self.ordeal is not None:
            self.ordeal.end()

    @invariant()
    def all_is_well(self) -> None:
        it: Ordeal | None = self.ordeal
        if it is None:
            return
        self.steps += 1
        if self.hurry:
            self.hurry -= 1
            return
        try:
            settle(it)
        except AssertionError as flaw:
            self.flaws.append(str(flaw))
            raise
        # What depends on how fast things go must not decide which rules there are.
        self.age = self.age + 1 if any(lane.windows for lane in it.lanes.values()) else 0
        if self.age > 2:
            it.heal()
        self.over += it.is_closed
        if self.over > 2:
            it.begin_again()
            self._join(("trades", "blocks"))
            self.over = 0

    # Who comes and goes.

    @rule(
        target=people, what=SETS, way=st.sampled_from(["gaps", "gaps", "gaps", "plain", "frames"])
    )
    @written
    def subscribe(self, what: tuple[str, ...], way: str) -> Somebody:
        if way == "frames" and what != ("blocks",):
            way = "plain"
        return self._join(what, way)

    @rule(target=people, what=SETS, count=st.integers(2, 4))
    @written
    def subscribe_many(self, what: tuple[str, ...], count: int) -> Any:
        return multiple(*(self._join(what) for _ in range(count)))

    @rule(who=people)
    @written
    def dispose(self, who: Somebody) -> None:
        who.leave()

    @rule(lane=LANES)
    @written
    def all_leave(self, lane: str) -> None:
        for who in list(self.ordeal.people):
            if lane in {"everybody", self.ordeal.lane(who).name}:
                who.leave()

    @rule(target=people, lane=LANES)
    @written
    def all_leave_but_one_comes_back(self, lane: str) -> Somebody:
        self.all_leave(lane)
        return self._join(("depth",) if lane == "depth" else ("trades", "blocks"))

    @rule(who=people, stumbles_at_end=st.booleans())
    @written
    def stumble(self, who: Somebody, stumbles_at_end: bool) -> None:
        """Have somebody raise at the next event, and again when it is told that it is out, or complete."""
        who = self._present(who)
        who.act, who.stumbles_at_end = Somebody.stumble, stumbles_at_end

    @rule(who=people, act=ACTS, stumbles_at_end=st.booleans())
    @written
    def at_the_next_event(self, who: Somebody, act: str, stumbles_at_end: bool) -> None:
        acts: dict[str, Callable[[Somebody], None]] = {
            "leave": Somebody.leave,
            "invite": self._invite,
            "renew": lambda _: self._renew(),
            "close": lambda _: self.ordeal.close(),
        }
        who = self._present(who)
        who.act, who.stumbles_at_end = acts.get(act), stumbles_at_end

    @rule(blocks=st.integers(1, 3))
    @written
    def step(self, blocks: int) -> None:
        self.ordeal.step(blocks)

    @rule(steps=st.integers(2, 4))
    @written
    def wait_for_nothing(self, steps: int) -> None:
        """Let the next steps follow upon each other."""
        self.hurry = steps

    @rule(waits=st.booleans())
    @written
    def renew(self, waits: bool) -> None:
        it, before = self.ordeal, self.ordeal.renewals
        self._renew()
        if waits and any(it.listeners(lane) for lane in it.lanes):
            eventually(lambda: it.step() or it.renewals > before, 1.0)

    @rule(lane=LANES, blocks=st.integers(1, 2))
    @written
    def break_amid_a_renewal(self, lane: str, blocks: int) -> None:
        it: Ordeal = self.ordeal
        self._renew()
        there = len(it.visits())
        eventually(lambda: len(it.visits()) > there, 0.2)
        it.step(blocks)
        self._hit(lane, FAULTS["hang up"])
        it.step()

    @precondition(lambda self: self.steps > 10)
    @rule()
    @written
    def close(self) -> None:
        self.ordeal.close()

    # What goes wrong.

    @rule(lane=LANES, fault=st.sampled_from(sorted(FAULTS)))
    @written
    def hit(self, lane: str, fault: str) -> None:
        """The venue does something to who is there."""
        self._hit(lane, FAULTS[fault])

    @rule(lane=LANES, plan=st.sampled_from(sorted(PLANS)), is_awaited=st.booleans())
    @written
    def plan(self, lane: str, plan: str, is_awaited: bool) -> None:
        """It does something to who comes next; and, perhaps, sees to it that somebody comes."""
        PLANS[plan](self.ordeal)
        if is_awaited:
            self._hit(lane, FAULTS["hang up"])

    @rule(trouble=st.sampled_from(sorted(TROUBLES)))
    @written
    def network(self, trouble: str) -> None:
        """So does the network."""
        TROUBLES[trouble](self.ordeal)

    @rule()
    @written
    def heal(self) -> None:
        self.ordeal.heal()

    def _join(self, what: tuple[str, ...], way: str = "gaps") -> Somebody:
        who: Somebody = self.ordeal.join(tuple(self.ordeal.topics[it] for it in what), way)
        return who

    def _present(self, who: Somebody) -> Somebody:
        """Somebody; or who is still here, where that one is not."""
        here = (it for it in list(self.ordeal.people) if not it.is_out)
        return next(here, who) if who.is_out else who

    def _invite(self, host: Somebody) -> None:
        self.ordeal.join(host.wanted)

    def _renew(self) -> None:
        it = self.ordeal
        it.suffer(None, GapReason.RENEWAL_FAILED)
        it.dex.renew()

    def _hit(self, name: str, fault: Fault) -> None:
        it: Ordeal = self.ordeal
        lane = it.lane_called(name)
        if fault.is_told:
            it.owe_gaps(lane)
        if fault.reason is not None:
            it.suffer(lane, fault.reason)
        if fault.hides:
            it.distort(lane, fault.hides, it.chronicle.now)
        if fault.repeats:
            it.repeat(lane)
        fault.blow(it.whom(lane))
