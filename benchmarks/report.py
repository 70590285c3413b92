"""The results for people: aligned tables."""

from collections.abc import Iterator
from typing import Any

from benchmarks.acceptance import promises
from benchmarks.contestants import LIMITS, OURS, YARDSTICKS
from benchmarks.heats import SPREAD
from benchmarks.report_own import own
from benchmarks.tables import ABSENT, Row, aligned, number

__all__ = ["report"]

Results = dict[str, Any]

_SPREAD = {heat.name for heat in SPREAD}
#: With less of its time to spare, the firehose may have kept a client waiting.
_AMPLE = 0.5
#: With more, something else was running before anything began.
_QUIET = 0.3


def report(results: Results) -> str:
    """Everything worth reading, in some pages."""
    parts = [_machine(results), _contestants(results)]
    parts += [_heat(results, name) for name in results["medians"] if name not in _SPREAD]
    parts += [_delays(results), _spread(results), own(results["own"])]
    parts += [_promises(results), "\n".join(_doubts(results))]
    return "\n\n".join(part for part in parts if part)


def _machine(results: Results) -> str:
    facts, plan = results["machine"], results["plan"]
    pinned = "pinned apart" if facts["pinned"] else "not pinned"
    load, load_after = results["load"]
    return (
        f"{facts['cores']} cores ({pinned}), {facts['processor']}, {facts['system']}, {facts['python']}\n"
        f"{plan['rounds']} rounds of laps of {plan['seconds']:g} s, interleaved; medians of the rounds, "
        f"ratios within a round; load {load} before, {load_after} after"
    )


def _contestants(results: Results) -> str:
    rows = [
        [name, one["about"], " ".join(f"{key} {value}" for key, value in one["versions"].items())]
        for name, one in results["contestants"].items()
    ]
    absent = [f"{name} cannot run: {why}" for name, why in results["absent"].items()]
    return "\n".join([aligned(rows, left=3), *absent])


def _heat(results: Results, name: str) -> str:
    """A table, the fastest first."""
    row, made_of = results["medians"][name], results["heats"][name]
    times = results["ratios"]["wall_us"][name]
    spent = results["ratios"]["cpu_us"].get(name, {})
    titles = ("us a frame", f"times {OURS}", "processor", f"times {OURS}", "quartiles")
    rows: list[Row] = [["", "brings", *titles]]
    for one in sorted(row, key=lambda one: row[one]["wall_us"]):
        found = row[one]
        spread = ABSENT if found["spread"] is None else f"{found['spread']:.0%}"
        rows.append(
            [
                f"* {one}" if one == OURS else f"  {one}",
                _brings(results, one),
                number(found["wall_us"]),
                number(times[one].get(OURS)),
                number(found.get("cpu_us")),
                number(spent.get(one, {}).get(OURS)),
                spread,
            ]
        )
    size = f"{made_of['bytes_a_frame']:,.0f} bytes a frame"
    return f"{name}: {made_of['about']}, {size}\n{aligned(rows, left=2)}"


def _brings(results: Results, name: str) -> str:
    brings = results["contestants"][name]["brings"]
    kind = "typed events" if brings == "events" else f"untyped, {brings}"
    return f"{kind} (a limit)" if name in LIMITS else kind


def _delays(results: Results) -> str:
    parts: list[str] = []
    for heat, row in results["delays"].items():
        rows: list[Row] = [["", "p50", "p99", "of a core"]]
        for one in sorted(row, key=lambda one: row[one]["p50_us"]):
            found = row[one]
            marked = f"* {one}" if one == OURS else f"  {one}"
            share = f"{found['core']:.0%}"
            rows.append([marked, number(found["p50_us"]), number(found["p99_us"]), share])
        parts.append(f"{heat} of one trade: us from the server's clock\n{aligned(rows)}")
    return "\n\n".join(parts)


def _spread(results: Results) -> str:
    """How the cost grows with topics and subscribers."""
    heats = [name for name in results["medians"] if name in _SPREAD]
    if not heats:
        return ""
    names = [one for one in results["contestants"] if one in results["medians"][heats[0]]]
    rows: list[Row] = [["", *names, f"{OURS}, times the first"]]
    for heat in heats:
        row = results["medians"][heat]
        cells = [number(row[one]["wall_us"]) if one in row else ABSENT for one in names]
        rows.append([heat, *cells, number(results["times_one_topic"].get(heat))])
    return f"topics and subscribers, us a frame of one trade\n{aligned(rows)}"


def _promises(results: Results) -> str:
    rows: list[Row] = [["what was promised", "measured", "wanted", "verdict"]]
    for one in promises(results):
        sign = ">=" if one.is_least else "<="
        rows.append([one.what, number(one.value), f"{sign} {one.bound:g}", one.verdict])
    return aligned(rows)


def _doubts(results: Results) -> Iterator[str]:
    """How far the figures can be trusted."""
    load = results["load"][0]
    if load is not None and load > _QUIET:
        yield (
            f"others wanted the cores (load {load}): what was waited for them is in the clock's figures; "
            "those of the processor say more"
        )
    idle = {
        (part, heat, name)
        for heat, row in results["waiting"].items()
        for name, part in row.items()
        if name not in YARDSTICKS
    }
    if idle:
        least, heat, name = min(idle)
        verdict = "it was no bottleneck" if least >= _AMPLE else "clients MAY HAVE WAITED FOR IT"
        yield (
            f"the firehose was held back by the client for {least:.0%} of its time or more "
            f"({heat}, {name}): {verdict}"
        )
    room = results["headroom"]
    if room:
        tightest = min(room, key=lambda heat: room[heat])
        yield (
            f"a client that looks at nothing is {number(room[tightest])} times as fast as the fastest "
            f"other, or more ({tightest})"
        )
    spreads = {
        (one["spread"], heat, name)
        for heat, row in results["medians"].items()
        for name, one in row.items()
        if one["spread"] is not None
    }
    if spreads:
        worst, heat, name = max(spreads)
        middle = sorted(spread for spread, _, _ in spreads)[len(spreads) // 2]
        yield (
            f"quartiles of the rounds lie {middle:.0%} apart typically, {worst:.0%} at worst ({heat}, {name})"
        )
    for failure in results["failures"]:
        yield f"FAILED: {failure['contestant']} at {failure['heat']}: {failure['what']}"
