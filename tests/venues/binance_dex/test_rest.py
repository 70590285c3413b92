"""rest: the list of markets."""

import json

import pytest

from rxdex.errors import MalformedFrame
from rxdex.venues.binance_dex.rest import MARKETS_PATH, parse_markets


def market(base: str, quote: str) -> dict[str, str]:
    return {
        "base_asset_symbol": base,
        "quote_asset_symbol": quote,
        "list_price": "0.00001000",
        "tick_size": "0.00000001",
        "lot_size": "1.00000000",
    }


def test_all_markets_are_asked_for_at_once() -> None:
    assert MARKETS_PATH == "/v1/markets?limit=1000"


def test_the_symbols_of_the_markets_in_the_venues_order() -> None:
    reply = json.dumps([market("RUNE-B1A", "BNB"), market("BNB", "BUSD-BD1")]).encode()
    assert parse_markets(reply) == ("RUNE-B1A_BNB", "BNB_BUSD-BD1")


def test_no_markets_are_no_symbols() -> None:
    assert parse_markets(b"[]") == ()


@pytest.mark.parametrize(
    "reply",
    [
        b"",
        b"{}",
        b"[",
        b"null",
        b"[1]",
        b"\xff",
        b'[{"base_asset_symbol":"BNB"}]',
        b'[{"base_asset_symbol":"BNB","quote_asset_symbol":1}]',
        b'{"code":429,"message":"too many requests"}',
        b"[" * 100_000,
    ],
)
def test_what_is_no_list_of_markets(reply: bytes) -> None:
    with pytest.raises(MalformedFrame, match="no list of markets") as caught:
        parse_markets(reply)
    assert caught.value.text == reply.decode("utf-8", "replace")
