"""After a line was lost: who is told what, and when it is tried again."""

from typing import Any

import pytest

from rxdex import ConnectionLost, LineSettings, StaleConnection, topics
from rxdex.backoff import Backoff
from rxdex.connection.audience import Audience
from rxdex.connection.changes import Change
from rxdex.connection.line import Line
from rxdex.connection.listener import GapListener, Listener
from rxdex.connection.news import News
from rxdex.connection.retries import Retries
from rxdex.events import Gap, GapReason, LineState, Status
from rxdex.patience import Patience
from rxdex.venue import MARKET
from rxdex.venues import BinanceDex
from tests.connection.fake import FakeTransport
from tests.connection.recorder import Recorder

BLOCKS = topics.blocks()
SETTINGS: dict[str, Any] = {
    "backoff": Backoff(start=1.0, factor=2.0, ceiling=8.0, jitter=0.0),
    "tries": 3,
    "stable_after": 0.0,
}


class Case:
    def __init__(self, listener: type[Listener] = Listener, **settings: Any) -> None:
        news = News(Status(lane=None, state=LineState.CLOSED, what=""))
        self.transport = FakeTransport()
        self.settings = LineSettings(transport=lambda: self.transport, **(SETTINGS | settings))
        self.audience = Audience(MARKET, 0.0, news)
        self.heard: Recorder[Any] = Recorder()
        self.audience.join(listener(self.heard, (BLOCKS,), Patience()))
        self.retries = Retries(self.audience, self.settings)

    def open_line(self) -> Line:
        line = Line(MARKET, BinanceDex("ws://nowhere/api"), self.settings)
        line.open()
        line.say(Change({BLOCKS}, frozenset(), 1))
        return line


def test_a_line_that_never_was_up_is_tried_a_few_times() -> None:
    case = Case()
    lost = ConnectionLost("refused")
    assert [case.retries.after(lost, None) for _ in range(3)] == [1.0, 2.0, None]
    assert case.heard.errors == [lost]


def test_a_line_that_was_up_is_tried_for_ever() -> None:
    case = Case()
    case.retries.was_up = True
    delays = [case.retries.after(ConnectionLost("refused"), None) for _ in range(6)]
    assert delays == [1.0, 2.0, 4.0, 8.0, 8.0, 8.0]
    assert case.heard.errors == []


def test_the_delays_begin_anew_behind_a_stable_line() -> None:
    case = Case()
    case.retries.was_up = True
    assert case.retries.after(ConnectionLost("refused"), None) == 1.0
    assert case.retries.after(ConnectionLost("broke"), case.open_line()) == 1.0


def test_who_wants_to_be_left_alone_is() -> None:
    case = Case()
    lost = ConnectionLost("429")
    lost.retry_after = 60.0
    assert case.retries.after(lost, None) == 60.0


@pytest.mark.parametrize(
    ("lost", "reason"),
    [
        (ConnectionLost("broke"), GapReason.LINE_LOST),
        (StaleConnection("silent"), GapReason.STALE),
    ],
)
def test_who_misses_something_is_told_and_the_socket_is_dropped(
    lost: ConnectionLost, reason: GapReason
) -> None:
    case = Case(GapListener)
    case.retries.was_up = True
    case.retries.after(lost, case.open_line())
    (gap,) = case.heard.values
    assert isinstance(gap, Gap)
    assert gap.reason is reason
    assert case.transport.is_aborted.is_set()
