"""records: values, equal by content, unchangeable."""

import pytest
from attrs.exceptions import FrozenInstanceError

from rxdex.events.values import Side, TimeInForce
from rxdex.simulator.engine.records import (
    UNIT,
    Block,
    BookLevel,
    Cancel,
    Holding,
    PlaceOrder,
    Send,
    Transaction,
)


def test_a_unit_is_one_in_a_hundred_million() -> None:
    assert UNIT == 10**8


def test_an_order_waits_until_it_expires_unless_told_otherwise() -> None:
    order = PlaceOrder(owner="a", symbol="A_B", side=Side.BUY, price=1, quantity=2)
    assert order.time_in_force is TimeInForce.GTE


@pytest.mark.parametrize(
    "transaction",
    [
        PlaceOrder(owner="a", symbol="A_B", side=Side.BUY, price=1, quantity=2),
        Cancel(owner="a", symbol="A_B", order_id="x-1"),
        Send(sender="a", outputs=(("b", (("BNB", 1),)),)),
    ],
)
def test_a_transaction_cannot_be_changed_and_can_be_kept_in_a_set(transaction: Transaction) -> None:
    assert len({transaction, transaction}) == 1
    with pytest.raises(FrozenInstanceError):
        transaction.owner = "b"  # type: ignore[misc,union-attr]


def test_levels_and_holdings_are_values() -> None:
    assert BookLevel(1, 2) == BookLevel(1, 2)
    assert Holding() == Holding(free=0, frozen=0, locked=0)


def test_a_block_without_anything() -> None:
    block = Block(height=1, time_ns=2, orders=(), trades=(), transfers=(), touched=())
    assert (block.failed, block.fees, block.is_breathe) == ((), (), False)
