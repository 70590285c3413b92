"""book: levels are always what the orders in them add up to."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rxdex.events.values import Side
from rxdex.simulator.engine.book import Book, BookSide
from rxdex.simulator.engine.orders import LiveOrder
from rxdex.simulator.engine.records import BookLevel
from tests.simulator.engine.builders import live_order


def filled_side(side: Side) -> tuple[BookSide, list[LiveOrder]]:
    orders = [
        live_order(name, side, price, quantity)
        for name, price, quantity in [("a", 10, 5), ("b", 12, 1), ("c", 10, 2), ("d", 11, 4)]
    ]
    levels = BookSide(side)
    for order in orders:
        levels.add(order)
    return levels, orders


def test_bids_are_best_when_dear() -> None:
    bids, _ = filled_side(Side.BUY)
    assert bids.best == 12
    assert bids.levels(2) == (BookLevel(12, 1), BookLevel(11, 4))
    assert [order.order_id for order in bids.orders()] == ["b", "d", "a", "c"]
    assert bids.until(11) == (BookLevel(12, 1), BookLevel(11, 4))
    assert [bids.rank(price) for price in (13, 12, 11, 10, 9)] == [0, 0, 1, 2, 3]


def test_asks_are_best_when_cheap() -> None:
    asks, _ = filled_side(Side.SELL)
    assert asks.best == 10
    assert asks.levels(9) == (BookLevel(10, 7), BookLevel(11, 4), BookLevel(12, 1))
    assert [order.order_id for order in asks.orders(1)] == ["a", "c"]
    assert asks.until(11) == (BookLevel(10, 7), BookLevel(11, 4))


def test_a_fill_keeps_the_place_in_the_queue_until_nothing_is_open() -> None:
    asks, (a, *_) = filled_side(Side.SELL)
    asks.fill(a, 2)
    assert asks.quantity(10) == 5
    assert next(asks.orders()) is a
    asks.fill(a, 3)
    assert asks.quantity(10) == 2
    assert [order.order_id for order in asks.orders(1)] == ["c"]


def test_a_price_without_orders_is_no_level() -> None:
    asks, (_, b, _, _) = filled_side(Side.SELL)
    asks.remove(b)
    assert asks.quantity(12) == 0
    assert len(asks) == 2


def test_an_empty_side_has_no_best() -> None:
    assert BookSide(Side.BUY).best is None


@pytest.mark.parametrize(
    ("bids", "asks", "expected"),
    [
        pytest.param([], [10], ((), ()), id="no bids"),
        pytest.param([10], [], ((), ()), id="no asks"),
        pytest.param([9], [10], ((), ()), id="apart"),
        pytest.param(
            [11, 10, 9],
            [10, 12],
            ((BookLevel(11, 1), BookLevel(10, 1)), (BookLevel(10, 1),)),
            id="crossed",
        ),
    ],
)
def test_overlap(bids: list[int], asks: list[int], expected: object) -> None:
    book = Book()
    for price in bids:
        book.bids.add(live_order(f"b{price}", Side.BUY, price, 1))
    for price in asks:
        book.asks.add(live_order(f"s{price}", Side.SELL, price, 1))
    assert book.overlap() == expected


moves = st.lists(st.tuples(st.integers(0, 2), st.integers(1, 8), st.integers(1, 9)), max_size=60)


@settings(deadline=None, derandomize=True)
@given(moves=moves, side=st.sampled_from([Side.BUY, Side.SELL]))
def test_levels_are_the_sum_of_their_orders(moves: list[tuple[int, int, int]], side: Side) -> None:
    levels = BookSide(side)
    alive: list[LiveOrder] = []
    for number, (kind, price, quantity) in enumerate(moves):
        if kind == 0 or not alive:
            alive.append(live_order(str(number), side, price, quantity))
            levels.add(alive[-1])
        elif kind == 1:
            levels.remove(alive.pop(price % len(alive)))
        else:
            order = alive[price % len(alive)]
            levels.fill(order, min(order.open, quantity))
            alive = [order for order in alive if order.open]
        best_first = sorted(alive, key=lambda o: -o.price if side is Side.BUY else o.price)
        assert list(levels.orders()) == best_first
        totals: dict[int, int] = {}
        for order in best_first:
            totals[order.price] = totals.get(order.price, 0) + order.open
        assert levels.levels(100) == tuple(BookLevel(*item) for item in totals.items())
        assert [levels.rank(price) for price in totals] == list(range(len(totals)))
