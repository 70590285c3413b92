"""matching: makers get their own price, everybody else the concluded one or better."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rxdex.events.values import Side, TickType
from rxdex.simulator.engine.auction import conclude
from rxdex.simulator.engine.book import Book
from rxdex.simulator.engine.matching import Fill, match
from rxdex.simulator.engine.orders import LiveOrder
from tests.simulator.engine.builders import live_order

BUY_TAKER, SELL_TAKER = TickType.BUY_TAKER, TickType.SELL_TAKER
BUY_SURPLUS, SELL_SURPLUS = TickType.BUY_SURPLUS, TickType.SELL_SURPLUS
NEUTRAL = TickType.NEUTRAL


def bid(name: str, price: int, quantity: int, height: int = 100) -> LiveOrder:
    return live_order(name, Side.BUY, price, quantity, height=height)


def ask(name: str, price: int, quantity: int, height: int = 100) -> LiveOrder:
    return live_order(name, Side.SELL, price, quantity, height=height)


def rows(fills: tuple[Fill, ...]) -> list[tuple[int, int, str, str, TickType]]:
    return [
        (fill.price, fill.quantity, fill.buy.order_id, fill.sell.order_id, fill.tick)
        for fill in fills
    ]


def test_the_worked_example() -> None:
    asks = [
        ask("S1", 98, 10, 90),
        ask("S4", 99, 12),
        ask("S2", 100, 20, 91),
        ask("S3", 100, 15, 95),
    ]
    bids = [bid("B1", 101, 30), bid("B2", 100, 18), bid("B3", 99, 9), bid("B4", 97, 5)]
    assert rows(match(bids, asks, price=100, height=100, lot=1)) == [
        (98, 7, "B1", "S1", BUY_TAKER),
        (98, 3, "B2", "S1", BUY_TAKER),
        (100, 12, "B1", "S4", SELL_SURPLUS),
        (100, 11, "B1", "S2", BUY_TAKER),
        (100, 9, "B2", "S2", BUY_TAKER),
        (100, 6, "B2", "S3", BUY_TAKER),
    ]
    assert [order.filled for order in (*asks, *bids)] == [0] * 8


def test_the_same_mirrored_has_sell_takers() -> None:
    bids = [
        bid("B1", 102, 10, 90),
        bid("B4", 101, 12),
        bid("B2", 100, 20, 91),
        bid("B3", 100, 15, 95),
    ]
    asks = [ask("S1", 99, 30), ask("S2", 100, 18), ask("S3", 101, 9)]
    assert rows(match(bids, asks, price=100, height=100, lot=1)) == [
        (102, 7, "B1", "S1", SELL_TAKER),
        (102, 3, "B1", "S2", SELL_TAKER),
        (100, 12, "B4", "S1", BUY_SURPLUS),
        (100, 11, "B2", "S1", SELL_TAKER),
        (100, 9, "B2", "S2", SELL_TAKER),
        (100, 6, "B3", "S2", SELL_TAKER),
    ]


@pytest.mark.parametrize(
    ("bought", "sold", "tick"),
    [(10, 10, NEUTRAL), (12, 10, BUY_SURPLUS), (10, 12, SELL_SURPLUS)],
)
def test_two_new_orders_have_no_taker(bought: int, sold: int, tick: TickType) -> None:
    fills = match([bid("B", 100, bought)], [ask("S", 90, sold)], price=95, height=100, lot=1)
    assert rows(fills) == [(95, 10, "B", "S", tick)]


def test_larger_takers_are_first_in_line_and_ties_keep_the_queue() -> None:
    bids = [bid("small", 100, 2), bid("large", 100, 6), bid("tie", 100, 2)]
    fills = match(bids, [ask("S", 100, 10, 99)], price=100, height=100, lot=1)
    assert [(fill.buy.order_id, fill.quantity) for fill in fills] == [
        ("large", 6),
        ("small", 2),
        ("tie", 2),
    ]


def test_the_original_quantity_decides_the_line_not_what_is_left() -> None:
    # A chain has no taker that is partly filled before it is matched; a pure function may be asked.
    large = live_order("large", Side.BUY, 100, 9, filled=8)
    fills = match(
        [bid("small", 100, 2), large], [ask("S", 100, 3, 99)], price=100, height=100, lot=1
    )
    assert [fill.buy.order_id for fill in fills] == ["large", "small"]


def test_the_oldest_block_is_served_and_the_next_is_rationed() -> None:
    asks = [
        ask("old", 100, 5, 90),
        ask("a", 100, 7, 95),
        ask("b", 100, 5, 95),
        ask("c", 100, 3, 95),
    ]
    asks.append(ask("late", 100, 50, 99))
    fills = match([bid("B", 100, 15)], asks, price=100, height=100, lot=1)
    assert [(fill.sell.order_id, fill.quantity) for fill in fills] == [
        ("old", 5),
        ("a", 5),
        ("b", 3),
        ("c", 2),
    ]


def test_makers_of_several_levels_each_split_over_all_takers() -> None:
    asks = [ask("S1", 97, 10, 90), ask("S2", 98, 10, 90), ask("S3", 99, 10, 90)]
    bids = [bid("B1", 100, 15), bid("B2", 100, 15)]
    assert rows(match(bids, asks, price=100, height=100, lot=1)) == [
        (97, 5, "B1", "S1", BUY_TAKER),
        (97, 5, "B2", "S1", BUY_TAKER),
        (98, 5, "B1", "S2", BUY_TAKER),
        (98, 5, "B2", "S2", BUY_TAKER),
        (99, 5, "B1", "S3", BUY_TAKER),
        (99, 5, "B2", "S3", BUY_TAKER),
    ]


def test_shares_go_by_what_each_taker_came_with_not_by_what_it_still_wants() -> None:
    asks = [ask("S1", 97, 3, 90), ask("S2", 98, 3, 90), ask("S3", 100, 3, 90)]
    bids = [bid("B1", 100, 4), bid("B2", 100, 3), bid("B3", 100, 2)]
    fills = match(bids, asks, price=100, height=100, lot=1)
    assert [(fill.price, fill.quantity, fill.buy.order_id) for fill in fills] == [
        (97, 2, "B1"),
        (97, 1, "B2"),
        (98, 2, "B1"),
        (98, 1, "B2"),
        (100, 1, "B2"),
        (100, 2, "B3"),
    ]


def test_rationing_is_by_whole_lots() -> None:
    asks = [ask("S1", 100, 70, 90), ask("S2", 100, 50, 90)]
    fills = match([bid("B", 100, 60)], asks, price=100, height=100, lot=10)
    assert [fill.quantity for fill in fills] == [40, 20]


def test_nobody_on_one_side_trades_nothing() -> None:
    assert match([], [ask("S", 100, 1)], price=100, height=100, lot=1) == ()
    assert match([bid("B", 100, 1)], [], price=100, height=100, lot=1) == ()


@st.composite
def books(draw: st.DrawFn) -> Book:
    """A book that was uncrossed before height 100, with new orders on top."""
    book = Book()
    middle = draw(st.integers(5, 15))
    old = draw(
        st.lists(st.tuples(st.booleans(), st.integers(1, 20), st.integers(1, 30)), max_size=8)
    )
    new = draw(
        st.lists(
            st.tuples(st.booleans(), st.integers(1, 20), st.integers(1, 30)), min_size=1, max_size=8
        )
    )
    for number, (buys, price, quantity) in enumerate(old):
        if (price < middle) is buys:
            side = Side.BUY if buys else Side.SELL
            order = live_order(f"old{number}", side, price, quantity, height=90 + number // 2)
            book.side(side).add(order)
    for number, (buys, price, quantity) in enumerate(new):
        side = Side.BUY if buys else Side.SELL
        book.side(side).add(live_order(f"new{number}", side, price, quantity))
    return book


@settings(deadline=None, derandomize=True, max_examples=400)
@given(book=books(), reference=st.integers(1, 30))
def test_any_round_is_fair(book: Book, reference: int) -> None:
    conclusion = conclude(*book.overlap(), reference)
    if conclusion is None:
        return
    price = conclusion.price
    fills = match(
        tuple(book.bids.orders()), tuple(book.asks.orders()), price=price, height=100, lot=1
    )
    assert sum(fill.quantity for fill in fills) == conclusion.executed
    ticks = {fill.tick for fill in fills}
    assert not {BUY_TAKER, SELL_TAKER} <= ticks
    assert len(ticks & {BUY_SURPLUS, SELL_SURPLUS, NEUTRAL}) <= 1
    for fill in fills:
        assert fill.quantity > 0
        assert fill.sell.price <= fill.price <= fill.buy.price
        for order in (fill.buy, fill.sell):
            if order.created_height < 100:
                assert fill.price == order.price
        if fill.tick not in {BUY_TAKER, SELL_TAKER}:
            assert fill.price == price
        elif fill.tick is BUY_TAKER:
            assert fill.price <= price
        else:
            assert fill.price >= price
    for fill in fills:
        book.bids.fill(fill.buy, fill.quantity)
        book.asks.fill(fill.sell, fill.quantity)
        assert fill.buy.open >= 0
        assert fill.sell.open >= 0
    assert book.overlap() == ((), ())
