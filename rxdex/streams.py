"""
The set of methods a strategy is written against.

It stands on two abstracts, `stream` and `snapshot`, so that the same strategy runs on a live venue, on
the simulated exchange and, later, on recordings.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from typing import Any, Literal, TypeVar, overload

import reactivex
from reactivex import Observable

from rxdex import topics
from rxdex.errors import InvalidSubject
from rxdex.events import (
    AccountUpdate,
    BlockHeight,
    DepthSnapshot,
    DepthUpdate,
    Gap,
    Interval,
    Kline,
    MiniTicker,
    OrderUpdate,
    Ticker,
    Trade,
    Transfer,
)
from rxdex.stream import stream_of
from rxdex.topics import Topic
from rxdex.venue import Request, Venue

__all__ = ["Streams"]

E = TypeVar("E")
T = TypeVar("T")

#: One symbol or address, or several.
Subjects = str | Iterable[str]


class Streams(ABC):
    """
    The streams of a venue, each a cold observable: to subscribe is to connect.

    What a call gets wrong is raised by the call, before any I/O: `InvalidSubject` for a symbol, an
    address, an interval or levels that cannot be, `UnsupportedTopic` for a stream the venue does
    not have. Events arrive on a thread of the line, or on the asyncio loop whose scheduler was given to
    `subscribe`. A line that broke and came back goes on with what comes then; `stream(topic, gaps=True)` says
    in the stream where something may be missing.
    """

    @property
    @abstractmethod
    def venue(self) -> Venue:
        """Whose streams these are."""

    @overload
    def stream(
        self, topic: Topic[E], *more: Topic[E], gaps: Literal[False] = False
    ) -> Observable[E]: ...
    @overload
    def stream(
        self, topic: Topic[E], *more: Topic[E], gaps: Literal[True]
    ) -> Observable[E | Gap]: ...
    @abstractmethod
    def stream(self, topic: Topic[Any], *more: Topic[Any], gaps: bool = False) -> Observable[Any]:
        """
        The events of a topic, or of several, in the order of the wire.

        Between topics that do not share a line, as of two addresses, there is no order.

        :param gaps: whether a `Gap` stands in the stream wherever events may be missing
        :raises InvalidSubject: when a topic's symbol, address, interval or levels cannot be
        :raises UnsupportedTopic: when the venue has no such stream
        """

    @abstractmethod
    def snapshot(self, request: Request[T]) -> Observable[T]:
        """The answer to one question, once, and complete."""

    def trades(self, symbol: Subjects) -> Observable[Trade]:
        """Every trade, as it happens."""
        return self._each(topics.trades, symbol, "symbol")

    def depth_updates(self, symbol: Subjects) -> Observable[DepthUpdate]:
        """The levels of the book that changed, block by block, of its best 100 a side."""
        return self._each(topics.depth_updates, symbol, "symbol")

    def depth(self, symbol: Subjects, levels: int = 20) -> Observable[DepthSnapshot]:
        """
        The best levels of the book, whole, whenever it changed.

        :param levels: how many a side: 20, 100 or 500
        """
        return self._each(lambda one: topics.depth(one, levels), symbol, "symbol")

    def kline(self, symbol: Subjects, interval: str | Interval) -> Observable[Kline]:
        """
        The kline of now, about every second; the one with `is_closed` is its last word.

        :param interval: such as ``"1m"``
        """
        return self._each(lambda one: topics.kline(one, interval), symbol, "symbol")

    def ticker(self, symbol: Subjects) -> Observable[Ticker]:
        """The last 24 hours, every second, changed or not."""
        return self._each(topics.ticker, symbol, "symbol")

    def mini_ticker(self, symbol: Subjects) -> Observable[MiniTicker]:
        """The last 24 hours in short, every second, changed or not."""
        return self._each(topics.mini_ticker, symbol, "symbol")

    def tickers(self) -> Observable[tuple[Ticker, ...]]:
        """The last 24 hours of the whole market, every second; symbols without news may be missing."""
        return self.stream(topics.tickers())

    def mini_tickers(self) -> Observable[tuple[MiniTicker, ...]]:
        """The last 24 hours of the whole market in short, every second."""
        return self.stream(topics.mini_tickers())

    def blocks(self) -> Observable[BlockHeight]:
        """The blocks of the chain, as they are made."""
        return self.stream(topics.blocks())

    def orders(self, address: Subjects) -> Observable[OrderUpdate]:
        """What becomes of an address's orders."""
        return self._each(topics.orders, address, "address")

    def account(self, address: Subjects) -> Observable[AccountUpdate]:
        """An address's balances, whole, whenever a block concerned it; nothing comes before."""
        return self._each(topics.account, address, "address")

    def transfers(self, address: Subjects) -> Observable[Transfer]:
        """What is sent from and to an address."""
        return self._each(topics.transfers, address, "address")

    def activity(self, address: Subjects) -> Observable[OrderUpdate | AccountUpdate | Transfer]:
        """Orders, balances and transfers of an address, in the order of the wire."""
        kinds: tuple[Callable[[str], Topic[OrderUpdate | AccountUpdate | Transfer]], ...] = (
            topics.orders,
            topics.account,
            topics.transfers,
        )
        first, *more = (kind(one) for one in _several(address, "address") for kind in kinds)
        return self.stream(first, *more)

    def symbols(self) -> Observable[tuple[str, ...]]:
        """Which symbols the venue lists, once."""
        asked = reactivex.defer(lambda _: self.snapshot(self.venue.symbols()))
        return stream_of(asked)

    def _each(
        self, topic: Callable[[str], Topic[E]], subjects: Subjects, what: str
    ) -> Observable[E]:
        first, *more = map(topic, _several(subjects, what))
        return self.stream(first, *more)


def _several(subjects: Subjects, what: str) -> list[str]:
    """The distinct subjects, in order."""
    if not isinstance(subjects, Iterable):  # pyright: ignore[reportUnnecessaryIsInstance] - as below
        raise InvalidSubject(f"{subjects!r} is no {what}; give text, or several of it")
    several = [subjects] if isinstance(subjects, str) else list(subjects)
    if not several:
        raise InvalidSubject(f"{subjects!r} names no {what}; give one, or several")
    for subject in several:
        if not isinstance(subject, str):  # pyright: ignore[reportUnnecessaryIsInstance] - callers are not all typed
            raise InvalidSubject(f"{subject!r} is no {what}; give text")
    return list(dict.fromkeys(several))
