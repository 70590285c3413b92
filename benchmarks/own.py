"""What is measured of rxdex alone, each in a process of its own."""

from contextlib import AbstractContextManager
from typing import Any

from benchmarks.contest import Bench, Plan, Progress
from benchmarks.heats import Heat
from benchmarks.lines import Child, child
from benchmarks.pinning import on
from benchmarks.shapes import SHAPES, SILENCE

__all__ = ["Own"]

_SUBSCRIBERS = (1, 5_000)
_OPERATORS = (0, 1)
_SILENCE = Heat(SILENCE.name, SILENCE)
#: The shape of one trade a frame.
_TRADES = SHAPES[0]
#: Frames a second that a machine in trouble still does.
_SLOWEST = 5_000


class Own:
    """
    The measures of rxdex alone.

    :param course: has its firehose
    :param plan: how much to measure
    :param progress: is told what is going on
    """

    def __init__(self, course: Bench, plan: Plan, progress: Progress) -> None:
        self._course = course
        self._plan = plan
        self._progress = progress

    def all(self) -> dict[str, Any]:
        """Every measure, by name."""
        return {
            "import_ms": self._import_ms(),
            "bytes_an_event": self._bytes_an_event(),
            "bytes_a_plain_trade": self._bytes_a_plain_trade(),
            "bytes_a_subscription": self._bytes_a_subscription(),
            "one_more_subscriber": self._one_more_subscriber(),
            "hops": self._hops(),
            "reads": self._reads(),
            "flat": self._flat() if self._plan.flat else None,
        }

    def _import_ms(self) -> float:
        with self._measure("importing") as importing:
            return float(importing.ask({"runs": self._plan.repeats})["ms"])

    def _bytes_an_event(self) -> dict[str, float]:
        with self._measure("memory") as memory:
            return {shape.name: memory.ask({"shape": shape.name})["bytes"] for shape in SHAPES}

    def _bytes_a_plain_trade(self) -> float:
        with self._measure("memory") as memory:
            return float(memory.ask({"shape": _TRADES.name, "plain": True})["bytes"])

    def _bytes_a_subscription(self) -> dict[str, float]:
        url = self._course.job(_SILENCE)["url"]
        with self._measure("subscriptions") as kept:
            question = {"url": url, "subscribers": 200 * self._plan.repeats}
            return {
                str(count): kept.ask({**question, "operators": count})["bytes"]
                for count in _OPERATORS
            }

    def _one_more_subscriber(self) -> dict[str, Any]:
        question = {
            "url": self._course.job(_SILENCE)["url"],
            "runs": self._plan.repeats * 100,
        }
        with self._measure("subscribing") as subscribing:
            return {
                str(count): subscribing.ask({**question, "subscribers": count})
                for count in _SUBSCRIBERS
            }

    def _hops(self) -> dict[str, Any]:
        seconds = 2 * self._plan.seconds
        with self._measure("hops") as clocked:
            return {
                shape.name: clocked.ask(
                    {"job": self._course.job(Heat(shape.name, shape)), "seconds": seconds}
                )
                for shape in SHAPES
            }

    def _reads(self) -> dict[str, Any]:
        laps = 10 * self._plan.repeats
        with self._measure("reads") as reading:
            return {
                shape.name: reading.ask({"shape": shape.name, "laps": laps}) for shape in SHAPES
            }

    def _flat(self) -> dict[str, Any]:
        frames = self._plan.flat
        patience = 60 + frames / _SLOWEST
        question = {
            "job": self._course.job(Heat(_TRADES.name, _TRADES)),
            "frames": frames,
            "patience": patience,
        }
        with self._measure("flatness") as long:
            return long.ask(question, timeout=patience + 10)

    def _measure(self, what: str) -> AbstractContextManager[Child]:
        self._progress(f"rxdex alone: {what}")
        return child(f"benchmarks.measures.{what}", on(1))
