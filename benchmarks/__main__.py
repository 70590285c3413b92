"""
Measures rxdex beside other clients, on this machine, and prints the table.

The results go to benchmarks/results/ as JSON as well.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from benchmarks.acceptance import promises
from benchmarks.contest import Plan, Progress
from benchmarks.contestants import CONTESTANTS, Contestant
from benchmarks.heats import HEATS, QUICK, Heat
from benchmarks.report import report
from benchmarks.run import run

_RESULTS = Path(__file__).parent / "results"
_CLEAR_LINE = "\r\x1b[K"
_LONG = 10_000_000

Named = TypeVar("Named", Contestant, Heat)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, print, save; 1 when a contestant failed."""
    asked = _parser().parse_args(arguments)
    contestants = _chosen(asked.contestants, CONTESTANTS)
    if asked.no_peers:
        contestants = [one for one in contestants if one.home is None]
    heats = QUICK if asked.quick and not asked.heats else _chosen(asked.heats, HEATS)
    plan = Plan(contestants=contestants, heats=heats, flat=asked.flat)
    if asked.quick:
        plan = plan._replace(rounds=1, warm=0.01, seconds=0.03, repeats=1)
    if asked.rounds:
        plan = plan._replace(rounds=asked.rounds)
    progress = _progress()
    results = run(plan, progress)
    results["promises"] = [{**one._asdict(), "verdict": one.verdict} for one in promises(results)]
    progress("")
    print(report(results))
    print(f"\nsaved as {_save(results)}")
    return 1 if results["failures"] else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="make bench", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="short laps, to see that it works")
    parser.add_argument("--no-peers", action="store_true", help="without the clients of others")
    parser.add_argument("--rounds", type=int, help="how often each contestant runs each heat")
    parser.add_argument(
        "--flat",
        type=int,
        nargs="?",
        const=_LONG,
        default=0,
        help="one long run of ours too, of so many frames; ten million if nothing is said",
    )
    for what, table in (("contestants", CONTESTANTS), ("heats", HEATS)):
        names = ", ".join(one.name for one in table)
        parser.add_argument(f"--{what}", default="", help=f"only these: {names}")
    return parser


def _chosen(names: str, table: Sequence[Named]) -> list[Named]:
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    unknown = set(wanted) - {one.name for one in table}
    if unknown:
        raise SystemExit(f"unknown: {', '.join(sorted(unknown))}")
    return [one for one in table if not wanted or one.name in wanted]


def _progress() -> Progress:
    """On a terminal one line that changes; elsewhere a line a round."""
    if sys.stderr.isatty():
        return lambda what: print(f"{_CLEAR_LINE}{what}", end="", file=sys.stderr, flush=True)
    told = {""}

    def tell(what: str) -> None:
        short = what.partition(":")[0]
        if short not in told:
            told.add(short)
            print(short, file=sys.stderr, flush=True)

    return tell


def _save(results: dict[str, Any]) -> str:
    _RESULTS.mkdir(exist_ok=True)
    path = _RESULTS / f"{datetime.now(UTC):%Y-%m-%dT%H%M%S}.json"
    path.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    return f"benchmarks/results/{path.name}"


if __name__ == "__main__":
    sys.exit(main())
