"""A new socket beside the old one: its thread opens and reads it until somebody takes it over."""

import threading
from collections.abc import Callable

import pytest

from rxdex import ConnectionLost, LineSettings, topics
from rxdex.connection import renewal as module
from rxdex.connection.changes import Change, Topics
from rxdex.connection.line import Line
from rxdex.connection.renewal import Renewal
from rxdex.venue import MARKET
from rxdex.venues import BinanceDex
from tests.conftest import eventually, our_threads
from tests.connection.fake import FakeTransport

NAME = "rxdex:market"
BLOCKS: Topics = frozenset({topics.blocks()})
TICKERS: Topics = frozenset({topics.tickers()})
NOTHING: Topics = frozenset()


def never_over() -> bool:
    return False


class Beside:
    """A renewal on a transport that does what a test wants."""

    def __init__(
        self, transport: FakeTransport, wait_turn: Callable[[], bool] = never_over
    ) -> None:
        settings = LineSettings(transport=lambda: transport)
        line = Line(MARKET, BinanceDex("ws://nowhere/api"), settings)
        self.rung = threading.Event()
        self.changes: list[Change] = []
        self.renewal = Renewal(line, BLOCKS, self._change, wait_turn, self.rung.set, NAME)
        self.renewal.start()

    def _change(self, said: Topics, seen: int) -> Change | None:
        is_news = self.changes and self.changes[0].seen != seen
        return self.changes.pop() if is_news else None


def test_it_opens_asks_and_keeps_what_comes() -> None:
    transport = FakeTransport()
    beside = Beside(transport)
    assert beside.rung.wait(5)
    assert beside.renewal.overlap > 0
    transport.put("{1}", "{2}")
    transport.put("{3}")
    assert eventually(lambda: sum(len(frames) for frames, _ in beside.renewal.batches) == 3)
    assert beside.renewal.take_over()
    assert NAME not in our_threads()
    assert beside.renewal.failure is None
    texts = [frame for frames, _ in beside.renewal.batches for frame in frames]
    assert texts == [b"{1}", b"{2}", b"{3}"]
    assert not transport.is_aborted.is_set()


def test_what_is_wanted_later_is_asked_for_too() -> None:
    transport = FakeTransport()
    beside = Beside(transport)
    assert transport.wait_said(1)
    assert eventually(lambda: beside.renewal.sure.keys() == BLOCKS)
    beside.changes.append(Change(TICKERS, BLOCKS, 2))
    beside.renewal.wake()
    assert transport.wait_said(3)
    assert eventually(lambda: beside.renewal.sure.keys() == TICKERS)
    beside.renewal.cancel()
    assert transport.is_aborted.is_set()
    assert NAME not in our_threads()


def test_what_is_wanted_while_it_connects_is_asked_for_too() -> None:
    transport = FakeTransport()
    may_connect = threading.Event()
    beside = Beside(transport, lambda: not may_connect.wait(5))
    beside.changes.append(Change(TICKERS, BLOCKS, 2))
    may_connect.set()
    assert transport.wait_said(3)
    beside.renewal.cancel()


def test_what_is_not_heard_to_be_asked_for_is_not_sure() -> None:
    transport = FakeTransport()
    beside = Beside(transport)
    assert beside.rung.wait(5)
    transport.answers_pings = False
    beside.changes.append(Change(TICKERS, NOTHING, 2))
    beside.renewal.wake()
    assert transport.wait_said(2)
    transport.put("{}")
    assert eventually(lambda: bool(beside.renewal.batches))
    assert beside.renewal.sure.keys() == BLOCKS
    beside.renewal.cancel()


def test_it_is_sure_since_the_first_answer_until_a_topic_is_taken_back() -> None:
    transport = FakeTransport()
    beside = Beside(transport)
    assert beside.rung.wait(5)
    renewal = beside.renewal
    before = dict(renewal.sure)
    for number, (more, less) in enumerate(
        [(TICKERS, NOTHING), (NOTHING, BLOCKS), (BLOCKS, NOTHING)]
    ):
        beside.changes.append(Change(more, less, number + 2))
        renewal.wake()
        assert transport.wait_pinged(number + 2)
        assert eventually(lambda: renewal.sure.keys() == renewal.line.said)
    assert before[topics.blocks()] < renewal.sure[topics.tickers()]
    assert renewal.sure[topics.tickers()] < renewal.sure[topics.blocks()]
    beside.renewal.cancel()


def test_where_nothing_is_to_be_said_nothing_is_asked() -> None:
    """Else who comes and goes all the time has it wait for one answer after the other."""
    transport = FakeTransport()
    beside = Beside(transport)
    assert beside.rung.wait(5)
    beside.changes.append(Change(NOTHING, NOTHING, 2))
    beside.renewal.wake()
    assert eventually(lambda: beside.renewal.line.seen == 2)
    beside.renewal.cancel()
    assert transport.pings == 1
    assert len(transport.said) == 1


def test_why_it_was_given_up_is_not_forgotten_when_it_is_dropped() -> None:
    beside = Beside(FakeTransport())
    assert beside.rung.wait(5)
    why = beside.renewal.failure = ConnectionLost("no answer")
    beside.renewal.cancel()
    assert beside.renewal.failure is why


def test_a_socket_that_cannot_be_had_is_told() -> None:
    beside = Beside(FakeTransport(refuses="busy"))
    assert beside.rung.wait(5)
    assert eventually(lambda: isinstance(beside.renewal.failure, ConnectionLost))
    assert beside.renewal.overlap == 0
    assert not beside.renewal.take_over()
    beside.renewal.cancel()


def test_where_all_is_over_nothing_is_opened() -> None:
    transport = FakeTransport()
    beside = Beside(transport, lambda: True)
    assert beside.rung.wait(5)
    assert not transport.is_open
    beside.renewal.cancel()


def test_a_venue_that_talks_without_end_does_not_fill_the_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "_MOST", 10)
    transport = FakeTransport()
    beside = Beside(transport)
    assert transport.wait_said(1)
    transport.put("x" * 11)
    assert eventually(lambda: beside.renewal.failure is not None)
    assert "more than 10 bytes came" in str(beside.renewal.failure)
    beside.renewal.cancel()


def test_a_bug_is_told_and_no_thread_dies_of_it() -> None:
    transport = FakeTransport()
    beside = Beside(transport, lambda: 1 // 0 > 0)
    assert eventually(lambda: isinstance(beside.renewal.failure, ZeroDivisionError))
    beside.renewal.cancel()
    assert NAME not in our_threads()
