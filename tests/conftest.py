"""What holds for every test: nothing of ours is left behind."""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest

# A loaded machine is no failure, and a failure can be had again.
hypothesis.settings.register_profile("house", deadline=None, print_blob=True)
hypothesis.settings.load_profile("house")

# A run in the background of a shell ignores ctrl-C, and hands that on to every process it starts.
signal.signal(signal.SIGINT, signal.default_int_handler)

_DEADLINE = 5.0
_POLL = threading.Event()


def eventually(condition: Callable[[], bool], timeout: float = _DEADLINE) -> bool:
    """Whether a condition that nothing announces comes true in time."""
    until = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > until:
            return False
        _POLL.wait(0.002)
    return True


def our_threads() -> set[str]:
    """The names of rxdex's threads that live."""
    return {thread.name for thread in threading.enumerate() if thread.name.startswith("rxdex")}


def open_sockets() -> set[str]:
    """The sockets of this process, by their inode."""
    found: set[str] = set()
    for entry in Path("/proc/self/fd").iterdir():
        try:
            target = str(entry.readlink())
        except FileNotFoundError:
            # The listing's own descriptor, or one that closed meanwhile.
            continue
        if target.startswith("socket:"):
            found.add(target)
    return found


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    """No thread and no socket outlives its test."""
    threads, sockets = our_threads(), open_sockets()
    yield
    assert eventually(lambda: our_threads() <= threads), f"threads left: {our_threads() - threads}"
    assert eventually(lambda: open_sockets() <= sockets), "sockets are left"
