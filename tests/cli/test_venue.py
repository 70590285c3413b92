"""`--venue`."""

import argparse

import pytest

from rxdex.cli.venue import SIMULATED, add_venue, dex_at
from rxdex.errors import InvalidSubject
from rxdex.venues import BinanceDex


def test_the_simulated_exchange_unless_one_says_otherwise() -> None:
    parser = argparse.ArgumentParser()
    add_venue(parser)
    assert parser.parse_args([]).venue == SIMULATED
    with dex_at(SIMULATED) as dex:
        assert dex.exchange.symbols


@pytest.mark.parametrize(
    ("name", "venue"),
    [
        ("testnet", BinanceDex.testnet()),
        ("mainnet", BinanceDex.mainnet()),
        ("wss://my-gateway/api", BinanceDex("wss://my-gateway/api")),
    ],
)
def test_a_venue_by_its_name_or_url(name: str, venue: BinanceDex) -> None:
    with dex_at(name) as dex:
        assert dex.venue == venue


@pytest.mark.parametrize("name", ["", "simulated", "http://my-gateway"])
def test_anything_else_is_refused(name: str) -> None:
    with pytest.raises(InvalidSubject, match="cannot be the base URL"):
        dex_at(name)
