"""A long run: whether the millionth frame costs what the first one did, in time and in memory."""

import os
import threading
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

from benchmarks.contestants.laps import Job
from benchmarks.contestants.rxdex_streams import listen
from benchmarks.measures.asked import when_asked

__all__ = ["flatness"]

_PARTS = 10
_PAGES = Path("/proc/self/statm")
_MEBIBYTE = 1024 * 1024


def flatness(job: dict[str, Any], frames: int, patience: float) -> dict[str, Any]:
    """
    Us a frame, of each tenth of the way, and MiB that the process keeps at its end.

    :param job: what to listen to, and where
    :param frames: how many
    :param patience: seconds after which it is given up
    """
    task = Job(**job)
    a_part = max(1, frames // _PARTS)
    marks: list[tuple[float, float | None]] = []
    done = threading.Event()
    count = 0

    def heard(_: object) -> None:
        nonlocal count
        if count % a_part == 0 and not done.is_set():
            marks.append((time.perf_counter(), _resident()))
            if len(marks) > _PARTS:
                done.set()
        count += 1

    with listen(task, heard):
        if not done.wait(patience):
            raise TimeoutError("the run did not end")
    spans = pairwise(marks)
    return {
        "frames": a_part * _PARTS,
        "us": [(end - began) / a_part * 1e6 for (began, _), (end, _) in spans],
        "mib": [kept for _, kept in marks[1:]],
    }


def _resident() -> float | None:
    if not _PAGES.exists():
        return None
    pages = int(_PAGES.read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / _MEBIBYTE


if __name__ == "__main__":
    when_asked(flatness)
