"""When each topic of a lane was heard of, how often, and which fell silent although the line is up."""

from collections import deque
from collections.abc import Callable

from attrs import define

from rxdex.health import TopicHealth
from rxdex.topics import Topic

__all__ = ["Pulse"]

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
    heard_at: float | None = None
    events: int = 0
    gaps: int = 0
    #: How many events had come at the last gap: what is lost until the next one is the same gap.
    gap_at: int = -1
    is_silent: bool = False


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
    :param now: the moment it begins
    """

    def __init__(
        self,
        ticks_within: Callable[[Topic[object]], float | None],
        limit: float | None,
        now: float,
    ) -> None:
        self._ticks_within = ticks_within
        self._limit = limit
        # Replaced, never changed, so that others may walk it.
        self._beats: dict[Topic[object], _Beat] = {}
        self._samples = deque([_Sample(now, 0, {})])
        #: When to look again: before that nobody can have been silent for too long.
        self.due = _NEVER
        #: How many frames brought events.
        self.frames = 0

    def restart(self) -> None:
        """There is a new socket, and nothing was asked for on it."""
        self.due = _NEVER
        for beat in self._beats.values():
            beat.waited = None
            beat.is_silent = False

    def expect(self, topics: Topics, now: float) -> None:
        """These are asked for: what ticks among them is waited for, the others no more."""
        beats = self._beats
        if beats.keys() != topics:
            beats = {topic: beat for topic, beat in beats.items() if topic in topics}
            for topic in topics - beats.keys():
                usual = self._ticks_within(topic)
                beats[topic] = _Beat(usual and (self._limit or usual), now)
            self._beats = beats
        for beat in beats.values():
            if beat.waited is None:
                beat.waited = now
                if beat.limit is not None:
                    self.due = min(self.due, now + beat.limit)

    def hear(self, topic: Topic[object], now: float) -> bool:
        """A topic had something to tell; whether it had been told silent."""
        beat = self._beats.get(topic)
        if beat is None:
            return False
        beat.events += 1
        beat.heard_at = beat.waited = now
        if not beat.is_silent:
            return False
        beat.is_silent = False
        self.due = min(self.due, now + (beat.limit or _NEVER))
        return True

    def lose(self, topics: Topics | None) -> None:
        """Events of these may be lost; None: of any."""
        for topic, beat in self._beats.items():
            if (topics is None or topic in topics) and beat.gap_at != beat.events:
                beat.gap_at = beat.events
                beat.gaps += 1

    def forgive(self, seconds: float) -> None:
        """So long nobody read: what came meanwhile is not late."""
        for beat in self._beats.values():
            if beat.waited is not None:
                beat.waited += seconds
        self.due += seconds

    def fallen_silent(self, now: float) -> list[tuple[Topic[object], float]]:
        """Who has been silent for too long, and how long is too long; each is told once."""
        if now < self.due:
            return []
        fallen: list[tuple[Topic[object], float]] = []
        self.due = _NEVER
        for topic, beat in self._beats.items():
            if beat.limit is None or beat.waited is None or beat.is_silent:
                continue
            end = beat.waited + beat.limit
            if end <= now:
                beat.is_silent = True
                fallen.append((topic, beat.limit))
            else:
                self.due = min(self.due, end)
        return sorted(fallen)

    def sample(self, now: float) -> None:
        """Remember how much has come, for the rates; once in a while, always from the same thread."""
        events = {topic: beat.events for topic, beat in self._beats.items()}
        self._samples.append(_Sample(now, self.frames, events))
        while len(self._samples) > 1 and self._samples[1].at <= now - _WINDOW:
            self._samples.popleft()

    def rate(self, now: float) -> float:
        """Frames a second that brought events, of late."""
        base = self._samples[0]
        return _per_second(self.frames - base.frames, now - base.at)

    def topics(self, now: float) -> tuple[TopicHealth, ...]:
        """How each topic is, in order."""
        base = self._samples[0]
        return tuple(
            TopicHealth(
                topic=topic,
                is_silent=beat.is_silent,
                event_age=None if beat.heard_at is None else max(0.0, now - beat.heard_at),
                events=beat.events,
                rate=_per_second(
                    beat.events - base.events.get(topic, 0), now - max(base.at, beat.since)
                ),
                gaps=beat.gaps,
            )
            for topic, beat in sorted(self._beats.items())
        )


def _per_second(count: int, seconds: float) -> float:
    return count / seconds if seconds > 0 else 0.0
