"""checks: what is refused, and what the words say to do about it."""

import pytest
from attrs import evolve

from rxdex.errors import SubmissionRefused
from rxdex.events.values import Side, TimeInForce
from rxdex.simulator.engine.checks import check
from rxdex.simulator.engine.records import Cancel, PlaceOrder, Send, Transaction
from rxdex.simulator.engine.state import State
from rxdex.simulator.engine.units import LARGEST
from rxdex.venues.binance_dex.bech32 import encode_address
from tests.simulator.engine.builders import (
    ALICE,
    BNB_BUSD,
    BOB,
    RUNE,
    RUNE_BNB,
    genesis,
    listing,
    live_order,
    units,
)

BUY = PlaceOrder(
    owner=ALICE, symbol=RUNE_BNB, side=Side.BUY, price=units("0.01"), quantity=units("50")
)
SELL = evolve(BUY, side=Side.SELL)
CANCEL = Cancel(owner=ALICE, symbol=RUNE_BNB, order_id="mine")
GIFT = Send(sender=ALICE, outputs=((BOB, (("BNB", units("0.9")),)),))


def state() -> State:
    begun = State(genesis({ALICE: {"BNB": "1", RUNE: "100"}, BOB: {RUNE: "10"}}))
    begun.enter(live_order("mine", Side.SELL, units("0.02"), units("10")))
    begun.enter(live_order("bobs", Side.SELL, units("0.02"), units("10"), owner=BOB))
    return begun


@pytest.mark.parametrize(
    "transaction",
    [
        pytest.param(BUY, id="buy"),
        pytest.param(evolve(BUY, quantity=units("100")), id="buy for all there is"),
        pytest.param(evolve(SELL, quantity=units("90")), id="sell all there is"),
        pytest.param(evolve(BUY, time_in_force=TimeInForce.IOC), id="immediate or cancel"),
        pytest.param(evolve(BUY, price=1, quantity=units("1")), id="worth one unit"),
        pytest.param(CANCEL, id="cancel"),
        pytest.param(GIFT, id="send"),
        pytest.param(
            Send(sender=ALICE, outputs=((BOB, (("BNB", units("0.999375")),)),)),
            id="send all but the fee",
        ),
        pytest.param(Send(sender=ALICE, outputs=((ALICE, ((RUNE, 1),)),)), id="send to oneself"),
        pytest.param(evolve(GIFT, memo="\N{HOT BEVERAGE}" * 42), id="memo of 126 bytes"),
    ],
)
def test_what_can_be_executed_passes(transaction: Transaction) -> None:
    check(state(), transaction, ())


def refusal(transaction: Transaction, on: State | None = None) -> str:
    with pytest.raises(SubmissionRefused) as caught:
        check(on or state(), transaction, ())
    return str(caught.value)


@pytest.mark.parametrize(
    ("order", "words"),
    [
        pytest.param(
            evolve(BUY, owner="alice"),
            "'alice' is no address here: it has no prefix",
            id="no address",
        ),
        pytest.param(
            evolve(BUY, owner=encode_address("tbnb", bytes(20))),
            "is no address here: it is of another network; take one that begins with 'bnb1'",
            id="another network",
        ),
        pytest.param(
            evolve(BUY, symbol="RUNE_BNB"),
            "'RUNE_BNB' is not listed; take one of RUNE-B1A_BNB BNB_BUSD-BD1",
            id="not listed",
        ),
        pytest.param(evolve(BUY, side=Side.UNKNOWN), "take Side.BUY or Side.SELL", id="no side"),
        pytest.param(
            evolve(BUY, time_in_force=TimeInForce.UNKNOWN),
            "take TimeInForce.GTE or .IOC",
            id="no time in force",
        ),
        pytest.param(
            evolve(BUY, quantity=0),
            "the quantity is 0 units of 1e-8; take one between 1.00000000 and 92233720368.54775807",
            id="no quantity",
        ),
        pytest.param(
            evolve(BUY, quantity=LARGEST + 1), f"the quantity is {LARGEST + 1} units", id="too many"
        ),
        pytest.param(
            evolve(BUY, quantity=units("12.5")),
            "quantity 12.50000000 is no multiple of the lot 1.00000000;"
            " the nearest: 12.00000000 and 13.00000000",
            id="between two lots",
        ),
        pytest.param(
            evolve(BUY, quantity=5), "the nearest: 1.00000000", id="less than a lot has one way up"
        ),
        pytest.param(
            evolve(BUY, price=-1),
            "the price is -1 units of 1e-8; take one between 0.00000001 and",
            id="below nothing",
        ),
        pytest.param(
            evolve(BUY, symbol=BNB_BUSD, price=units("15.70005")),
            "price 15.70005000 is no multiple of the tick 0.00010000;"
            " the nearest: 15.70000000 and 15.70010000",
            id="between two ticks",
        ),
        pytest.param(
            evolve(BUY, price=LARGEST, quantity=units("1000000")),
            "more than can be counted; take a smaller quantity",
            id="worth too much",
        ),
        pytest.param(
            evolve(BUY, quantity=units("101")),
            f"1.01000000 BNB are needed, and {ALICE} has 1.00000000 free",
            id="more than there is",
        ),
        pytest.param(
            evolve(SELL, quantity=units("91")),
            f"91.00000000 {RUNE} are needed, and {ALICE} has 90.00000000 free",
            id="what is locked cannot be sold again",
        ),
    ],
)
def test_orders_refused(order: PlaceOrder, words: str) -> None:
    assert words in refusal(order)


def test_an_order_worth_nothing_is_told_the_least_quantity() -> None:
    dear = listing("GEM-001_BNB", "100000")
    begun = State(genesis({ALICE: {"GEM-001": "1"}}, listings=(dear,)))
    market = begun.markets["GEM-001_BNB"]
    market.tick = market.lot = 30
    order = PlaceOrder(owner=ALICE, symbol="GEM-001_BNB", side=Side.SELL, price=30, quantity=60)
    words = refusal(order, begun)
    assert (
        words == "the order is worth less than 0.00000001 BNB; take a quantity from 0.03333360 on"
    )
    check(begun, evolve(order, quantity=3_333_360), ())
    assert "less than" in refusal(evolve(order, quantity=3_333_330), begun)


def test_one_price_holds_only_so_much() -> None:
    cheap = listing("DUST-001_BNB", "0.00000001")
    begun = State(genesis({ALICE: {"BNB": "1000"}}, listings=(cheap,)))
    half = units("50000000000")
    order = PlaceOrder(owner=ALICE, symbol="DUST-001_BNB", side=Side.BUY, price=1, quantity=half)
    check(begun, order, ())
    first = live_order("first", Side.BUY, 1, half)
    begun.markets["DUST-001_BNB"].book.bids.add(first)
    words = refusal(order, begun)
    assert words.startswith("100000000000.00000000 at one price is more than can be counted; take")


@pytest.mark.parametrize(
    "cancel",
    [
        pytest.param(evolve(CANCEL, order_id="none"), id="no such order"),
        pytest.param(evolve(CANCEL, order_id="bobs"), id="another's order"),
        pytest.param(evolve(CANCEL, symbol=BNB_BUSD), id="another symbol"),
        pytest.param(evolve(CANCEL, order_id="queued"), id="queued, but not known to be"),
    ],
)
def test_cancels_refused(cancel: Cancel) -> None:
    words = refusal(cancel)
    assert words.startswith(
        f"{ALICE} has no open order {cancel.order_id!r} in {cancel.symbol}, as it may"
    )


def test_a_queued_order_can_be_canceled_by_its_owner_only() -> None:
    queued = {(ALICE, RUNE_BNB, "queued")}
    check(state(), evolve(CANCEL, order_id="queued"), queued)
    with pytest.raises(SubmissionRefused):
        check(state(), evolve(CANCEL, owner=BOB, order_id="queued"), queued)


@pytest.mark.parametrize(
    ("outputs", "words"),
    [
        pytest.param((), "has no output; give one receiver", id="no output"),
        pytest.param(
            ((BOB, ()),), "has no coins, or an asset twice; give each asset once", id="no coins"
        ),
        pytest.param(((BOB, (("BNB", 1), ("BNB", 1))),), "each asset once", id="one asset twice"),
        pytest.param(((BOB, (("BNB", 0),)),), "0 units of BNB cannot be sent", id="nothing"),
        pytest.param((("bob", (("BNB", 1),)),), "'bob' is no address", id="no receiver"),
        pytest.param(
            ((BOB, (("BNB", units("0.99937501")),)),),
            "1.00000001 BNB are needed",
            id="nothing left for the fee",
        ),
        pytest.param(
            ((BOB, ((RUNE, units("60")),)), (ALICE, ((RUNE, units("60")),))),
            f"120.00000000 {RUNE} are needed",
            id="outputs are added up",
        ),
    ],
)
def test_sends_refused(
    outputs: tuple[tuple[str, tuple[tuple[str, int], ...]], ...], words: str
) -> None:
    assert words in refusal(Send(sender=ALICE, outputs=outputs))


@pytest.mark.parametrize(
    ("memo", "words"),
    [
        pytest.param(
            "\N{HOT BEVERAGE}" * 43, "the memo has 129 bytes; take 128 at most", id="long"
        ),
        pytest.param("a\ud800", "cannot be UTF-8 (surrogates not allowed)", id="half a character"),
    ],
)
def test_memos_refused(memo: str, words: str) -> None:
    # What cannot be encoded would otherwise end the exchange when the block is published.
    assert words in refusal(evolve(GIFT, memo=memo))
