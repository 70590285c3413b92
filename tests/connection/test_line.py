"""One socket of a lane, on a transport that does what a test wants."""

import json
import time
from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from rxdex import ConnectionLost, LineSettings, StaleConnection, VenueGone, topics
from rxdex.connection.changes import UNSEEN, Change
from rxdex.connection.line import Line
from rxdex.topics import Topic
from rxdex.venue import MARKET
from rxdex.venues import BinanceDex
from tests.connection.fake import FakeTransport

SUBSCRIBE = '{"method":"subscribe","topic":"%s","symbols":["%s"]}'
UNSUBSCRIBE = '{"method":"unsubscribe","topic":"%s","symbols":["%s"]}'
BLOCKS, TICKERS = topics.blocks(), topics.tickers()
NEVER = float("inf")


def line_on(transport: FakeTransport, **settings: Any) -> Line:
    made = LineSettings(transport=lambda: transport, **settings)
    return Line(MARKET, BinanceDex("ws://nowhere/api"), made)


def change(*more: Topic[object], less: tuple[Topic[object], ...] = (), seen: int = 1) -> Change:
    return Change(frozenset(more), frozenset(less), seen)


def test_it_says_what_is_new_and_then_takes_back_what_is_not_wanted() -> None:
    transport = FakeTransport()
    line = line_on(transport)
    line.open()
    assert (line.said, line.seen) == (set(), UNSEEN)
    line.say(change(BLOCKS, seen=4))
    line.say(change(seen=6))
    line.say(change(TICKERS, less=(BLOCKS,), seen=9))
    assert transport.said == [
        SUBSCRIBE % ("blockheight", "$all"),
        SUBSCRIBE % ("allTickers", "$all"),
        UNSUBSCRIBE % ("blockheight", "$all"),
    ]
    assert (line.said, line.seen) == ({TICKERS}, 9)


def test_a_venue_is_not_asked_how_to_say_nothing() -> None:
    class Wordy(BinanceDex):
        def subscribe(self, topics: Iterable[Topic[object]]) -> Iterator[str]:
            yield f"more: {len(list(topics))}"

        def unsubscribe(self, topics: Iterable[Topic[object]]) -> Iterator[str]:
            yield f"less: {len(list(topics))}"

    transport = FakeTransport()
    line = Line(MARKET, Wordy("ws://nowhere/api"), LineSettings(transport=lambda: transport))
    line.open()
    line.say(change(BLOCKS))
    line.say(change())
    line.say(change(less=(BLOCKS,)))
    assert transport.said == ["more: 1", "less: 1"]


def test_it_says_them_in_order() -> None:
    transport = FakeTransport()
    line = line_on(transport)
    line.open()
    symbols = [f"A{number}-{number:03d}_BNB" for number in range(9)]
    tickers = tuple(topics.ticker(symbol) for symbol in symbols)
    line.say(change(*tickers))
    line.say(change(less=tickers))
    assert [json.loads(text)["symbols"] for text in transport.said] == [symbols, symbols]


def test_what_was_said_by_half_may_have_been_heard() -> None:
    transport = FakeTransport()
    transport.refuses_send = True
    line = line_on(transport)
    line.open()
    with pytest.raises(ConnectionLost):
        line.say(change(BLOCKS, TICKERS))
    assert line.said == {BLOCKS, TICKERS}


def test_it_has_no_age_before_it_is_open() -> None:
    line = line_on(FakeTransport())
    assert (line.is_open, line.age) == (False, 0.0)
    line.open()
    assert line.is_open
    assert 0 <= line.age < 5


def test_it_keeps_the_venue_from_hanging_up() -> None:
    transport = FakeTransport()
    line = line_on(transport, keepalive=0.01)
    line.open()
    assert line.receive(NEVER) == []
    line.keep_alive()
    assert transport.said == ['{"method":"keepAlive"}']


def test_it_waits_no_longer_than_it_is_asked_to() -> None:
    line = line_on(FakeTransport())
    line.open()
    assert line.receive(time.monotonic() + 0.01) == []
    assert line.receive(time.monotonic() - 1) == []


def test_a_line_without_any_frame_is_stale() -> None:
    line = line_on(FakeTransport(), silence=0.01)
    line.open()
    with pytest.raises(StaleConnection, match=r"sent nothing, not even a ping, within 0\.01 s"):
        line.receive(NEVER)


def test_when_it_was_heard_of_last_is_told_by_our_clock() -> None:
    transport = FakeTransport()
    line = line_on(transport)
    line.open()
    transport.put("{}")
    assert line.receive(NEVER) == [b"{}"]
    assert 0 <= time.time_ns() - line.heard_ns < 5e9
    transport.heard_at -= 100
    assert 99e9 < time.time_ns() - line.heard_ns < 105e9


def test_a_venue_that_is_gone_is_not_connected_to() -> None:
    transport = FakeTransport()
    settings = LineSettings(transport=lambda: transport)
    with pytest.raises(VenueGone):
        Line(MARKET, BinanceDex.mainnet(), settings).open()
    assert not transport.is_open


def test_a_machine_without_sockets_is_a_broken_line() -> None:
    def no_more() -> FakeTransport:
        raise OSError(24, "Too many open files")

    settings = LineSettings(transport=no_more)
    with pytest.raises(ConnectionLost, match="no socket is to be had: Too many open files"):
        Line(MARKET, BinanceDex("ws://nowhere/api"), settings)
