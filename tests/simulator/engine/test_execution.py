"""execution: transactions in turn; what fails leaves no trace but a record."""

from rxdex.events.values import OrderStatus, Side, TimeInForce
from rxdex.simulator.engine.draft import Draft
from rxdex.simulator.engine.execution import Queued, execute, transaction_hash
from rxdex.simulator.engine.fees import Till
from rxdex.simulator.engine.orders import LiveOrder
from rxdex.simulator.engine.records import (
    Cancel,
    Holding,
    OrderRecord,
    PlaceOrder,
    Send,
    Transaction,
    TransferRecord,
)
from rxdex.simulator.engine.state import State
from tests.simulator.engine.builders import (
    ALICE,
    ALICE_ID,
    BOB,
    CAROL,
    RUNE,
    RUNE_BNB,
    genesis,
    units,
)

BUY = PlaceOrder(
    owner=ALICE, symbol=RUNE_BNB, side=Side.BUY, price=units("0.01"), quantity=units("60")
)


def run(state: State, *transactions: Transaction) -> Draft:
    till = Till(state.ledger, state.rates, state.genesis.fees)
    draft = Draft(height=100, time_ns=7, till=till)
    queue = [
        Queued(entry, entry.sender if isinstance(entry, Send) else entry.owner, "REF")
        for entry in transactions
    ]
    execute(state, draft, queue)
    return draft


def rich() -> State:
    return State(genesis({ALICE: {"BNB": "1"}, BOB: {RUNE: "5", "BNB": "1"}}))


def test_an_accepted_order_knows_its_block_and_its_number() -> None:
    state = rich()
    draft = run(state, BUY)
    (order,) = draft.entries
    assert isinstance(order, LiveOrder)
    assert (order.order_id, order.created_height, order.created_ns) == (f"{ALICE_ID}-1", 100, 7)
    assert state.orders == {order.order_id: order}
    assert (draft.symbols, draft.touched) == ({RUNE_BNB}, {ALICE})


def test_an_order_whose_funds_are_spent_fails_with_its_own_fields_and_no_number_used() -> None:
    state = rich()
    draft = run(state, BUY, BUY)
    assert draft.failed == [
        (
            BUY,
            (
                f"0.60000000 BNB are needed, and {ALICE} has 0.40000000 free;"
                " take less, or send it some first"
            ),
        ),
    ]
    assert draft.entries[1] == OrderRecord(
        owner=ALICE,
        symbol=RUNE_BNB,
        side=Side.BUY,
        time_in_force=TimeInForce.GTE,
        price=BUY.price,
        quantity=BUY.quantity,
        order_id=f"{ALICE_ID}-2",
        status=OrderStatus.FAILED_BLOCKING,
        created_ns=0,
    )
    assert state.sequences == {ALICE: 1}
    assert state.ledger.account(ALICE)["BNB"] == Holding(free=units("0.4"), locked=units("0.6"))


def test_the_second_cancel_of_an_order_fails_with_nothing_but_its_id() -> None:
    state = rich()
    cancel = Cancel(owner=ALICE, symbol=RUNE_BNB, order_id=f"{ALICE_ID}-1")
    draft = run(state, BUY, cancel, cancel)
    assert [order.order_id for order in draft.canceled] == [f"{ALICE_ID}-1"]
    assert draft.entries[1] == OrderRecord(
        owner=ALICE,
        symbol=RUNE_BNB,
        side=Side.UNKNOWN,
        time_in_force=TimeInForce.UNKNOWN,
        price=0,
        quantity=0,
        order_id=f"{ALICE_ID}-1",
        status=OrderStatus.FAILED_BLOCKING,
    )
    assert state.sequences == {ALICE: 2}
    assert draft.till.text(ALICE) == "BNB:0.00010000;#Cxl:1"
    assert state.ledger.account(ALICE) == {"BNB": Holding(free=units("0.9999"))}


def test_a_partly_filled_order_is_canceled_free_of_charge() -> None:
    state = rich()
    run(state, BUY)
    state.fill(state.orders[f"{ALICE_ID}-1"], units("1"))
    draft = run(state, Cancel(owner=ALICE, symbol=RUNE_BNB, order_id=f"{ALICE_ID}-1"))
    assert draft.till.text(ALICE) == ""
    assert [order.filled for order in draft.canceled] == [units("1")]


def test_a_send_moves_coins_and_charges_the_sender() -> None:
    state = rich()
    outputs = ((ALICE, ((RUNE, units("2")),)), (CAROL, ((RUNE, units("1")), ("BNB", 5))))
    draft = run(state, Send(sender=BOB, outputs=outputs, memo="thanks"))
    assert draft.transfers == [
        TransferRecord(transaction_hash="REF", sender=BOB, outputs=outputs, memo="thanks")
    ]
    assert draft.touched == {ALICE, BOB, CAROL}
    assert state.ledger.account(CAROL) == {"BNB": Holding(free=5), RUNE: Holding(free=units("1"))}
    assert state.ledger.free(BOB, "BNB") == units("1") - 5 - 3 * 50_000
    assert draft.till.text(BOB) == ""


def test_a_failed_send_leaves_only_the_reason() -> None:
    state = rich()
    gift = Send(sender=ALICE, outputs=((BOB, (("BNB", units("0.6")),)),))
    draft = run(state, gift, gift)
    assert len(draft.transfers) == 1
    assert draft.entries == []
    assert [transaction for transaction, _ in draft.failed] == [gift]
    assert state.sequences == {ALICE: 1}


def test_coins_received_can_be_spent_in_the_same_block() -> None:
    state = rich()
    gift = Send(sender=ALICE, outputs=((BOB, (("BNB", units("0.9")),)),))
    back = Send(sender=BOB, outputs=((ALICE, (("BNB", units("1.8")),)),))
    assert run(state, gift, back).failed == []


def test_hashes_tell_every_send_apart() -> None:
    send = Send(sender=ALICE, outputs=((BOB, (("BNB", 1),)),))
    other = Send(sender=ALICE, outputs=((BOB, (("BNB", 1),)),), memo="x")
    hashes = {
        transaction_hash(send, 1, 1),
        transaction_hash(send, 1, 2),
        transaction_hash(send, 2, 1),
        transaction_hash(other, 1, 1),
    }
    assert len(hashes) == 4
    assert transaction_hash(send, 1, 1) in hashes
    for text in hashes:
        assert len(text) == 64
        assert not set(text) - set("0123456789ABCDEF")
