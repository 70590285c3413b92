"""How long `import rxdex` takes, by Python's own account, with everything it needs."""

import re
import subprocess
import sys
from statistics import median

from benchmarks.measures.asked import when_asked

__all__ = ["import_time"]

_TOTAL = re.compile(r"^import time:\s*\d+ \|\s*(\d+) \| rxdex$", re.MULTILINE)


def import_time(runs: int) -> dict[str, float]:
    """The median of some runs, in ms; a first one, which may compile, does not count."""
    return {"ms": median([_once() for _ in range(runs + 1)][1:])}


def _once() -> float:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", "import rxdex"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    found = _TOTAL.search(done.stderr)
    if found is None:
        raise RuntimeError(f"no total in {done.stderr[-200:]!r}")
    return int(found[1]) / 1000


if __name__ == "__main__":
    when_asked(import_time)
