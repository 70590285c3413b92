"""account: orders, balances and transfers of one address, trap by trap."""

from decimal import Decimal

import pytest

from rxdex.errors import MalformedFrame
from rxdex.events import (
    AccountUpdate,
    Balance,
    Coin,
    Fee,
    OrderStatus,
    OrderType,
    OrderUpdate,
    Output,
    Side,
    TimeInForce,
    Transfer,
    moment,
)
from rxdex.topics import Kind, Topic
from rxdex.venue import MARKET, Lane
from rxdex.venues.binance_dex.account import ADDRESS_LANE
from rxdex.venues.binance_dex.decode import decode
from tests.builders import (
    BUYER,
    BUYER_HEX,
    HEIGHT,
    HOME,
    SELLER,
    SYMBOL,
    TESTNET_BUYER,
    TESTNET_SELLER,
    TIME_NS,
    account,
    captured,
    deliveries,
    events,
    found,
    notices,
    only,
    order,
    transfer,
)

NIL = "0.00000000"
TESTNET = Lane(ADDRESS_LANE, TESTNET_BUYER)
ACK = {"X": "Ack", "l": NIL, "L": NIL, "t": "", "n": ""}


def orders(*rows: object) -> list[OrderUpdate]:
    said = found("orders", list(rows))
    assert not notices(said)
    return events(OrderUpdate, said)


def test_an_order_in_full() -> None:
    """PROTOCOL 7.1 keys: one event for each record, one field for each key."""
    (update,) = orders(order())
    assert update == OrderUpdate(
        address=BUYER,
        symbol=SYMBOL,
        side=Side.SELL,
        order_type=OrderType.LIMIT,
        time_in_force=TimeInForce.IOC,
        quantity=Decimal(9),
        price=Decimal(31),
        execution_type="NEW",
        status=OrderStatus.PARTIAL_FILL,
        order_id=f"{BUYER_HEX}-10",
        last_quantity=Decimal(2),
        last_price=Decimal("31.5"),
        cumulative_quantity=Decimal(5),
        fees=(Fee("BNB", Decimal("0.00039999")),),
        trade_id=f"{HEIGHT}-7",
        time_ns=TIME_NS + 1_000_000_000,
        created_ns=TIME_NS,
        block_height=HEIGHT,
    )
    assert update.received_ns == 1


def test_the_captured_pair() -> None:
    """
    PROTOCOL 7.1 captured pair: an Ack and the FullyFill of the same order in one frame.

    PROTOCOL 7.1 trap 1: z is read after matching, so the Ack has it whole already.
    PROTOCOL 7.1 trap 5; 12 orders L / z: L is the price, z the cumulative quantity.
    PROTOCOL 7.1 trap 6; 12 orders T, O: ns, exact. PROTOCOL 12 orders E: a height.
    """
    frame = captured("orders")[0].frame
    ack, fill = events(OrderUpdate, decode(frame, TESTNET))
    assert (ack.status, fill.status) == (OrderStatus.ACK, OrderStatus.FULL_FILL)
    assert ack.order_id == fill.order_id == f"{BUYER_HEX}-10"
    assert (
        ack.cumulative_quantity == fill.cumulative_quantity == ack.quantity == Decimal("0.000015")
    )
    assert ack.last_quantity == ack.last_price == 0
    assert ack.trade_id is None
    assert (fill.last_quantity, fill.last_price) == (Decimal("0.000015"), Decimal(66666))
    assert (ack.fees, fill.fees) == ((), (Fee("BNB", Decimal("0.00039999")),))
    assert fill.trade_id == "7366949-0"
    assert fill.time_ns == fill.created_ns == 1_554_890_366_040_313_451
    assert fill.block_height == 7_366_949
    assert fill.address == TESTNET_BUYER


def test_the_fields_of_a_fill() -> None:
    """PROTOCOL 7.1 trap 5; 12 orders L / z: l quantity, L price of this fill, z cumulative."""
    (fill,) = orders(order(l="1.00000000", L="22.00000000", z="333.00000000"))
    assert fill.last_quantity == 1
    assert fill.last_price == 22
    assert fill.cumulative_quantity == 333


def test_a_cumulative_quantity_under_the_wrong_key_is_not_read() -> None:
    """PROTOCOL 7.1 trap 5: it is z; Z is a mistake of one client."""
    row = order(Z="5.00000000")
    del row["z"]
    with pytest.raises(MalformedFrame, match="`z`"):
        found("orders", [row])


def test_an_ack_may_show_what_was_filled_later_in_its_block() -> None:
    """PROTOCOL 7.1 trap 1: the same final z on every record of the block."""
    ack, fill = orders(
        order(**ACK, q="19.00000000", z="13.00000000"),
        order(q="19.00000000", l="13.00000000", z="13.00000000"),
    )
    assert ack.status is OrderStatus.ACK
    assert ack.cumulative_quantity == fill.cumulative_quantity == 13


def test_three_trades_complete_an_order_with_three_full_fills() -> None:
    """PROTOCOL 7.1 trap 2: fills are counted by t and summed by l."""
    fills = orders(
        *(order(X="FullyFill", q="6.00000000", z="6.00000000", t=f"{HEIGHT}-{n}") for n in range(3))
    )
    assert [fill.status for fill in fills] == [OrderStatus.FULL_FILL] * 3
    assert len({fill.trade_id for fill in fills}) == 3
    assert sum(fill.last_quantity for fill in fills) == fills[0].quantity


def test_a_trade_with_oneself_comes_twice_in_one_frame() -> None:
    """PROTOCOL 7.1 trap 3: two records with the same t; both are told."""
    bought, sold = orders(order(S=1, i=f"{BUYER_HEX}-1"), order(S=2, i=f"{BUYER_HEX}-2"))
    assert bought.trade_id == sold.trade_id
    assert (bought.side, sold.side) == (Side.BUY, Side.SELL)


def test_a_failed_cancel_is_mostly_zeros() -> None:
    """PROTOCOL 7.1 trap 4: zeros everywhere, and a side and a time in force of 0; no notice."""
    nothing = dict.fromkeys(["q", "p", "l", "L", "z"], NIL)
    (failed,) = orders(
        order(X="FailedBlocking", S=0, o=0, f=0, n="", t="", O=0, **nothing),
    )
    assert failed.status is OrderStatus.FAILED_BLOCKING
    assert failed.side is Side.UNKNOWN
    assert failed.order_type is OrderType.UNKNOWN
    assert failed.time_in_force is TimeInForce.UNKNOWN
    assert failed.quantity == failed.price == failed.cumulative_quantity == 0
    assert failed.created_ns == 0
    assert failed.created == moment(0)


def test_nanoseconds_are_exact() -> None:
    """PROTOCOL 7.1 trap 6; 12 orders T, O; 6 three units: 19 digits, beyond what a float holds."""
    (update,) = orders(order(T=1_554_890_366_040_313_451, O=1_554_890_366_040_313_449))
    assert update.time_ns == 1_554_890_366_040_313_451
    assert update.created_ns == 1_554_890_366_040_313_449


def test_words_for_numbers_are_words_we_do_not_know() -> None:
    """PROTOCOL 7.1 trap 7; 12 orders S, o, f: ints are right; strings drop nothing."""
    said = found("orders", [order(S="BUY", o="LIMIT", f="GTE")])
    (update,) = events(OrderUpdate, said)
    assert update.side is Side.UNKNOWN
    assert update.order_type is OrderType.UNKNOWN
    assert update.time_in_force is TimeInForce.UNKNOWN
    assert [notice.what for notice in notices(said)] == [
        "a side we do not know: 'BUY'; the event says UNKNOWN",
        "an order type we do not know: 'LIMIT'; the event says UNKNOWN",
        "a time in force we do not know: 'GTE'; the event says UNKNOWN",
    ]


def test_a_number_for_an_order_id_is_refused() -> None:
    """PROTOCOL 7.1 trap 7; 12 orders i: a string is right."""
    with pytest.raises(MalformedFrame, match=r"Expected `str`, got `int`"):
        found("orders", [order(i=4293153)])


@pytest.mark.parametrize(
    ("wire", "status", "final"),
    [
        ("Ack", OrderStatus.ACK, False),
        ("PartialFill", OrderStatus.PARTIAL_FILL, False),
        ("FullyFill", OrderStatus.FULL_FILL, True),
        ("Canceled", OrderStatus.CANCELED, True),
        ("Expired", OrderStatus.EXPIRED, True),
        ("IocNoFill", OrderStatus.IOC_NO_FILL, True),
        ("IocExpire", OrderStatus.IOC_EXPIRE, True),
        ("FailedBlocking", OrderStatus.FAILED_BLOCKING, True),
        ("FailedMatching", OrderStatus.FAILED_MATCHING, True),
        ("Unknown", OrderStatus.UNKNOWN, False),
    ],
)
def test_every_status(wire: str, status: OrderStatus, final: bool) -> None:
    """PROTOCOL 7.1 X; 12 X values: all ten, IocExpire too; final or not."""
    (update,) = orders(order(X=wire))
    assert update.status is status
    assert update.status.is_final is final


def test_a_status_that_is_new_drops_nothing() -> None:
    """PROTOCOL 7.1 X: the enum has grown before (IocExpire)."""
    said = found("orders", [order(), order(X="Amended"), order(X="Ack")])
    assert [update.status for update in events(OrderUpdate, said)] == [
        OrderStatus.PARTIAL_FILL,
        OrderStatus.UNKNOWN,
        OrderStatus.ACK,
    ]
    assert [notice.what for notice in notices(said)] == [
        "an order status we do not know: 'Amended'; the event says UNKNOWN"
    ]


@pytest.mark.parametrize("member", list(OrderStatus))
def test_no_status_is_without_a_word(member: OrderStatus) -> None:
    """PROTOCOL 7.1 X: what we can say, the wire can say."""
    wire = {OrderStatus.FULL_FILL: "FullyFill"}.get(member, member.value.title().replace(" ", ""))
    (update,) = orders(order(X=wire))
    assert update.status is member


def test_the_order_of_an_arrays_records_is_kept() -> None:
    """PROTOCOL 7.1 ordering: Ack first, fills next, the end last; told as they stand."""
    updates = orders(
        order(**ACK),
        order(X="PartialFill", t=f"{HEIGHT}-1"),
        order(X="PartialFill", t=f"{HEIGHT}-2"),
        order(X="IocExpire", l=NIL, L=NIL, t=""),
    )
    assert [update.status.value for update in updates] == [
        "ack",
        "partial fill",
        "partial fill",
        "ioc expire",
    ]


def test_no_orders_are_no_updates() -> None:
    assert orders() == []


def test_the_fee_of_a_block_is_repeated_on_each_order() -> None:
    """PROTOCOL 9 meaning: the owner's total of the block; each event shows it, nothing is summed."""
    fee = (Fee("BNB", Decimal("0.001")), Fee("BTCB-1DE", Decimal("0.5")))
    first, second = orders(
        order(n="BNB:0.00100000;BTCB-1DE:0.50000000", i=f"{BUYER_HEX}-1"),
        order(n="BNB:0.00100000;BTCB-1DE:0.50000000", i=f"{BUYER_HEX}-2"),
    )
    assert first.fees == second.fees == fee


def test_an_ack_has_no_fee() -> None:
    """PROTOCOL 9 Ack: without fills it is empty."""
    (ack,) = orders(order(**ACK))
    assert ack.fees == ()


@pytest.mark.parametrize("text", ["free", "BNB:NaN", ";", "BNB:1;;"])
def test_a_fee_we_cannot_read_costs_the_fee_and_not_the_order(text: str) -> None:
    said = found("orders", [order(n=text), order()])
    first, second = events(OrderUpdate, said)
    assert first.fees == ()
    assert len(second.fees) == 1
    (notice,) = notices(said)
    assert notice.what.startswith("a fee we cannot read")
    assert notice.what.endswith("; the order is told without it")


def test_a_fee_that_is_no_text_is_refused() -> None:
    with pytest.raises(MalformedFrame):
        found("orders", [order(n=5)])


def balance(asset: str, free: str, frozen: str, locked: str) -> dict[str, str]:
    return {"a": asset, "f": free, "r": frozen, "l": locked}


def test_an_account_in_full() -> None:
    """
    PROTOCOL 7.2 keys; 7.2 r and l; 12 accounts r / l: r is frozen, l is locked.

    PROTOCOL 7.2 E; 12 orders E: a height, whatever it looks like.
    """
    data = account(balance("BNB", "5.0", "3.0", "1.0"), balance("A-123", "0.5", "0.3", "0.1"))
    update = only(AccountUpdate, "accounts", data | {"E": 7364509})
    assert update == AccountUpdate(
        address=BUYER,
        balances=(
            Balance("BNB", free=Decimal(5), frozen=Decimal(3), locked=Decimal(1)),
            Balance("A-123", free=Decimal("0.5"), frozen=Decimal("0.3"), locked=Decimal("0.1")),
        ),
        block_height=7364509,
    )


def test_the_order_of_a_balances_keys_means_nothing() -> None:
    """PROTOCOL 7.2 order: a, f, r, l on the wire; read by name, never by position."""
    turned = dict(reversed(balance("BNB", "5.0", "3.0", "1.0").items()))
    update = only(AccountUpdate, "accounts", account(turned))
    assert update.balances == (Balance("BNB", Decimal(5), Decimal(3), Decimal(1)),)


def test_the_captured_account() -> None:
    """PROTOCOL 7.2 object or array: the capture is an object."""
    (update,) = events(AccountUpdate, decode(captured("accounts")[0].frame, TESTNET))
    assert [b.asset for b in update.balances] == ["BNB", "DEX.B-C72"]
    assert update.balance("DEX.B-C72").free == Decimal("999999791.112")
    assert update.block_height == 7364509


def test_an_array_of_accounts() -> None:
    """PROTOCOL 7.2 object or array; 12 accounts.data: an object is right, an array is accepted."""
    as_object = found("accounts", account())
    assert found("accounts", [account()]) == as_object
    two = events(AccountUpdate, found("accounts", [account(), account(E=HEIGHT + 1)]))
    assert [update.block_height for update in two] == [HEIGHT, HEIGHT + 1]
    assert found("accounts", []) == []


def test_an_account_is_whole_each_time() -> None:
    """PROTOCOL 7.2 content: what is missing later has gone to zero; replace, do not merge."""
    before = only(AccountUpdate, "accounts", account(balance("A-123", "1.0", "0.0", "0.0")))
    after = only(AccountUpdate, "accounts", account(balance("BNB", "1.0", "0.0", "0.0")))
    assert before.balance("A-123").total == 1
    assert after.balance("A-123").total == 0
    empty = {"e": "outboundAccountInfo", "E": 1, "B": []}
    assert only(AccountUpdate, "accounts", empty).balances == ()


def test_unchanged_balances_are_told_again() -> None:
    """PROTOCOL 7.2 sent once: unchanged balances may be re-sent; decoding keeps no memory."""
    assert found("accounts", account()) == found("accounts", account())
    assert len(deliveries(found("accounts", account()))) == 1


@pytest.mark.parametrize(
    ("stream", "data", "kind"),
    [
        ("accounts", account(), Kind.ACCOUNT),
        ("orders", [order()], Kind.ORDERS),
        ("transfers", transfer(), Kind.TRANSFERS),
    ],
)
def test_the_lane_says_whose_it_is(stream: str, data: object, kind: Kind) -> None:
    """PROTOCOL 7.2 owner; 3 address frames: no frame names its address, the lane does."""
    for address in [BUYER, SELLER]:
        (delivery,) = deliveries(found(stream, data, Lane(ADDRESS_LANE, address)))
        assert delivery.topic == Topic(kind, address)
        assert getattr(delivery.event, "address", None) == address


@pytest.mark.parametrize("lane", [MARKET, Lane("depth", "100")])
@pytest.mark.parametrize(
    ("stream", "data"),
    [("accounts", account()), ("orders", [order()]), ("transfers", transfer())],
)
def test_elsewhere_it_is_nobodys(stream: str, data: object, lane: Lane) -> None:
    """PROTOCOL 3 address frames: on another lane nobody can say whose it is: a notice."""
    (notice,) = notices(found(stream, data, lane))
    assert not deliveries(found(stream, data, lane))
    assert notice.what.startswith(f"a frame of {stream} on the lane {lane.name!r}: it does not say")


def test_a_transfer_in_full() -> None:
    """PROTOCOL 7.3 keys: the receiver is o, the coins are c, an amount is A."""
    assert only(Transfer, "transfers", transfer()) == Transfer(
        address=BUYER,
        sender=BUYER,
        outputs=(Output(SELLER, (Coin("BNB", Decimal("8.888")),)),),
        transaction_hash="08B71F862CDB820AF499D6E4FB34494CA163EBDADD5DC5D0A61EB1A0725BB4F4",
        memo="thanks",
        block_height=HEIGHT,
    )


def test_the_captured_transfer_has_no_memo_and_its_accounts_height() -> None:
    """
    PROTOCOL 7.3 M; 12 transfers M: absent before August 2019.

    PROTOCOL 7.3 shared E: accounts and transfers of the same block have the same height.
    PROTOCOL 10 tx hash: 64 upper-case hexadecimal digits.
    """
    (sent,) = events(Transfer, decode(captured("transfers")[0].frame, TESTNET))
    assert sent.memo is None
    assert sent.sender == TESTNET_BUYER
    assert sent.outputs[0].coins == (Coin("DEX.B-C72", Decimal("8.888")),)
    (held,) = events(AccountUpdate, decode(captured("accounts")[0].frame, TESTNET))
    assert sent.block_height == held.block_height == 7364509
    assert len(sent.transaction_hash) == 64
    assert sent.transaction_hash == sent.transaction_hash.upper()


@pytest.mark.parametrize("memo", ["", "STAKE:TUSDB-000", "\u00fc\u2603\U0001f680", "a" * 128])
def test_a_memo_is_text(memo: str) -> None:
    """PROTOCOL 7.3 M; 12 transfers M: empty when nothing was written; PROTOCOL 10 memo."""
    assert only(Transfer, "transfers", transfer(M=memo)).memo == memo


def test_a_memo_may_be_absent() -> None:
    """PROTOCOL 7.3 M; 12 transfers M: None before there were memos."""
    row = transfer()
    del row["M"]
    assert only(Transfer, "transfers", row).memo is None


def test_several_outputs_of_several_coins() -> None:
    """PROTOCOL 7.3 several: real, and in order; f is the first input only."""
    sent = only(
        Transfer,
        "transfers",
        transfer(
            t=[
                {"o": SELLER, "c": [{"a": "BNB", "A": "1.0"}, {"a": "RUNE-A1F", "A": "2.0"}]},
                {"o": BUYER, "c": [{"a": "BNB", "A": "3.0"}]},
            ]
        ),
    )
    assert sent.outputs == (
        Output(SELLER, (Coin("BNB", Decimal(1)), Coin("RUNE-A1F", Decimal(2)))),
        Output(BUYER, (Coin("BNB", Decimal(3)),)),
    )


def test_a_transfer_is_told_on_the_lane_that_heard_it() -> None:
    """PROTOCOL 7.3 delivered: to sender and receivers; address is whoever listened."""
    heard = [
        only(Transfer, "transfers", transfer(), Lane(ADDRESS_LANE, address))
        for address in [TESTNET_BUYER, TESTNET_SELLER]
    ]
    assert [sent.address for sent in heard] == [TESTNET_BUYER, TESTNET_SELLER]
    assert {sent.sender for sent in heard} == {BUYER}


def test_transfers_of_one_block_are_told_as_they_come() -> None:
    """PROTOCOL 7.3 disorder: a block's transactions have no order; nothing is sorted or joined."""
    first, second = (only(Transfer, "transfers", transfer(H=h * 64)) for h in "BA")
    assert first.block_height == second.block_height
    assert first.transaction_hash != second.transaction_hash


def test_a_transfer_has_no_time_of_its_own() -> None:
    """PROTOCOL 7.3 timestamp: there is none; none is made up."""
    assert not hasattr(only(Transfer, "transfers", transfer()), "time_ns")


def test_the_lanes_name() -> None:
    assert HOME.name == ADDRESS_LANE
