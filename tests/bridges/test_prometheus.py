"""The health of a Dex as metrics, read by Prometheus's own client."""

import subprocess
import sys
import urllib.request
from collections.abc import Iterable, Iterator, Mapping

import pytest
from prometheus_client import CollectorRegistry, generate_latest, start_http_server
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from rxdex import Dex, LineSettings, topics
from rxdex.backoff import Backoff
from rxdex.bridges.prometheus import HealthCollector
from rxdex.events import FaultReason, LineState
from rxdex.health import Health, LaneHealth, TopicHealth
from rxdex.topics import Kind, Topic
from tests.conftest import eventually

Labels = Mapping[str, str]

HOSTILE = 'a "quoted"\\n\nline\r{x="y"} 1\u2028é\x00'


@pytest.fixture
def dex() -> Iterator[Dex]:
    settings = LineSettings(backoff=Backoff(start=0.01))
    with Dex.simulated(speed=20.0, line=settings) as it:
        yield it


def scraped(*collectors: HealthCollector) -> list[Sample]:
    registry = CollectorRegistry(auto_describe=True)
    for collector in collectors:
        registry.register(collector)
    return parsed(generate_latest(registry).decode())


def parsed(text: str) -> list[Sample]:
    return [sample for family in text_string_to_metric_families(text) for sample in family.samples]


def value(samples: Iterable[Sample], name: str, **labels: str) -> float:
    """The one sample of that name with those labels, among others."""
    (found,) = [
        it.value for it in samples if it.name == name and labels.items() <= it.labels.items()
    ]
    return found


def topic(subject: str = "BNB_BUSD-BD1", **its: object) -> TopicHealth:
    fields: dict[str, object] = {
        "topic": Topic(Kind.KLINE, subject, "1m"),
        "is_silent": False,
        "event_age": 1.5,
        "events": 7,
        "rate": 0.5,
        "gaps": 2,
    }
    return TopicHealth(**{**fields, **its})  # type: ignore[arg-type]


def lane(name: str = "market", **its: object) -> LaneHealth:
    fields: dict[str, object] = {
        "lane": name,
        "state": LineState.UP,
        "up_for": 12.0,
        "frame_age": 0.25,
        "frames": 30,
        "rate": 2.0,
        "lag": 0.125,
        "reconnects": 3,
        "renewals": 4,
        "gaps": 5,
        "faults": {FaultReason.NOTICE: 6},
        "topics": (),
    }
    return LaneHealth(**{**fields, **its})  # type: ignore[arg-type]


def health(*lanes: LaneHealth, venue: str = "a venue") -> Health:
    return Health(
        venue=venue, lanes=lanes, reconnects=13, renewals=14, gaps=15, faults={FaultReason.BUG: 1}
    )


def test_what_is_scraped_is_the_health() -> None:
    samples = scraped(HealthCollector(lambda: health(lane(topics=(topic(),)))))
    market = {"venue": "a venue", "lane": "market"}
    its_topic = {**market, "kind": "kline", "subject": "BNB_BUSD-BD1", "detail": "1m"}
    venue = {"venue": "a venue"}
    told: list[tuple[str, Labels, float]] = [
        ("rxdex_well", venue, 1),
        ("rxdex_reconnects_total", venue, 13),
        ("rxdex_renewals_total", venue, 14),
        ("rxdex_gaps_total", venue, 15),
        *(
            ("rxdex_faults_total", {**venue, "reason": it.value}, it is FaultReason.BUG)
            for it in FaultReason
        ),
        *(
            ("rxdex_lane_state", {**market, "state": it.value}, it is LineState.UP)
            for it in LineState
        ),
        ("rxdex_lane_up", market, 1),
        ("rxdex_lane_up_seconds", market, 12),
        ("rxdex_lane_frame_age_seconds", market, 0.25),
        ("rxdex_lane_lag_seconds", market, 0.125),
        ("rxdex_lane_frames_total", market, 30),
        ("rxdex_lane_reconnects_total", market, 3),
        ("rxdex_lane_renewals_total", market, 4),
        ("rxdex_lane_gaps_total", market, 5),
        *(
            (
                "rxdex_lane_faults_total",
                {**market, "reason": it.value},
                6 * (it is FaultReason.NOTICE),
            )
            for it in FaultReason
        ),
        ("rxdex_topic_silent", its_topic, 0),
        ("rxdex_topic_event_age_seconds", its_topic, 1.5),
        ("rxdex_topic_events_total", its_topic, 7),
        ("rxdex_topic_gaps_total", its_topic, 2),
    ]
    assert [(it.name, it.labels, it.value) for it in samples] == told


def test_what_is_not_known_has_no_sample() -> None:
    down = lane(
        state=LineState.WAITING,
        up_for=None,
        frame_age=None,
        topics=(topic(event_age=None, is_silent=True),),
    )
    samples = scraped(HealthCollector(lambda: health(down)))
    names = {it.name for it in samples}
    assert not names & {"rxdex_lane_up_seconds", "rxdex_lane_frame_age_seconds"}
    assert "rxdex_topic_event_age_seconds" not in names
    assert value(samples, "rxdex_well") == 0
    assert value(samples, "rxdex_lane_up") == 0
    assert value(samples, "rxdex_lane_state", state="waiting") == 1
    assert value(samples, "rxdex_topic_silent") == 1


def test_the_topics_can_be_left_out() -> None:
    samples = scraped(HealthCollector(lambda: health(lane(topics=(topic(),))), topics=False))
    assert not [it for it in samples if it.name.startswith("rxdex_topic_")]
    assert value(samples, "rxdex_lane_up") == 1


def test_several_share_one_collector() -> None:
    both = HealthCollector(
        lambda: health(lane("address:a"), lane("market")), lambda: health(lane(), venue="another")
    )
    samples = scraped(both)
    assert value(samples, "rxdex_lane_up", venue="a venue", lane="address:a") == 1
    assert value(samples, "rxdex_lane_up", venue="another", lane="market") == 1
    told = [(it.name, *sorted(it.labels.items())) for it in samples]
    assert len(told) == len(set(told))


def test_hostile_values_stay_within_their_label() -> None:
    its = lane(HOSTILE, topics=(topic(HOSTILE),))
    (sample,) = (
        it
        for it in scraped(HealthCollector(lambda: health(its, venue=HOSTILE)))
        if it.name == "rxdex_topic_events_total"
    )
    assert [sample.labels[it] for it in ("venue", "lane", "subject")] == [HOSTILE] * 3


def test_half_a_surrogate_pair_does_not_end_the_scrape() -> None:
    samples = scraped(HealthCollector(lambda: health(lane("market\ud800"))))
    assert value(samples, "rxdex_lane_up", lane="market?") == 1


def test_to_register_asks_for_nothing() -> None:
    def ask() -> Health:
        raise AssertionError("nobody scrapes yet")

    collector = HealthCollector(ask)
    CollectorRegistry(auto_describe=True).register(collector)
    names = [metric.name for metric in collector.describe()]
    assert names == [metric.name for metric in HealthCollector(health).collect()]


def test_a_second_collector_is_refused() -> None:
    registry = CollectorRegistry(auto_describe=True)
    registry.register(HealthCollector(health))
    with pytest.raises(ValueError, match="rxdex_well"):
        registry.register(HealthCollector(health))


def heard(dex: Dex) -> int:
    """Of how many topics of the market there were events."""
    return sum(
        topic.events > 0
        for lane in dex.health().lanes
        for topic in lane.topics
        if lane.lane == "market"
    )


def test_a_living_dex(dex: Dex) -> None:
    collector = HealthCollector(dex.health)
    assert value(scraped(collector), "rxdex_well") == 1
    assert not [it for it in scraped(collector) if "lane" in it.labels]
    symbol, other = dex.exchange.symbols[:2]
    subscriptions = [
        dex.stream(topics.trades(symbol), topics.ticker(other)).subscribe(),
        dex.account(dex.exchange.addresses[0]).subscribe(),
    ]
    assert eventually(lambda: heard(dex) == 2)
    before = dex.health()
    samples = scraped(collector)
    after = dex.health()
    assert {it.labels["lane"] for it in samples if it.name == "rxdex_lane_up"} == {
        it.lane for it in before.lanes
    }
    market = {"venue": before.venue, "lane": "market"}
    for earlier, later in zip(before.lanes[1].topics, after.lanes[1].topics, strict=True):
        about = {"kind": earlier.topic.kind, "subject": earlier.topic.subject}
        seen = value(samples, "rxdex_topic_events_total", **market, **about)
        assert earlier.events <= seen <= later.events
    frames = value(samples, "rxdex_lane_frames_total", **market)
    assert before.lanes[1].frames <= frames <= after.lanes[1].frames
    up_for = value(samples, "rxdex_lane_up_seconds", **market)
    assert (before.lanes[1].up_for or 0) <= up_for <= (after.lanes[1].up_for or 0)
    for subscription in subscriptions:
        subscription.dispose()
    assert eventually(lambda: not [it for it in scraped(collector) if "lane" in it.labels])


def test_a_break_is_counted_and_stays(dex: Dex) -> None:
    collector = HealthCollector(dex.health)
    with dex.blocks().subscribe():
        assert eventually(lambda: heard(dex) == 1)
        assert dex.exchange.faults.hang_up() == 1
        assert eventually(lambda: dex.health().reconnects == 1)
        samples = scraped(collector)
        assert value(samples, "rxdex_lane_reconnects_total", lane="market") == 1
        assert value(samples, "rxdex_lane_gaps_total", lane="market") == 1
    assert eventually(lambda: not dex.health().lanes)
    samples = scraped(collector)
    assert "rxdex_lane_reconnects_total" not in {it.name for it in samples}
    assert value(samples, "rxdex_reconnects_total") == 1
    assert value(samples, "rxdex_gaps_total") == 1


def test_prometheus_can_fetch_it(dex: Dex) -> None:
    registry = CollectorRegistry(auto_describe=True)
    registry.register(HealthCollector(dex.health))
    server, thread = start_http_server(0, "127.0.0.1", registry)
    try:
        with dex.blocks().subscribe():
            assert eventually(lambda: heard(dex) == 1)
            url = f"http://127.0.0.1:{server.server_port}/metrics"
            with urllib.request.urlopen(url, timeout=5) as answer:
                samples = parsed(answer.read().decode())
            assert value(samples, "rxdex_lane_up", lane="market") == 1
            assert value(samples, "rxdex_topic_events_total", kind="blocks", subject="") > 0
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


WITHOUT = """\
import sys
sys.modules["prometheus_client"] = None
import rxdex.health
try:
    import rxdex.bridges.prometheus
except ImportError as error:
    print(error)
"""


def test_without_the_extra_it_is_named() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", WITHOUT],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert done.stdout == (
        "rxdex.bridges.prometheus needs the extra 'prometheus': pip install 'rxdex[prometheus]'\n"
    )
