"""What the exchange answers over REST."""

import json

import pytest

from rxdex.events.values import OrderStatus, Side
from rxdex.simulator.engine import Cancel, Chain, PlaceOrder, Send
from rxdex.simulator.replies import Replies
from rxdex.simulator.wire import amount
from rxdex.simulator.world import world
from rxdex.venues.binance_dex.bech32 import encode_address
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
    reply = json.loads(Replies(town.chain).depth(symbol, limit))
    assert list(reply) == ["asks", "bids", "height", "pending_match"]
    assert reply["height"] == town.chain.height
    assert reply["pending_match"] is False
    for side, key in zip(SIDES, ("bids", "asks"), strict=True):
        levels = town.chain.levels(symbol, side, limit)
        assert reply[key] == [[amount(level.price), amount(level.quantity)] for level in levels]
    assert len(reply["asks"]) == min(limit, len(town.chain.levels(symbol, Side.SELL, 1000)))


def test_markets(town: Town) -> None:
    reply = json.loads(Replies(town.chain).markets())
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
    text = Replies(town.chain).account(maker)
    reply = json.loads(text)
    assert list(reply) == [
        *("account_number", "address", "balances", "flags", "public_key", "sequence")
    ]
    assert reply["address"] == maker
    assert town.chain.owners[reply["account_number"]] == maker
    assert (reply["flags"], reply["public_key"], reply["sequence"]) == (
        0,
        None,
        town.chain.sequence(maker),
    )
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
    reply = json.loads(Replies(town.chain).account(nobody))
    assert (reply["balances"], reply["sequence"]) == ([], 0)


def test_time(town: Town) -> None:
    # Twenty blocks of 0.4 s after the genesis.
    assert Replies(town.chain).time() == (
        '{"ap_time":"2020-07-23T23:06:48Z","block_time":"2020-07-23T23:06:48Z"}'
    )


def test_a_new_account_changes_no_number() -> None:
    chain = Chain((start := world(3)).genesis)
    replies = Replies(chain)
    old = [json.loads(replies.account(owner))["account_number"] for owner in chain.owners]
    new = encode_address("bnb", bytes(20))
    chain.submit(Send(sender=start.user, outputs=((new, (("BNB", 5),)),)))
    chain.step()
    assert [json.loads(replies.account(it))["account_number"] for it in chain.owners] == [
        *(*old, len(old))
    ]
    assert chain.owners[-1] == new


def test_a_sequence_counts_what_succeeded() -> None:
    start = world(3)
    chain = Chain(start.genesis)
    replies, user = Replies(chain), start.user

    def sequence() -> int:
        return int(json.loads(replies.account(user))["sequence"])

    assert sequence() == 0
    symbol = "BNB_BUSD-BD1"
    order = PlaceOrder(
        owner=user, symbol=symbol, side=Side.BUY, price=1_000_000_000, quantity=100_000_000
    )
    order_id = chain.submit(order)
    chain.submit(Send(sender=user, outputs=((start.whale, (("BNB", 5),)),)))
    chain.step()
    assert sequence() == 2
    for _ in range(2):
        chain.submit(Cancel(owner=user, symbol=symbol, order_id=order_id))
    block = chain.step()
    assert OrderStatus.FAILED_BLOCKING in {record.status for record in block.orders}
    assert sequence() == 3
    assert chain.submit(order).endswith("-4")
