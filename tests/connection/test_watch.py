"""The watch thread: it sees a reader that does not come back, and says where it is."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from rxdex import ConnectionLost, Dex, LineSettings, first, topics
from rxdex.backoff import Backoff
from rxdex.connection.news import News
from rxdex.connection.watch import Watch
from rxdex.events import BlockHeight, Gap, LineState, Status
from rxdex.simulator.exchange import Exchange
from tests.conftest import eventually, our_threads
from tests.connection.fake import FakeTransport
from tests.connection.recorder import Recorder
from tests.connection.test_session import BLOCK, dex_on

WATCH = "rxdex:watch"


def told_of(status: Recorder[Status], words: str) -> bool:
    return status.wait(lambda it: any(words in one.what for one in it.values))


def test_a_reader_that_is_stuck_in_a_subscriber_is_told_of_and_where() -> None:
    let_go = threading.Event()

    def dawdle(_: BlockHeight) -> None:
        let_go.wait(10)

    with Exchange(speed=20.0) as exchange, Dex(exchange.url, LineSettings(stuck_after=0.1)) as dex:
        status: Recorder[Status] = Recorder()
        dex.status.subscribe(status)
        dex.blocks().subscribe(dawdle)
        assert told_of(status, "a subscriber has held up the line")
        stuck = status.values[-1]
        assert "dawdle, test_watch.py:" in stuck.what
        assert (stuck.state, stuck.lane) == (LineState.UP, "market")
        let_go.set()
        assert told_of(status, "the line goes on, held up by a subscriber for")
        told = [it for it in status.values if "held up" in it.what]
        assert len(told) == 2, "once each"


@pytest.mark.parametrize("stage", ["gap", "on_error", "on_completed"])
def test_in_whatever_it_is_told(stage: str) -> None:
    let_go = threading.Event()

    def dawdle(*_: object) -> None:
        let_go.wait(10)

    def dawdle_in_gaps(event: BlockHeight | Gap) -> None:
        if isinstance(event, Gap):
            dawdle()

    settings = LineSettings(stuck_after=0.1, tries=1, backoff=Backoff(start=0.01, ceiling=0.02))
    with Exchange(speed=20.0) as exchange, Dex(exchange.url, settings) as dex:
        status: Recorder[Status] = Recorder()
        dex.status.subscribe(status)
        closing = threading.Thread(target=dex.close)
        if stage == "on_error":
            exchange.faults.next().refuse(503)
            dex.blocks().subscribe(on_error=dawdle)
        else:
            last = dawdle if stage == "on_completed" else None
            dex.stream(topics.blocks(), gaps=True).subscribe(dawdle_in_gaps, on_completed=last)
            assert told_of(status, "connected")
            exchange.faults.hang_up() if stage == "gap" else closing.start()
        assert told_of(status, "a subscriber has held up the line")
        assert "dawdle" in next(it.what for it in status.values if "held up" in it.what)
        let_go.set()
        if closing.ident is not None:
            closing.join()


def test_a_reader_that_is_busy_but_comes_back_is_no_news() -> None:
    with Exchange(speed=50.0) as exchange, Dex(exchange.url, LineSettings(stuck_after=0.2)) as dex:
        status: Recorder[Status] = Recorder()
        dex.status.subscribe(status)
        blocks: Recorder[BlockHeight] = Recorder()
        dex.blocks().subscribe(blocks)
        assert blocks.wait(lambda it: len(it.values) >= 50)
    assert not [it for it in status.values if "held up" in it.what]


def test_there_is_one_while_a_lane_is_open() -> None:
    with Exchange(speed=20.0) as exchange, Dex(exchange.url) as dex:
        assert WATCH not in our_threads()
        both: list[Any] = [dex.blocks().subscribe(), dex.orders(exchange.addresses[0]).subscribe()]
        first(dex.blocks())
        assert [it.name for it in threading.enumerate()].count(WATCH) == 1
        for subscription in both:
            subscription.dispose()
        assert eventually(lambda: WATCH not in our_threads())
        first(dex.blocks())
        assert eventually(lambda: WATCH not in our_threads())


class Reader:
    """A session as far as it is watched."""

    def __init__(self) -> None:
        self.name = "market"
        self.thread = threading.current_thread()
        self.busy_since: float | None = 0.0
        self.state: LineState = LineState.UP
        self.samples = 0

    def sample(self, now: float) -> None:
        self.samples += 1


def test_who_is_gone_is_forgotten() -> None:
    news = News(Status(lane=None, state=LineState.CLOSED, what=""))
    status: Recorder[Status] = Recorder()
    news.status.observable().subscribe(status)
    living = [Reader()]
    watch = Watch(0.01, lambda: living, news)
    watch.start()
    assert told_of(status, "held up the line")
    living.clear()
    looked = threading.Event()

    class Looked(list[Reader]):
        def __iter__(self) -> Any:
            looked.set()
            return super().__iter__()

    living = Looked()
    assert looked.wait(5)
    watch.stop()
    watch.thread.join(5)
    assert not watch.thread.is_alive()
    assert not any("goes on" in it.what for it in status.values)


def test_one_that_never_began_is_not_waited_for() -> None:
    watch = Watch(1.0, list, News(Status(lane=None, state=LineState.CLOSED, what="")))
    watch.stop()
    watch.wait_gone(5)


def test_it_has_the_rates_taken_at_each_look() -> None:
    reader = Reader()
    reader.busy_since = None
    watch = Watch(0.01, lambda: [reader], News(Status(lane=None, state=LineState.CLOSED, what="")))
    watch.start()
    assert eventually(lambda: reader.samples >= 3)
    watch.stop()
    watch.wait_gone(5)
    assert not watch.thread.is_alive()


def test_so_have_those_of_a_line() -> None:
    with Dex.simulated(speed=20.0, line=LineSettings(stuck_after=0.04)) as dex:
        dex.blocks().subscribe()
        (vitals,) = dex._connection._all_vitals()
        assert eventually(lambda: len(vitals._hearing.pulse._samples) >= 3)


STAGES: dict[str, Callable[[Dex, FakeTransport], object]] = {
    "connecting to": lambda _, __: None,
    "connected to": lambda _, __: None,
    "nothing of blocks": lambda _, __: None,
    "blocks came back": lambda _, line: line.put(BLOCK % 1),
    "next attempt in": lambda _, line: line.put(ConnectionLost("gone")),
    "renewed: ": lambda dex, _: dex.renew(),
    "not renewed": lambda dex, _: dex.renew(),
}


@pytest.mark.parametrize("words", STAGES)
def test_who_listens_to_status_holds_up_the_line_as_well(
    words: str, caplog: pytest.LogCaptureFixture
) -> None:
    let_go = threading.Event()

    def dawdle(status: Status) -> None:
        if words in status.what:
            let_go.wait(10)

    line, other = FakeTransport(), FakeTransport(refuses="no" if words == "not renewed" else "")
    with dex_on(line, other, stuck_after=0.1, topic_silence=0.05, renew_overlap=0.01) as dex:
        dex.status.subscribe(dawdle)
        dex.blocks().subscribe()
        if words not in {"connecting to", "connected to", "nothing of blocks"}:
            assert eventually(lambda: "nothing of blocks" in caplog.text)
        STAGES[words](dex, line)
        assert eventually(lambda: "held up the line" in caplog.text)
        let_go.set()
    assert "(it is in test_who_listens_to_status_holds_up_the_line_as_well" in caplog.text
    assert "dawdle, test_watch.py:" in caplog.text


def test_in_being_told_that_nobody_listens_any_more_too(caplog: pytest.LogCaptureFixture) -> None:
    let_go = threading.Event()

    def dawdle(status: Status) -> None:
        if status.state is LineState.CLOSING:
            let_go.wait(10)

    with dex_on(FakeTransport(), stuck_after=0.1) as dex:
        dex.status.subscribe(dawdle)
        subscription = dex.blocks().subscribe()
        assert eventually(
            lambda: bool(dex.health().lanes) and dex.health().lanes[0].up_for is not None
        )
        subscription.dispose()
        assert eventually(lambda: "held up the line" in caplog.text)
        let_go.set()
