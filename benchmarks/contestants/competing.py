"""
What every contestant's process does: a lap whenever it is asked for one, each in a fork.

Nothing but the standard library is needed here, so that a contestant can live in an environment of its own.
"""

import argparse
import importlib
import importlib.metadata
import platform
import threading
from collections.abc import Sequence
from typing import Any, NamedTuple

from benchmarks.contestants.delays import Delays, Stamp
from benchmarks.contestants.fork import in_a_fork
from benchmarks.contestants.laps import Heard, Job, Lap, Listening
from benchmarks.contestants.threaded import LISTENING
from benchmarks.lines import answer
from benchmarks.pinning import pin

__all__ = ["compete"]

_LONGEST = 20.0


class _Contestant(NamedTuple):
    listening: Listening
    counts: str
    in_batches: bool
    stamp: Stamp | None


def compete(
    listening: Listening,
    *,
    counts: str = "frames",
    in_batches: bool = False,
    needs: Sequence[str] = (),
    imports: Sequence[str] = (),
    stamp: Stamp | None = None,
) -> None:
    """
    Run laps as they are asked for.

    :param listening: the contestant
    :param counts: what it hears one by one: `frames`, `events`, or `bytes`
    :param in_batches: whether it says how many, instead of calling once each
    :param needs: the distributions whose versions are worth telling
    :param imports: modules to have ready before the first lap
    :param stamp: when a message with one trade was sent; None where it does not look
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("--core", type=int)
    pin(parser.parse_known_args()[0].core)
    contestant = _Contestant(listening, counts, in_batches, stamp)

    def reply(question: dict[str, Any]) -> dict[str, Any]:
        for name in imports:
            importlib.import_module(name)
        if "job" not in question:
            versions = {name: importlib.metadata.version(name) for name in needs}
            return {"python": platform.python_version(), "versions": versions}
        return in_a_fork(lambda: _lap(contestant, **question), 2 * _LONGEST)

    answer(reply)


def _lap(
    contestant: _Contestant,
    job: dict[str, Any],
    warm: float,
    seconds: float,
    rate: int = 0,
    busy: bool = False,  # noqa: FBT001, FBT002 - a key of the question
) -> dict[str, Any]:
    task = Job(**job)
    if busy:
        threading.Thread(target=_spin, daemon=True).start()
    if rate:
        if contestant.stamp is None:
            raise ValueError("it does not look at what it hears")
        delays = Delays(contestant.stamp, warm, seconds)
        _listen(contestant.listening, task, delays.heard(), delays.done)
        return dict(delays.result())
    a_cycle = getattr(task, contestant.counts)
    lap = Lap(a_cycle, warm, seconds)
    heard = lap.by_number() if contestant.in_batches else lap.by_one()
    _listen(contestant.listening, task, heard, lap.done)
    messages, wall, cpu = lap.cost()
    frames = messages * task.frames / a_cycle
    cost = {"frames": frames, "wall_us": wall / frames * 1e6}
    # The thread beside it takes all the processor there is.
    return cost if busy else {**cost, "cpu_us": cpu / frames * 1e6}


def _listen(listening: Listening, job: Job, heard: Heard, done: threading.Event) -> None:
    """Until the lap is done, or what listens has died."""
    died: list[BaseException | None] = []

    def hook(what: threading.ExceptHookArgs) -> None:
        if what.thread is not None and what.thread.name == LISTENING:
            died.append(what.exc_value)
            done.set()

    threading.excepthook = hook
    with listening(job, heard):
        if not done.wait(_LONGEST):
            raise TimeoutError("the lap did not end")
    if died:
        raise RuntimeError(f"it ended: {died[0]!r}")


def _spin() -> None:
    """The work of a program beside its client."""
    count = 0
    while True:
        count += 1
