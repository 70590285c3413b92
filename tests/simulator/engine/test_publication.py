"""publication: records in the chain's order, each as its order stands at the end of the block."""

from rxdex.events.values import OrderStatus, Side, TickType, TimeInForce
from rxdex.simulator.engine.draft import Draft
from rxdex.simulator.engine.fees import FeeTally, Till
from rxdex.simulator.engine.matching import Fill
from rxdex.simulator.engine.orders import LiveOrder
from rxdex.simulator.engine.publication import publish
from rxdex.simulator.engine.records import OrderRecord, TradeRecord
from rxdex.simulator.engine.state import State
from tests.simulator.engine.builders import ALICE, BOB, CAROL, DAVE, RUNE_BNB, genesis, live_order

ACK, FAILED = OrderStatus.ACK, OrderStatus.FAILED_BLOCKING
PARTIAL, FULL = OrderStatus.PARTIAL_FILL, OrderStatus.FULL_FILL
CANCELED, EXPIRED = OrderStatus.CANCELED, OrderStatus.EXPIRED
IOC_NO_FILL, IOC_EXPIRE = OrderStatus.IOC_NO_FILL, OrderStatus.IOC_EXPIRE

BUY, SELL = Side.BUY, Side.SELL


def empty() -> Draft:
    state = State(genesis())
    till = Till(state.ledger, state.rates, state.genesis.fees)
    return Draft(height=100, time_ns=5, till=till)


def failed(name: str, owner: str) -> OrderRecord:
    return OrderRecord(
        owner=owner,
        symbol=RUNE_BNB,
        side=BUY,
        time_in_force=TimeInForce.GTE,
        price=1,
        quantity=1,
        order_id=name,
        status=FAILED,
    )


def fill(buy: LiveOrder, sell: LiveOrder, quantity: int) -> Fill:
    return Fill(buy=buy, sell=sell, price=10**8, quantity=quantity, tick=TickType.NEUTRAL)


def test_records_come_in_four_groups() -> None:
    draft = empty()
    whole = live_order("whole", BUY, 10**8, 5, filled=5, owner=ALICE)
    part = live_order("part", SELL, 10**8, 9, filled=5, owner=BOB)
    rest = live_order("rest", SELL, 10**8, 9, filled=2, owner=BOB)
    none = live_order("none", SELL, 10**8, 9, owner=BOB)
    gone = live_order("gone", SELL, 10**8, 9, owner=ALICE)
    old = live_order("old", SELL, 10**8, 9, owner=ALICE)
    draft.entries += [whole, failed("bad", DAVE), part]
    draft.fills += [fill(whole, rest, 2), fill(whole, part, 3)]
    draft.canceled.append(gone)
    draft.dropped += [rest, none]
    draft.expired.append(old)
    draft.till.tallies[ALICE] = FeeTally({"BNB": 3}, cancels=1)
    draft.till.tallies[BOB] = FeeTally({"BNB": 4})
    block = publish(draft, ())
    alice, bob = "BNB:0.00000003;#Cxl:1", "BNB:0.00000004"
    assert [
        (r.order_id, r.status, r.cumulative, r.last_quantity, r.trade_index, r.fee)
        for r in block.orders
    ] == [
        ("whole", ACK, 5, 0, None, ""),
        ("bad", FAILED, 0, 0, None, ""),
        ("part", ACK, 5, 0, None, ""),
        ("rest", PARTIAL, 2, 2, 0, bob),
        ("part", PARTIAL, 5, 3, 1, bob),
        ("gone", CANCELED, 0, 0, None, alice),
        ("rest", IOC_EXPIRE, 2, 0, None, bob),
        ("none", IOC_NO_FILL, 0, 0, None, ""),
        ("old", EXPIRED, 0, 0, None, ""),
        ("whole", FULL, 5, 2, 0, alice),
        ("whole", FULL, 5, 3, 1, alice),
    ]


def test_who_only_failed_is_not_touched() -> None:
    draft = empty()
    draft.touched.add(CAROL)
    draft.entries += [failed("bad", DAVE), live_order("good", BUY, 1, 1, owner=ALICE)]
    assert publish(draft, ()).touched == tuple(sorted((ALICE, CAROL)))


def test_trades_are_counted_over_the_block_and_say_what_was_paid() -> None:
    draft = empty()
    buy = live_order("B", BUY, 3 * 10**8, 7, filled=7, owner=ALICE)
    sell = live_order("S", SELL, 1, 7, filled=7, owner=BOB)
    draft.fills += [fill(buy, sell, 2), fill(buy, sell, 5)]
    block = publish(draft, (("BNB", 1),))
    assert [(trade.index, trade.quote) for trade in block.trades] == [(0, 2), (1, 5)]
    assert block.trades[0] == TradeRecord(
        symbol=RUNE_BNB,
        index=0,
        price=10**8,
        quantity=2,
        quote=2,
        buyer=ALICE,
        seller=BOB,
        buy_order_id="B",
        sell_order_id="S",
        tick=TickType.NEUTRAL,
    )
    assert block.fees == (("BNB", 1),)
    assert [record.last_price for record in block.orders] == [10**8] * 4
