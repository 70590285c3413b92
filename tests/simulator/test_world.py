"""The default world."""

import pytest

from rxdex.simulator.engine import Chain
from rxdex.simulator.world import world
from rxdex.venues.binance_dex.bech32 import address_bytes


def test_everybody_has_an_address_and_funds() -> None:
    it = world(7)
    roles = [it.follower, it.whale, it.fumbler, it.proposer, it.user]
    roles += [*it.makers, *it.takers, *it.wallets]
    assert sorted(roles) == sorted(it.genesis.accounts)
    assert {address_bytes(address)[0] for address in roles} == {"bnb"}
    assert len(set(roles)) == len(roles) == 13
    for funds in it.genesis.accounts.values():
        assert len(funds) == 5
        assert min(funds.values()) > 0


def test_what_is_listed() -> None:
    it = world(7)
    chain = Chain(it.genesis)
    assert chain.symbols == (
        *("BNB_BUSD-BD1", "BTCB-1DE_BUSD-BD1", "BNB_BTCB-1DE", "RUNE-B1A_BNB", "AWC-986_BNB"),
    )
    assert it.quiet == {"AWC-986_BNB"}
    steps = {
        symbol: (chain.market(symbol).tick, chain.market(symbol).lot) for symbol in chain.symbols
    }
    # MATCHING 4 and 6.
    assert steps["BNB_BUSD-BD1"] == (10_000, 100_000)
    assert steps["BTCB-1DE_BUSD-BD1"][0] == 1_000_000
    assert steps["BNB_BTCB-1DE"] == (1, 100_000)
    assert steps["RUNE-B1A_BNB"] == (10, 10_000_000)


def test_a_triangle_gains_nothing() -> None:
    bnb, btcb, cross, *_ = world(7).genesis.listings
    assert bnb.price * 10**8 // btcb.price == cross.price - 1 or (
        bnb.price * 10**8 // btcb.price == cross.price
    )


def test_a_seed_is_a_cast() -> None:
    assert world(7) == world(7)
    assert not set(world(7).genesis.accounts) & set(world(8).genesis.accounts)


def test_when_it_begins() -> None:
    genesis = world(7).genesis
    assert genesis.height == 100_000_000
    # 2020-07-23T23:06:40Z.
    assert genesis.block_time(genesis.height) == 1_595_545_600 * 10**9


@pytest.mark.parametrize(
    ("seconds", "ns"), [(0.4, 400_000_000), (0.37, 370_000_000), (1e-12, 1), (60, 60 * 10**9)]
)
def test_block_time(seconds: float, ns: int) -> None:
    assert world(7, seconds).genesis.block_time_ns == ns


@pytest.mark.parametrize("seconds", [0, -1, 61, 1e30, float("nan"), float("inf"), "1"])
def test_blocks_take_time(seconds: float) -> None:
    with pytest.raises(ValueError, match=r"block_time is .* s; take a number above 0, up to 60"):
        world(7, seconds)
