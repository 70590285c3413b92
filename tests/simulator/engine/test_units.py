"""units: whole numbers of 1e-8, always rounded down."""

import pytest

from rxdex.simulator.engine.units import decimal_text, notional


@pytest.mark.parametrize(
    ("price", "quantity", "cost"),
    [
        pytest.param(345_282, 23_200_000_000, 80_105_424, id="of the mainnet"),
        pytest.param(1_500, 6_666_600_000_000, 99_999_000, id="of a captured trade"),
        pytest.param(1, 99_999_999, 0, id="less than a unit is nothing"),
        pytest.param(199_999_999, 1, 1, id="the rest is cut off"),
    ],
)
def test_notional(price: int, quantity: int, cost: int) -> None:
    assert notional(price, quantity) == cost


@pytest.mark.parametrize(
    ("units", "text"),
    [
        (0, "0.00000000"),
        (1, "0.00000001"),
        (1_500_000_000, "15.00000000"),
        (10**17 + 7, "1000000000.00000007"),
    ],
)
def test_decimal_text(units: int, text: str) -> None:
    assert decimal_text(units) == text
