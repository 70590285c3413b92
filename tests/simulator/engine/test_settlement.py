"""settlement: coins change hands, IOC rests go, fees come last."""

import pytest

from rxdex.events.values import OrderStatus, Side, TimeInForce
from rxdex.simulator.engine.chain import Chain
from rxdex.simulator.engine.draft import Draft
from rxdex.simulator.engine.fees import Till
from rxdex.simulator.engine.records import Holding, PlaceOrder
from rxdex.simulator.engine.settlement import settle
from rxdex.simulator.engine.state import State
from tests.simulator.engine.builders import (
    ALICE,
    BNB_BUSD,
    BOB,
    BUSD,
    RUNE,
    RUNE_BNB,
    RUNE_BUSD,
    genesis,
    live_order,
    units,
)


def order(
    owner: str,
    side: Side,
    price: str,
    quantity: str,
    symbol: str = RUNE_BNB,
    time_in_force: TimeInForce = TimeInForce.GTE,
) -> PlaceOrder:
    return PlaceOrder(
        owner=owner,
        symbol=symbol,
        side=side,
        price=units(price),
        quantity=units(quantity),
        time_in_force=time_in_force,
    )


def chain() -> Chain:
    return Chain(
        genesis({ALICE: {"BNB": "1", BUSD: "100", RUNE: "10"}, BOB: {RUNE: "100", "BNB": "1"}})
    )


def test_only_symbols_with_a_new_order_are_matched() -> None:
    state = State(genesis({ALICE: {"BNB": "1"}, BOB: {RUNE: "100"}}))
    state.enter(live_order("B", Side.BUY, units("0.01"), units("1")))
    state.enter(live_order("S", Side.SELL, units("0.01"), units("1"), owner=BOB))
    draft = Draft(height=100, time_ns=0, till=Till(state.ledger, state.rates, state.genesis.fees))
    settle(state, draft)
    draft.symbols.add(BNB_BUSD)
    settle(state, draft)
    assert draft.fills == []
    draft.symbols.add(RUNE_BNB)
    settle(state, draft)
    assert [fill.quantity for fill in draft.fills] == [units("1")]


def test_a_buyer_gets_back_what_a_better_price_saves() -> None:
    exchange = chain()
    exchange.submit(order(BOB, Side.SELL, "0.0098", "10"))
    exchange.step()
    exchange.submit(order(ALICE, Side.BUY, "0.0100", "20"))
    block = exchange.step()
    # 0.2 locked, 0.1 for what is still open; 0.1 was freed for the fill, 0.098 of it paid.
    assert [trade.price for trade in block.trades] == [units("0.0098")]
    assert exchange.account(ALICE) == {
        "BNB": Holding(free=units("0.802") - units("0.0000392"), locked=units("0.1")),
        BUSD: Holding(free=units("100")),
        RUNE: Holding(free=units("20")),
    }
    assert exchange.account(BOB)["BNB"] == Holding(free=units("1.098") - units("0.0000392"))


def test_reference_and_last_price_part_when_the_last_trade_is_a_makers() -> None:
    exchange = chain()
    exchange.submit(order(BOB, Side.SELL, "0.0098", "10"))
    exchange.step()
    exchange.submit(order(ALICE, Side.BUY, "0.0100", "20"))
    exchange.step()
    view = exchange.market(RUNE_BNB)
    # All buyers' surplus: the price is as high as it can be, yet the maker gets its own.
    assert (view.reference, view.last_price) == (units("0.0100"), units("0.0098"))
    assert view.list_price == units("0.0098")


@pytest.mark.parametrize(
    ("there", "status", "fee"),
    [
        pytest.param(
            None, [OrderStatus.ACK, OrderStatus.IOC_NO_FILL], "BNB:0.00005000;#Exp:1", id="nobody"
        ),
        pytest.param(
            "3",
            [OrderStatus.ACK, OrderStatus.PARTIAL_FILL, OrderStatus.IOC_EXPIRE],
            "BNB:0.00001200",
            id="some",
        ),
        pytest.param("9", [OrderStatus.ACK, OrderStatus.FULL_FILL], "BNB:0.00002000", id="enough"),
    ],
)
def test_an_ioc_order_never_rests(there: str | None, status: list[OrderStatus], fee: str) -> None:
    exchange = chain()
    if there:
        exchange.submit(order(BOB, Side.SELL, "0.01", there))
        exchange.step()
    exchange.submit(order(ALICE, Side.BUY, "0.01", "5", time_in_force=TimeInForce.IOC))
    block = exchange.step()
    records = [record for record in block.orders if record.owner == ALICE]
    assert [record.status for record in records] == status
    assert records[-1].fee == fee
    assert exchange.open_orders(ALICE) == ()
    assert exchange.levels(RUNE_BNB, Side.BUY, 5) == ()
    assert exchange.account(ALICE)["BNB"].locked == 0


def test_fees_are_taken_after_all_symbols_are_settled_and_by_their_new_prices() -> None:
    exchange = Chain(genesis({ALICE: {BUSD: "100"}, BOB: {RUNE: "100", "BNB": "10", BUSD: "1"}}))
    # Alice has no BNB until this block gives her some, in a symbol listed after the other.
    exchange.submit(order(ALICE, Side.BUY, "0.154", "10", RUNE_BUSD))
    exchange.submit(order(BOB, Side.SELL, "0.154", "10", RUNE_BUSD))
    exchange.submit(order(ALICE, Side.BUY, "10", "1", BNB_BUSD))
    exchange.submit(order(BOB, Side.SELL, "10", "1", BNB_BUSD))
    block = exchange.step()
    assert exchange.market(BNB_BUSD).reference == units("10")
    fees = {record.owner: record.fee for record in block.orders if record.fee}
    # 1 BNB received: 0.0004. 10 RUNE received, worth 0.098 BNB by their own symbol: 0.0000392.
    assert fees[ALICE] == "BNB:0.00043920"
    # 1.54 BUSD received, at the new 10 BUSD for a BNB: 0.0000616; 1 BNB paid: 0.0004.
    assert fees[BOB] == "BNB:0.00046160"


def test_an_account_may_trade_with_itself_and_pays_twice() -> None:
    exchange = chain()
    exchange.submit(order(ALICE, Side.BUY, "0.01", "5"))
    exchange.submit(order(ALICE, Side.SELL, "0.01", "5"))
    block = exchange.step()
    assert len(block.trades) == 1
    assert [record.fee for record in block.orders] == ["", "", "BNB:0.00004000", "BNB:0.00004000"]
    assert exchange.account(ALICE)["BNB"] == Holding(free=units("1") - 4_000)
    assert exchange.account(ALICE)[RUNE] == Holding(free=units("10"))
