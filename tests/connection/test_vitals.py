"""vitals: how one line is, also while it has no socket, and while its reader works."""

import threading

from rxdex.connection.audience import Audience
from rxdex.connection.hearing import Hearing
from rxdex.connection.line import Line
from rxdex.connection.settings import LineSettings
from rxdex.connection.status import LineStatus
from rxdex.connection.vitals import Vitals
from rxdex.events import LineState
from rxdex.venue import MARKET
from rxdex.venues import BinanceDex
from tests.connection.fake import FakeTransport
from tests.connection.test_audience import news

VENUE = BinanceDex("ws://nowhere/api")


def vitals(line: Line | None, *states: LineState) -> Vitals:
    told = news()
    audience = Audience(MARKET, 0.0, told)
    hearing = Hearing(MARKET, VENUE, audience, None, told)
    status = LineStatus(MARKET)
    for state in states:
        status.to(state, "")
    return Vitals("market", threading.current_thread(), status, lambda: line, hearing)


UP = (LineState.CONNECTING, LineState.UP)


def test_a_line_without_a_socket_has_no_ages() -> None:
    it = vitals(None, *UP, LineState.WAITING)
    health = it.health()
    assert (health.state, health.up_for, health.frame_age) == (LineState.WAITING, None, None)
    assert (health.frames, health.lag, health.topics) == (0, 0.0, ())
    assert it.state is LineState.WAITING
    assert it.busy_since is None


def test_nor_has_one_whose_handshake_is_not_done() -> None:
    transport = FakeTransport()
    line = Line(MARKET, VENUE, LineSettings(transport=lambda: transport))
    it = vitals(line, *UP)
    assert it.state is LineState.UP
    assert it.health().up_for is None
    line.open()
    health = it.health()
    assert health.up_for is not None
    assert health.frame_age is not None
    line.abort()
