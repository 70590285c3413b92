"""From laps to medians and pairwise ratios."""

from collections.abc import Sequence
from statistics import median, quantiles
from typing import Any

from benchmarks.contestants import YARDSTICKS

__all__ = ["across", "delays", "headroom", "medians", "ratios", "waiting"]

Laps = Sequence[dict[str, Any]]
#: By heat, then by contestant.
Table = dict[str, dict[str, Any]]

_CLOCKS = ("wall_us", "cpu_us")
_DELAYS = ("p50_us", "p99_us", "core")


def medians(laps: Laps) -> Table:
    """
    Us a frame of each contestant in each heat, by the clock and, where it means something, of the processor.

    `spread` is the distance of the quartiles by the clock, as a part of the median; None of one round.
    """
    found: Table = {}
    for (heat, contestant), rounds in _grouped(laps).items():
        walls = [lap["wall_us"] for lap in rounds.values()]
        clocks = [clock for clock in _CLOCKS if all(clock in lap for lap in rounds.values())]
        found.setdefault(heat, {})[contestant] = {
            **{clock: median(lap[clock] for lap in rounds.values()) for clock in clocks},
            "spread": _spread(walls),
        }
    return found


def delays(laps: Laps) -> Table:
    """Us from the server's clock to the subscriber, of half and of 99 in 100; the part of a core spent."""
    found: Table = {}
    for (heat, contestant), rounds in _grouped(laps).items():
        found.setdefault(heat, {})[contestant] = {
            key: median(lap[key] for lap in rounds.values()) for key in _DELAYS
        }
    return found


def ratios(laps: Laps, clock: str) -> Table:
    """
    How many times as much each contestant takes as each other.

    Each ratio is of two laps that ran within seconds, and then the median of the rounds is taken: what
    slows the machine for a while slows both.
    """
    grouped = _grouped([lap for lap in laps if clock in lap])
    found: Table = {}
    for (heat, one), mine in grouped.items():
        row = found.setdefault(heat, {})
        row[one] = {
            other: median(mine[number][clock] / theirs[number][clock] for number in both)
            for (heat_of_other, other), theirs in grouped.items()
            if heat_of_other == heat and (both := mine.keys() & theirs.keys())
        }
    return found


def across(laps: Laps, heat: str, contestant: str) -> dict[str, float]:
    """How many times as much as in `heat` a contestant takes in each other one, round by round."""
    grouped = _grouped(laps)
    first = grouped.get((heat, contestant), {})
    return {
        other: median(rounds[number]["wall_us"] / first[number]["wall_us"] for number in both)
        for (other, name), rounds in grouped.items()
        if name == contestant and (both := rounds.keys() & first.keys())
    }


def headroom(laps: Laps) -> dict[str, float]:
    """How many times as fast as the fastest client the firehose is, heat by heat, by the clock."""
    return {
        heat: min(
            row["recv"] for name, row in rows.items() if name not in YARDSTICKS and "recv" in row
        )
        for heat, rows in ratios(laps, "wall_us").items()
        if "recv" in rows and rows.keys() - set(YARDSTICKS)
    }


def waiting(laps: Laps) -> Table:
    """Which part of its time the firehose could have sent and the client did not take: the median."""
    found: Table = {}
    for (heat, contestant), rounds in _grouped(laps).items():
        parts = [lap["blocked"] for lap in rounds.values() if "blocked" in lap]
        if parts:
            found.setdefault(heat, {})[contestant] = median(parts)
    return found


def _grouped(laps: Laps) -> dict[tuple[str, str], dict[int, dict[str, Any]]]:
    """By heat and contestant, then by round."""
    found: dict[tuple[str, str], dict[int, dict[str, Any]]] = {}
    for lap in laps:
        found.setdefault((lap["heat"], lap["contestant"]), {})[lap["round"]] = lap
    return found


def _spread(values: list[float]) -> float | None:
    if len(values) < 2:
        return None
    low, middle, high = quantiles(values, n=4, method="inclusive")
    return (high - low) / middle
