"""
A lap: so many messages in so much time, looked at where they arrive.

Nothing but the standard library is needed here, so that a contestant can live in an environment of its own.
"""

import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, NamedTuple

__all__ = ["Heard", "Job", "Lap", "Listening"]

_NEVER = 1 << 62


class Job(NamedTuple):
    """
    What to listen to.

    :param url: the base, without `/ws`
    :param topics: stream and symbol of each
    :param frames: how many frames a cycle has
    :param events: how many events are in them
    :param bytes: how long a cycle is on the wire
    :param subscribers: how many listen to each topic, of whom one counts
    """

    url: str
    topics: list[tuple[str, str]]
    frames: int
    events: int
    bytes: int
    subscribers: int = 1


#: Called with every message; with the number of messages, by contestants that count in batches.
Heard = Callable[[Any], None]
#: Connects and listens while it is entered; hangs up on the way out.
Listening = Callable[[Job, Heard], AbstractContextManager[object]]


class Lap:
    """
    Counts messages, and looks at the clocks whenever a cycle of them is complete.

    :param cycle: messages a cycle
    :param warm: seconds to run before the clocks count
    :param seconds: to run then, at least
    """

    def __init__(self, cycle: int, warm: float, seconds: float) -> None:
        self._cycle = cycle
        self._warm = warm
        self._seconds = seconds
        self._marks: list[tuple[int, float, float]] = []
        self._began: float | None = None
        self.done = threading.Event()

    def by_one(self) -> Heard:
        """Counts a message each time it is called."""
        count, goal = 0, self._cycle

        def heard(_: object) -> None:
            nonlocal count, goal
            count += 1
            if count >= goal:
                goal = self._mark(count)

        return heard

    def by_number(self) -> Heard:
        """Counts as many messages as it is told."""
        count, goal = 0, self._cycle

        def heard(number: int) -> None:
            nonlocal count, goal
            count += number
            if count >= goal:
                goal = self._mark(count)

        return heard

    def cost(self) -> tuple[float, float, float]:
        """Messages, seconds by the clock, seconds of the processor."""
        (count, wall, cpu), (count2, wall2, cpu2) = self._marks
        return count2 - count, wall2 - wall, cpu2 - cpu

    def _mark(self, count: int) -> int:
        """Where to look at the clocks again."""
        wall = time.perf_counter()
        if self._began is None:
            self._began = wall
        has_begun = bool(self._marks)
        since = self._marks[0][1] if has_begun else self._began
        if wall - since >= (self._seconds if has_begun else self._warm):
            self._marks.append((count, wall, time.process_time()))
            if has_begun:
                self.done.set()
                return _NEVER
        return count - count % self._cycle + self._cycle
