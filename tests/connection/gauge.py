"""What this process holds, taken now and then: memory, threads, sockets."""

import ctypes
import gc
import os
import sys
import threading
from pathlib import Path
from statistics import median

from tests.conftest import open_sockets

_PAGE = os.sysconf("SC_PAGE_SIZE")
_MEBIBYTE = 1 << 20
#: Samples of which a quarter says something.
_ENOUGH = 24
#: By how much the last quarter may lie above the second: a part, and a number besides.
_TOLERANCE = {
    "rss_mib": (0.05, 4.0),
    "threads": (0.0, 4.0),
    "sockets": (0.0, 12.0),
    "allocations": (0.05, 5_000.0),
}


class Gauge:
    """Samples of one run; a few numbers each."""

    def __init__(self) -> None:
        self.samples: dict[str, list[float]] = {name: [] for name in _TOLERANCE}

    def sample(self) -> dict[str, float]:
        """What stands now."""
        gc.collect()
        _trim()
        taken: dict[str, float] = {
            "rss_mib": round(_resident() / _MEBIBYTE, 1),
            "threads": sum(it.name.startswith("rxdex") for it in threading.enumerate()),
            "sockets": len(open_sockets()),
            # Not `gc.get_objects`: a tuple that another thread is about to make does not survive that.
            "allocations": sys.getallocatedblocks(),
        }
        for name, value in taken.items():
            self.samples[name].append(value)
        return taken

    @property
    def figures(self) -> dict[str, list[float]]:
        """Least, median and most of each, then the medians of the second and of the last quarter."""
        return {
            name: [min(values), median(values), max(values), *self._quarters(values)]
            for name, values in self.samples.items()
        }

    def risen(self) -> dict[str, list[float]]:
        """What is not flat: the medians of the second and of the last quarter; of few samples nothing."""
        if len(self.samples["threads"]) < _ENOUGH:
            return {}
        return {
            name: [early, late]
            for name, (part, some) in _TOLERANCE.items()
            for early, late in [self._quarters(self.samples[name])]
            if late > early * (1 + part) + some
        }

    def _quarters(self, values: list[float]) -> tuple[float, float]:
        quarter = max(1, len(values) // 4)
        return median(values[quarter : 2 * quarter] or values), median(values[-quarter:])


def _trim() -> None:
    """Give back what is free: a C library keeps what many short-lived threads had in pieces."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * _PAGE
