"""What the exchange answers over REST."""

import json

import pytest

from rxdex.events.values import Side
from rxdex.simulator import replies
from rxdex.simulator.wire import amount
from tests.simulator.town import SIDES, Town


@pytest.fixture(scope="module")
def town() -> Town:
    town = Town()
    for _ in range(20):
        town.step()
    return town


@pytest.mark.parametrize("limit", [5, 20, 1000])
def test_depth(town: Town, limit: int) -> None:
    symbol = "BNB_BUSD-BD1"
    reply = json.loads(replies.depth(town.chain, symbol, limit))
    assert list(reply) == ["asks", "bids", "height", "pending_match"]
    assert reply["height"] == town.chain.height
    assert reply["pending_match"] is False
    for side, key in zip(SIDES, ("bids", "asks"), strict=True):
        levels = town.chain.levels(symbol, side, limit)
        assert reply[key] == [[amount(level.price), amount(level.quantity)] for level in levels]
    assert len(reply["asks"]) == min(limit, len(town.chain.levels(symbol, Side.SELL, 1000)))


def test_markets(town: Town) -> None:
    reply = json.loads(replies.markets(town.chain))
    assert reply[0] == {
        "base_asset_symbol": "BNB",
        "quote_asset_symbol": "BUSD-BD1",
        "list_price": "15.71260000",
        "tick_size": "0.00010000",
        "lot_size": "0.00100000",
    }
    assert [f"{it['base_asset_symbol']}_{it['quote_asset_symbol']}" for it in reply] == [
        *town.chain.symbols
    ]


def test_account(town: Town) -> None:
    maker = town.world.makers[0]
    text = replies.account(town.chain, maker, 17)
    reply = json.loads(text)
    assert list(reply) == [
        *("account_number", "address", "balances", "flags", "public_key", "sequence")
    ]
    assert reply["address"] == maker
    assert town.chain.owners[reply["account_number"]] == maker
    assert (reply["flags"], reply["public_key"], reply["sequence"]) == (0, None, 17)
    holdings = town.chain.account(maker)
    assert [balance["symbol"] for balance in reply["balances"]] == list(holdings)
    assert list(reply["balances"][0]) == ["free", "frozen", "locked", "symbol"]
    for balance in reply["balances"]:
        holding = holdings[balance["symbol"]]
        assert balance["free"] == amount(holding.free)
        assert balance["frozen"] == amount(holding.frozen)
        assert balance["locked"] == amount(holding.locked)


def test_nobody_has_nothing(town: Town) -> None:
    nobody = "bnb1qqqsyqcyq5rqwzqfpg9scrgwpugpzysnrujsuw"
    reply = json.loads(replies.account(town.chain, nobody, 0))
    assert (reply["balances"], reply["sequence"]) == ([], 0)


def test_time(town: Town) -> None:
    # Twenty blocks of 0.4 s after the genesis.
    assert replies.time(town.chain) == (
        '{"ap_time":"2020-07-23T23:06:48Z","block_time":"2020-07-23T23:06:48Z"}'
    )
