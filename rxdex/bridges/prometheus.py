"""The health of a `Dex` as metrics of Prometheus; it needs the extra `rxdex[prometheus]`."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Generic, TypeVar

from attrs import frozen

from rxdex.events import FaultReason, LineState
from rxdex.health import Health, LaneHealth, TopicHealth

try:
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
    from prometheus_client.metrics_core import Metric
    from prometheus_client.registry import Collector
except ModuleNotFoundError as missing:
    raise ImportError(
        "rxdex.bridges.prometheus needs the extra 'prometheus': pip install 'rxdex[prometheus]'",
        name=missing.name,
    ) from missing

__all__ = ["HealthCollector"]

T = TypeVar("T")

#: The values of the labels, and the one that is measured.
_Labelled = tuple[Sequence[str], T]

_VENUE = ("venue",)
_LANE = ("venue", "lane")
_TOPIC = ("venue", "lane", "kind", "subject", "detail")


@frozen
class _Measure(Generic[T]):
    """
    One metric.

    :param read: the value; None where there is none, and so no sample
    :param counts: whether it only grows
    """

    name: str
    what: str
    read: Callable[[T], float | None]
    counts: bool = False

    def metric(self, labels: Sequence[str], measured: Iterable[_Labelled[T]]) -> Metric:
        """It, with a sample for each that is measured."""
        metric = _family(self.name, self.what, labels, counts=self.counts)
        for values, it in measured:
            number = self.read(it)
            if number is not None:
                metric.add_metric(values, number)
        return metric


_OF_VENUES: Sequence[_Measure[Health]] = (
    _Measure(
        "rxdex_well", "1 where every line is up and no topic is silent.", lambda it: it.is_well
    ),
    _Measure(
        "rxdex_reconnects",
        "How often a line came up again after it had broken.",
        lambda it: it.reconnects,
        counts=True,
    ),
    _Measure(
        "rxdex_renewals",
        "How often a new socket took the place of an old one.",
        lambda it: it.renewals,
        counts=True,
    ),
    _Measure(
        "rxdex_gaps",
        "How often events of a line may have been lost.",
        lambda it: it.gaps,
        counts=True,
    ),
)

_OF_LANES: Sequence[_Measure[LaneHealth]] = (
    _Measure("rxdex_lane_up", "1 where the line is up.", lambda it: it.state is LineState.UP),
    _Measure("rxdex_lane_up_seconds", "Seconds since the handshake.", lambda it: it.up_for),
    _Measure(
        "rxdex_lane_frame_age_seconds",
        "Seconds since the last bytes came, pings included.",
        lambda it: it.frame_age,
    ),
    _Measure(
        "rxdex_lane_lag_seconds",
        "Seconds that the subscribers need for what one read brought.",
        lambda it: it.lag,
    ),
    _Measure("rxdex_lane_frames", "Frames that came.", lambda it: it.frames, counts=True),
    _Measure(
        "rxdex_lane_reconnects",
        "How often the line came up again after it had broken.",
        lambda it: it.reconnects,
        counts=True,
    ),
    _Measure(
        "rxdex_lane_renewals",
        "How often a new socket took the place of the old one.",
        lambda it: it.renewals,
        counts=True,
    ),
    _Measure(
        "rxdex_lane_gaps", "How often events may have been lost.", lambda it: it.gaps, counts=True
    ),
)

_OF_TOPICS: Sequence[_Measure[TopicHealth]] = (
    _Measure(
        "rxdex_topic_silent",
        "1 where a topic that ticks has been silent for too long.",
        lambda it: it.is_silent,
    ),
    _Measure(
        "rxdex_topic_event_age_seconds", "Seconds since the last event.", lambda it: it.event_age
    ),
    _Measure("rxdex_topic_events", "Events that came.", lambda it: it.events, counts=True),
    _Measure(
        "rxdex_topic_gaps",
        "How often events of the topic may have been lost.",
        lambda it: it.gaps,
        counts=True,
    ),
)


class HealthCollector(Collector):
    """
    What `Dex.health` says, to be registered: `REGISTRY.register(HealthCollector(dex.health))`.

    A scrape asks for the health and does nothing else. A value that there is none of, such as the age of a
    frame while a line is down, has no sample. Every metric has the label `venue`. Those of a lane and of a
    topic, which have its name for a label, come with its first subscriber and vanish with its last; the
    others stay.

    :param health: of one `Dex`, or of each of several; those of one registry share one collector, and are of
        different venues
    :param topics: whether there are metrics of each topic too; there are four series for each symbol or
        address somebody listens to
    """

    def __init__(self, *health: Callable[[], Health], topics: bool = True) -> None:
        self._health = health
        self._has_topics = topics

    def describe(self) -> Iterable[Metric]:
        """The metrics there are, without a sample: the registry need not ask for the health."""
        return self._metrics([])

    def collect(self) -> Iterable[Metric]:
        """The metrics as they are now."""
        return self._metrics([health() for health in self._health])

    def _metrics(self, found: Sequence[Health]) -> Iterator[Metric]:
        venues = [((_plain(it.venue),), it) for it in found]
        lanes = [((*labels, _plain(lane.lane)), lane) for labels, it in venues for lane in it.lanes]
        for of_venue in _OF_VENUES:
            yield of_venue.metric(_VENUE, venues)
        yield _faults("rxdex_faults", _VENUE, [(labels, it.faults) for labels, it in venues])
        yield _states(lanes)
        for of_lane in _OF_LANES:
            yield of_lane.metric(_LANE, lanes)
        yield _faults("rxdex_lane_faults", _LANE, [(labels, it.faults) for labels, it in lanes])
        if self._has_topics:
            topics = [
                ((*labels, *map(_plain, it.topic)), it)
                for labels, lane in lanes
                for it in lane.topics
            ]
            for of_topic in _OF_TOPICS:
                yield of_topic.metric(_TOPIC, topics)


def _states(lanes: Iterable[_Labelled[LaneHealth]]) -> Metric:
    """A series for each state, of which one is 1: a change is seen in two of them."""
    metric = _family("rxdex_lane_state", "1 for the state the line is in.", (*_LANE, "state"))
    for labels, lane in lanes:
        for state in LineState:
            metric.add_metric((*labels, state.value), lane.state is state)
    return metric


def _faults(
    name: str, labels: Sequence[str], measured: Iterable[_Labelled[Mapping[FaultReason, int]]]
) -> Metric:
    """A series for each reason, also of what has not happened: the first of a kind is an increase."""
    what = "What was refused or dropped, or went wrong on our side."
    metric = _family(name, what, (*labels, "reason"), counts=True)
    for values, faults in measured:
        for reason in FaultReason:
            metric.add_metric((*values, reason.value), faults.get(reason, 0))
    return metric


def _family(
    name: str, what: str, labels: Sequence[str], *, counts: bool = False
) -> CounterMetricFamily | GaugeMetricFamily:
    """A metric without samples; a counter's get `_total` behind their name."""
    family = CounterMetricFamily if counts else GaugeMetricFamily
    return family(name, what, labels=labels)


def _plain(text: str) -> str:
    """Text that can be written as UTF-8; half a surrogate pair would end the whole scrape."""
    return text.encode("utf-8", "replace").decode()
