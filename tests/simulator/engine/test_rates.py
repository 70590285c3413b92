"""rates: what an asset is worth in BNB, whichever way it trades."""

import pytest

from rxdex.simulator.engine.genesis import Listing
from rxdex.simulator.engine.rates import Rates
from tests.simulator.engine.builders import (
    BNB_BTCB,
    BNB_BUSD,
    BTCB,
    BTCB_BUSD,
    BUSD,
    MARKETS,
    RUNE,
    RUNE_BNB,
    RUNE_BUSD,
    listing,
    units,
)

ADA_BUSD = listing(f"ADA-9F4_{BUSD}", "1.2")
BUSD_TUSD = listing(f"{BUSD}_TUSD-B-1", "0.5")
LONELY = listing("LOST-1_ALONE-2", "3")


def rates_of(*listings: Listing) -> Rates:
    prices = {entry.symbol: entry.price for entry in listings}
    return Rates(listings, prices.__getitem__)


@pytest.mark.parametrize(
    ("asset", "amount", "worth"),
    [
        pytest.param("BNB", "7", "7", id="BNB is BNB"),
        pytest.param(RUNE, "2", "0.0196", id="a base against BNB"),
        pytest.param(BTCB, "0.5", "287.35632183", id="a quote of BNB"),
        pytest.param("ADA-9F4", "3.14", "0.24", id="by way of BUSD"),
        pytest.param("ADA-9F4", "0.0000004", "0.00000003", id="rounded down at each step"),
        pytest.param("TUSD-B-1", "7.85", "1", id="a quote of BUSD"),
        pytest.param("LOST-1", "5", "0", id="no way at all"),
        pytest.param("NEVER-0", "5", "0", id="not even listed"),
    ],
)
def test_to_native(asset: str, amount: str, worth: str) -> None:
    rates = rates_of(*MARKETS, ADA_BUSD, BUSD_TUSD, LONELY)
    assert rates.to_native(asset, units(amount)) == units(worth)


@pytest.mark.parametrize(
    ("asset", "worth", "amount"),
    [
        pytest.param("BNB", "7", "7", id="BNB is BNB"),
        pytest.param(RUNE, "0.0005", "0.05102040", id="a base against BNB"),
        pytest.param(BTCB, "0.0005", "0.00000087", id="a quote of BNB"),
        pytest.param("ADA-9F4", "0.24", "3.14", id="by way of BUSD"),
        pytest.param("ADA-9F4", "0.0001", "0.00130833", id="rounded down at each step"),
        pytest.param("LOST-1", "5", "0", id="no way at all"),
    ],
)
def test_from_native(asset: str, worth: str, amount: str) -> None:
    rates = rates_of(*MARKETS, ADA_BUSD, BUSD_TUSD, LONELY)
    assert rates.from_native(asset, units(worth)) == units(amount)


def test_what_one_costs() -> None:
    rates = rates_of(*MARKETS, LONELY)
    assert rates.price(BTCB) == 57_471_264_367
    assert rates.price("LOST-1") is None


def test_without_busd_against_bnb_there_is_no_bridge() -> None:
    rates = rates_of(listing(RUNE_BUSD, "1"), listing(BTCB_BUSD, "9100"))
    assert rates.price(RUNE) is None


def test_prices_are_asked_for_when_they_are_needed() -> None:
    prices = {RUNE_BNB: 100, BNB_BUSD: 1, BNB_BTCB: 1}
    rates = Rates([listing(RUNE_BNB, "1")], prices.__getitem__)
    prices[RUNE_BNB] = units("2")
    assert rates.price(RUNE) == units("2")
