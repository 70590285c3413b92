"""The contest: all contestants, heat by heat, in rounds."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple

from benchmarks.certificates import certificates
from benchmarks.contestants import CONTESTANTS, Contestant
from benchmarks.environments import CannotRun, python_of
from benchmarks.heats import HEATS, Heat
from benchmarks.lines import Child, child
from benchmarks.pinning import on

__all__ = ["Bench", "Plan", "Progress", "bench"]

#: Is told what is going on, in a few words.
Progress = Callable[[str], None]

#: A lap at a fixed rate is longer: what it is about is rare, and what came while a client got ready is late.
_LONGER = 3
_SETTLING = 8
#: After which a contestant is not asked any more.
_FAILURES = 2
_SHOWN = 160


class Plan(NamedTuple):
    """
    How much to measure.

    :param rounds: how often each contestant runs each heat
    :param warm: seconds of a lap before the clocks count
    :param seconds: of a lap then, at least
    :param repeats: of the measures that are no laps
    :param contestants: who competes
    :param heats: in what
    :param flat: frames of a long run of ours alone; 0 for none
    """

    rounds: int = 9
    warm: float = 0.05
    seconds: float = 0.2
    repeats: int = 5
    contestants: Sequence[Contestant] = CONTESTANTS
    heats: Sequence[Heat] = HEATS
    flat: int = 0


class Bench:
    """
    A firehose, contestants that wait for their turn, and what they did.

    :param plan: how much to measure
    :param hose: the firehose
    :param runners: the contestants' processes, by name
    :param absent: who cannot run here, and why
    :param progress: is told what is going on
    """

    def __init__(
        self,
        plan: Plan,
        hose: Child,
        runners: dict[str, Child],
        absent: dict[str, str],
        progress: Progress,
    ) -> None:
        self._plan = plan
        self._hose = hose
        self._runners = runners
        self._progress = progress
        self.absent = absent
        self.failures: list[dict[str, str]] = []

    def contestants(self) -> dict[str, Any]:
        """Who they are, and on what they run; whoever cannot is out."""
        found: dict[str, Any] = {}
        for one in self._plan.contestants:
            if one.name not in self._runners:
                continue
            self._progress(f"starting: {one.name}")
            try:
                said = self._runners[one.name].ask({})
            except RuntimeError as error:
                del self._runners[one.name]
                self.absent[one.name] = str(error)[-_SHOWN:]
            else:
                found[one.name] = {
                    "about": one.about,
                    "brings": one.brings,
                    "is_c_client": one.is_c_client,
                    **said,
                }
        return found

    def laps(self) -> Iterator[dict[str, Any]]:
        """Round by round, heat by heat, one contestant right after the other."""
        for number in range(self._plan.rounds):
            for heat in self._plan.heats:
                yield from self._heat(number, heat)

    def heat(self, heat: Heat) -> dict[str, Any]:
        """What a heat is made of."""
        job = self.job(heat)
        frames = job["frames"]
        return {
            "about": heat.shape.about,
            "topics": len(job["topics"]),
            "bytes_a_frame": job["bytes"] / frames,
            "events_a_frame": job["events"] / frames,
        }

    def job(self, heat: Heat) -> dict[str, Any]:
        """Have a heat's frames served; how to listen to them."""
        served = {"serve": heat.shape.name, "tls": heat.tls, "rate": heat.rate}
        return {**self._hose.ask(served), "subscribers": heat.subscribers}

    def _heat(self, number: int, heat: Heat) -> Iterator[dict[str, Any]]:
        """Every contestant once; who begins changes from round to round."""
        lap = {
            "job": self.job(heat),
            "warm": self._plan.warm * (_SETTLING if heat.rate else 1),
            "seconds": self._plan.seconds * (_LONGER if heat.rate else 1),
            "rate": heat.rate,
            "busy": heat.busy,
        }
        they = [one.name for one in self._plan.contestants if heat.takes(one)]
        they = [name for name in they if name in self._runners]
        turn = number % len(they) if they else 0
        for name in (*they[turn:], *they[:turn]):
            if self._is_out(name, heat):
                continue
            self._progress(f"round {number + 1} of {self._plan.rounds}: {heat.name}, {name}")
            try:
                cost = self._runners[name].ask(lap)
            except RuntimeError as error:
                what = str(error)[-_SHOWN:]
                self.failures.append({"contestant": name, "heat": heat.name, "what": what})
            else:
                blocked = {} if heat.rate else self._hose.ask({})
                yield {"round": number, "heat": heat.name, "contestant": name, **cost, **blocked}

    def _is_out(self, name: str, heat: Heat) -> bool:
        failed = [one["heat"] for one in self.failures if one["contestant"] == name]
        return heat.name in failed or len(failed) >= _FAILURES


@contextmanager
def bench(plan: Plan, progress: Progress) -> Iterator[Bench]:
    """Everything that is needed, for as long as the block runs; no process outlives it."""
    progress("starting")
    with ExitStack() as stack:
        made = stack.enter_context(certificates())
        hose_on = [*on(0), "--certificate", made.server]
        hose = stack.enter_context(child("benchmarks.firehose", hose_on))
        # Where most of them look for whom to trust.
        trust = {"SSL_CERT_FILE": made.authority}
        runners: dict[str, Child] = {}
        absent: dict[str, str] = {}
        for one in plan.contestants:
            try:
                python = sys.executable if one.home is None else python_of(one.home, progress)
            except CannotRun as error:
                absent[one.name] = str(error)
                continue
            module = f"benchmarks.contestants.{one.module}"
            started = child(module, [*on(1), *one.options], python, trust)
            runners[one.name] = stack.enter_context(started)
        yield Bench(plan, hose, runners, absent, progress)
