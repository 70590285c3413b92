"""orders: what one holds locked while it is filled."""

from hypothesis import given, settings
from hypothesis import strategies as st

from rxdex.events.values import Side, TimeInForce
from rxdex.simulator.engine.orders import OpenOrder
from tests.simulator.engine.builders import ALICE, RUNE, RUNE_BNB, live_order


def test_a_sell_holds_what_is_open_of_the_base() -> None:
    order = live_order("S", Side.SELL, 980_000, 10, filled=3)
    assert (order.locks, order.locked, order.open) == (RUNE, 7, 7)


def test_a_buy_holds_the_whole_cost_less_the_cost_of_what_is_filled() -> None:
    order = live_order("B", Side.BUY, 150_000_000, 3, filled=1)
    assert (order.locks, order.locked, order.open) == ("BNB", 4 - 1, 2)


@settings(deadline=None, derandomize=True)
@given(
    price=st.integers(1, 10**12),
    fills=st.lists(st.tuples(st.integers(1, 10**12), st.integers(0, 100)), min_size=1, max_size=5),
)
def test_whatever_is_released_pays_for_the_fill(price: int, fills: list[tuple[int, int]]) -> None:
    order = live_order("B", Side.BUY, price, sum(quantity for quantity, _ in fills))
    for quantity, better in fills:
        before = order.locked
        order.filled += quantity
        paid = price * (100 - better) // 100 * quantity // 10**8
        assert before - order.locked >= paid
    assert order.locked == 0


def test_the_owner_sees_how_it_stands() -> None:
    order = live_order("B", Side.BUY, 5, 10, filled=4, height=9)
    assert order.view() == OpenOrder(
        order_id="B",
        owner=ALICE,
        symbol=RUNE_BNB,
        side=Side.BUY,
        price=5,
        quantity=10,
        filled=4,
        time_in_force=TimeInForce.GTE,
        created_ns=9,
        created_height=9,
    )
