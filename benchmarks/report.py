"""The results for people: aligned tables."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from benchmarks.contestants import OURS

__all__ = ["report"]

Results = dict[str, Any]
Row = Sequence[str]

_ABSENT = "-"
_HOPS = ("reading", "decoding", "delivering", "(frames a read)")
#: With less, a contestant may have waited for the firehose.
_AMPLE = 2.0


def report(results: Results) -> str:
    """Everything worth reading, in a page."""
    parts = [_machine(results), _contestants(results)]
    medians, names = results["medians"], list(results["contestants"])
    for title, clock in (("by the clock", "wall_us"), ("of the processor", "cpu_us")):
        parts.append(_matrix(f"us a frame, {title}", medians, names, _of(clock)))
    for title, clock in (("by the clock", "wall_us"), ("of the processor", "cpu_us")):
        told = f"times what {OURS} takes, {title} (median of the rounds' ratios)"
        parts.append(_matrix(told, results["ratios"][clock], names, _of(OURS)))
    parts += [_own(results["own"]), "\n".join(_doubts(results))]
    return "\n\n".join(part for part in parts if part)


def _of(key: str) -> Callable[[dict[str, Any]], str]:
    def cell(found: dict[str, Any]) -> str:
        return number(found[key]) if key in found else _ABSENT

    return cell


def number(value: float) -> str:
    """With as many digits as mean something."""
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}" if value < 100 else f"{value:.0f}"


def aligned(rows: Sequence[Row]) -> str:
    """Columns: the first to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if place else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def _matrix(
    title: str, table: dict[str, Any], names: list[str], cell: Callable[[dict[str, Any]], str]
) -> str:
    rows = [
        [shape, *(cell(row[name]) if name in row else _ABSENT for name in names)]
        for shape, row in table.items()
    ]
    return f"{title}\n{aligned([['', *names], *rows])}"


def _machine(results: Results) -> str:
    facts, plan = results["machine"], results["plan"]
    pinned = "pinned apart" if facts["pinned"] else "not pinned"
    load, load_after = results["load"]
    return (
        f"{facts['cores']} cores ({pinned}), {facts['processor']}, {facts['system']}, {facts['python']}\n"
        f"{plan['rounds']} rounds of laps of {plan['seconds']:g} s, interleaved; "
        f"load {load} before, {load_after} after"
    )


def _contestants(results: Results) -> str:
    rows = [
        [name, one["about"], " ".join(f"{key} {value}" for key, value in one["versions"].items())]
        for name, one in results["contestants"].items()
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def _own(own: dict[str, Any]) -> str:
    kept = [[shape, number(size)] for shape, size in own["bytes_an_event"].items()]
    coming = [
        [f"beside {int(count):,}", number(cost["subscribe_us"]), number(cost["dispose_us"])]
        for count, cost in own["one_more_subscriber"].items()
    ]
    hops = [[shape, *map(number, spent.values())] for shape, spent in own["hops"].items()]
    return "\n\n".join(
        [
            f"where {OURS} spends it, us a frame\n{aligned([['', *_HOPS], *hops])}",
            f"import {OURS}: {own['import_ms']:.0f} ms",
            f"bytes an event keeps\n{aligned(kept)}",
            f"one more subscriber of a topic, us\n{aligned([['', 'subscribe', 'dispose'], *coming])}",
        ]
    )


def _doubts(results: Results) -> Iterator[str]:
    """How far the figures can be trusted."""
    room = results["headroom"]
    if room:
        least = min(room, key=lambda shape: room[shape])
        verdict = "ample" if room[least] >= _AMPLE else "TOO LITTLE: contestants may have waited"
        yield (
            f"the firehose is {number(room[least])} times as fast as the fastest client or more "
            f"(least at {least}): {verdict}"
        )
    spreads = {
        (one["spread"], shape, name)
        for shape, row in results["medians"].items()
        for name, one in row.items()
        if one["spread"] is not None
    }
    if spreads:
        worst, shape, name = max(spreads)
        middle = sorted(spread for spread, _, _ in spreads)[len(spreads) // 2]
        yield (
            f"quartiles of the rounds lie {middle:.0%} apart typically, {worst:.0%} at worst "
            f"({shape}, {name})"
        )
    for failure in results["failures"]:
        yield f"FAILED: {failure['contestant']} at {failure['shape']}: {failure['what']}"
