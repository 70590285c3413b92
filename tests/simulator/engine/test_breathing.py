"""breathing: the first block of a UTC day expires old orders."""

import pytest

from rxdex.events.values import OrderStatus, Side
from rxdex.simulator.engine.breathing import breathe_height, is_breathe
from rxdex.simulator.engine.chain import Chain
from rxdex.simulator.engine.records import Holding, PlaceOrder, Transaction
from tests.simulator.engine.builders import (
    ALICE,
    BOB,
    DAY_NS,
    RUNE,
    RUNE_BNB,
    genesis,
    units,
)

SIX_HOURS = DAY_NS // 4


def sell(price: str = "0.01", quantity: str = "10", owner: str = ALICE) -> PlaceOrder:
    return PlaceOrder(
        owner=owner,
        symbol=RUNE_BNB,
        side=Side.SELL,
        price=units(price),
        quantity=units(quantity),
    )


def chain(expiry_days: int = 30, deep_expiry_days: int = 3) -> Chain:
    """Four blocks a day; height 0 is midnight."""
    return Chain(
        genesis(
            {ALICE: {RUNE: "100000", "BNB": "1"}, BOB: {"BNB": "1"}},
            time_ns=1_000 * DAY_NS,
            block_time_ns=SIX_HOURS,
            expiry_days=expiry_days,
            deep_expiry_days=deep_expiry_days,
        )
    )


def skip_to(exchange: Chain, height: int) -> None:
    while exchange.height < height - 1:
        assert exchange.step().orders == ()


@pytest.mark.parametrize(
    ("height", "expected"), [(1, False), (3, False), (4, True), (5, False), (8, True)]
)
def test_the_first_block_of_a_day_breathes(height: int, *, expected: bool) -> None:
    begin = genesis(time_ns=1_000 * DAY_NS, block_time_ns=SIX_HOURS)
    assert is_breathe(begin, height) is expected


@pytest.mark.parametrize(("shift", "height"), [(0, 4), (1, 4), (-1, 5), (SIX_HOURS, 3)])
def test_the_height_a_day_breathes_at(shift: int, height: int) -> None:
    begin = genesis(time_ns=1_000 * DAY_NS + shift, block_time_ns=SIX_HOURS)
    assert breathe_height(begin, 1_001) == height
    assert is_breathe(begin, height)


@pytest.mark.parametrize(
    ("made_at", "gone_at"),
    [
        pytest.param(1, 12, id="begun in the morning: almost three days"),
        pytest.param(3, 12, id="begun at 18:00: two days and six hours"),
        pytest.param(4, 16, id="of the breathe block itself: three days"),
    ],
)
def test_an_order_goes_with_the_breathe_block_after_its_days(made_at: int, gone_at: int) -> None:
    exchange = chain(expiry_days=2)
    skip_to(exchange, made_at)
    exchange.submit(sell())
    exchange.step()
    skip_to(exchange, gone_at)
    block = exchange.step()
    assert block.is_breathe
    (record,) = block.orders
    assert (record.status, record.fee) == (OrderStatus.EXPIRED, "BNB:0.00010000;#Exp:1")
    assert block.touched[0] == ALICE
    assert exchange.account(ALICE)[RUNE] == Holding(free=units("100000"))
    assert exchange.open_orders(ALICE) == ()


def test_an_order_lives_thirty_days_among_the_best_prices() -> None:
    exchange = chain()
    exchange.submit(sell())
    exchange.step()
    skip_to(exchange, 31 * 4)
    assert [record.status for record in exchange.step().orders] == [OrderStatus.EXPIRED]


def test_beyond_five_hundred_prices_three_days_are_enough() -> None:
    exchange = chain()
    prices = [f"0.01{number:05d}" for number in range(0, 1_005, 2)]
    for price in prices:
        exchange.submit(sell(price, "1"))
    # A new order has a rank too, and time to live at any.
    exchange.step()
    skip_to(exchange, 16)
    block = exchange.step()
    assert [record.price for record in block.orders] == [units(price) for price in prices[500:]]
    assert [record.status for record in block.orders] == [OrderStatus.EXPIRED] * 3
    # The fees of all are told once, by the first.
    assert [record.fee for record in block.orders] == ["BNB:0.00030000;#Exp:3", "", ""]


def test_a_partly_filled_order_expires_free_of_charge() -> None:
    exchange = chain(expiry_days=1)
    exchange.submit(sell())
    exchange.submit(
        PlaceOrder(
            owner=BOB, symbol=RUNE_BNB, side=Side.BUY, price=units("0.01"), quantity=units("4")
        )
    )
    exchange.step()
    skip_to(exchange, 8)
    (record,) = exchange.step().orders
    assert (record.status, record.cumulative, record.fee) == (OrderStatus.EXPIRED, units("4"), "")


def test_matching_comes_before_expiry() -> None:
    exchange = chain(expiry_days=1)
    exchange.submit(sell())
    exchange.step()
    skip_to(exchange, 8)
    exchange.submit(
        PlaceOrder(
            owner=BOB, symbol=RUNE_BNB, side=Side.BUY, price=units("0.01"), quantity=units("4")
        )
    )
    assert [(record.owner, record.status) for record in exchange.step().orders] == [
        (BOB, OrderStatus.ACK),
        (ALICE, OrderStatus.PARTIAL_FILL),
        (ALICE, OrderStatus.EXPIRED),
        (BOB, OrderStatus.FULL_FILL),
    ]


def test_ticks_and_lots_change_in_a_breathe_block_when_prices_were_noted_for_long() -> None:
    exchange = Chain(
        genesis(
            {ALICE: {RUNE: "100", "BNB": "10"}},
            time_ns=1_000 * DAY_NS,
            block_time_ns=DAY_NS // 600,
            sample_blocks=1,
        )
    )
    trade: list[Transaction] = [
        sell("0.02"),
        PlaceOrder(
            owner=ALICE, symbol=RUNE_BNB, side=Side.BUY, price=units("0.02"), quantity=units("10")
        ),
    ]
    for transaction in trade:
        exchange.submit(transaction)
    exchange.step()
    assert exchange.market(RUNE_BNB).reference == units("0.02")
    skip_to(exchange, 600)
    assert exchange.market(RUNE_BNB).lot == units("1")
    assert exchange.step().is_breathe
    view = exchange.market(RUNE_BNB)
    assert (view.tick, view.lot) == (10, units("0.1"))
