"""When each topic of a lane was heard of, how often, and which fell silent although the line is up."""

from collections import deque
from collections.abc import Callable, Iterable

from attrs import define

from rxdex.connection.changes import Topics
from rxdex.fanout import Intake
from rxdex.health import TopicHealth
from rxdex.topics import Topic

__all__ = ["Pulse"]

_NEVER = float("inf")
#: Seconds that a rate is taken over, at least.
_WINDOW = 10.0


@define(eq=False)
class _Beat:
    """One topic: `waited` is since when on this socket, None before it was asked for there."""

    limit: float | None
    waited: float | None = None
    #: When it was heard last, as it was seen last; and the seconds since that nobody read.
    seen_at: float = 0.0
    forgiven: float = 0.0
    #: When it was told silent, if it was and has not come back.
    silent_at: float | None = None

    def patience_ends(self, heard_at: float) -> float:
        """When it will have been silent for too long."""
        if heard_at != self.seen_at:
            self.seen_at, self.forgiven = heard_at, 0.0
        since = heard_at if self.waited is None else max(heard_at, self.waited)
        return _NEVER if self.limit is None else since + self.forgiven + self.limit


@define(eq=False)
class _Sample:
    """How much had come at one moment."""

    at: float
    frames: int
    events: dict[Topic[object], int]


class Pulse:
    """
    The beats of one lane.

    It has no clock: every moment is told to it, in seconds, monotonic. Its reader writes, others may look.

    :param ticks_within: seconds of silence that are too long for a topic; None for one that may be quiet
    :param limit: the same for whatever ticks, if it is given
    :param intake: what came in of a topic
    :param forget: is told of topics that are not asked for any more
    :param now: the moment it begins
    """

    def __init__(
        self,
        ticks_within: Callable[[Topic[object]], float | None],
        limit: float | None,
        intake: Callable[[Topic[object]], Intake | None],
        forget: Callable[[Iterable[Topic[object]]], None],
        now: float,
    ) -> None:
        self._ticks_within = ticks_within
        self._limit = limit
        self._intake = intake
        self._forget = forget
        self._beats: dict[Topic[object], _Beat] = {}
        self._silent: set[Topic[object]] = set()
        self._is_new = True
        self._samples = deque([_Sample(now, 0, {})])
        #: When to look again: before that nobody can have been silent for too long.
        self.due = _NEVER
        #: How many frames came.
        self.frames = 0

    def restart(self) -> None:
        """There is a new socket, and nothing was asked for on it."""
        self.due = _NEVER
        self._is_new = True
        self._silent.clear()
        for beat in self._beats.values():
            beat.waited = beat.silent_at = None

    def expect(self, topics: Topics, now: float) -> None:
        """These are asked for, and no others."""
        self.change(topics, self._beats.keys() - topics, now)

    def change(self, more: Topics, less: Topics, now: float) -> None:
        """More is asked for: what ticks among it is waited for; less is not any more."""
        if self._is_new:
            # Nor is what was asked for on the socket before.
            less, self._is_new = less | (self._beats.keys() - more), False
        for topic in more:
            beat = self._beats.get(topic)
            if beat is None:
                usual = self._ticks_within(topic)
                beat = self._beats[topic] = _Beat(usual and (self._limit or usual))
            if beat.waited is None:
                beat.waited = now
                self.due = min(self.due, now + (beat.limit or _NEVER))
        for topic in less:
            self._beats.pop(topic, None)
        self._silent -= less
        self._forget(less)

    def forgive(self, seconds: float) -> None:
        """So long nobody read: what came meanwhile is not late."""
        for topic, beat in self._beats.items():
            if (intake := self._intake(topic)) is not None:
                beat.patience_ends(intake.at)
                beat.forgiven += seconds
        self.due += seconds

    def fallen_silent(self, now: float) -> list[tuple[Topic[object], float]]:
        """Who has been silent for too long, and how long is too long; each is told once."""
        if now < self.due:
            return []
        fallen: list[tuple[Topic[object], float]] = []
        self.due = _NEVER
        for topic, beat in self._beats.items():
            intake = self._intake(topic)
            if beat.limit is None or beat.waited is None or intake is None:
                continue
            if beat.silent_at is not None:
                continue
            end = beat.patience_ends(intake.at)
            if end <= now:
                beat.silent_at = now
                fallen.append((topic, beat.limit))
            else:
                self.due = min(self.due, end)
        self._silent.update(topic for topic, _ in fallen)
        return sorted(fallen)

    def come_back(self) -> list[Topic[object]]:
        """Who has been told silent, and was heard since; each is told once."""
        if not self._silent:
            return []
        back: list[Topic[object]] = []
        for topic in sorted(self._silent):
            beat, intake = self._beats[topic], self._intake(topic)
            if intake is not None and beat.silent_at is not None and intake.at >= beat.silent_at:
                beat.silent_at = None
                back.append(topic)
                self.due = min(self.due, beat.patience_ends(intake.at))
        self._silent.difference_update(back)
        return back

    def sample(self, now: float) -> None:
        """Remember how much has come, for the rates; once in a while, always from the same thread."""
        counts = {
            topic: intake.count
            # A copy: the reader may add some meanwhile.
            for topic in list(self._beats)
            if (intake := self._intake(topic)) is not None
        }
        self._samples.append(_Sample(now, self.frames, counts))
        while len(self._samples) > 1 and self._samples[1].at <= now - _WINDOW:
            self._samples.popleft()

    def rate(self, now: float) -> float:
        """Frames a second, of late."""
        base = self._samples[0]
        return _per_second(self.frames - base.frames, now - base.at)

    def topics(self, listened: Topics, now: float) -> tuple[TopicHealth, ...]:
        """
        How each topic is, in order.

        :param listened: those that somebody listens to
        """
        base = self._samples[0]
        found: list[TopicHealth] = []
        for topic in sorted(listened):
            beat, intake = self._beats.get(topic), self._intake(topic)
            if intake is None:
                continue
            # One that was forgotten and asked for again is counted anew.
            before = 0 if intake.since > base.at else base.events.get(topic, 0)
            found.append(
                TopicHealth(
                    topic=topic,
                    is_silent=beat is not None and beat.silent_at is not None,
                    event_age=max(0.0, now - intake.at) if intake.count else None,
                    events=intake.count,
                    rate=_per_second(intake.count - before, now - max(base.at, intake.since)),
                    gaps=intake.losses,
                )
            )
        return tuple(found)


def _per_second(count: int, seconds: float) -> float:
    return count / seconds if seconds > 0 else 0.0
