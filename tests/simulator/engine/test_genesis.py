"""genesis: a chain cannot begin with nonsense."""

from collections.abc import Mapping

import pytest
from attrs import evolve

from rxdex.simulator.engine.genesis import FeeSchedule, Genesis, Listing
from rxdex.venues.binance_dex.bech32 import encode_address
from tests.simulator.engine.builders import ALICE, MARKETS, PROPOSER, genesis


def test_a_symbol_is_base_and_quote() -> None:
    assert Listing(base="RUNE-B1A", quote="BNB", price=1).symbol == "RUNE-B1A_BNB"


@pytest.mark.parametrize(
    ("base", "quote", "price", "words"),
    [
        ("", "BNB", 1, "'' is no asset"),
        ("A_B", "BNB", 1, "'A_B' is no asset; take a name such as"),
        ("BNB", "BNB", 1, "'BNB' cannot be traded against itself"),
        ("RUNE", "BNB", 0, "'price' must be > 0"),
    ],
)
def test_no_such_listing(base: str, quote: str, price: int, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Listing(base=base, quote=quote, price=price)


def test_fees_are_those_of_june_2019() -> None:
    assert FeeSchedule() == FeeSchedule(
        cancel=5_000,
        cancel_other=25_000,
        ioc=2_500,
        ioc_other=10_000,
        trade_rate=400,
        trade_rate_other=1_000,
        transfer=37_500,
        multi=30_000,
    )
    with pytest.raises(ValueError, match="'ioc' must be >= 0"):
        FeeSchedule(ioc=-1)


def test_block_times_are_exact() -> None:
    begin = genesis(time_ns=1_000, block_time_ns=7, height=5)
    assert [begin.block_time(height) for height in (0, 5, 6)] == [1_000, 1_035, 1_042]


def test_a_network_is_that_of_its_proposer() -> None:
    assert genesis().prefix == "bnb"


def test_what_is_given_in_cannot_be_changed_from_outside() -> None:
    purse = {"BNB": 5}
    accounts = {ALICE: purse}
    begin = evolve(genesis(), accounts=accounts)
    purse["BNB"] = 6
    accounts.clear()
    assert begin.accounts == {ALICE: {"BNB": 5}}
    assert begin == evolve(genesis(), accounts={ALICE: {"BNB": 5}})
    assert hash(begin) == hash(evolve(begin))


@pytest.mark.parametrize(
    ("accounts", "words"),
    [
        ({"alice": {}}, "'alice' is no address: it has no prefix"),
        (
            {encode_address("tbnb", bytes(20)): {}},
            "is not of the proposer's network; take one that begins with 'bnb1'",
        ),
        ({ALICE: {"BNB": -1}}, "cannot own -1 units of BNB"),
        (
            {ALICE: {"BNB": 9 * 10**18}, PROPOSER: {"BNB": 1}},
            "are more than there can be; take 9000000000000000000",
        ),
    ],
)
def test_no_such_accounts(accounts: Mapping[str, Mapping[str, int]], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        evolve(genesis(), accounts=accounts)


def test_a_symbol_is_listed_once() -> None:
    with pytest.raises(ValueError, match="RUNE-B1A_BNB is listed twice; list it once"):
        genesis(listings=(*MARKETS, MARKETS[0]))


def test_a_proposer_needs_an_address() -> None:
    with pytest.raises(ValueError, match="'me' is no address"):
        Genesis(time_ns=0, height=0, block_time_ns=1, listings=(), accounts={}, proposer="me")
