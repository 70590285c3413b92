"""The methods a strategy is written against, on two abstracts of a test."""

from collections.abc import Callable
from typing import Any, TypeVar

import pytest
import reactivex
from reactivex import Observable

from rxdex import InvalidSubject, VenueGone, first, topics
from rxdex.events import Interval
from rxdex.streams import Streams
from rxdex.topics import Topic
from rxdex.venue import Request, Venue
from rxdex.venues import BinanceDex

T = TypeVar("T")

SYMBOL = "BNB_BUSD-BD1"
ADDRESS = "tbnb1r4gc5ftrkr9ez2khph4h5xxd0mf0hd75jf06gw"


class Asked(Streams):
    """Remembers what was asked for."""

    def __init__(self, venue: Venue | None = None) -> None:
        self.topics: tuple[Topic[Any], ...] = ()
        self._venue = venue or BinanceDex("ws://h/api")

    @property
    def venue(self) -> Venue:
        return self._venue

    def stream(self, topic: Topic[Any], *more: Topic[Any], gaps: bool = False) -> Observable[Any]:
        self.topics = (topic, *more)
        return reactivex.never()

    def snapshot(self, request: Request[T]) -> Observable[T]:
        return reactivex.just(request.parse(b"[]"))


@pytest.mark.parametrize(
    ("call", "asked"),
    [
        (lambda s: s.trades(SYMBOL), [topics.trades(SYMBOL)]),
        (
            lambda s: s.trades([SYMBOL, "A-B", SYMBOL]),
            [topics.trades(SYMBOL), topics.trades("A-B")],
        ),
        (lambda s: s.trades(iter([SYMBOL])), [topics.trades(SYMBOL)]),
        (lambda s: s.depth_updates(SYMBOL), [topics.depth_updates(SYMBOL)]),
        (lambda s: s.depth(SYMBOL), [topics.depth(SYMBOL, 20)]),
        (lambda s: s.depth(SYMBOL, levels=500), [topics.depth(SYMBOL, 500)]),
        (lambda s: s.kline(SYMBOL, "1m"), [topics.kline(SYMBOL, Interval.MINUTE_1)]),
        (lambda s: s.ticker(SYMBOL), [topics.ticker(SYMBOL)]),
        (lambda s: s.mini_ticker(SYMBOL), [topics.mini_ticker(SYMBOL)]),
        (lambda s: s.tickers(), [topics.tickers()]),
        (lambda s: s.mini_tickers(), [topics.mini_tickers()]),
        (lambda s: s.blocks(), [topics.blocks()]),
        (lambda s: s.orders(ADDRESS), [topics.orders(ADDRESS)]),
        (lambda s: s.account(ADDRESS), [topics.account(ADDRESS)]),
        (lambda s: s.transfers(ADDRESS), [topics.transfers(ADDRESS)]),
        (
            lambda s: s.activity(ADDRESS),
            [topics.orders(ADDRESS), topics.account(ADDRESS), topics.transfers(ADDRESS)],
        ),
    ],
)
def test_each_method_is_a_stream_of_topics(
    call: Callable[[Streams], object], asked: list[Topic[Any]]
) -> None:
    streams = Asked()
    call(streams)
    assert list(streams.topics) == asked


@pytest.mark.parametrize("none", [[], (), iter(())])
def test_no_subject_at_all_is_refused(none: Any) -> None:
    with pytest.raises(InvalidSubject, match="names no symbol; give one, or several"):
        Asked().trades(none)


def test_what_is_no_text_is_refused() -> None:
    with pytest.raises(InvalidSubject, match="7 is no address; give text"):
        Asked().orders([7])  # type: ignore[list-item]


def test_the_symbols_are_a_snapshot_and_their_failure_comes_by_on_error() -> None:
    assert first(Asked().symbols()) == ()
    gone = Asked(BinanceDex.mainnet()).symbols()
    with pytest.raises(VenueGone):
        first(gone)
