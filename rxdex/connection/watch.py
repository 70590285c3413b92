"""The watch thread of a connection: it sees a reader that does not come back, and takes the rates."""

import sys
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from types import FrameType
from typing import Protocol

from rxdex.connection.news import News
from rxdex.events import LineState

__all__ = ["Watch", "Watched"]

_OURS = ("rxdex", "reactivex")
_LOOKS = 4
#: Seconds between two looks, at most.
_LONGEST = 2.5


class Watched(Protocol):
    """What can be watched: a session."""

    @property
    def name(self) -> str:
        """Its lane."""
        ...

    @property
    def thread(self) -> threading.Thread:
        """Its reader."""
        ...

    @property
    def state(self) -> LineState:
        """Where its line stands."""
        ...

    @property
    def busy_since(self) -> float | None:
        """Since when its reader is with its subscribers, on the monotonic clock; None when it is not."""
        ...

    def sample(self, now: float) -> None:
        """Remember how much has come, for the rates."""


class Watch:
    """
    Looks at all readers of a connection while there are any, a few times in `stuck_after`.

    :param stuck_after: seconds in subscribers that are too long
    :param living: who is to be watched
    :param news: is told
    """

    def __init__(
        self, stuck_after: float, living: Callable[[], Iterable[Watched]], news: News
    ) -> None:
        self._stuck_after = stuck_after
        self._living = living
        self._news = news
        self._over = threading.Event()
        self._stuck: dict[Watched, float] = {}
        self.thread = threading.Thread(target=self._run, name="rxdex:watch", daemon=True)

    def start(self) -> None:
        """Begin."""
        self.thread.start()

    @property
    def is_over(self) -> bool:
        """Whether it was stopped."""
        return self._over.is_set()

    def stop(self) -> None:
        """End it, without waiting."""
        self._over.set()

    def wait_gone(self, timeout: float) -> None:
        """Wait for its end if that has come, its own thread excepted."""
        is_another = threading.current_thread() is not self.thread
        # It is not alive either when ctrl-C came amid its start.
        if self._over.is_set() and is_another and self.thread.is_alive():
            self.thread.join(timeout)

    def _run(self) -> None:
        while not self._over.wait(min(self._stuck_after / _LOOKS, _LONGEST)):
            living = list(self._living())
            self._stuck = {it: since for it, since in self._stuck.items() if it in living}
            for reader in living:
                reader.sample(time.monotonic())
                self._look(reader, reader.busy_since, time.monotonic())

    def _look(self, reader: Watched, busy_since: float | None, now: float) -> None:
        known = self._stuck.get(reader)
        if known is not None and known != busy_since:
            del self._stuck[reader]
            # If the venue hung up meanwhile, there are other news.
            if reader.state is LineState.UP:
                self._news.went_on(reader.name, now - known)
        elif known is None and busy_since is not None and now - busy_since >= self._stuck_after:
            self._stuck[reader] = busy_since
            self._news.stuck(reader.name, reader.state, now - busy_since, _place(reader.thread))


def _place(thread: threading.Thread) -> str:
    """Where a reader is: what it called first outside of this library and RxPY."""
    frames = sys._current_frames()  # pyright: ignore[reportPrivateUsage] - there is no other way
    innermost = frames.get(thread.ident or 0)
    stack: list[FrameType] = []
    while innermost is not None:
        stack.append(innermost)
        innermost = innermost.f_back
    is_within = False
    for frame in reversed(stack):
        is_ours = str(frame.f_globals.get("__name__")).partition(".")[0] in _OURS
        if is_within and not is_ours:
            code = frame.f_code
            return f"{code.co_qualname}, {Path(code.co_filename).name}:{frame.f_lineno}"
        is_within = is_within or is_ours
    return "RxPY's own code"
