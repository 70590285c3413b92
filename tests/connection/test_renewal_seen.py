"""What is seen of a renewal, on a real line: when all is well, and when one of its two sockets is not."""

import itertools
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest

from rxdex import Dex, LineSettings
from rxdex.backoff import Backoff
from rxdex.events import GapReason, LineState
from rxdex.simulator.exchange import Exchange
from rxdex.simulator.visits import Visit
from tests.conftest import eventually
from tests.connection.witness import Witness

LINE = partial(
    LineSettings,
    open_timeout=5.0,
    close_timeout=0.2,
    backoff=Backoff(start=0.01, ceiling=0.01),
)
CONNECTING, UP, WAITING = LineState.CONNECTING, LineState.UP, LineState.WAITING


@pytest.fixture(scope="module")
def exchange() -> Iterator[Exchange]:
    with Exchange(speed=None, traders=False, warm_up=0) as it:
        yield it


class Scene:
    """A line that is up."""

    def __init__(self, exchange: Exchange, dex: Dex) -> None:
        self.exchange = exchange
        self.dex = dex
        self.before = len(exchange.visits)
        self.who = Witness(dex)
        assert self.steps(lambda: bool(self.who.seen and self.who.heights))

    def steps(self, condition: Callable[[], bool]) -> bool:
        """Whether a condition comes true within some blocks, in time."""

        def holds() -> bool:
            self.exchange.step()
            return condition()

        return eventually(holds)

    def steps_for(self, seconds: float) -> None:
        """Make blocks for so long."""
        until = time.monotonic() + seconds
        assert self.steps(lambda: time.monotonic() > until)

    @property
    def visits(self) -> tuple[Visit, ...]:
        """The sockets of this scene."""
        return self.exchange.visits[self.before :]

    def renews(self) -> bool:
        """Begin to renew; whether the new socket has asked for what the old one has."""
        self.dex.renew()
        return self.exchange.wait_for(lambda _: len(self.visits[-1].subscriptions) == 1)

    def goes_on(self) -> bool:
        """Whether a further block comes to both."""
        now = self.exchange.height
        return self.steps(
            lambda: (
                not isinstance(self.who.seen[-1], GapReason)
                and self.who.seen[-1] > now
                and self.who.heights[-1] > now
            )
        )

    def told(self, *words: str) -> bool:
        """Whether these are what status says since the line was up, with no state but `UP`."""
        news = self.who.told[2:]
        return [it.state for it in news] == [UP] * len(words) and all(
            word in it.what for word, it in zip(words, news, strict=True)
        )


@contextmanager
def scene(exchange: Exchange, renew_overlap: float) -> Iterator[Scene]:
    with Dex(exchange.url, LINE(renew_overlap=renew_overlap)) as dex:
        it = Scene(exchange, dex)
        yield it
        assert it.who.faults.values == []
        assert it.who.blocks.errors == []
    exchange.faults.heal()
    assert exchange.wait_for(lambda it: not any(visit.is_open for visit in it.visits))


def assert_whole(seen: list[Any]) -> None:
    """Each height once, save where there is a gap."""
    for one, other in itertools.pairwise(seen):
        assert isinstance(one, GapReason) or isinstance(other, GapReason) or other == one + 1


def gaps(who: Witness) -> list[GapReason]:
    return [it for it in who.seen if isinstance(it, GapReason)]


def test_all_is_well(exchange: Exchange) -> None:
    with scene(exchange, 0.05) as it:
        assert it.renews()
        assert it.steps(lambda: it.told("renewed: "))
        assert it.goes_on()
        old, new = it.visits
        assert new.is_open
        assert exchange.wait_for(lambda _: it.visits[0].close_code == 1000)
        assert old.subscriptions == new.subscriptions
        assert gaps(it.who) == []
        assert_whole(it.who.seen)


def test_the_old_line_breaks_before_both_were_heard_long_enough(exchange: Exchange) -> None:
    with scene(exchange, 5.0) as it:
        assert it.renews()
        it.steps_for(0.3)
        exchange.faults.of(it.visits[0]).hang_up()
        assert it.steps(lambda: it.told("renewed: "))
        assert it.goes_on()
        assert len(it.visits) == 2
        assert gaps(it.who) == [GapReason.RENEWAL_FAILED]
        assert_whole(it.who.seen)


def test_the_old_line_breaks_before_it_has_answered(exchange: Exchange) -> None:
    with scene(exchange, 0.1) as it:
        # Both are heard long enough, but it would be let go as soon as it had answered.
        exchange.faults.of(it.visits[0]).ignore_pings()
        assert it.renews()
        it.steps_for(0.4)
        assert it.told()
        exchange.faults.of(it.visits[0]).hang_up()
        assert it.steps(lambda: it.told("renewed: "))
        assert it.goes_on()
        assert gaps(it.who) == [GapReason.RENEWAL_FAILED]
        assert_whole(it.who.seen)


def test_the_old_line_breaks_before_the_new_one_is_open(exchange: Exchange) -> None:
    with scene(exchange, 0.1) as it:
        exchange.faults.next().ignore()
        it.dex.renew()
        assert exchange.wait_for(lambda of: of.faults.log[-1].what == "ignore()")
        exchange.faults.of(it.visits[0]).hang_up()
        assert it.steps(lambda: it.who.states == [CONNECTING, UP, WAITING, CONNECTING, UP])
        assert it.goes_on()
        assert gaps(it.who) == [GapReason.LINE_LOST]
        assert_whole(it.who.seen)


def test_the_new_line_cannot_be_had(exchange: Exchange) -> None:
    with scene(exchange, 0.05) as it:
        exchange.faults.next().refuse(503)
        it.dex.renew()
        assert it.steps(lambda: it.told("not renewed, the old socket goes on: "))
        assert "refuses the handshake with 503" in it.who.told[-1].what
        assert it.goes_on()
        assert it.renews()
        assert it.steps(lambda: it.told("not renewed", "renewed: "))
        assert it.goes_on()
        assert gaps(it.who) == []
        assert_whole(it.who.seen)
