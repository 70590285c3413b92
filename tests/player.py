"""
Runs examples, each in a process of its own, and does what the marks among the frames of its line ask for.

It is told the command lines on stdin and tells the exit codes on stdout, as JSON; what each says goes to
files in a directory. What they import is imported once: they are forks.

A mark is no data: at its place in the stream time passes, or somebody presses ctrl-C. What stands before
it has been delivered by then, whatever the machine does.
"""

import faulthandler
import importlib
import json
import linecache
import os
import runpy
import signal
import sys
import threading
import time
import traceback
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any
from unittest.mock import patch

from reactivex import abc
from reactivex.scheduler import VirtualTimeScheduler

from rxdex.venue import MARKET, Finding, Lane
from rxdex.venues import BinanceDex
from rxdex.venues.binance_dex.decode import decode as plain
from tests.builders import frame

SECOND = frame("mark", "a second passes")
CTRL_C = frame("mark", "somebody presses ctrl-C")
#: Two pipelines do not begin at once: until the program has begun all of them.
ALL_HERE = frame("mark", "everybody listens")

PATIENCE = 10.0
#: For an example, on a loaded machine.
SECONDS = 30.0

MAIN = threading.main_thread().ident or 0
#: The innermost calls of who waits in `run` or in `first`.
WAITING = [["wait", "wait", "run"], ["wait", "wait", "first"]]

_POLL = threading.Event()


def is_at_rest() -> bool:
    """Whether the main thread has begun all there is to begin, and waits."""
    calls = islice(traceback.walk_stack(sys._current_frames()[MAIN]), 3)
    places = [(call.f_code.co_name, call.f_code.co_filename, line) for call, line in calls]
    names = [name for name, _, _ in places]
    _, path, line = places[0]
    is_asleep = "time.sleep(" in linecache.getline(path, line)
    return is_asleep or names in WAITING or names[0] == "select"


def rest() -> None:
    """Wait for the main thread to come to rest: what it subscribes to, it has then."""
    until = time.monotonic() + PATIENCE
    while not is_at_rest() and time.monotonic() < until:
        _POLL.wait(0.001)


def press_ctrl_c() -> None:
    """As a terminal does, on the main thread."""
    rest()
    signal.pthread_kill(MAIN, signal.SIGINT)


class Clock(VirtualTimeScheduler):
    """Time that passes when it is told to; what needs none is done at once, as on any thread."""

    def schedule(self, action: abc.ScheduledAction[Any], state: Any = None) -> abc.DisposableBase:
        return self.invoke_action(action, state)


def play(path: str, *arguments: str) -> None:
    """Run a program, and do what the marks say at their place among the frames of its line."""
    clock = Clock()
    marks = {
        SECOND.encode(): lambda: clock.advance_by(1.0),
        CTRL_C.encode(): press_ctrl_c,
        ALL_HERE.encode(): rest,
    }

    def decode(
        text: str | bytes | memoryview, lane: Lane = MARKET, received_ns: int = 0
    ) -> Sequence[Finding]:
        mark = marks.get(text.encode() if isinstance(text, str) else bytes(text))
        if mark is None:
            return plain(text, lane, received_ns)
        mark()
        return ()

    sys.argv = [path, *arguments]
    run = importlib.import_module("reactivex.run")
    told = patch.object(BinanceDex, "decode", staticmethod(decode))
    with told, patch.object(run, "_default_scheduler", clock):
        runpy.run_path(path, run_name="__main__")


def fork(command: list[str], words: Path) -> int:
    """Play in a process of its own, which writes to two files; its id, and nothing in that process."""
    pid = os.fork()
    if not pid:
        for number, suffix in ((1, ".out"), (2, ".err")):
            os.dup2(os.open(words.with_suffix(suffix), os.O_WRONLY | os.O_CREAT), number)
        faulthandler.dump_traceback_later(SECONDS, exit=True)
        play(*command)
    return pid


def main(place: str) -> None:
    """Begin them all, then wait for each."""
    commands: list[list[str]] = json.load(sys.stdin)
    # A run in the background ignores ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # What a program may need besides, imported for all of them.
    importlib.import_module("rxdex.simulator.exchange")
    pids: list[int] = []
    for number, command in enumerate(commands):
        pids.append(fork(command, Path(place, str(number))))
        if not pids[-1]:
            return
    codes = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids]
    json.dump(codes, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
