"""words: enums of the wire, which may grow."""

from typing import Any

import pytest

from rxdex.events import OrderStatus, OrderType, Side, TickType, TimeInForce
from rxdex.topics import Kind, Topic
from rxdex.venues.binance_dex.words import (
    ORDER_TYPES,
    SIDES,
    STATUSES,
    TICKS,
    TIMES_IN_FORCE,
    Found,
    TopicsOf,
    Words,
    interned,
    meaning,
)

MEANINGS: list[tuple[Words[Any], int | str, object]] = [
    (SIDES, 0, Side.UNKNOWN),
    (SIDES, 1, Side.BUY),
    (SIDES, 2, Side.SELL),
    (ORDER_TYPES, 0, OrderType.UNKNOWN),
    (ORDER_TYPES, 1, OrderType.MARKET),
    (ORDER_TYPES, 2, OrderType.LIMIT),
    (TIMES_IN_FORCE, 0, TimeInForce.UNKNOWN),
    (TIMES_IN_FORCE, 1, TimeInForce.GTE),
    (TIMES_IN_FORCE, 3, TimeInForce.IOC),
    (STATUSES, "Ack", OrderStatus.ACK),
    (STATUSES, "PartialFill", OrderStatus.PARTIAL_FILL),
    (STATUSES, "FullyFill", OrderStatus.FULL_FILL),
    (STATUSES, "Canceled", OrderStatus.CANCELED),
    (STATUSES, "Expired", OrderStatus.EXPIRED),
    (STATUSES, "IocNoFill", OrderStatus.IOC_NO_FILL),
    (STATUSES, "IocExpire", OrderStatus.IOC_EXPIRE),
    (STATUSES, "FailedBlocking", OrderStatus.FAILED_BLOCKING),
    (STATUSES, "FailedMatching", OrderStatus.FAILED_MATCHING),
    (STATUSES, "Unknown", OrderStatus.UNKNOWN),
    (TICKS, 0, TickType.UNKNOWN),
    (TICKS, 1, TickType.SELL_TAKER),
    (TICKS, 2, TickType.BUY_TAKER),
    (TICKS, 3, TickType.BUY_SURPLUS),
    (TICKS, 4, TickType.SELL_SURPLUS),
    (TICKS, 5, TickType.NEUTRAL),
]
EVERY: list[Words[Any]] = [SIDES, ORDER_TYPES, TIMES_IN_FORCE, STATUSES, TICKS]


@pytest.mark.parametrize(("words", "wire", "meant"), MEANINGS)
def test_a_known_word_means_what_it_means(
    words: Words[Any], wire: int | str, meant: object
) -> None:
    """PROTOCOL 10 enums; 7.1 X; 12 X values; 7.4 tt: every word, and no notice for it."""
    found: Found = []
    assert meaning(words, wire, found) is meant
    assert found == []


def test_no_word_is_forgotten_here() -> None:
    assert sum(len(words.known) for words in EVERY) == len(MEANINGS)


@pytest.mark.parametrize("words", EVERY, ids=lambda words: words.name)
@pytest.mark.parametrize("wire", [-1, 99, 2**70, "", "ack", "New", "x" * 1000])
def test_a_new_word_is_unknown_and_noted(words: Words[Any], wire: int | str) -> None:
    found: Found = []
    assert meaning(words, wire, found).name == "UNKNOWN"
    (notice,) = found
    assert str(notice).find(f"{words.name} we do not know: ") > 0
    assert len(str(notice)) < 200


def test_two_is_no_time_in_force() -> None:
    """PROTOCOL 10 enums: 2 is unassigned."""
    found: Found = []
    assert meaning(TIMES_IN_FORCE, 2, found) is TimeInForce.UNKNOWN
    assert len(found) == 1


def test_the_same_topic_is_made_once() -> None:
    topic = interned(Kind.KLINE, "A_B", "1m")
    assert topic == Topic(Kind.KLINE, "A_B", "1m")
    assert interned(Kind.KLINE, "A_B", "1m") is topic
    assert interned(Kind.BLOCKS) == Topic(Kind.BLOCKS)


def test_the_topics_of_a_kind_are_the_interned_ones() -> None:
    klines = TopicsOf(Kind.KLINE, "1m")
    assert klines["A_B"] is klines["A_B"] is interned(Kind.KLINE, "A_B", "1m")
    assert TopicsOf(Kind.TRADES)["A_B"] == Topic(Kind.TRADES, "A_B")


def test_made_up_symbols_do_not_fill_the_memory() -> None:
    trades = TopicsOf(Kind.TRADES)
    for number in range(20_000):
        assert trades[f"{number}_B"].subject == f"{number}_B"
    assert len(trades) <= 2_048


def test_topics_stay_as_long_as_they_are_few() -> None:
    trades = TopicsOf(Kind.TRADES)
    one, other = trades["A_B"], trades["C_B"]
    assert list(trades.values()) == [one, other]
