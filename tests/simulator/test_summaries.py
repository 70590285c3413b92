"""Tickers and klines, once a second."""

import json
from typing import Any

import pytest

from rxdex.events.values import Interval, Side
from rxdex.simulator.post import Post, everything
from rxdex.simulator.summaries import Summaries
from rxdex.simulator.wire import amount
from tests.simulator.town import BEFORE_MIDNIGHT, Town

Trades = dict[str, list[tuple[int, str, str, str]]]


def data(post: Post) -> Any:
    return json.loads(post.text)["data"]


@pytest.fixture(scope="module")
def seconds() -> list[tuple[int, list[Post], Trades]]:
    """Each second's time, its frames and all trades up to it, across midnight."""
    town = Town(height=BEFORE_MIDNIGHT)
    summaries = Summaries(town.chain)
    trades: Trades = {symbol: [] for symbol in town.chain.symbols}
    seconds = []
    for _ in range(260):
        block = town.step()
        for trade in block.trades:
            texts = amount(trade.price), amount(trade.quantity)
            trades[trade.symbol].append((block.time_ns, f"{block.height}-{trade.index}", *texts))
        if summaries.fold(block):
            posts = list(summaries.posts(block.time_ns, everything))
            seconds.append((block.time_ns, posts, {s: [*t] for s, t in trades.items()}))
    return seconds


def of(posts: list[Post], topic: str) -> list[Post]:
    return [post for post in posts if post.topic == topic]


def test_they_come_once_a_second(seconds: list[tuple[int, list[Post], Trades]]) -> None:
    moments = [time_ns // 1_000_000_000 for time_ns, _, _ in seconds]
    assert moments == list(range(moments[0], moments[0] + len(moments)))
    assert len(moments) == 104


def test_a_second_names_every_topic(seconds: list[tuple[int, list[Post], Trades]]) -> None:
    symbols = list(seconds[0][2])
    for _, posts, _ in seconds:
        named = list(dict.fromkeys((post.topic, post.subject) for post in posts))
        assert named == [
            *((topic, symbol) for symbol in symbols for topic in ("ticker", "miniTicker")),
            ("allTickers", "$all"),
            ("allMiniTickers", "$all"),
            *((f"kline_{interval}", symbol) for symbol in symbols for interval in Interval),
        ]
        for post in posts:
            assert post.text.startswith(f'{{"stream":"{post.topic}","data":')


def test_tickers_tell_the_last_trade(seconds: list[tuple[int, list[Post], Trades]]) -> None:
    for time_ns, posts, trades in seconds:
        for post in of(posts, "ticker"):
            ticker, own = data(post), trades[post.subject]
            assert ticker["s"] == post.subject
            assert (ticker["E"], ticker["C"]) == (time_ns // 10**9, time_ns // 10**6)
            assert ticker["n"] == len(own)
            if own:
                assert ticker["F"] == own[0][1]
                assert (ticker["L"], ticker["c"], ticker["Q"]) == own[-1][1:]
                assert ticker["x"] == own[max(0, len(own) - 2)][2]
            else:
                assert (ticker["F"], ticker["L"]) == ("", "")


def test_the_whole_market_is_all_of_its_symbols(
    seconds: list[tuple[int, list[Post], Trades]],
) -> None:
    for _, posts, _ in seconds:
        assert data(of(posts, "allTickers")[0]) == [data(post) for post in of(posts, "ticker")]
        minis = [data(post) for post in of(posts, "miniTicker")]
        assert data(of(posts, "allMiniTickers")[0]) == minis


def test_klines_are_the_trades_of_their_time(
    seconds: list[tuple[int, list[Post], Trades]],
) -> None:
    for _, posts, trades in seconds:
        for post in posts:
            if not post.topic.startswith("kline_"):
                continue
            kline = data(post)["k"]
            inside = [
                trade
                for trade in trades[post.subject]
                if kline["t"] <= trade[0] // 10**6 <= kline["T"]
            ]
            assert kline["n"] == len(inside)
            if inside:
                assert (kline["f"], kline["L"]) == (inside[0][1], inside[-1][1])
                assert (kline["o"], kline["c"]) == (inside[0][2], inside[-1][2])


def test_every_kline_but_the_last_is_closed_once(
    seconds: list[tuple[int, list[Post], Trades]],
) -> None:
    lives: dict[tuple[str, str], dict[int, list[bool]]] = {}
    for _, posts, _ in seconds:
        for post in posts:
            if post.topic.startswith("kline_"):
                kline = data(post)["k"]
                life = lives.setdefault((post.topic, post.subject), {})
                life.setdefault(kline["t"], []).append(kline["x"])
    for (topic, _), life in lives.items():
        assert list(life) == sorted(life)
        *ended, open_ = life.values()
        assert all(flags == [False] * (len(flags) - 1) + [True] for flags in ended)
        assert not any(open_)
        # Midnight came, on a Friday in July.
        assert len(ended) == {"kline_1m": 2, "kline_3d": 0, "kline_1w": 0, "kline_1M": 0}.get(
            topic, 1
        )


def test_the_best_levels() -> None:
    town = Town()
    summaries = Summaries(town.chain)
    while not summaries.fold(block := town.step()):
        pass
    for post in summaries.posts(block.time_ns, lambda topic, _: topic == "ticker"):
        ticker = data(post)
        (bid,) = town.chain.levels(post.subject, Side.BUY, 1)
        (ask,) = town.chain.levels(post.subject, Side.SELL, 1)
        assert [ticker[key] for key in "bBaA"] == [
            *(amount(bid.price), amount(bid.quantity), amount(ask.price), amount(ask.quantity))
        ]


def test_nothing_wanted_is_nothing_said() -> None:
    town = Town()
    summaries = Summaries(town.chain)
    while not summaries.fold(block := town.step()):
        pass
    assert list(summaries.posts(block.time_ns, lambda *_: False)) == []
