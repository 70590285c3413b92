"""vitals: how one line is, also while it has no socket, and while its reader works."""

from rxdex.connection.audience import Audience
from rxdex.connection.hearing import Hearing
from rxdex.connection.line import Line
from rxdex.connection.pulse import Pulse
from rxdex.connection.settings import LineSettings
from rxdex.connection.vitals import lane_health
from rxdex.events import LineState
from rxdex.venue import MARKET
from rxdex.venues import BinanceDex
from tests.connection.fake import FakeTransport
from tests.connection.test_audience import news

VENUE = BinanceDex("ws://nowhere/api")


def parts() -> tuple[Hearing, Pulse]:
    told = news()
    audience = Audience(MARKET, 0.0, told)
    pulse = Pulse(lambda _: None, None, audience.route, 0.0)
    return Hearing(MARKET, VENUE, audience, told, pulse), pulse


def test_a_line_without_a_socket_has_no_ages() -> None:
    hearing, pulse = parts()
    it = lane_health("market", LineState.WAITING, None, hearing, pulse, news().tally)
    assert (it.state, it.up_for, it.frame_age, it.frames, it.lag) == (
        LineState.WAITING,
        None,
        None,
        0,
        0.0,
    )


def test_nor_has_one_whose_handshake_is_not_done() -> None:
    hearing, pulse = parts()
    transport = FakeTransport()
    line = Line(MARKET, VENUE, LineSettings(transport=lambda: transport))
    before = lane_health("market", LineState.UP, line, hearing, pulse, news().tally)
    assert before.up_for is None
    line.open()
    after = lane_health("market", LineState.UP, line, hearing, pulse, news().tally)
    assert after.up_for is not None
    assert after.frame_age is not None
    line.abort()
