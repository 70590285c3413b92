"""Eight threads join and leave while the server misbehaves: nobody is stranded, nothing is lost unsaid."""

import random
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from reactivex.disposable import SingleAssignmentDisposable

from rxdex import Dex, LineSettings, first, topics
from rxdex.backoff import Backoff
from rxdex.errors import ConnectionLost
from rxdex.events import BlockHeight, Gap
from rxdex.simulator.exchange import Exchange
from rxdex.simulator.partition import Partition
from rxdex.simulator.post import ALL
from rxdex.simulator.stream_names import Entry
from rxdex.simulator.timings import Timings
from rxdex.topics import Kind, Topic
from tests.conftest import eventually, our_threads
from tests.connection.crowd import Ear, Verdict
from tests.connection.hall import Guest, hall
from tests.connection.ledger import Ledger, keep
from tests.connection.mischief import DEEDS, Mischief, seeded
from tests.connection.recorder import Recorder

BLOCK = '{"stream":"blockheight","data":{"h":%d}}'
SECONDS = 2.0


def test_nobody_is_stranded() -> None:
    chance = random.Random(8)
    heights = iter(range(1, 10**9))

    def fickle(guest: Guest) -> None:
        guest.recv()
        for _ in range(chance.randrange(1, 60)):
            guest.send(BLOCK % next(heights))
            # The pace of the server: a pong for each frame.
            guest.ping().wait(1)
        if chance.random() < 0.5:
            guest.close(1012, "restarting")

    failures: list[Any] = []
    rounds = [0] * 8

    def come_and_go(dex: Dex, worker: int) -> None:
        own = random.Random(worker)
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            blocks: Recorder[BlockHeight] = Recorder()
            with dex.blocks().subscribe(blocks):
                if own.random() < 0.7 and not blocks.has(own.randrange(1, 4)):
                    failures.append((worker, blocks.values, blocks.errors))
            rounds[worker] += 1
            failures.extend(blocks.errors)

    settings = LineSettings(backoff=Backoff(start=0.001, ceiling=0.005))
    with hall(fickle) as server, Dex(server.url, settings) as dex:
        workers = [threading.Thread(target=come_and_go, args=(dex, n)) for n in range(8)]
        for thread in workers:
            thread.start()
        for thread in workers:
            thread.join(30)
        assert not failures
        assert all(rounds)
        assert server.guests > 10
        assert eventually(lambda: not our_threads())


LINE = LineSettings(
    silence=0.6,
    frame_timeout=0.2,
    open_timeout=0.3,
    close_timeout=0.2,
    backoff=Backoff(start=0.005, ceiling=0.05),
    # Nobody is to be told that a lane never was up: it will be.
    tries=10_000,
    # Longer than the venue holds a frame back, which a pong overtakes.
    renew_overlap=0.3,
)
#: A mute venue cannot be told from a quiet one by a line that is renewed, and anybody renews here.
TOLD = frozenset(DEEDS) - {"mute"}


class OnPurpose(Exception):
    pass


class Visitors:
    """Eight who do what comes to their minds, and each keeps one subscription all the while."""

    def __init__(self, seed: int, exchange: Exchange, dex: Dex, ledger: Ledger) -> None:
        self.verdict = Verdict()
        self.dex = dex
        self.ledger = ledger
        self.rounds = [0] * 8
        market = [topics.blocks(), *map(topics.trades, exchange.symbols)]
        self.choice: list[Topic[Any]] = [*market, *map(topics.account, exchange.addresses[:3])]
        self.kept = [
            Ear(f"seed {seed}, the one that {n} keeps", ledger, self.verdict) for n in range(8)
        ]
        self.topics = [*market, *self.choice[-2:]]
        self.subscriptions = [
            dex.stream(topic, gaps=True).subscribe(ear)
            for ear, topic in zip(self.kept, self.topics, strict=True)
        ]
        self._seed = seed
        self._threads = [
            threading.Thread(target=self._run, args=(n,), daemon=True) for n in range(8)
        ]

    def live(self, seconds: float) -> None:
        self._until = time.monotonic() + seconds
        for thread in self._threads:
            thread.start()
        for thread in self._threads:
            thread.join(seconds + 30)
        assert not any(thread.is_alive() for thread in self._threads)

    def all_goes_on(self, exchange: Exchange) -> bool:
        """Whether each that was kept hears of what is made from now on, within some blocks."""
        heads = {key: self.ledger.head(key) for ear in self.kept for key in ear.last}

        def goes_on() -> bool:
            exchange.step()
            return all(ear.has_caught_up(heads) for ear in self.kept)

        return eventually(goes_on, 15)

    def _run(self, number: int) -> None:
        by = random.Random(f"{self._seed} {number}")
        deeds: list[Callable[[Topic[Any], random.Random], None]]
        deeds = [self._stay, self._stay, self._leave_within, self._raise, self._ask, self._renew]
        while time.monotonic() < self._until:
            try:
                by.choice(deeds)(by.choice(self.choice), by)
            except Exception as error:
                self.verdict.wrong(f"visitor {number}: {error!r}")
                raise
            self.rounds[number] += 1

    def _ear(self, name: str, on_event: Callable[[Any], object]) -> Ear:
        return Ear(name, self.ledger, self.verdict, on_event=on_event)

    def _stay(self, topic: Topic[Any], by: random.Random) -> None:
        """For some events, or until it is tired of waiting."""
        some = threading.Semaphore(0)
        ear = self._ear("one that stays", lambda _: some.release())
        with self.dex.stream(topic, gaps=True).subscribe(ear):
            for _ in range(by.randrange(30)):
                some.acquire(timeout=0.1)
        assert not ear.errors

    def _leave_within(self, topic: Topic[Any], by: random.Random) -> None:
        subscription = SingleAssignmentDisposable()
        left, is_gone = threading.Event(), threading.Event()
        late: list[Any] = []

        def leave(event: Any) -> None:
            subscription.dispose()
            left.set()
            if is_gone.is_set():
                late.append(event)

        ear = self._ear("one that leaves within on_next", leave)
        subscription.disposable = self.dex.stream(topic, gaps=True).subscribe(ear)
        left.wait(by.random())
        subscription.dispose()
        is_gone.set()
        left.wait(0.01)
        # The one that was under way on another thread at that moment.
        assert len(late) <= 1, late
        assert not ear.errors

    def _raise(self, topic: Topic[Any], by: random.Random) -> None:
        out = threading.Event()

        def refuse(_: Any) -> None:
            out.set()
            raise OnPurpose

        ear = self._ear("one that raises", refuse)
        with self.dex.stream(topic, gaps=True).subscribe(ear):
            if out.wait(by.random()):
                assert eventually(lambda: len(ear.errors) == 1), "nobody told it that it is out"
                assert isinstance(ear.errors[0], OnPurpose)

    def _ask(self, topic: Topic[Any], by: random.Random) -> None:
        try:
            assert not isinstance(first(self.dex.stream(topic), timeout=by.random()), Gap)
        except (TimeoutError, ConnectionLost):
            # It has less patience than a subscriber.
            return

    def _renew(self, topic: Topic[Any], by: random.Random) -> None:
        if by.random() < 0.2:
            self.dex.renew()


def test_eight_threads_and_a_fault_ten_times_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = Ledger()
    keep(ledger, monkeypatch)
    with (
        seeded() as seed,
        Exchange(speed=8.0, warm_up=20, timings=Timings(ping=0.15, goodbye=0.2)) as exchange,
        Partition(exchange.url, seed=seed) as network,
        Dex(network.url, LINE) as dex,
    ):
        visitors = Visitors(seed, exchange, dex, ledger)
        mischief = Mischief(seed, exchange, network, dex, every=0.1, only=TOLD)
        mischief.start()
        visitors.live(5.0)
        mischief.stop()
        assert mischief.failure is None
        assert visitors.all_goes_on(exchange)
        assert visitors.verdict.wrongs == []
        assert [ear.name for ear in visitors.kept if ear.errors] == []
        assert all(visitors.rounds)
        assert eventually(lambda: said(exchange) == asked(visitors.topics)), said(exchange)
        for subscription in visitors.subscriptions:
            subscription.dispose()
        assert eventually(lambda: said(exchange) == [])
        # Those of the exchange and of the network alone.
        assert eventually(lambda: our_threads() == {"rxdex:exchange", "rxdex:partition"})


def said(exchange: Exchange) -> list[list[Entry]]:
    """What the sockets that are open were asked for, each."""
    return sorted(sorted(visit.subscriptions) for visit in exchange.visits if visit.is_open)


def asked(wanted: list[Topic[Any]]) -> list[list[Entry]]:
    """What they should be: one for the market, one for each address."""
    names = {Kind.BLOCKS: "blockheight", Kind.TRADES: "trades"}
    market = [it for it in wanted if it.kind in names]
    alone = [[Entry("accounts", it.subject)] for it in wanted if it.kind is Kind.ACCOUNT]
    return sorted([sorted(Entry(names[it.kind], it.subject or ALL) for it in market), *alone])
