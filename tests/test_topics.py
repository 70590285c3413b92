"""topics: one factory per stream, and what each says of itself."""

from collections.abc import Callable

import pytest

from rxdex import topics
from rxdex.errors import InvalidSubject
from rxdex.events import Interval
from rxdex.topics import Kind, Topic

CASES: list[tuple[Topic[object], Topic[object], str]] = [
    (topics.trades("A_B"), Topic(Kind.TRADES, "A_B"), "trades A_B"),
    (topics.depth_updates("A_B"), Topic(Kind.DEPTH_UPDATES, "A_B"), "depth_updates A_B"),
    (topics.depth("A_B"), Topic(Kind.DEPTH, "A_B", "20"), "depth A_B 20"),
    (topics.depth("A_B", 100), Topic(Kind.DEPTH, "A_B", "100"), "depth A_B 100"),
    (topics.depth("A_B", levels=500), Topic(Kind.DEPTH, "A_B", "500"), "depth A_B 500"),
    (topics.kline("A_B", "1m"), Topic(Kind.KLINE, "A_B", "1m"), "kline A_B 1m"),
    (topics.kline("A_B", Interval.MONTH_1), Topic(Kind.KLINE, "A_B", "1M"), "kline A_B 1M"),
    (topics.ticker("A_B"), Topic(Kind.TICKER, "A_B"), "ticker A_B"),
    (topics.mini_ticker("A_B"), Topic(Kind.MINI_TICKER, "A_B"), "mini_ticker A_B"),
    (topics.tickers(), Topic(Kind.TICKERS), "tickers"),
    (topics.mini_tickers(), Topic(Kind.MINI_TICKERS), "mini_tickers"),
    (topics.blocks(), Topic(Kind.BLOCKS), "blocks"),
    (topics.orders("me"), Topic(Kind.ORDERS, "me"), "orders me"),
    (topics.account("me"), Topic(Kind.ACCOUNT, "me"), "account me"),
    (topics.transfers("me"), Topic(Kind.TRANSFERS, "me"), "transfers me"),
]


@pytest.mark.parametrize(("made", "meant", "shown"), CASES, ids=[shown for *_, shown in CASES])
def test_a_factory_makes_its_topic(made: Topic[object], meant: Topic[object], shown: str) -> None:
    assert made == meant
    assert hash(made) == hash(meant)
    assert str(made) == shown
    assert all(type(part) in {str, Kind} for part in made)


def test_every_kind_has_its_factory() -> None:
    assert {made.kind for made, *_ in CASES} == set(Kind)
    factories = set(topics.__all__) - {"Kind", "Topic"}
    assert factories == {kind.value for kind in Kind}


@pytest.mark.parametrize("factory", [topics.tickers, topics.mini_tickers, topics.blocks])
def test_what_concerns_all_has_no_subject(factory: Callable[[], Topic[object]]) -> None:
    assert factory().subject == ""


@pytest.mark.parametrize("interval", ["4m", "1S", "", "1 m", "M", "60"])
def test_an_interval_that_is_none_is_refused_at_once(interval: str) -> None:
    with pytest.raises(InvalidSubject, match=f"no kline interval {interval!r}"):
        topics.kline("A_B", interval)
