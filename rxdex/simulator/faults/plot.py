"""
Whom faults hit: those who are there, and those who are still to come.

Only the exchange's thread touches it, save for the log, which anybody may read.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterable
from typing import Protocol

from attrs import define, frozen

from rxdex.simulator.faults.outlet import Outlet
from rxdex.simulator.post import Post
from rxdex.simulator.stream_names import Entry

__all__ = ["PAST", "Blow", "Choice", "Deed", "Plan", "Plot", "Refusal", "Subscribed", "Target"]

_REMEMBERED = 10_000
#: Frames of the past that can be said again.
PAST = 100

#: Is told what a client asks for besides; says whether it has seen enough.
Subscribed = Callable[[frozenset[Entry]], bool]


@frozen(kw_only=True)
class Deed:
    """
    A fault that was made.

    :param height: of the last block then
    :param what: the call that makes it, such as `hang_up(1012)`
    :param visit: the `Visit.opened` of whom it hit; None where it hit nobody, or somebody who was not let in
    """

    height: int
    what: str
    visit: int | None

    def __str__(self) -> str:
        whom = "nobody" if self.visit is None else f"visit {self.visit}"
        return f"block {self.height}: {self.what} on {whom}"


@frozen(kw_only=True)
class Refusal:
    """
    How a handshake is refused.

    :param status: of HTTP; None: no answer, ever
    :param retry_after: seconds, for the header of that name
    """

    status: int | None
    retry_after: int | None = None


class Target(Protocol):
    """A websocket that can be hit."""

    @property
    def outlet(self) -> Outlet:
        """Its way out."""
        ...

    @property
    def number(self) -> int:
        """The `Visit.opened` of its visit."""
        ...

    @property
    def entries(self) -> frozenset[Entry]:
        """What it is subscribed to."""
        ...

    @property
    def at_subscribe(self) -> list[Subscribed]:
        """Who is told when it subscribes to more."""
        ...

    def hang_up(self, code: int, reason: str) -> None:
        """Begin to close."""
        ...

    def cut(self) -> None:
        """Drop the line without a word."""
        ...

    def say(self, data: bytes) -> None:
        """Put bytes on the wire, as they are."""
        ...

    def push(self, payloads: Iterable[bytes]) -> None:
        """Send text frames."""
        ...

    def now(self) -> float:
        """Seconds on its clock."""
        ...

    def later(self, seconds: float, what: Callable[[], None]) -> None:
        """Do something later on that clock."""
        ...

    def heal(self) -> None:
        """End every fault."""
        ...


#: Does something to somebody.
Blow = Callable[[Target], None]
#: Says whether somebody is meant.
Choice = Callable[[Target], bool]


@define(eq=False)
class Plan:
    """
    What is to happen to who comes next.

    :param what: the call that makes it
    :param left: to how many more
    :param blow: what to do to them once they are let in
    :param refusal: or how not to let them in
    """

    what: str
    left: int
    blow: Blow | None = None
    refusal: Refusal | None = None


class Plot:
    """
    What is to happen to whom.

    :param touch: is called when the log has grown
    """

    def __init__(self, touch: Callable[[], None]) -> None:
        self._touch = touch
        self._open: dict[int, Target] = {}
        self._plans: list[Plan] = []
        self._lock = threading.Lock()
        # Under the lock:
        self._log: deque[Deed] = deque(maxlen=_REMEMBERED)
        #: The frames that were sent last.
        self.past: deque[Post] = deque(maxlen=PAST)
        self.height = 0
        self.time_ns = 0
        self._script: Callable[[], None] | None = None
        self._period_ns = 0
        self._due_ns = 0

    @property
    def log(self) -> tuple[Deed, ...]:
        """What was done, oldest first; from any thread."""
        with self._lock:
            return tuple(self._log)

    @property
    def numbers(self) -> tuple[int, ...]:
        """The `Visit.opened` of all who are there, in that order."""
        return tuple(self._open)

    def strike(self, what: str, choice: Choice, blow: Blow) -> int:
        """Do this to all who are there and meant; how many that were."""
        hit = [target for target in self._open.values() if choice(target)]
        for target in hit:
            self._note(what, target.number)
            blow(target)
        if not hit:
            self._note(what, None)
        return len(hit)

    def plan(self, plan: Plan) -> None:
        """Do this to who comes."""
        self._plans.append(plan)

    def call_off(self, plans: Iterable[Plan]) -> None:
        """Do these to nobody any more."""
        for plan in plans:
            plan.left = 0
        self._plans = [plan for plan in self._plans if plan.left]

    def heal(self) -> None:
        """Forget what was to come, and end what is at work."""
        self._script = None
        self._plans.clear()
        for target in tuple(self._open.values()):
            target.heal()

    def receive(self) -> Refusal | None:
        """How whoever knocks is refused, if at all."""
        for plan in self._plans:
            if plan.refusal is not None:
                self._note(plan.what, None)
                self._use_up([plan])
                return plan.refusal
        return None

    def opened(self, target: Target) -> None:
        """Somebody was let in."""
        self._open[target.number] = target
        plans = [plan for plan in self._plans if plan.blow is not None]
        self._use_up(plans)
        for plan in plans:
            self._note(plan.what, target.number)
            if plan.blow is not None:
                plan.blow(target)

    def closed(self, target: Target) -> None:
        """Somebody is gone."""
        self._open.pop(target.number, None)

    def tick(self, height: int, time_ns: int) -> None:
        """There is a block more; its frames come next."""
        self.height, self.time_ns = height, time_ns
        for target in self._open.values():
            target.outlet.release()
        if self._script is not None and time_ns >= self._due_ns:
            self._due_ns = max(time_ns, self._due_ns + self._period_ns)
            self._script()

    def every(self, seconds: float, script: Callable[[], None]) -> None:
        """Do this again and again, after so many seconds of chain time each, in the place of what was."""
        self._script = script
        self._period_ns = round(seconds * 1e9)
        self._due_ns = self.time_ns + self._period_ns

    def _use_up(self, plans: Iterable[Plan]) -> None:
        for plan in plans:
            plan.left -= 1
        self._plans = [plan for plan in self._plans if plan.left]

    def _note(self, what: str, visit: int | None) -> None:
        with self._lock:
            self._log.append(Deed(height=self.height, what=what, visit=visit))
        self._touch()
