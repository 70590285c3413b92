"""Transactions in the words of people."""

from decimal import Decimal

import pytest

from rxdex.errors import SubmissionRefused
from rxdex.events.values import Side, TimeInForce
from rxdex.simulator import submissions
from rxdex.simulator.engine import PlaceOrder, Send


@pytest.mark.parametrize(
    ("amount", "units"),
    [
        (2, 200_000_000),
        ("0.00000001", 1),
        (Decimal("1.5"), 150_000_000),
        ("1.500000000", 150_000_000),
        ("1e-8", 1),
        (Decimal("90000000000.00000001"), 9_000_000_000_000_000_001),
    ],
)
def test_amounts_are_exact(amount: submissions.Amount, units: int) -> None:
    assert submissions.units(amount, "price") == units


@pytest.mark.parametrize("amount", [0.5, True, None, b"1"])
def test_floats_and_their_like_are_refused(amount: object) -> None:
    with pytest.raises(TypeError, match=r"price is the .*; take Decimal"):
        submissions.units(amount, "price")


@pytest.mark.parametrize(
    "amount", ["", "one", "0", "-1", "NaN", "Infinity", "0.000000001", "1.000000001", 0]
)
def test_amounts_that_cannot_be(amount: object) -> None:
    with pytest.raises(SubmissionRefused, match="price"):
        submissions.units(amount, "price")


@pytest.mark.parametrize("amount", ["1E+999999999", "1E-999999999", "92233720369"])
def test_monstrous_amounts_are_refused_at_once(amount: str) -> None:
    with pytest.raises(SubmissionRefused, match="quantity"):
        submissions.units(amount, "quantity")


def test_an_order() -> None:
    made = submissions.order("bnb1x", "A_B", Side.SELL, "0.5", 3, ioc=True)
    assert made == PlaceOrder(
        owner="bnb1x",
        symbol="A_B",
        side=Side.SELL,
        price=50_000_000,
        quantity=300_000_000,
        time_in_force=TimeInForce.IOC,
    )
    resting = submissions.order("bnb1x", "A_B", Side.BUY, "0.5", 3, ioc=False)
    assert resting.time_in_force is TimeInForce.GTE


def test_a_transfer() -> None:
    made = submissions.transfer("bnb1x", "bnb1y", "BNB", "0.5", "hello")
    outputs = (("bnb1y", (("BNB", 50_000_000),)),)
    assert made == Send(sender="bnb1x", outputs=outputs, memo="hello")
