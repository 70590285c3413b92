"""Fifty who listen for as long as a soak lasts, each in a way of its own, and some who come and go."""

import asyncio
import random
import threading
from collections import Counter
from typing import Any

from reactivex.abc import DisposableBase

from rxdex import Dex, aio, first, topics
from rxdex.errors import ConnectionLost
from rxdex.operators import Overflow, buffered
from rxdex.simulator.exchange import Exchange
from rxdex.topics import Topic
from tests.connection.crowd import Ear, Verdict
from tests.connection.ledger import Ledger

#: Seconds that the slow ones take for each event.
_SLOW = 0.05
_NEVER = threading.Event()

#: What becomes of events that a slow one has no room for; how many may wait, and whether it is slow.
_POLICIES = [
    (Overflow.DROP_OLDEST, 16, True),
    (Overflow.DROP_NEWEST, 16, True),
    (Overflow.LATEST, 1, True),
    (Overflow.BLOCK, 1_024, False),
    (Overflow.FAIL, 100_000, False),
]


def _dawdle(_: object) -> None:
    # The pace of a slow subscriber is what it is about.
    _NEVER.wait(_SLOW)


class Company:
    """
    Those who stay, and the threads of those who do not.

    :param exchange: says what there is to listen to
    """

    def __init__(self, exchange: Exchange, dex: Dex, ledger: Ledger, seed: int) -> None:
        self.verdict = Verdict()
        self.ears: list[Ear] = []
        self.subscriptions: list[DisposableBase] = []
        self.passed: Counter[str] = Counter()
        self._dex = dex
        self._ledger = ledger
        self._seed = seed
        self._is_over = threading.Event()
        self._symbols, self._addresses = exchange.symbols, exchange.addresses
        self._listen()
        self._on_loop = [
            (self._ear(f"on a loop {n}"), topic, capacity)
            for n, (topic, capacity) in enumerate(
                [
                    (topics.blocks(), 1_024),
                    (topics.trades(self._symbols[0]), 1_024),
                    (topics.trades(self._symbols[0]), 8),
                    (topics.account(self._addresses[0]), 1_024),
                ]
            )
        ]
        loop = threading.Thread(target=lambda: asyncio.run(self._iterate()), daemon=True)
        passers_by = [
            threading.Thread(target=self._pass_by, args=(n,), daemon=True) for n in range(3)
        ]
        self._threads = [loop, *passers_by]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop_passing(self) -> None:
        """Nobody comes any more; those who stay do."""
        self._is_over.set()
        for thread in self._threads[1:]:
            thread.join(30)

    def wait_gone(self) -> bool:
        """Whether no thread of these is left, once the `Dex` is closed."""
        for thread in self._threads:
            thread.join(30)
        return not any(thread.is_alive() for thread in self._threads)

    def counts(self) -> Counter[str]:
        """What all of them have seen."""
        total = self.verdict.counts
        for ear in self.ears:
            total += Counter(ear.counts)
        return total

    def _ear(self, name: str, **more: Any) -> Ear:
        ear = Ear(name, self._ledger, self.verdict, **more)
        self.ears.append(ear)
        return ear

    def _listen(self) -> None:
        symbols, addresses = self._symbols, self._addresses
        market: list[Topic[Any]] = [
            *[topics.blocks()] * 5,
            *[topics.trades(symbol) for symbol in symbols] * 3,
            *[topics.depth_updates(symbol) for symbol in symbols],
            *[topics.depth(symbol) for symbol in symbols[:3]],
            topics.depth(symbols[0], 100),
            topics.ticker(symbols[0]),
            topics.tickers(),
            topics.mini_tickers(),
            topics.kline(symbols[0], "1m"),
            *[topics.account(address) for address in addresses[:5]],
            topics.orders(addresses[0]),
        ]
        for number, topic in enumerate(market):
            stream = self._dex.stream(topic, gaps=True)
            self.subscriptions.append(stream.subscribe(self._ear(f"{number} of {topic}")))
        several = self._dex.stream(*map(topics.trades, symbols), gaps=True)
        self.subscriptions.append(several.subscribe(self._ear("of all trades")))
        # Who asks for no gaps gets everything in turn all the same.
        plain = self._ear("of blocks, without gaps", knows_gaps=False)
        self.subscriptions.append(self._dex.blocks().subscribe(plain))
        for overflow, capacity, is_slow in _POLICIES:
            ear = self._ear(f"buffered, {overflow}", on_event=_dawdle if is_slow else None)
            stream = self._dex.stream(topics.trades(symbols[0]), gaps=True)
            slower: Any = buffered(capacity, overflow)
            self.subscriptions.append(stream.pipe(slower).subscribe(ear))

    async def _iterate(self) -> None:
        await asyncio.gather(*(self._take(*each) for each in self._on_loop))

    async def _take(self, ear: Ear, topic: Topic[Any], capacity: int) -> None:
        stream = self._dex.stream(topic, gaps=True)
        async with aio.iterate(stream, capacity=capacity, gaps=True) as events:
            async for event in events:
                ear.on_next(event)
                if capacity < 1_024:
                    await asyncio.sleep(_SLOW)
        ear.on_completed()

    def _pass_by(self, number: int) -> None:
        by = random.Random(f"{self._seed} passer-by {number}")
        choice: list[Topic[Any]] = [
            topics.blocks(),
            *map(topics.trades, self._symbols),
            topics.ticker(self._symbols[1]),
            topics.depth(self._symbols[1], 500),
            *map(topics.account, self._addresses[5:8]),
        ]
        while not self._is_over.wait(by.uniform(0.0, 0.3)):
            try:
                by.choice([self._stay, self._raise, self._ask])(by.choice(choice), by)
            except Exception as error:  # the test tells of it
                self.verdict.wrong(f"passer-by {number}: {error!r}")
                raise

    def _stay(self, topic: Topic[Any], by: random.Random) -> None:
        ear = Ear("one that stays for a while", self._ledger, self.verdict)
        with self._dex.stream(topic, gaps=True).subscribe(ear):
            self._is_over.wait(by.uniform(0.0, 2.0))
        assert not ear.errors
        self.verdict.add(ear.counts)
        self.passed["stayed"] += 1

    def _raise(self, topic: Topic[Any], by: random.Random) -> None:
        def refuse(_: object) -> None:
            raise ValueError("on purpose")

        ear = Ear("one that raises", self._ledger, self.verdict, on_event=refuse)
        with self._dex.stream(topic, gaps=True).subscribe(ear):
            self._is_over.wait(by.uniform(0.0, 1.0))
        self.passed["raised"] += len(ear.errors)

    def _ask(self, topic: Topic[Any], by: random.Random) -> None:
        try:
            first(self._dex.stream(topic), timeout=by.uniform(0.1, 2.0))
            self.passed["answered"] += 1
        except (TimeoutError, ConnectionLost):
            self.passed["not answered"] += 1
