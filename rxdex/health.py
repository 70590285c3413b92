"""How the lines of a `Dex` are, at one moment: values, for people and for whoever collects metrics."""

from collections.abc import Mapping

from attrs import frozen

from rxdex.events import FaultReason, LineState
from rxdex.topics import Topic

__all__ = ["Health", "LaneHealth", "TopicHealth"]


@frozen(kw_only=True)
class TopicHealth:
    """
    How one topic is that somebody listens to.

    Counts begin with the first subscriber, and end with the last one.

    :param topic: which
    :param is_silent: whether it ticks, and has been silent for too long; a topic that may be quiet never is
    :param event_age: seconds since its last event; None before the first
    :param events: how many came
    :param rate: events a second, over the last ten seconds or so
    :param gaps: how often events of it may have been lost; losses with nothing heard in between are one
    """

    topic: Topic[object]
    is_silent: bool
    event_age: float | None
    events: int
    rate: float
    gaps: int


@frozen(kw_only=True)
class LaneHealth:
    """
    How one line is that somebody listens to.

    `reconnects`, `renewals`, `gaps` and `faults` count since the `Dex` was made, `frames` since the first
    subscriber.

    :param lane: which
    :param state: where it stands
    :param up_for: seconds since its handshake; None while it is not up
    :param frame_age: seconds since the last bytes came, pings included; None while it is not up
    :param frames: how many came
    :param rate: frames a second, over the last ten seconds or so
    :param lag: seconds that the subscribers need for what one read brought, or needed within the last ten
        seconds; so far they are behind the wire
    :param reconnects: how often it came up again after it had broken
    :param renewals: how often a new socket took the place of the old one
    :param gaps: how often events may have been lost
    :param faults: how many there were, of each kind; notices that say the same count once
    :param topics: each that somebody listens to
    """

    lane: str
    state: LineState
    up_for: float | None
    frame_age: float | None
    frames: int
    rate: float
    lag: float
    reconnects: int
    renewals: int
    gaps: int
    faults: Mapping[FaultReason, int]
    topics: tuple[TopicHealth, ...]

    @property
    def is_well(self) -> bool:
        """Whether it is up, and none of its topics is silent."""
        return self.state is LineState.UP and not any(it.is_silent for it in self.topics)


@frozen(kw_only=True)
class Health:
    """
    How all lines are; the totals count lines that are closed by now too.

    :param venue: its name
    :param lanes: each that somebody listens to
    :param reconnects: how often a line came up again after it had broken
    :param renewals: how often a new socket took the place of an old one
    :param gaps: how often events of a line may have been lost
    :param faults: how many there were, of each kind; notices that say the same count once
    """

    venue: str
    lanes: tuple[LaneHealth, ...]
    reconnects: int
    renewals: int
    gaps: int
    faults: Mapping[FaultReason, int]

    @property
    def is_well(self) -> bool:
        """Whether every line is up, and no topic is silent; also where nobody listens."""
        return all(lane.is_well for lane in self.lanes)
