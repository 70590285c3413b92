"""For people: what was measured of rxdex alone."""

from typing import Any

from benchmarks.contestants import OURS
from benchmarks.tables import Row, aligned, number

__all__ = ["own"]

_HOPS = ("reading", "decoding", "delivering", "(frames a read)")
_READS = ("decoded", "and an amount read", "and all of it read")


def own(found: dict[str, Any]) -> str:
    """All of it."""
    parts = [_hops(found), _reads(found), _memory(found), _subscribers(found)]
    parts.append(f"import {OURS}: {found['import_ms']:.0f} ms")
    if found["flat"] is not None:
        parts.append(_flat(found["flat"]))
    return "\n\n".join(parts)


def _hops(found: dict[str, Any]) -> str:
    rows = [[shape, *map(number, spent.values())] for shape, spent in found["hops"].items()]
    return f"where {OURS} spends it, us a frame\n{aligned([['', *_HOPS], *rows])}"


def _reads(found: dict[str, Any]) -> str:
    rows = [[shape, *map(number, spent.values())] for shape, spent in found["reads"].items()]
    return f"decoding, us an event\n{aligned([['', *_READS], *rows])}"


def _memory(found: dict[str, Any]) -> str:
    rows: list[Row] = [[shape, number(size)] for shape, size in found["bytes_an_event"].items()]
    rows.append(["a plain slotted object like a trade", number(found["bytes_a_plain_trade"])])
    for operators, size in found["bytes_a_subscription"].items():
        rows.append([f"a subscription through {operators} operators", number(size)])
    return f"bytes kept\n{aligned(rows)}"


def _subscribers(found: dict[str, Any]) -> str:
    rows = [
        [f"beside {int(count):,}", number(cost["subscribe_us"]), number(cost["dispose_us"])]
        for count, cost in found["one_more_subscriber"].items()
    ]
    return f"one more subscriber of a topic, us\n{aligned([['', 'subscribe', 'dispose'], *rows])}"


def _flat(found: dict[str, Any]) -> str:
    costs, kept = found["us"], found["mib"]
    rows: list[Row] = [["frames", "us a frame", "MiB"]]
    for part, (cost, size) in enumerate(zip(costs, kept, strict=True), start=1):
        frames = part * found["frames"] // len(costs)
        rows.append([f"{frames:,}", number(cost), number(size)])
    return f"one long run of {OURS}\n{aligned(rows)}"
