"""
Fifty subscribers, a fault every second, for as long as you like: nothing is lost unsaid, and nothing grows.

`RXDEX_SOAK_SECONDS` says how long, `RXDEX_SEED` takes a seed again.
"""

import json
import logging
import os
import sys
import time
from collections import Counter
from collections.abc import Callable

import pytest

from rxdex import Dex, LineSettings
from rxdex.backoff import Backoff
from rxdex.events import LineState, Status
from rxdex.simulator import tickers, visits
from rxdex.simulator.exchange import Exchange
from rxdex.simulator.faults import plot
from rxdex.simulator.partition import Partition
from rxdex.simulator.timings import Timings
from tests.conftest import eventually, our_threads
from tests.connection.company import Company
from tests.connection.gauge import Gauge
from tests.connection.ledger import Ledger, keep
from tests.connection.mischief import Mischief, seeded

SECONDS = float(os.environ.get("RXDEX_SOAK_SECONDS", "600"))
SAMPLED, SHOWN = 5.0, 30.0

LINE = LineSettings(
    silence=2.5,
    topic_silence=1.5,
    frame_timeout=1.0,
    open_timeout=1.0,
    close_timeout=0.3,
    backoff=Backoff(start=0.05, ceiling=0.5),
    # Nobody is to be told that a lane never was up: it will be.
    tries=10_000,
    renew_overlap=0.3,
)


@pytest.fixture
def ledger(monkeypatch: pytest.MonkeyPatch) -> Ledger:
    """Of an exchange that remembers minutes alone, so that what grows for longer is something else."""
    monkeypatch.setattr(tickers, "DAY_MS", 60_000)
    monkeypatch.setattr(visits, "_REMEMBERED", 100)
    monkeypatch.setattr(visits, "_MESSAGES", 300)
    monkeypatch.setattr(plot, "_REMEMBERED", 100)
    it = Ledger()
    keep(it, monkeypatch)
    return it


@pytest.fixture
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    """With little of a log, of which pytest would keep all."""
    caplog.set_level(logging.ERROR, "rxdex")
    caplog.set_level(logging.CRITICAL, "rxdex.connection.news")
    # That a client drops its line in the midst of a handshake is no news here.
    caplog.set_level(logging.CRITICAL, "websockets")


def told(dex: Dex) -> Counter[str]:
    """Counts of what status and faults tell, as they come."""
    counts: Counter[str] = Counter()

    def hear(status: Status) -> None:
        if status.what.startswith(("renewed", "not renewed")):
            counts[status.what.partition("renewed")[0] + "renewed"] += 1
        elif status.state is LineState.UP and status.down_for is not None:
            counts["reconnects"] += 1

    dex.status.subscribe(hear)
    dex.faults.subscribe(lambda fault: counts.update([f"fault {fault.reason}"]))
    return counts


Show = Callable[[str], None]


@pytest.fixture
def show(capsys: pytest.CaptureFixture[str]) -> Show:
    """Tells the terminal, at once."""

    def tell(what: str) -> None:
        with capsys.disabled():
            sys.stdout.write(f"{what}\n")
            sys.stdout.flush()

    return tell


@pytest.mark.soak
@pytest.mark.usefixtures("quiet")
def test_fifty_subscribers_and_a_fault_every_second(ledger: Ledger, show: Show) -> None:
    gauge = Gauge()
    with (
        seeded() as seed,
        # Warmed up for so long that the ledger is full.
        Exchange(speed=10.0, warm_up=2_000, timings=Timings(ping=0.5, goodbye=0.3)) as exchange,
        Partition(exchange.url, seed=seed) as network,
        Dex(network.url, LINE) as dex,
    ):
        show(f"\nsoak for {SECONDS:g} s; the same faults again: RXDEX_SEED={seed}")
        news, began = told(dex), exchange.height
        company = Company(exchange, dex, ledger, seed)
        assert len(company.ears) == 50
        mischief = Mischief(seed, exchange, network, dex, every=1.0)
        company.start()
        mischief.start()
        watch(exchange, company, mischief, gauge, show)
        company.stop_passing()
        mischief.stop()
        assert mischief.failure is None
        assert company.verdict.wrongs == []
        assert all_goes_on(exchange, company, ledger) == []
        dex.close()
        assert company.wait_gone()
        # The slow ones still have something before them.
        assert eventually(lambda: all(ear.is_complete for ear in company.ears))
        figures = {
            "seconds": SECONDS,
            "seed": seed,
            "blocks": exchange.height - began,
            "seen": dict(sorted(company.counts().items())),
            "passers-by": dict(company.passed),
            "faults": dict(sorted(mischief.done.items())),
            "led astray": dict(ledger.strays),
            "told": dict(news),
            "least, median, most, second quarter, last quarter": gauge.figures,
        }
        show(json.dumps(figures))
        assert company.verdict.wrongs == []
        assert [ear.name for ear in company.ears if ear.errors] == []
        assert gauge.risen() == {}
        assert eventually(lambda: our_threads() == {"rxdex:exchange", "rxdex:partition"})


def all_goes_on(exchange: Exchange, company: Company, ledger: Ledger) -> list[str]:
    """Who does not hear of what is made from now on."""
    heads = {key: ledger.head(key) for ear in company.ears for key in ear.last}

    def late() -> list[str]:
        return [ear.name for ear in company.ears if not ear.has_caught_up(heads)]

    def goes_on() -> bool:
        exchange.step()
        return not late()

    return [] if eventually(goes_on, 60) else late()


def watch(
    exchange: Exchange,
    company: Company,
    mischief: Mischief,
    gauge: Gauge,
    show: Show,
) -> None:
    """Take samples until the time is over, or something is wrong."""
    began = time.monotonic()
    shown, height = 0.0, exchange.height
    while (spent := time.monotonic() - began) < SECONDS:
        mischief.pause(min(SAMPLED, SECONDS - spent))
        if mischief.failure is not None or company.verdict.wrongs:
            return
        taken = gauge.sample()
        if time.monotonic() - began >= shown + SHOWN:
            assert exchange.height > height, "no more blocks are made"
            shown, height = shown + SHOWN, exchange.height
            counts = company.counts()
            show(f"{shown:5.0f} s: {counts['events']} events, {counts['gaps']} gaps, {taken}")
