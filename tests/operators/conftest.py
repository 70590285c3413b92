"""An exchange that makes a block when it is told to, and a `Dex` on it."""

from collections.abc import Iterator

import pytest

from rxdex import Dex
from rxdex.simulator.exchange import Exchange


@pytest.fixture(scope="module")
def exchange() -> Iterator[Exchange]:
    with Exchange(speed=None, traders=False, warm_up=0) as it:
        yield it


@pytest.fixture
def dex(exchange: Exchange) -> Iterator[Dex]:
    with Dex(exchange.url) as it:
        yield it
    assert exchange.wait_for(lambda it: not any(visit.is_open for visit in it.visits))


def is_asked(exchange: Exchange) -> bool:
    """Whether somebody has subscribed, in time."""
    return exchange.wait_for(
        lambda it: any(visit.is_open and visit.subscriptions for visit in it.visits)
    )
