"""auction: the price at which most can be traded."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rxdex.simulator.engine.auction import Conclusion, conclude
from rxdex.simulator.engine.records import BookLevel


@pytest.mark.parametrize(
    ("bid", "ask", "reference", "price", "surplus"),
    [
        pytest.param((120, 20), (96, 10), 100, 105, 10, id="buyers push to five per cent above"),
        pytest.param((104, 20), (96, 10), 100, 104, 10, id="but not above all candidates"),
        pytest.param((104, 20), (96, 10), 50, 96, 10, id="all too dear: the lowest"),
        pytest.param((104, 20), (96, 10), 200, 104, 10, id="all too cheap: the highest"),
        pytest.param((104, 10), (80, 20), 100, 95, -10, id="sellers push to five per cent below"),
        pytest.param((104, 10), (96, 20), 100, 96, -10, id="but not below all candidates"),
        pytest.param((104, 10), (96, 20), 50, 96, -10, id="sellers, all too dear: the lowest"),
        pytest.param((104, 10), (96, 20), 200, 104, -10, id="sellers, all too cheap: the highest"),
        pytest.param((104, 10), (96, 10), 100, 100, 0, id="in balance: the reference"),
        pytest.param((104, 10), (96, 10), 120, 104, 0, id="reference above: the highest"),
        pytest.param((104, 10), (96, 10), 90, 96, 0, id="reference below: the lowest"),
        pytest.param((100, 3), (100, 7), 1, 100, -4, id="touching is crossing"),
        pytest.param((60, 20), (50, 10), 51, 54, 10, id="the upper limit is rounded up"),
        pytest.param((60, 10), (40, 20), 51, 48, -10, id="the lower limit is rounded down"),
    ],
)
def test_two_orders(
    bid: tuple[int, int], ask: tuple[int, int], reference: int, price: int, surplus: int
) -> None:
    conclusion = conclude([BookLevel(*bid)], [BookLevel(*ask)], reference)
    executed = min(bid[1], ask[1])
    assert conclusion == Conclusion(price=price, executed=executed, surplus=surplus)


@pytest.mark.parametrize(
    ("bids", "asks"),
    [
        pytest.param([], [], id="nothing there"),
        pytest.param([BookLevel(100, 1)], [], id="nobody sells"),
        pytest.param([], [BookLevel(100, 1)], id="nobody buys"),
        pytest.param([BookLevel(99, 1)], [BookLevel(100, 1)], id="nobody reaches the other"),
    ],
)
def test_an_uncrossed_book_concludes_nothing(bids: list[BookLevel], asks: list[BookLevel]) -> None:
    assert conclude(bids, asks, 100) is None


def test_the_worked_example_concludes_at_100() -> None:
    bids = [BookLevel(101, 30), BookLevel(100, 18), BookLevel(99, 9), BookLevel(97, 5)]
    asks = [BookLevel(98, 10), BookLevel(99, 12), BookLevel(100, 35)]
    assert conclude(bids, asks, 1) == Conclusion(price=100, executed=48, surplus=-9)


def test_the_least_surplus_decides_between_equal_executions() -> None:
    # At 101 ten are left over, at 100 only five; both trade ten.
    bids = [BookLevel(101, 10), BookLevel(100, 5)]
    asks = [BookLevel(100, 10), BookLevel(101, 10)]
    assert conclude(bids, asks, 101) == Conclusion(price=100, executed=10, surplus=5)


def test_surpluses_of_both_signs_go_to_the_reference() -> None:
    # 104 leaves 5 to sell, 96 leaves 5 to buy; anywhere between them it comes out even.
    bids = [BookLevel(104, 10), BookLevel(96, 5)]
    asks = [BookLevel(96, 10), BookLevel(104, 5)]
    assert conclude(bids, asks, 99) == Conclusion(price=99, executed=10, surplus=0)
    assert conclude(bids, asks, 500) == Conclusion(price=104, executed=10, surplus=-5)
    assert conclude(bids, asks, 1) == Conclusion(price=96, executed=10, surplus=5)


sides = st.dictionaries(st.integers(1, 40), st.integers(1, 30), min_size=1, max_size=8)


@settings(deadline=None, derandomize=True, max_examples=300)
@given(wanted=sides, offered=sides, reference=st.integers(1, 60))
def test_no_other_price_trades_more(
    wanted: dict[int, int], offered: dict[int, int], reference: int
) -> None:
    bids = [BookLevel(price, wanted[price]) for price in sorted(wanted, reverse=True)]
    asks = [BookLevel(price, offered[price]) for price in sorted(offered)]

    def outcome(price: int) -> tuple[int, int]:
        demand = sum(quantity for at, quantity in wanted.items() if at >= price)
        supply = sum(quantity for at, quantity in offered.items() if at <= price)
        return min(demand, supply), demand - supply

    every = {price: outcome(price) for price in range(1, 41)}
    most = max(executed for executed, _ in every.values())
    conclusion = conclude(bids, asks, reference)
    if conclusion is None:
        assert most == 0
        return
    assert asks[0].price <= conclusion.price <= bids[0].price
    assert (conclusion.executed, conclusion.surplus) == every[conclusion.price]
    assert conclusion.executed == most
    at_orders = [every[price] for price in every if price in wanted or price in offered]
    least = min(abs(surplus) for executed, surplus in at_orders if executed == most)
    assert abs(conclusion.surplus) <= least
