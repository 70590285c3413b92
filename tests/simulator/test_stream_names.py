"""Which streams there are, and what they can be about."""

import pytest

from rxdex.errors import InvalidSubject, UnsupportedTopic
from rxdex.events.values import Interval
from rxdex.simulator.stream_names import (
    USER_TOPICS,
    check_address,
    check_subject,
    check_symbol,
    check_topic,
)
from rxdex.venues.binance_dex.bech32 import encode_address

SYMBOLS = frozenset({"BNB_BUSD-BD1"})
TOPICS = [
    "trades",
    "marketDiff",
    "marketDepth",
    "marketDepth100",
    "marketDepth500",
    "marketDepth1000",
    "ticker",
    "miniTicker",
    "allTickers",
    "allMiniTickers",
    "blockheight",
    "orders",
    "accounts",
    "transfers",
]


@pytest.mark.parametrize("topic", [*TOPICS, *(f"kline_{interval}" for interval in Interval)])
def test_what_the_wire_has_is_known(topic: str) -> None:
    assert check_topic(topic) == topic


@pytest.mark.parametrize(
    ("topic", "reason"),
    [
        ("marketDepth20", "take marketDepth, which has twenty levels"),
        ("kline_4m", "kline_ and one of 1m 3m 5m"),
        ("kline", "kline_ and one of"),
        ("Trades", "take one of accounts allMiniTickers"),
        ("", "take one of"),
    ],
)
def test_anything_else_is_refused_with_what_to_take(topic: str, reason: str) -> None:
    with pytest.raises(UnsupportedTopic, match=reason):
        check_topic(topic)


def test_a_thousand_levels_need_compression() -> None:
    with pytest.raises(UnsupportedTopic, match="permessage-deflate"):
        check_topic("marketDepth1000", is_compressed=False)
    assert check_topic("marketDepth500", is_compressed=False)


@pytest.mark.parametrize("topic", ["allTickers", "allMiniTickers", "blockheight"])
def test_the_whole_market_has_one_subject(topic: str) -> None:
    assert check_subject(topic, "$all", SYMBOLS) == "$all"
    with pytest.raises(InvalidSubject, match="take '\\$all'"):
        check_subject(topic, "BNB_BUSD-BD1", SYMBOLS)


def test_other_topics_are_about_a_listed_symbol() -> None:
    assert check_subject("trades", "BNB_BUSD-BD1", SYMBOLS) == "BNB_BUSD-BD1"
    with pytest.raises(InvalidSubject, match="no symbol '\\$all'"):
        check_subject("trades", "$all", SYMBOLS)


def test_a_symbol_in_lower_case_is_told_why() -> None:
    with pytest.raises(InvalidSubject, match="upper case"):
        check_symbol("bnb_busd-bd1", SYMBOLS)


@pytest.mark.parametrize("network", ["bnb", "tbnb"])
def test_addresses_of_both_networks_pass(network: str) -> None:
    address = encode_address(network, bytes(range(20)))
    assert check_address(address) == address


@pytest.mark.parametrize("address", ["", "bnb1xyz", encode_address("cosmos", bytes(20))])
def test_other_addresses_are_refused(address: str) -> None:
    with pytest.raises(InvalidSubject, match="no address"):
        check_address(address)


def test_user_topics_are_the_three_of_an_address() -> None:
    assert USER_TOPICS == ("orders", "accounts", "transfers")
