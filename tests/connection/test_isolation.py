"""A subscriber that errs: it is out, it is told of, and nobody else notices."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from attrs import frozen
from reactivex import Observable
from reactivex import operators as ops
from reactivex.scheduler.eventloop import AsyncIOScheduler

from rxdex import ConnectionLost, InvalidSubject, topics
from rxdex.events import FaultReason
from rxdex.operators import buffered
from rxdex.simulator.exchange import Exchange
from tests.conftest import eventually
from tests.connection.bystanders import AGAIN, MINE, Scene, errs, scene
from tests.connection.recorder import Recorder


@pytest.fixture(scope="module")
def exchange() -> Iterator[Exchange]:
    with Exchange(speed=None, warm_up=20) as it:
        yield it


@frozen(kw_only=True)
class Bad:
    """
    One who errs at its first event.

    :param joins: subscribes to a stream, and has what comes to its `on_error` kept
    :param sees: what comes there
    :param faults: the errors of which `faults` tells
    """

    joins: Callable[[Observable[Any], Callable[[Exception], None]], object]
    sees: tuple[Exception, ...] = (MINE,)
    faults: tuple[Exception, ...] = (MINE,)


def is_followed(stream: Observable[Any], keep: Callable[[Exception], None]) -> object:
    def keep_and_err(error: Exception) -> None:
        keep(error)
        raise AGAIN

    return stream.subscribe(errs, keep_and_err)


def leaves_first(stream: Observable[Any], keep: Callable[[Exception], None]) -> object:
    def leave(_: object) -> None:
        subscription.dispose()
        raise MINE

    subscription = stream.subscribe(leave, keep)
    return subscription


BAD = {
    "on_next": Bad(joins=lambda stream, keep: stream.subscribe(errs, keep)),
    "on_next, without on_error": Bad(joins=lambda stream, _: stream.subscribe(errs), sees=()),
    "on_next and on_error": Bad(joins=is_followed, faults=(MINE, AGAIN)),
    "on_next, behind operators": Bad(
        joins=lambda stream, keep: stream.pipe(ops.map(str), ops.scan(max)).subscribe(errs, keep)
    ),
    "on_next, as it has left": Bad(joins=leaves_first, sees=()),
    "a function of an operator": Bad(
        joins=lambda stream, keep: stream.pipe(ops.map(errs)).subscribe(print, keep), faults=()
    ),
    "a function of an operator, without on_error": Bad(
        joins=lambda stream, _: stream.pipe(ops.map(errs)).subscribe(), sees=()
    ),
    "on_next, behind buffered": Bad(
        joins=lambda stream, keep: stream.pipe(buffered(9)).subscribe(errs, keep), faults=()
    ),
}


@pytest.mark.parametrize("takes_frames", [False, True], ids=["events", "frames"])
@pytest.mark.parametrize("name", BAD)
def test_who_errs_at_an_event_is_out_and_nobody_else(
    exchange: Exchange, name: str, takes_frames: bool, caplog: pytest.LogCaptureFixture
) -> None:
    bad = BAD[name]
    kept: list[Exception] = []
    with scene(exchange) as it:
        tickers = topics.mini_tickers()
        stream = it.dex.frames(tickers) if takes_frames else it.dex.stream(tickers)
        bad.joins(stream, kept.append)
        assert eventually(lambda: it.is_asked("allMiniTickers"))
        assert it.steps(lambda: not it.is_asked("allMiniTickers")), "the venue is told"
        it.assert_unharmed()
        assert kept == list(bad.sees)
        assert [(fault.reason, fault.error) for fault in it.faults.values] == [
            (FaultReason.SUBSCRIBER, error) for error in bad.faults
        ]
    logged = [record.exc_info[1] for record in caplog.records if record.exc_info]
    is_only_seen = not bad.faults and "buffered" not in name
    assert logged == ([] if is_only_seen else list(bad.faults or (MINE,))), "with its traceback"


def test_who_errs_on_a_loop_is_out_and_nobody_else(exchange: Exchange) -> None:
    kept: list[Exception] = []

    async def main(it: Scene) -> None:
        scheduler = AsyncIOScheduler(asyncio.get_running_loop())
        over = asyncio.Event()

        def keep(error: Exception) -> None:
            kept.append(error)
            over.set()

        it.dex.mini_tickers().subscribe(errs, keep, scheduler=scheduler)
        while not over.is_set():
            it.exchange.step()
            await asyncio.sleep(0)

    with scene(exchange) as it:
        asyncio.run(main(it))
        it.assert_unharmed()
        assert kept == [MINE]
        assert [fault.error for fault in it.faults.values] == [MINE]


@pytest.mark.parametrize("news", ["status", "faults"])
def test_who_errs_at_news_of_the_line_is_out_and_nobody_else(
    exchange: Exchange, news: str, caplog: pytest.LogCaptureFixture
) -> None:
    with scene(exchange) as it:
        kept: list[Exception] = []
        getattr(it.dex, news).subscribe(errs, kept.append)
        it.exchange.faults.send('{"error":"no"}')
        assert it.faults.has(1)
        assert eventually(lambda: bool(kept))
        it.assert_unharmed()
        assert kept == [MINE]
    logged = [record.exc_info[1] for record in caplog.records if record.exc_info]
    assert logged == [MINE]


def test_a_subscription_that_is_refused_is_nobody_else_s(exchange: Exchange) -> None:
    with scene(exchange) as it:
        with pytest.raises(InvalidSubject):
            it.dex.trades("nothing")
        unlisted: Recorder[Any] = Recorder()
        it.dex.trades("NOT-000_BNB").subscribe(unlisted)
        assert it.faults.has(1)
        assert it.goes_on(it.blocks)
        it.assert_unharmed()
        assert [fault.reason for fault in it.faults.values] == [FaultReason.NOTICE]
        assert "NOT-000_BNB" in it.faults.values[0].what
        assert (unlisted.values, unlisted.errors) == ([], [])
    late: Recorder[Any] = Recorder()
    it.dex.blocks().subscribe(late)
    assert isinstance(late.errors[0], ConnectionLost)
