"""status: a line takes the steps of the table and no other."""

import time

import pytest

from rxdex.connection.status import NEXT, LineStatus
from rxdex.errors import ConnectionLost
from rxdex.events import LineState
from rxdex.venue import MARKET, Lane

STEPS = [(a, b) for a, after in NEXT.items() for b in after]
REFUSED = [(a, b) for a in LineState for b in LineState if b not in NEXT[a]]


def at(state: LineState) -> LineStatus:
    status = LineStatus(MARKET)
    status.state = state
    return status


def test_it_begins_closed() -> None:
    assert LineStatus(MARKET).state is LineState.CLOSED


@pytest.mark.parametrize(("here", "there"), STEPS)
def test_a_step(here: LineState, there: LineState) -> None:
    line = at(here)
    before = time.time_ns()
    news = line.to(there, "in words")
    assert line.state is there
    assert (news.state, news.what, news.lane) == (there, "in words", "market")
    assert (news.error, news.retry_in) == (None, None)
    assert before <= news.received_ns <= time.time_ns()


@pytest.mark.parametrize(("here", "there"), REFUSED)
def test_a_step_that_is_none(here: LineState, there: LineState) -> None:
    line = at(here)
    with pytest.raises(AssertionError, match=f"does not go from {here.value} to {there.value}"):
        line.to(there, "")
    assert line.state is here


def test_every_state_is_in_the_table_and_can_be_reached() -> None:
    assert set(NEXT) == set(LineState)
    assert set().union(*NEXT.values()) == set(LineState)


def test_the_reason_and_the_delay_are_passed_on() -> None:
    lost = ConnectionLost("gone")
    line = LineStatus(Lane("address", "bnb1"))
    line.to(LineState.CONNECTING, "")
    news = line.to(LineState.WAITING, "gone", error=lost, retry_in=1.5)
    assert (news.lane, news.error, news.retry_in) == ("address:bnb1", lost, 1.5)


def test_a_line_that_is_up_again_says_how_long_it_was_not() -> None:
    line = LineStatus(MARKET)
    line.to(LineState.CONNECTING, "")
    assert line.to(LineState.UP, "connected").down_for is None
    line.to(LineState.WAITING, "gone")
    line.to(LineState.CONNECTING, "")
    line.to(LineState.WAITING, "gone")
    line.to(LineState.CONNECTING, "")
    again = line.to(LineState.UP, "connected")
    assert again.down_for is not None
    assert 0 <= again.down_for < 5
    assert again.what == f"connected, after {again.down_for:.1f} s"
    line.to(LineState.WAITING, "gone")
    line.to(LineState.CONNECTING, "")
    assert line.to(LineState.UP, "connected").down_for is not None
