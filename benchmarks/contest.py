"""The contest: all contestants, shape by shape, in rounds."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any, NamedTuple

from benchmarks.contestants import CONTESTANTS, Contestant
from benchmarks.lines import Child, child
from benchmarks.pinning import cores
from benchmarks.shapes import BY_TOPICS, SHAPES, SILENCE, Shape

__all__ = ["Bench", "Plan", "bench"]

#: Is told what is going on, in a few words.
Progress = Callable[[str], None]

_SUBSCRIBERS = (1, 5_000)


class Plan(NamedTuple):
    """
    How much to measure.

    :param rounds: how often each contestant runs each shape
    :param warm: seconds of a lap before the clocks count
    :param seconds: of a lap then, at least
    :param repeats: of the measures that are no laps
    :param contestants: who competes
    :param shapes: what they hear
    :param by_topics: what those hear who tell topics apart
    """

    rounds: int = 5
    warm: float = 0.05
    seconds: float = 0.3
    repeats: int = 5
    contestants: Sequence[Contestant] = CONTESTANTS
    shapes: Sequence[Shape] = SHAPES
    by_topics: Sequence[Shape] = BY_TOPICS


class Bench:
    """
    A firehose, contestants that wait for their turn, and what they did.

    :param plan: how much to measure
    :param hose: the firehose
    :param runners: the contestants' processes, by name
    :param progress: is told what is going on
    """

    def __init__(
        self, plan: Plan, hose: Child, runners: dict[str, Child], progress: Progress
    ) -> None:
        self._plan = plan
        self._hose = hose
        self._runners = runners
        self._progress = progress
        self.failures: list[dict[str, str]] = []

    def contestants(self) -> dict[str, Any]:
        """Who they are, and on what they run."""
        return {
            one.name: {"about": one.about, **self._runners[one.name].ask({})}
            for one in self._plan.contestants
        }

    def laps(self) -> Iterator[dict[str, Any]]:
        """Round by round, shape by shape, one contestant right after the other."""
        routing = [one for one in self._plan.contestants if one.routes]
        for number in range(self._plan.rounds):
            for shape in self._plan.shapes:
                yield from self._heat(number, shape, self._plan.contestants)
            for shape in self._plan.by_topics:
                yield from self._heat(number, shape, routing)

    def shape(self, shape: Shape) -> dict[str, Any]:
        """What a shape is made of."""
        job = self._job(shape.name)
        frames = job["frames"]
        return {
            "about": shape.about,
            "topics": len(job["topics"]),
            "bytes_a_frame": job["bytes"] / frames,
            "events_a_frame": job["events"] / frames,
        }

    def own(self) -> dict[str, Any]:
        """What is measured of rxdex alone."""
        names = [shape.name for shape in self._plan.shapes]
        with self._measure("importing") as importing:
            import_ms = importing.ask({"runs": self._plan.repeats})["ms"]
        with self._measure("memory") as memory:
            kept = {name: memory.ask({"shape": name})["bytes"] for name in names}
        with self._measure("subscribing") as subscribing:
            one_more = {
                str(count): subscribing.ask(self._one_more(count)) for count in _SUBSCRIBERS
            }
        with self._measure("hops") as clocked:
            hops = {
                name: clocked.ask({"job": self._job(name), "seconds": 2 * self._plan.seconds})
                for name in names
            }
        return {
            "import_ms": import_ms,
            "bytes_an_event": kept,
            "one_more_subscriber": one_more,
            "hops": hops,
        }

    def _heat(
        self, number: int, shape: Shape, contestants: Sequence[Contestant]
    ) -> Iterator[dict[str, Any]]:
        """Every contestant once; who begins changes from round to round."""
        lap = {
            "job": self._job(shape.name),
            "warm": self._plan.warm,
            "seconds": self._plan.seconds,
        }
        turn = number % len(contestants) if contestants else 0
        for one in (*contestants[turn:], *contestants[:turn]):
            failure = {"contestant": one.name, "shape": shape.name}
            if any(failure.items() <= known.items() for known in self.failures):
                continue
            self._progress(f"round {number + 1} of {self._plan.rounds}: {shape.name}, {one.name}")
            try:
                cost = self._runners[one.name].ask(lap)
            except RuntimeError as error:
                self.failures.append({**failure, "what": str(error)})
            else:
                yield {"round": number, "shape": shape.name, "contestant": one.name, **cost}

    def _job(self, shape: str) -> dict[str, Any]:
        """Have a shape served; how to listen to it."""
        return self._hose.ask({"serve": shape})

    def _one_more(self, count: int) -> dict[str, Any]:
        return {
            "url": self._job(SILENCE.name)["url"],
            "subscribers": count,
            "runs": self._plan.repeats * 100,
        }

    def _measure(self, what: str) -> AbstractContextManager[Child]:
        self._progress(f"rxdex alone: {what}")
        return child(f"benchmarks.measures.{what}", _on(1))


@contextmanager
def bench(plan: Plan, progress: Progress) -> Iterator[Bench]:
    """Everything that is needed, for as long as the block runs; no process outlives it."""
    progress("starting")
    with ExitStack() as stack:
        hose = stack.enter_context(child("benchmarks.firehose", _on(0)))
        runners = {
            one.name: stack.enter_context(
                child(f"benchmarks.contestants.{one.module}", _on(1), one.python)
            )
            for one in plan.contestants
        }
        yield Bench(plan, hose, runners, progress)


def _on(place: int) -> list[str]:
    """On which core: the firehose's, or the contestants'."""
    both = cores()
    return [] if both is None else ["--core", str(both[place])]
