"""What things are worth in truth."""

from random import Random

import pytest

from rxdex.simulator.engine import Listing
from rxdex.simulator.traders.beliefs import Beliefs
from rxdex.simulator.traders.chance import chance
from rxdex.simulator.world import world

LISTINGS = world(7).genesis.listings


def beliefs(seed: int = 7) -> Beliefs:
    return Beliefs(LISTINGS, chance(seed, "beliefs"))


def test_they_begin_at_the_list_prices() -> None:
    it = beliefs()
    for listing in LISTINGS:
        assert abs(it.price(listing.symbol) - listing.price) <= 1


def test_a_worth_in_units() -> None:
    it = beliefs()
    assert it.units("BUSD-BD1", 123) == 123
    assert it.units("BNB", 15_712_600_000) == 1_000_000_000
    assert it.units("BTCB-1DE", 910_000_000_000) == 100_000_000


def test_related_symbols_stay_together() -> None:
    it = beliefs()
    for _ in range(3_000):
        it.advance()
        bnb, btcb = it.price("BNB_BUSD-BD1"), it.price("BTCB-1DE_BUSD-BD1")
        assert abs(it.price("BNB_BTCB-1DE") - bnb * 10**8 // btcb) <= 1


def test_they_move_and_come_back() -> None:
    it = beliefs()
    ranges = {listing.symbol: [listing.price, listing.price] for listing in LISTINGS}
    for _ in range(20_000):
        it.advance()
        for symbol, (low, high) in ranges.items():
            price = it.price(symbol)
            ranges[symbol] = [min(low, price), max(high, price)]
    for listing in LISTINGS:
        low, high = ranges[listing.symbol]
        assert listing.price * 7 // 10 < low < high < listing.price * 14 // 10
        assert (high - low) * 100 > 2 * listing.price, "they do move"


class Push(Random):
    """Luck that pushes everything upwards, and later nothing anywhere."""

    is_pushing = True

    def randint(self, a: int, b: int) -> int:
        return b if self.is_pushing else (a + b) // 2


def test_they_are_drawn_back_to_where_they_began() -> None:
    luck = Push(7)
    it = Beliefs(LISTINGS, luck)
    begin = it.price("BNB_BUSD-BD1")
    for _ in range(500):
        it.advance()
    top = it.price("BNB_BUSD-BD1")
    luck.is_pushing = False
    for _ in range(30_000):
        it.advance()
    rest = it.price("BNB_BUSD-BD1") - begin
    assert 0 < rest < (top - begin) // 2


def test_a_seed_is_a_history() -> None:
    one, same, other = beliefs(7), beliefs(7), beliefs(8)
    for it in (one, same, other):
        for _ in range(10):
            it.advance()
    prices = [[it.price(listing.symbol) for listing in LISTINGS] for it in (one, same, other)]
    assert prices[0] == prices[1] != prices[2]


def test_an_asset_may_be_known_by_what_it_buys() -> None:
    listings = (
        Listing(base="B", quote="C", price=300_000_000),
        Listing(base="A", quote="M", price=200_000_000),
        Listing(base="A", quote="C", price=400_000_000),
    )
    it = Beliefs(listings[1:] + listings[:1], chance(7, "x"))
    assert it.price("B_C") == 300_000_000
    assert it.units("C", 100) == 200
    assert it.units("B", 300) == 200


def test_every_asset_needs_a_way_to_the_first_quote() -> None:
    island = Listing(base="X", quote="Y", price=1)
    with pytest.raises(ValueError, match="no way from X_Y to BUSD-BD1"):
        Beliefs((*LISTINGS, island), chance(7, "x"))
