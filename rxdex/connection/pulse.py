"""When each topic of a lane was heard of, how often, and which fell silent although the line is up."""

from collections import deque
from collections.abc import Callable
from typing import Protocol

from attrs import define

from rxdex.health import TopicHealth
from rxdex.topics import Topic

__all__ = ["Heard", "Pulse"]

Topics = frozenset[Topic[object]]

_NEVER = float("inf")
#: Seconds that a rate is taken over, at least.
_WINDOW = 10.0


@define(eq=False)
class _Beat:
    """One topic: `waited` is since when on this socket, None before it was asked for there."""

    limit: float | None
    since: float
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


class Heard(Protocol):
    """What came of one topic: a route of a fan-out."""

    count: int
    at: float
    losses: int


class Pulse:
    """
    The beats of one lane.

    It has no clock: every moment is told to it, in seconds, monotonic. Its reader writes, others may look.

    :param ticks_within: seconds of silence that are too long for a topic; None for one that may be quiet
    :param limit: the same for whatever ticks, if it is given
    :param heard: what came of a topic; None while nobody listens to it
    :param now: the moment it begins
    """

    def __init__(
        self,
        ticks_within: Callable[[Topic[object]], float | None],
        limit: float | None,
        heard: Callable[[Topic[object]], Heard | None],
        now: float,
    ) -> None:
        self._ticks_within = ticks_within
        self._limit = limit
        self._heard = heard
        # Replaced, never changed, so that others may walk it.
        self._beats: dict[Topic[object], _Beat] = {}
        self._silent: set[Topic[object]] = set()
        self._samples = deque([_Sample(now, 0, {})])
        #: When to look again: before that nobody can have been silent for too long.
        self.due = _NEVER
        #: How many frames came.
        self.frames = 0

    def restart(self) -> None:
        """There is a new socket, and nothing was asked for on it."""
        self.due = _NEVER
        self._silent.clear()
        for beat in self._beats.values():
            beat.waited = beat.silent_at = None

    def expect(self, topics: Topics, now: float) -> None:
        """These are asked for: what ticks among them is waited for, the others no more."""
        beats = self._beats
        if beats.keys() != topics:
            beats = {topic: beat for topic, beat in beats.items() if topic in topics}
            for topic in topics - beats.keys():
                usual = self._ticks_within(topic)
                beats[topic] = _Beat(usual and (self._limit or usual), now)
            self._silent &= beats.keys()
            self._beats = beats
        for beat in beats.values():
            if beat.waited is None:
                beat.waited = now
                self.due = min(self.due, now + (beat.limit or _NEVER))

    def forgive(self, seconds: float) -> None:
        """So long nobody read: what came meanwhile is not late."""
        for topic, beat in self._beats.items():
            heard = self._heard(topic)
            if heard is not None:
                beat.patience_ends(heard.at)
                beat.forgiven += seconds
        self.due += seconds

    def fallen_silent(self, now: float) -> list[tuple[Topic[object], float]]:
        """Who has been silent for too long, and how long is too long; each is told once."""
        if now < self.due:
            return []
        fallen: list[tuple[Topic[object], float]] = []
        self.due = _NEVER
        for topic, beat in self._beats.items():
            if beat.limit is None or beat.waited is None or beat.silent_at is not None:
                continue
            heard = self._heard(topic)
            # A line that lingers is heard by nobody.
            end = now + beat.limit if heard is None else beat.patience_ends(heard.at)
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
            beat, heard = self._beats[topic], self._heard(topic)
            if heard is not None and beat.silent_at is not None and heard.at >= beat.silent_at:
                beat.silent_at = None
                back.append(topic)
                self.due = min(self.due, beat.patience_ends(heard.at))
        self._silent.difference_update(back)
        return back

    def sample(self, now: float) -> None:
        """Remember how much has come, for the rates; once in a while, always from the same thread."""
        counts = {
            topic: heard.count for topic in self._beats if (heard := self._heard(topic)) is not None
        }
        self._samples.append(_Sample(now, self.frames, counts))
        while len(self._samples) > 1 and self._samples[1].at <= now - _WINDOW:
            self._samples.popleft()

    def rate(self, now: float) -> float:
        """Frames a second, of late."""
        base = self._samples[0]
        return _per_second(self.frames - base.frames, now - base.at)

    def topics(self, now: float) -> tuple[TopicHealth, ...]:
        """How each topic is that somebody listens to, in order."""
        return tuple(
            self._topic(topic, beat, heard, now)
            for topic, beat in sorted(self._beats.items())
            if (heard := self._heard(topic)) is not None
        )

    def _topic(self, topic: Topic[object], beat: _Beat, heard: Heard, now: float) -> TopicHealth:
        base = self._samples[0]
        # Who came later, or left and came back, is counted anew.
        before = 0 if beat.since > base.at else base.events.get(topic, 0)
        count = max(0, heard.count - before)
        return TopicHealth(
            topic=topic,
            is_silent=beat.silent_at is not None,
            event_age=max(0.0, now - heard.at) if heard.count else None,
            events=heard.count,
            rate=_per_second(count, now - max(base.at, beat.since)),
            gaps=heard.losses,
        )


def _per_second(count: int, seconds: float) -> float:
    return count / seconds if seconds > 0 else 0.0
