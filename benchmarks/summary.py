"""From laps to medians and pairwise ratios."""

from collections.abc import Sequence
from statistics import median, quantiles
from typing import Any

from benchmarks.contestants import YARDSTICKS

__all__ = ["headroom", "medians", "ratios"]

Laps = Sequence[dict[str, Any]]
#: By shape, then by contestant.
Table = dict[str, dict[str, Any]]

_CLOCKS = ("wall_us", "cpu_us")


def medians(laps: Laps) -> Table:
    """
    Us a frame of each contestant at each shape, by the clock and of the processor.

    `spread` is the distance of the quartiles by the clock, as a part of the median; None of one round.
    """
    found: Table = {}
    for (shape, contestant), rounds in _grouped(laps).items():
        walls = [lap["wall_us"] for lap in rounds.values()]
        found.setdefault(shape, {})[contestant] = {
            **{clock: median(lap[clock] for lap in rounds.values()) for clock in _CLOCKS},
            "spread": _spread(walls),
        }
    return found


def ratios(laps: Laps, clock: str) -> Table:
    """
    How many times as much each contestant takes as each other.

    Each ratio is of two laps that ran within a second or so, and then the median of the rounds is taken:
    what slows the machine for a while slows both.
    """
    grouped = _grouped(laps)
    found: Table = {}
    for (shape, one), mine in grouped.items():
        row = found.setdefault(shape, {})
        row[one] = {
            other: median(mine[number][clock] / theirs[number][clock] for number in both)
            for (shape_of_other, other), theirs in grouped.items()
            if shape_of_other == shape and (both := mine.keys() & theirs.keys())
        }
    return found


def headroom(laps: Laps) -> dict[str, float]:
    """How many times as fast as the fastest client the firehose is, shape by shape, by the clock."""
    return {
        shape: min(
            row["recv"] for name, row in rows.items() if name not in YARDSTICKS and "recv" in row
        )
        for shape, rows in ratios(laps, "wall_us").items()
        if "recv" in rows and rows.keys() - set(YARDSTICKS)
    }


def _grouped(laps: Laps) -> dict[tuple[str, str], dict[int, dict[str, Any]]]:
    """By shape and contestant, then by round."""
    found: dict[tuple[str, str], dict[int, dict[str, Any]]] = {}
    for lap in laps:
        found.setdefault((lap["shape"], lap["contestant"]), {})[lap["round"]] = lap
    return found


def _spread(values: list[float]) -> float | None:
    if len(values) < 2:
        return None
    low, middle, high = quantiles(values, n=4, method="inclusive")
    return (high - low) / middle
