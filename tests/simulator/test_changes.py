"""Which levels of a book a block changed."""

import pytest

from rxdex.events.values import OrderStatus, Side, TimeInForce
from rxdex.simulator.changes import changed_levels, changed_prices
from rxdex.simulator.engine import (
    BookLevel,
    Cancel,
    Chain,
    Genesis,
    Listing,
    OrderRecord,
    PlaceOrder,
)
from rxdex.simulator.world import world
from tests.simulator.town import an_order

SYMBOL = "BNB_BUSD-BD1"
PRICE = 1_500_000_000


@pytest.mark.parametrize(
    "records",
    [
        pytest.param([an_order(OrderStatus.FAILED_BLOCKING)], id="never was there"),
        pytest.param([an_order(), an_order(OrderStatus.CANCELED)], id="came and went"),
        pytest.param(
            [
                an_order(cumulative=300),
                an_order(OrderStatus.PARTIAL_FILL, last_quantity=300, cumulative=300),
                an_order(OrderStatus.IOC_EXPIRE, cumulative=300),
            ],
            id="filled in part, the rest dropped",
        ),
        pytest.param([an_order(), an_order(OrderStatus.IOC_NO_FILL)], id="met nobody"),
        pytest.param([an_order(), an_order(OrderStatus.FAILED_MATCHING)], id="matching failed"),
        pytest.param(
            [an_order(quantity=5), an_order(OrderStatus.CANCELED, order_id="B-0", quantity=5)],
            id="one for another of the same size",
        ),
        pytest.param([], id="nothing"),
    ],
)
def test_no_trace(records: list[OrderRecord]) -> None:
    assert changed_prices(records) == {}


@pytest.mark.parametrize(
    "records",
    [
        pytest.param([an_order()], id="a new order"),
        pytest.param(
            [an_order(OrderStatus.PARTIAL_FILL, last_quantity=1, cumulative=5)], id="a fill"
        ),
        pytest.param([an_order(OrderStatus.CANCELED, cumulative=5)], id="the rest of an order"),
        pytest.param([an_order(OrderStatus.EXPIRED)], id="an old order"),
        pytest.param(
            [an_order(), an_order(OrderStatus.PARTIAL_FILL, last_quantity=1, cumulative=1)],
            id="what is left of a new order",
        ),
    ],
)
def test_a_trace(records: list[OrderRecord]) -> None:
    assert changed_prices(records) == {SYMBOL: {(Side.BUY, PRICE)}}


def test_every_book_side_and_price_is_its_own() -> None:
    records = [
        an_order(),
        an_order(side=Side.SELL),
        an_order(price=7),
        an_order(OrderStatus.CANCELED, symbol="RUNE-B1A_BNB"),
    ]
    assert changed_prices(records) == {
        SYMBOL: {(Side.BUY, PRICE), (Side.SELL, PRICE), (Side.BUY, 7)},
        "RUNE-B1A_BNB": {(Side.BUY, PRICE)},
    }


def lonely_chain() -> tuple[Chain, str]:
    """A chain where only we trade."""
    someone = world(1)
    user = someone.user
    genesis = Genesis(
        time_ns=0,
        height=0,
        block_time_ns=400_000_000,
        listings=(Listing(base="BNB", quote="BUSD-BD1", price=1_500_000_000),),
        accounts={user: {"BNB": 10**14, "BUSD-BD1": 10**14}},
        proposer=someone.proposer,
    )
    return Chain(genesis), user


def bid(owner: str, ticks_below: int) -> PlaceOrder:
    return PlaceOrder(
        owner=owner,
        symbol=SYMBOL,
        side=Side.BUY,
        price=PRICE - ticks_below * 10_000,
        quantity=1_000_000,
        time_in_force=TimeInForce.GTE,
    )


def test_what_lies_deeper_than_a_hundred_levels_is_told_to_be_empty() -> None:
    chain, user = lonely_chain()
    ids = [chain.submit(bid(user, below)) for below in range(120)]
    changed = changed_prices(chain.step().orders)
    levels = changed_levels(chain, SYMBOL, Side.BUY, changed[SYMBOL])
    assert {level.price: level.quantity for level in levels} == {
        PRICE - below * 10_000: 1_000_000 if below < 100 else 0 for below in range(120)
    }
    # When better ones leave, those that come into sight are not told.
    chain.submit(Cancel(owner=user, symbol=SYMBOL, order_id=ids[0]))
    changed = changed_prices(chain.step().orders)
    assert changed_levels(chain, SYMBOL, Side.BUY, changed[SYMBOL]) == (BookLevel(PRICE, 0),)
    assert changed_levels(chain, SYMBOL, Side.SELL, changed[SYMBOL]) == ()


def test_the_order_of_levels_is_no_order() -> None:
    chain, user = lonely_chain()
    for below in range(12):
        chain.submit(bid(user, below))
    changed = changed_prices(chain.step().orders)[SYMBOL]
    prices = [level.price for level in changed_levels(chain, SYMBOL, Side.BUY, changed)]
    assert prices not in (sorted(prices), sorted(prices, reverse=True))
    again = [level.price for level in changed_levels(chain, SYMBOL, Side.BUY, frozenset(changed))]
    assert again == prices
