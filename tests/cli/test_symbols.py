"""`rxdex symbols`."""

import json

import pytest

from rxdex.cli.app import main
from rxdex.simulator.exchange import Exchange


def test_one_symbol_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    with Exchange(speed=None) as exchange:
        assert main(["symbols", "--venue", exchange.url]) == 0
        assert capsys.readouterr() == ("".join(f"{it}\n" for it in exchange.symbols), "")


def test_one_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["symbols", "--json"]) == 0
    objects = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {"symbol": "BNB_BUSD-BD1", "base": "BNB", "quote": "BUSD-BD1"} in objects


@pytest.mark.parametrize(
    ("venue", "code"), [("mainnet", 1), ("ws://127.0.0.1:1/api", 1), ("nowhere", 2)]
)
def test_a_venue_that_does_not_answer(
    venue: str, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["symbols", "--venue", venue]) == code
    shown = capsys.readouterr()
    assert (shown.out, shown.err.count("\n")) == ("", 1)
    assert shown.err.startswith("rxdex symbols: ")
