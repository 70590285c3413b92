"""Topics that tick, and when one of them fell silent although its line is up."""

from collections.abc import Callable

from rxdex.topics import Topic

__all__ = ["Ticking"]

Topics = frozenset[Topic[object]]

_NEVER = float("inf")


class Ticking:
    """
    When each topic that ticks was heard of last, on one socket.

    It has no clock: every moment is told to it, in seconds, monotonic.

    :param limit: seconds of silence that are too long for a topic; None for one that may be quiet
    """

    def __init__(self, limit: Callable[[Topic[object]], float | None]) -> None:
        self._limit = limit
        self._limits: dict[Topic[object], float] = {}
        self._heard: dict[Topic[object], float] = {}
        self._silent: set[Topic[object]] = set()
        #: When to look again: before that nobody can have been silent for too long.
        self.due = _NEVER

    def expect(self, topics: Topics, now: float) -> None:
        """These are asked for: what ticks among them is waited for, the others no more."""
        for topic in self._limits.keys() - topics:
            del self._limits[topic], self._heard[topic]
            self._silent.discard(topic)
        for topic in topics - self._limits.keys():
            limit = self._limit(topic)
            if limit is not None:
                self._limits[topic] = limit
                self._heard[topic] = now
                self.due = min(self.due, now + limit)

    def hear(self, topic: Topic[object], now: float) -> bool:
        """A topic had something to tell; whether it had been told silent."""
        if topic not in self._limits:
            return False
        self._heard[topic] = now
        if topic not in self._silent:
            return False
        self._silent.remove(topic)
        self.due = min(self.due, now + self._limits[topic])
        return True

    def forgive(self, seconds: float) -> None:
        """So long nobody read: what came meanwhile is not late."""
        for topic in self._heard:
            self._heard[topic] += seconds
        self.due += seconds

    def fallen_silent(self, now: float) -> list[tuple[Topic[object], float]]:
        """Who has been silent for too long, and how long is too long; each is told once."""
        if now < self.due:
            return []
        ends = {
            topic: self._heard[topic] + limit
            for topic, limit in self._limits.items()
            if topic not in self._silent
        }
        fallen = sorted(topic for topic, end in ends.items() if end <= now)
        self._silent.update(fallen)
        self.due = min((end for end in ends.values() if end > now), default=_NEVER)
        return [(topic, self._limits[topic]) for topic in fallen]
