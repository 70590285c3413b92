"""market: ticks and lots follow the price."""

import pytest

from rxdex.simulator.engine.genesis import Listing
from rxdex.simulator.engine.market import (
    Market,
    MarketView,
    lot_size,
    resize,
    tick_size,
    weighted_average,
)
from tests.simulator.engine.builders import (
    BNB_BTCB,
    BNB_BUSD,
    BTCB_BUSD,
    BUSD,
    MARKETS,
    RUNE_BNB,
    RUNE_BUSD,
    listing,
    units,
)


@pytest.mark.parametrize(
    ("price", "tick", "lot"),
    [
        ("0.00000001", "0.00000001", "100000"),
        ("0.0000001", "0.00000001", "10000"),
        ("0.000001", "0.00000001", "1000"),
        ("0.00001", "0.00000001", "100"),
        ("0.0001", "0.00000001", "10"),
        ("0.001", "0.00000001", "1"),
        ("0.00999999", "0.00000001", "1"),
        ("0.01", "0.0000001", "0.1"),
        ("0.1", "0.000001", "0.01"),
        ("1", "0.00001", "0.001"),
        ("10", "0.0001", "0.0001"),
        ("100", "0.001", "0.00001"),
        ("1000", "0.01", "0.000001"),
        ("10000000", "100", "0.00000001"),
    ],
)
def test_six_digits_of_a_price_count(price: str, tick: str, lot: str) -> None:
    assert tick_size(units(price)) == units(tick)
    assert lot_size(units(price)) == units(lot)


def test_newer_samples_weigh_more() -> None:
    assert weighted_average([100, 110, 120]) == 113
    assert weighted_average([7]) == 7


def sized(*listings: Listing) -> dict[str, tuple[int, int]]:
    markets = [Market(entry) for entry in listings]
    resize(markets)
    return {market.listing.symbol: (market.tick, market.lot) for market in markets}


def test_real_symbols_have_their_real_ticks_and_lots() -> None:
    ada_bnb, ada_busd = listing("ADA-9F4_BNB", "0.003"), listing(f"ADA-9F4_{BUSD}", "1.2")
    assert sized(*MARKETS, ada_bnb, ada_busd) == {
        RUNE_BNB: (units("0.00000001"), units("1")),
        BNB_BUSD: (units("0.0001"), units("0.001")),
        RUNE_BUSD: (units("0.000001"), units("1")),
        BNB_BTCB: (units("0.00000001"), units("0.001")),
        BTCB_BUSD: (units("0.01"), units("0.00001")),
        "ADA-9F4_BNB": (units("0.00000001"), units("1")),
        f"ADA-9F4_{BUSD}": (units("0.00001"), units("1")),
    }


@pytest.mark.parametrize(
    ("price", "lot"),
    [
        pytest.param("0.00008398", "100", id="RAVEN"),
        pytest.param("0.00011399", "10", id="ARN"),
        pytest.param("0.00229573", "1", id="BCPT"),
        pytest.param("0.0041679", "1", id="AWC"),
    ],
)
def test_captured_quantities_fit_the_lot(price: str, lot: str) -> None:
    assert sized(listing("ANY-000_BNB", price)) == {"ANY-000_BNB": (1, units(lot))}


def test_an_asset_with_no_way_to_bnb_has_lots_by_its_own_price() -> None:
    assert sized(listing("LOST-1_ALONE-2", "100")) == {
        "LOST-1_ALONE-2": (units("0.001"), units("0.00001"))
    }


def test_samples_change_tick_and_lot_once_there_are_five_hundred() -> None:
    market = Market(listing(RUNE_BNB, "0.0098"))
    market.reference = units("0.02")
    for _ in range(499):
        market.sample()
    resize([market])
    assert (market.average, market.lot) == (units("0.0098"), units("1"))
    market.sample()
    resize([market])
    assert market.is_sampled
    assert (market.average, market.tick, market.lot) == (units("0.02"), 10, units("0.1"))


def test_only_the_newest_two_thousand_samples_count() -> None:
    market = Market(listing(RUNE_BNB, "0.0098"))
    for reference in (1_000_000, 50):
        market.reference = reference
        for _ in range(2_000):
            market.sample()
    assert market.average == 50


def test_a_fresh_market_goes_by_its_list_price() -> None:
    market = Market(listing(RUNE_BNB, "0.0098"))
    assert market.view() == MarketView(
        symbol=RUNE_BNB,
        base="RUNE-B1A",
        quote="BNB",
        tick=1,
        lot=1,
        last_price=980_000,
        reference=980_000,
        list_price=980_000,
    )
