"""Good company for one who errs: those who do nothing wrong, and must not notice."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from rxdex import Dex, topics
from rxdex.events import Fault, Status
from rxdex.simulator.exchange import Exchange
from tests.conftest import eventually
from tests.connection.recorder import Recorder

__all__ = ["AGAIN", "MINE", "Scene", "errs", "scene"]

#: What it raises, so that it can be told from all else.
MINE, AGAIN = RuntimeError("mine"), RuntimeError("again")


def errs(_: object = None, *, with_what: BaseException = MINE) -> Any:
    raise with_what


class Scene:
    """Who does nothing wrong: on the line of the one who errs, and on another."""

    def __init__(self, exchange: Exchange, dex: Dex) -> None:
        self.exchange = exchange
        self.dex = dex
        self.faults: Recorder[Fault] = Recorder()
        self.status: Recorder[Status] = Recorder()
        self.blocks: Recorder[Any] = Recorder()
        self.account: Recorder[Any] = Recorder()
        dex.faults.subscribe(self.faults)
        dex.status.subscribe(self.status)
        dex.stream(topics.blocks(), gaps=True).subscribe(self.blocks)
        dex.stream(topics.account(exchange.addresses[0]), gaps=True).subscribe(self.account)
        assert self.goes_on(self.blocks, self.account)
        self.news = len(self.status.values)

    def goes_on(self, *recorders: Recorder[Any]) -> bool:
        so_far = [len(it.values) for it in recorders]
        return self.steps(
            lambda: all(len(it.values) > n for it, n in zip(recorders, so_far, strict=True))
        )

    def steps(self, condition: Callable[[], bool]) -> bool:
        """Whether a condition comes true within some blocks, in time."""

        def holds() -> bool:
            self.exchange.step()
            return condition()

        return eventually(holds, 10)

    def is_asked(self, stream: str) -> bool:
        """Whether the venue is asked for it on an open socket."""
        return any(
            stream in str(visit.subscriptions) for visit in self.exchange.visits if visit.is_open
        )

    def assert_unharmed(self) -> None:
        """Nobody who did nothing wrong has seen anything but events, each in its place."""
        assert self.goes_on(self.blocks, self.account)
        heights = [it.height for it in list(self.blocks.values)]
        assert heights == list(range(heights[0], heights[0] + len(heights)))
        for recorder in (self.blocks, self.account):
            assert (recorder.errors, recorder.is_complete) == ([], False)
        assert self.status.values[self.news :] == []


@contextmanager
def scene(exchange: Exchange) -> Iterator[Scene]:
    with Dex(exchange.url) as dex:
        yield Scene(exchange, dex)
    assert exchange.wait_for(lambda it: not any(visit.is_open for visit in it.visits))
