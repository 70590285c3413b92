"""What can be subscribed to: by lane, in the order of the wire, on whose thread."""

from typing import Any

import pytest

from rxdex import ConnectionLost, LineSettings, topics
from rxdex.connection.listening import Listening
from rxdex.connection.news import News
from rxdex.connection.rest import Questions
from rxdex.connection.shared import SharedConnection
from rxdex.events import BlockHeight, Frame, Gap, LineState, Status
from rxdex.topics import Topic
from rxdex.venues import BinanceDex
from tests.connection.fake import FakeTransport
from tests.connection.recorder import Recorder
from tests.connection.test_session import BLOCK, Shop


class House:
    """A `Listening` on transports that do what a test wants."""

    def __init__(self, *transports: FakeTransport) -> None:
        venue = BinanceDex("ws://nowhere/api")
        settings = LineSettings(transport=Shop(*transports))
        news = News(Status(lane=None, state=LineState.CLOSED, what=""))
        self.connection = SharedConnection(venue, settings, news)
        self.listening = Listening(venue, self.connection, Questions(settings, news), news)

    def __enter__(self) -> "House":
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close(5)


def test_events_frames_and_gaps_of_one_topic() -> None:
    line, back = FakeTransport(), FakeTransport()
    with House(line, back) as house:
        every: dict[str, Recorder[Any]] = {name: Recorder() for name in ("plain", "gaps", "frames")}
        wanted = [topics.blocks()]
        house.listening.stream(wanted).subscribe(every["plain"])
        house.listening.stream(wanted, gaps=True).subscribe(every["gaps"])
        house.listening.stream(wanted, takes_frames=True).subscribe(every["frames"])
        assert line.wait_said(1)
        line.put(BLOCK % 1, ConnectionLost("broken"))
        assert every["gaps"].has(2)
        assert all(it.has(1) for it in every.values())
    kinds = {name: [type(value) for value in it.values] for name, it in every.items()}
    assert kinds == {"plain": [BlockHeight], "gaps": [BlockHeight, Gap], "frames": [Frame]}


def test_topics_of_two_lanes_are_two_lines_in_one_stream() -> None:
    market, deep = FakeTransport(), FakeTransport()
    with House(market, deep) as house:
        wanted: list[Topic[Any]] = [topics.blocks(), topics.depth("BNB_BUSD-BD1", 100)]
        both: Recorder[Any] = Recorder()
        subscription = house.listening.stream(wanted).subscribe(both)
        assert market.wait_said(1)
        assert deep.wait_said(1)
        subscription.dispose()


def test_after_the_close_a_subscriber_is_told() -> None:
    house = House()
    house.connection.close(5)
    late: Recorder[Any] = Recorder()
    house.listening.stream([topics.blocks()]).subscribe(late)
    assert isinstance(late.errors[0], ConnectionLost)


def test_what_is_no_topic_is_refused_before_anybody_subscribes() -> None:
    with pytest.raises(TypeError, match="'blocks' is no topic"):
        House().listening.stream(["blocks"])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]


def test_a_frame_of_several_topics_comes_once_to_who_asked_for_them() -> None:
    row = (
        '{"e":"trade","E":1,"s":"%s","t":"1-0","p":"1","q":"1","b":"","a":"","T":1,"sa":"","ba":""}'
    )
    symbols = ["BNB_BUSD-BD1", "AWC-986_BNB"]
    rows = ",".join(row % symbol for symbol in symbols)
    frame = f'{{"stream":"trades","data":[{rows}]}}'
    line = FakeTransport()
    with House(line) as house:
        both: Recorder[Any] = Recorder()
        one: Recorder[Any] = Recorder()
        house.listening.stream([*map(topics.trades, symbols)], takes_frames=True).subscribe(both)
        house.listening.stream([topics.trades(symbols[1])], takes_frames=True).subscribe(one)
        assert line.wait_said(1)
        line.put(frame, frame)
        assert both.has(2)
        assert one.has(2)
    assert [it.text for it in both.values] == [it.text for it in one.values] == [frame, frame]
