"""One run of everything, from the first process to the results."""

from datetime import UTC, datetime
from typing import Any

from benchmarks.contest import Plan, Progress, bench
from benchmarks.contestants import OURS
from benchmarks.heats import SPREAD
from benchmarks.machine import facts, load
from benchmarks.own import Own
from benchmarks.summary import across, delays, headroom, medians, ratios, waiting

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
        heats = {heat.name: course.heat(heat) for heat in plan.heats}
        laps = list(course.laps())
        own = Own(course, plan, progress).all()
    paced = [lap for lap in laps if "p50_us" in lap]
    timed = [lap for lap in laps if "wall_us" in lap]
    return {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": facts(),
        "load": [before, load()],
        "plan": {key: getattr(plan, key) for key in ("rounds", "warm", "seconds", "repeats")},
        "contestants": contestants,
        "absent": course.absent,
        "heats": heats,
        "medians": medians(timed),
        "ratios": {clock: ratios(timed, clock) for clock in ("wall_us", "cpu_us")},
        "delays": delays(paced),
        "delay_ratios": {key: ratios(paced, key) for key in ("p50_us", "p99_us")},
        "times_one_topic": across(timed, SPREAD[0].name, OURS),
        "headroom": headroom(timed),
        "waiting": waiting(timed),
        "own": own,
        "failures": course.failures,
        "laps": laps,
    }
