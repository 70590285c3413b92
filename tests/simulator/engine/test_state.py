"""state: accounts, books and the lists of orders change together."""

import pytest

from rxdex.events.values import Side
from rxdex.simulator.engine.records import Holding
from rxdex.simulator.engine.state import State
from rxdex.venues.binance_dex.bech32 import encode_address
from tests.simulator.engine.builders import (
    ALICE,
    ALICE_ID,
    BNB_BUSD,
    RUNE,
    RUNE_BNB,
    genesis,
    live_order,
    units,
)


def test_symbols_begin_with_ticks_and_lots_by_their_list_prices() -> None:
    state = State(genesis())
    assert (state.markets[RUNE_BNB].lot, state.markets[BNB_BUSD].tick) == (units("1"), 10_000)


def test_ids_count_the_successful_transactions_of_an_account() -> None:
    state = State(genesis())
    assert state.order_id(ALICE) == f"{ALICE_ID}-1"
    state.count(ALICE)
    assert state.order_id(ALICE) == f"{ALICE_ID}-2"
    assert state.order_id(ALICE, ahead=5) == f"{ALICE_ID}-6"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("alice", "it has no prefix", id="no address"),
        pytest.param(
            encode_address("tbnb", bytes(20)),
            "take one that begins with 'bnb1'",
            id="another network",
        ),
    ],
)
def test_only_addresses_of_the_network_have_digits(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        State(genesis()).address_hex(text)


def test_an_order_locks_when_it_enters_and_frees_when_it_leaves() -> None:
    state = State(genesis({ALICE: {"BNB": "1"}}))
    order = live_order("B", Side.BUY, units("0.01"), units("30"))
    state.enter(order)
    assert state.ledger.account(ALICE) == {"BNB": Holding(free=units("0.7"), locked=units("0.3"))}
    assert state.orders == {"B": order}
    state.leave(order)
    assert state.ledger.account(ALICE) == {"BNB": Holding(free=units("1"))}
    assert (state.orders, state.owned) == ({}, {ALICE: {}})


def test_fills_free_what_they_need_and_the_last_one_ends_the_order() -> None:
    state = State(genesis({ALICE: {RUNE: "10"}}))
    order = live_order("S", Side.SELL, units("0.01"), units("10"))
    state.enter(order)
    assert state.fill(order, units("4")) == units("4")
    assert state.orders == {"S": order}
    state.fill(order, units("6"))
    assert state.orders == {}
    assert state.markets[RUNE_BNB].book.asks.best is None


def test_rates_follow_the_reference_of_each_symbol() -> None:
    state = State(genesis())
    state.markets[RUNE_BNB].reference = units("0.5")
    assert state.rates.price(RUNE) == units("0.5")
