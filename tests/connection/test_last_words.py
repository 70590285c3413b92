"""A subscriber that errs at its end, or ends the thread it is called on: who hears of it, and who not."""

import socket
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from rxdex import ConnectionLost, Dex, LineSettings, RxdexError
from rxdex.backoff import Backoff
from rxdex.events import BlockHeight, Fault, FaultReason, LineState
from rxdex.simulator.exchange import Exchange
from tests.connection.bystanders import MINE, errs, scene
from tests.connection.recorder import Recorder

QUICK = Backoff(start=0.01, ceiling=0.01)


@pytest.fixture(scope="module")
def exchange() -> Iterator[Exchange]:
    with Exchange(speed=None, warm_up=20) as it:
        yield it


@pytest.mark.parametrize("ending", [MINE, SystemExit(3), KeyboardInterrupt()], ids=repr)
def test_who_errs_at_its_end_is_told_and_the_others_end_well(
    exchange: Exchange, ending: BaseException
) -> None:
    with scene(exchange) as it:
        it.dex.blocks().subscribe(on_completed=partial(errs, with_what=ending))
        last: Recorder[BlockHeight] = Recorder()
        it.dex.blocks().subscribe(last)
        assert it.goes_on(last)
        it.dex.close()
        for recorder in (it.blocks, it.account, last, it.faults, it.status):
            assert (recorder.errors, recorder.is_complete) == ([], True)
        (fault,) = it.faults.values
        assert fault.reason is FaultReason.SUBSCRIBER
        assert repr(ending) in fault.what


@pytest.mark.parametrize(
    "last_word",
    [(), (errs,), (partial(errs, with_what=SystemExit(3)),)],
    ids=["no on_error", "one that raises", "one that ends the thread"],
)
def test_who_errs_at_the_failure_of_a_line_keeps_it_from_nobody(last_word: tuple[Any, ...]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"ws://127.0.0.1:{server.getsockname()[1]}/api"
    with Dex(url, LineSettings(backoff=QUICK)) as dex:
        faults: Recorder[Fault] = Recorder()
        other: Recorder[Any] = Recorder()
        dex.faults.subscribe(faults)
        dex.blocks().subscribe(print, *last_word)
        dex.blocks().subscribe(other)
        assert other.fails()
        assert isinstance(other.errors[0], ConnectionLost)
        assert faults.has(1)
    assert [fault.reason for fault in faults.values] == [FaultReason.SUBSCRIBER]


@pytest.mark.parametrize("ending", [SystemExit(3), KeyboardInterrupt(), GeneratorExit()], ids=repr)
def test_who_ends_the_thread_ends_its_line_and_no_other(
    exchange: Exchange, ending: BaseException, caplog: pytest.LogCaptureFixture
) -> None:
    with scene(exchange) as it:
        kept: list[Exception] = []
        it.dex.mini_tickers().subscribe(partial(errs, with_what=ending), kept.append)
        assert it.steps(lambda: bool(it.blocks.errors))
        (error,) = it.blocks.errors
        assert isinstance(error, RxdexError)
        assert f"ended the line with {ending!r}; subscribe again" in str(error)
        assert kept == [error]
        assert it.status.wait(lambda all_: all_.values[-1].state is LineState.CLOSED)
        assert [(fault.reason, fault.error) for fault in it.faults.values] == [
            (FaultReason.BUG, error)
        ]
        assert it.status.values[-1].lane == "market"
        again: Recorder[BlockHeight] = Recorder()
        it.dex.blocks().subscribe(again)
        assert it.goes_on(again, it.account)
        assert it.account.errors == []
    assert error in [record.exc_info[1] for record in caplog.records if record.exc_info]
