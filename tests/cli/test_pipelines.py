"""The pipelines of the demonstration, on the exchange they are shown on."""

from collections.abc import Iterator

import pytest

from rxdex import Dex
from rxdex.cli.pipelines import BNB, PIPELINES, Pipeline
from tests.connection.recorder import Recorder


@pytest.fixture(scope="module")
def dex() -> Iterator[Dex]:
    with Dex.simulated(speed=20.0) as it:
        yield it


@pytest.mark.parametrize("pipeline", PIPELINES, ids=lambda it: it.name)
def test_each_says_something(dex: Dex, pipeline: Pipeline) -> None:
    lines: Recorder[str] = Recorder()
    with pipeline.start(dex, lines.on_next):
        if pipeline.name == "our orders":
            assert dex.exchange.wait_for(
                lambda it: any(v.is_open and v.subscriptions for v in it.visits)
            )
            dex.exchange.buy(BNB, 20, 1, ioc=True)
        assert lines.wait(lambda it: bool(it.values), 10)
    assert dex.exchange.wait_for(lambda it: not any(v.is_open for v in it.visits))


def test_their_names_are_told_apart() -> None:
    assert len({pipeline.name for pipeline in PIPELINES}) == len(PIPELINES)
