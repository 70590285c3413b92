"""One run of everything, from the first process to the results."""

from datetime import UTC, datetime
from typing import Any

from benchmarks.contest import Plan, Progress, bench
from benchmarks.machine import facts, load
from benchmarks.summary import headroom, medians, ratios

__all__ = ["run"]


def run(plan: Plan, progress: Progress) -> dict[str, Any]:
    """
    Measure.

    :param plan: how much
    :param progress: is told what is going on
    """
    before = load()
    with bench(plan, progress) as course:
        contestants = course.contestants()
        shapes = {shape.name: course.shape(shape) for shape in (*plan.shapes, *plan.by_topics)}
        laps = list(course.laps())
        own = course.own()
        failures = course.failures
    return {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": facts(),
        "load": [before, load()],
        "plan": {key: getattr(plan, key) for key in ("rounds", "warm", "seconds", "repeats")},
        "contestants": contestants,
        "shapes": shapes,
        "medians": medians(laps),
        "ratios": {clock: ratios(laps, clock) for clock in ("wall_us", "cpu_us")},
        "headroom": headroom(laps),
        "own": own,
        "failures": failures,
        "laps": laps,
    }
