"""What came and went of late: the same is said as if everything were compared, for less."""

import threading
from collections.abc import Iterator
from typing import TypeVar
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rxdex import Dex, LineSettings, topics
from rxdex.connection import changes as module
from rxdex.connection.audience import Audience
from rxdex.connection.changes import UNSEEN, Change, Changes
from rxdex.connection.line import Line
from rxdex.connection.listener import Listener
from rxdex.connection.pulse import Pulse
from rxdex.patience import Patience
from rxdex.topics import Topic
from rxdex.venue import MARKET
from rxdex.venues import BinanceDex
from tests.conftest import eventually
from tests.connection.fake import FakeTransport
from tests.connection.recorder import Recorder
from tests.connection.test_audience import news
from tests.scripted import topics_of

TopicT = TypeVar("TopicT", bound=Topic[object])

SYMBOLS = [f"A{number}-{number:03d}_BNB" for number in range(6)]
TOPICS = [topics.ticker(symbol) for symbol in SYMBOLS]
LINGER = 60.0


def test_who_has_looked_is_shown_what_came_or_went_since() -> None:
    changes = Changes()
    assert changes.since(UNSEEN) is None
    for topic in (TOPICS[0], TOPICS[1], TOPICS[1], TOPICS[2]):
        changes.note(topic)
    assert changes.count == 4
    assert changes.since(UNSEEN) is None
    assert changes.since(0) == set(TOPICS[:3])
    assert changes.since(2) == set(TOPICS[1:3])
    assert changes.since(4) == set()


def test_who_has_not_looked_for_long_looks_at_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST", 2)
    changes = Changes()
    for topic in TOPICS[:3]:
        changes.note(topic)
    assert changes.since(0) is None
    assert changes.since(1) == set(TOPICS[1:3])


class Lane:
    """An audience, and sockets that follow what it wants each at its own time."""

    def __init__(self) -> None:
        self.audience = Audience(MARKET, LINGER, news())
        self.there: list[Listener] = []
        self.pulse = Pulse(lambda _: 1.0, None, self.audience.intake, self.audience.forget, 0.0)
        self.sockets = [self._socket() for _ in range(2)]

    def _socket(self) -> tuple[Line, FakeTransport]:
        transport = FakeTransport()
        settings = LineSettings(transport=lambda: transport)
        return Line(MARKET, BinanceDex("ws://nowhere/api"), settings), transport

    def come(self, some: set[Topic[object]], *, frames: bool) -> None:
        listener = Listener(Recorder[object](), tuple(some), Patience(), frames)
        self.there.append(listener)
        assert self.audience.join(listener)

    def leave(self, number: int) -> None:
        if self.there:
            assert self.audience.leave(self.there.pop(number % len(self.there)))

    def look(self, number: int) -> None:
        """What the reader does; the first socket is its own."""
        line, transport = self.sockets[number]
        before = set(line.said)
        change = self.audience.change(line.said, line.seen)
        if change is None:
            change = Change(set(), set(), line.seen)
        else:
            line.say(change)
            if number == 0:
                self.pulse.change(change.more, change.gone, 0.0)
        wanted = {topic for who in self.there for topic in who.topics} if self.there else before
        assert change[:2] == (wanted - before, before - wanted)
        assert line.said == wanted
        assert asked_of(transport) == {f"ticker {topic.subject}" for topic in wanted}
        assert self.audience.change(line.said, line.seen) is None
        if number == 0 and self.there:
            assert set(self.pulse._beats) == set(self.audience._intakes) == wanted

    def break_off(self, number: int) -> None:
        """A new socket in the place of one."""
        self.sockets[number] = self._socket()
        if number == 0:
            self.pulse.restart()


def asked_of(transport: FakeTransport) -> set[str]:
    """What a venue would send on this socket."""
    asked: set[str] = set()
    for text in transport.said:
        asked |= topics_of(text)
        asked -= topics_of(text.replace('"unsubscribe"', '"subscribe"')) - topics_of(text)
    return asked


some_topics = st.sets(st.sampled_from(TOPICS), min_size=1)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("come"), some_topics, st.booleans()),
        st.tuples(st.just("leave"), st.integers(0, 9)),
        st.tuples(st.just("look"), st.integers(0, 1)),
        st.tuples(st.just("break"), st.integers(0, 1)),
    ),
    min_size=20,
    max_size=60,
)


@pytest.mark.parametrize("most", [2, 1_000])
@given(steps=steps)
def test_what_is_said_is_what_a_comparison_of_everything_says(
    most: int, steps: list[tuple[str, set[Topic[object]], bool] | tuple[str, int]]
) -> None:
    with mock.patch.object(module, "_MOST", most):
        lane = Lane()
    for step in [*steps, ("look", 0), ("look", 1)]:
        match step:
            case ("come", set(some), bool(frames)):
                lane.come(some, frames=frames)
            case ("leave", int(number)):
                lane.leave(number)
            case ("look", int(number)):
                lane.look(number)
            case ("break", int(number)):
                lane.break_off(number)


class Pricey(Topic[object]):
    """A topic that knows how often topics were looked at; the watch may look at all, now and then."""

    looks = 0

    def __hash__(self) -> int:
        Pricey.looks += threading.current_thread().name != "rxdex:watch"
        return super().__hash__()


class Waiting(FakeTransport):
    """A transport that knows whether its reader has nothing left to do."""

    is_waiting = False

    def receive(self, timeout: float) -> list[bytes]:
        with self._changed:
            self.is_waiting = not self._is_woken
        try:
            return list(super().receive(timeout))
        finally:
            self.is_waiting = False

    def wake(self) -> None:
        with self._changed:
            self.is_waiting = False
            super().wake()


def pricey(count: int) -> Iterator[Topic[object]]:
    for number in range(count):
        yield Pricey(topics.trades("").kind, f"A{number}-000_BNB")


class Lenient(BinanceDex):
    """Takes a topic as it is."""

    def normalise(self, topic: TopicT) -> TopicT:
        return topic


def looks_of_a_change(count: int) -> int:
    """How often topics are looked at to subscribe to one more of a lane and to dispose of it."""
    transport = Waiting()
    with Dex(Lenient("ws://nowhere/api"), LineSettings(transport=lambda: transport)) as dex:
        *rest, last = pricey(count)
        one_more = dex.stream(last)
        dex.stream(*rest).subscribe()

        def is_done(said: int) -> bool:
            return eventually(lambda: transport.is_waiting and len(transport.said) == said)

        frames = len(list(dex.venue.subscribe(rest)))
        assert is_done(frames)
        before = Pricey.looks
        subscription = one_more.subscribe()
        assert is_done(frames + 1)
        subscription.dispose()
        assert is_done(frames + 2)
        return Pricey.looks - before


def test_a_change_costs_no_more_where_there_are_many_topics() -> None:
    assert looks_of_a_change(1_000) == looks_of_a_change(2) > 0
