"""health: what `Dex.health` says of lines and topics, on a real line."""

import json
import threading

import attrs

from rxdex import Dex, LineSettings, first, topics
from rxdex.backoff import Backoff
from rxdex.events import FaultReason, LineState
from rxdex.health import Health, LaneHealth, TopicHealth
from rxdex.topics import Topic
from tests.conftest import eventually
from tests.connection.recorder import Recorder

QUICK = LineSettings(backoff=Backoff(start=0.01, ceiling=0.02))


def market(dex: Dex) -> LaneHealth:
    """Its market line."""
    return next(lane for lane in dex.health().lanes if lane.lane == "market")


def wait(event: threading.Event) -> None:
    event.wait(10)


def test_who_listens_to_nothing_is_well() -> None:
    with Dex.simulated() as dex:
        health = dex.health()
        assert health == Health(
            venue=dex.venue.name, lanes=(), reconnects=0, renewals=0, gaps=0, faults={}
        )
        assert health.is_well


def test_what_comes_is_counted_by_lane_and_topic() -> None:
    with Dex.simulated(speed=None) as dex:
        symbol, address = dex.exchange.symbols[0], dex.exchange.addresses[0]
        blocks: Recorder[object] = Recorder()
        dex.blocks().subscribe(blocks)
        dex.orders(address).subscribe()
        dex.trades(symbol).subscribe()
        assert dex.exchange.wait_for(
            lambda it: sum(len(one.subscriptions) for one in it.visits) == 3
        )
        dex.exchange.step(5)
        assert blocks.has(5)
        assert eventually(lambda: market(dex).frames >= 5)
        health = dex.health()
    assert [lane.lane for lane in health.lanes] == [f"address:{address}", "market"]
    lane = health.lanes[1]
    assert lane.state is LineState.UP
    assert health.is_well
    assert lane.up_for is not None
    assert lane.frame_age is not None
    assert lane.up_for >= lane.frame_age >= 0
    heights = next(it for it in lane.topics if it.topic == topics.blocks())
    assert (heights.events, heights.gaps, heights.is_silent) == (5, 0, False)
    assert heights.event_age is not None
    assert heights.rate > 0
    assert [it.topic for it in lane.topics] == [topics.blocks(), topics.trades(symbol)]


def test_a_line_that_broke_and_came_back_says_so() -> None:
    with Dex.simulated(speed=20.0, line=QUICK) as dex:
        blocks: Recorder[object] = Recorder()
        dex.stream(topics.blocks(), gaps=True).subscribe(blocks)
        assert blocks.has(1)
        dex.exchange.faults.hang_up()
        assert eventually(lambda: dex.health().reconnects == 1)
        assert blocks.has(len(blocks.values) + 2), "an event ends the gap"
        dex.exchange.faults.send("{")
        assert eventually(lambda: market(dex).faults == {FaultReason.MALFORMED_FRAME: 1})
        lane = market(dex)
        assert (lane.reconnects, lane.gaps) == (1, 2)
        assert lane.topics[0].gaps >= 1
        dex.renew()
        assert eventually(lambda: market(dex).renewals == 1)
    assert dex.health().lanes == ()
    assert (dex.health().reconnects, dex.health().renewals, dex.health().gaps) == (1, 1, 2)


def test_a_line_that_waits_is_not_well() -> None:
    patient = LineSettings(backoff=Backoff(start=60.0, ceiling=60.0))
    with Dex.simulated(speed=20.0, line=patient) as dex:
        first(dex.blocks())
        dex.blocks().subscribe()
        assert eventually(lambda: market(dex).state is LineState.UP)
        dex.exchange.faults.hang_up()
        assert eventually(lambda: market(dex).state is LineState.WAITING)
        lane = market(dex)
        assert (lane.up_for, lane.frame_age) == (None, None)
        assert not lane.is_well
        assert not dex.health().is_well


def test_a_topic_that_fell_silent_is_not_well() -> None:
    with Dex.simulated(speed=None, line=LineSettings(topic_silence=0.1)) as dex:
        dex.blocks().subscribe()
        assert eventually(lambda: any(it.is_silent for it in market(dex).topics))
        assert not market(dex).is_well
        dex.exchange.step()
        assert eventually(lambda: market(dex).is_well)


def test_a_subscriber_that_is_slow_shows_as_lag() -> None:
    let_go = threading.Event()
    with Dex.simulated(speed=20.0) as dex:
        dex.blocks().subscribe(lambda _: wait(let_go))
        assert eventually(lambda: market(dex).lag > 0.1)
        let_go.set()
        assert eventually(lambda: market(dex).lag < 0.1)


def in_words(_: type, __: object, value: object) -> object:
    return str(value) if isinstance(value, Topic) else value


def test_it_is_plain_data() -> None:
    with Dex.simulated(speed=20.0) as dex:
        dex.blocks().subscribe()
        assert eventually(lambda: any(lane.topics for lane in dex.health().lanes))
        text = json.dumps(attrs.asdict(dex.health(), value_serializer=in_words))
    assert json.loads(text)["lanes"][0]["topics"][0]["topic"] == "blocks"


def blocks(dex: Dex) -> TopicHealth | None:
    """How its blocks are, if they are shown."""
    shown = [topic for lane in dex.health().lanes for topic in lane.topics]
    return next((topic for topic in shown if topic.topic == topics.blocks()), None)


def test_the_count_of_a_topic_goes_on_whoever_takes_it() -> None:
    with Dex.simulated(speed=None, line=LineSettings(linger=60.0)) as dex:

        def comes(steps: int, count: int) -> bool:
            """Whether so many blocks make so many in all, in time, and no more."""
            if steps:
                dex.exchange.step(steps)
            return eventually(lambda: count_of(dex) >= count) and count_of(dex) == count

        frames = dex.frames(topics.blocks()).subscribe()
        assert dex.exchange.wait_for(lambda it: any(one.subscriptions for one in it.visits))
        assert comes(50, 50)
        events = dex.blocks().subscribe()
        assert comes(0, 50)
        assert comes(5, 55)
        frames.dispose()
        assert comes(5, 60)
        events.dispose()
        assert blocks(dex) is None, "it lingers, and nobody listens"
        before = market(dex).frames
        dex.exchange.step(5)
        assert eventually(lambda: market(dex).frames == before + 5)
        dex.blocks().subscribe()
        assert comes(5, 70)


def count_of(dex: Dex) -> int:
    found = blocks(dex)
    return -1 if found is None else found.events


def test_a_line_that_waits_has_no_silent_topics_and_shows_all() -> None:
    settings = LineSettings(topic_silence=0.1, backoff=Backoff(start=60.0, ceiling=60.0))
    with Dex.simulated(speed=None, line=settings) as dex:
        dex.blocks().subscribe()
        assert eventually(lambda: any(it.is_silent for it in market(dex).topics))
        dex.exchange.faults.hang_up()
        assert eventually(lambda: market(dex).state is LineState.WAITING)
        assert not any(it.is_silent for it in market(dex).topics)
        dex.trades(dex.exchange.symbols[0]).subscribe()
        assert len(market(dex).topics) == 2


def test_five_frames_that_are_malformed_are_one_gap() -> None:
    with Dex.simulated(speed=None) as dex:
        values: Recorder[object] = Recorder()
        dex.stream(topics.blocks(), gaps=True).subscribe(values)
        assert dex.exchange.wait_for(lambda it: any(one.subscriptions for one in it.visits))
        for _ in range(5):
            dex.exchange.faults.send("{")
        assert eventually(lambda: market(dex).faults == {FaultReason.MALFORMED_FRAME: 5})
        assert (market(dex).gaps, market(dex).topics[0].gaps, len(values.values)) == (1, 1, 1)
