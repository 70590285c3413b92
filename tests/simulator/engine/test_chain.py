"""chain: transactions in, blocks out."""

import pytest

from rxdex.errors import SubmissionRefused
from rxdex.events.values import OrderStatus, Side, TickType, TimeInForce
from rxdex.simulator.engine import (
    Block,
    BookLevel,
    Cancel,
    Chain,
    Holding,
    PlaceOrder,
    Send,
)
from tests.simulator.engine.builders import (
    ALICE,
    ALICE_ID,
    BNB_BUSD,
    BOB,
    CAROL,
    PROPOSER,
    RUNE,
    RUNE_BNB,
    address,
    genesis,
    order_prefix,
    units,
)

ACK, FAILED = OrderStatus.ACK, OrderStatus.FAILED_BLOCKING
PARTIAL, FULL = OrderStatus.PARTIAL_FILL, OrderStatus.FULL_FILL
CANCELED, IOC_NO_FILL = OrderStatus.CANCELED, OrderStatus.IOC_NO_FILL

NAMES = ("S1", "S2", "S3", "S4", "B1", "B2", "B3", "B4")
OWNERS = {name: address(number) for number, name in enumerate(NAMES, start=1)}
IDS = {f"{order_prefix(number)}-1": name for number, name in enumerate(NAMES, start=1)}


def place(
    owner: str,
    side: Side,
    price: str,
    quantity: str,
    time_in_force: TimeInForce = TimeInForce.GTE,
    symbol: str = RUNE_BNB,
) -> PlaceOrder:
    return PlaceOrder(
        owner=owner,
        symbol=symbol,
        side=side,
        price=units(price),
        quantity=units(quantity),
        time_in_force=time_in_force,
    )


def worked_example() -> tuple[Chain, Block]:
    """MATCHING 2: three sellers wait, five orders come at height 100."""
    chain = Chain(
        genesis(
            {
                owner: {RUNE: "50"} if name[0] == "S" else {"BNB": "1"}
                for name, owner in OWNERS.items()
            },
            height=89,
        )
    )
    early = {90: ("S1", "0.0098", "10"), 91: ("S2", "0.01", "20"), 95: ("S3", "0.01", "15")}
    while chain.height < 99:
        if chain.height + 1 in early:
            name, price, quantity = early[chain.height + 1]
            chain.submit(place(OWNERS[name], Side.SELL, price, quantity))
        chain.step()
    chain.submit(place(OWNERS["S4"], Side.SELL, "0.0099", "12"))
    chain.submit(place(OWNERS["B1"], Side.BUY, "0.0101", "30"))
    chain.submit(place(OWNERS["B2"], Side.BUY, "0.01", "18"))
    chain.submit(place(OWNERS["B3"], Side.BUY, "0.0099", "9", TimeInForce.IOC))
    chain.submit(place(OWNERS["B4"], Side.BUY, "0.0097", "5"))
    return chain, chain.step()


def test_worked_example_trades() -> None:
    chain, block = worked_example()
    taker, surplus = TickType.BUY_TAKER, TickType.SELL_SURPLUS
    assert [
        (
            t.index,
            t.price,
            t.quantity,
            IDS[t.buy_order_id],
            IDS[t.sell_order_id],
            t.tick,
            t.quote,
        )
        for t in block.trades
    ] == [
        (0, units("0.0098"), units("7"), "B1", "S1", taker, units("0.0686")),
        (1, units("0.0098"), units("3"), "B2", "S1", taker, units("0.0294")),
        (2, units("0.0100"), units("12"), "B1", "S4", surplus, units("0.12")),
        (3, units("0.0100"), units("11"), "B1", "S2", taker, units("0.11")),
        (4, units("0.0100"), units("9"), "B2", "S2", taker, units("0.09")),
        (5, units("0.0100"), units("6"), "B2", "S3", taker, units("0.06")),
    ]
    assert block.height == 100
    for trade in block.trades:
        assert OWNERS[IDS[trade.buy_order_id]] == trade.buyer
        assert OWNERS[IDS[trade.sell_order_id]] == trade.seller
    assert chain.market(RUNE_BNB).reference == units("0.01")


def test_worked_example_records() -> None:
    _, block = worked_example()
    fees = {
        "S1": "BNB:0.00003920",
        "S2": "BNB:0.00008000",
        "S3": "BNB:0.00002400",
        "S4": "BNB:0.00004800",
        "B1": "BNB:0.00011944",
        "B2": "BNB:0.00007176",
        "B3": "BNB:0.00005000;#Exp:1",
    }
    records = [
        (IDS[r.order_id], r.status, r.cumulative // 10**8, r.last_quantity // 10**8, r.fee)
        for r in block.orders
    ]
    assert records == [
        ("S4", ACK, 12, 0, ""),
        ("B1", ACK, 30, 0, ""),
        ("B2", ACK, 18, 0, ""),
        ("B3", ACK, 0, 0, ""),
        ("B4", ACK, 0, 0, ""),
        ("S3", PARTIAL, 6, 6, fees["S3"]),
        ("B3", IOC_NO_FILL, 0, 0, fees["B3"]),
        ("B1", FULL, 30, 7, fees["B1"]),
        ("S1", FULL, 10, 7, fees["S1"]),
        ("B2", FULL, 18, 3, fees["B2"]),
        ("S1", FULL, 10, 3, fees["S1"]),
        ("B1", FULL, 30, 12, fees["B1"]),
        ("S4", FULL, 12, 12, fees["S4"]),
        ("B1", FULL, 30, 11, fees["B1"]),
        ("S2", FULL, 20, 11, fees["S2"]),
        ("B2", FULL, 18, 9, fees["B2"]),
        ("S2", FULL, 20, 9, fees["S2"]),
        ("B2", FULL, 18, 6, fees["B2"]),
    ]


def test_worked_example_balances() -> None:
    chain, block = worked_example()

    def bnb(name: str) -> Holding:
        return chain.account(OWNERS[name])["BNB"]

    # B1 locked 0.3030 and paid 0.2986; B2 locked 0.18 and paid 0.1794; both fees come on top.
    assert bnb("B1") == Holding(free=units("1") - units("0.2986") - 11_944)
    assert bnb("B2") == Holding(free=units("1") - units("0.1794") - 7_176)
    assert bnb("B3") == Holding(free=units("1") - 5_000)
    assert bnb("B4") == Holding(free=units("0.9515"), locked=units("0.0485"))
    assert bnb("S3") == Holding(free=units("0.06") - 2_400)
    assert chain.account(OWNERS["S3"])[RUNE] == Holding(free=units("35"), locked=units("9"))
    assert block.fees == (("BNB", 11_944 + 7_176 + 3_920 + 8_000 + 2_400 + 4_800 + 5_000),)
    assert chain.account(PROPOSER) == {"BNB": Holding(free=block.fees[0][1])}
    assert block.touched == tuple(sorted((*OWNERS.values(), PROPOSER)))


def test_worked_example_book() -> None:
    chain, _ = worked_example()

    def quantity(side: Side, price: str) -> int:
        return chain.level_quantity(RUNE_BNB, side, units(price), within=100)

    assert quantity(Side.SELL, "0.0098") == 0
    assert quantity(Side.SELL, "0.0100") == units("9")
    assert quantity(Side.BUY, "0.0097") == units("5")
    assert [quantity(Side.BUY, price) for price in ("0.0101", "0.01", "0.0099")] == [0, 0, 0]
    assert chain.levels(RUNE_BNB, Side.SELL, 10) == (BookLevel(units("0.01"), units("9")),)
    assert chain.levels(RUNE_BNB, Side.BUY, 10) == (BookLevel(units("0.0097"), units("5")),)


def small(height: int = 10) -> Chain:
    return Chain(
        genesis({ALICE: {"BNB": "1", RUNE: "20"}, BOB: {"BNB": "2", RUNE: "50"}}, height=height)
    )


def test_a_chain_stands_where_its_genesis_says() -> None:
    begin = genesis({BOB: {}, ALICE: {"BNB": "1"}}, height=10)
    chain = Chain(begin)
    assert chain.height == 10
    assert chain.time_ns == begin.block_time(10)
    assert chain.symbols[:2] == (RUNE_BNB, BNB_BUSD)
    assert chain.owners == (BOB, ALICE)
    assert chain.supply() == {"BNB": units("1")}
    block = chain.step()
    assert (block.height, block.time_ns) == (11, begin.block_time(11))
    assert (chain.height, chain.time_ns) == (block.height, block.time_ns)
    assert (block.orders, block.trades, block.touched, block.fees) == ((), (), (), ())


def test_what_is_submitted_waits_for_the_next_block() -> None:
    chain = small()
    order_id = chain.submit(place(ALICE, Side.SELL, "0.01", "5"))
    assert chain.open_orders(ALICE) == ()
    assert chain.account(ALICE)[RUNE] == Holding(free=units("20"))
    block = chain.step()
    (order,) = chain.open_orders(ALICE)
    assert (order.order_id, order.created_height) == (order_id, 11)
    assert order.created_ns == block.time_ns == block.orders[0].created_ns


def test_ids_are_promised_with_all_that_waits() -> None:
    chain = small()
    gift = Send(sender=ALICE, outputs=((BOB, (("BNB", 1),)),))
    assert chain.submit(place(ALICE, Side.SELL, "0.01", "5")) == f"{ALICE_ID}-1"
    chain.submit(gift)
    assert chain.submit(place(ALICE, Side.SELL, "0.01", "5")) == f"{ALICE_ID}-3"
    chain.step()
    assert chain.submit(place(ALICE, Side.SELL, "0.01", "5")) == f"{ALICE_ID}-4"
    chain.step()
    ids = [order.order_id for order in chain.open_orders(ALICE)]
    assert ids == [f"{ALICE_ID}-{number}" for number in (1, 3, 4)]


def test_a_failure_in_the_block_lowers_the_ids_after_it() -> None:
    chain = small()
    promised = [
        chain.submit(place(ALICE, Side.SELL, "0.01", quantity)) for quantity in ("15", "16", "5")
    ]
    assert promised == [f"{ALICE_ID}-{number}" for number in (1, 2, 3)]
    block = chain.step()
    assert [(r.order_id, r.status, r.quantity // 10**8) for r in block.orders] == [
        (f"{ALICE_ID}-1", ACK, 15),
        (f"{ALICE_ID}-2", FAILED, 16),
        (f"{ALICE_ID}-2", ACK, 5),
    ]
    assert len(block.failed) == 1


def test_an_order_may_be_canceled_in_its_own_block_and_is_not_matched() -> None:
    chain = small()
    chain.submit(place(BOB, Side.SELL, "0.01", "5"))
    chain.step()
    order_id = chain.submit(place(ALICE, Side.BUY, "0.01", "5"))
    assert chain.submit(Cancel(owner=ALICE, symbol=RUNE_BNB, order_id=order_id)) == order_id
    block = chain.step()
    assert [(r.order_id, r.status) for r in block.orders] == [(order_id, ACK), (order_id, CANCELED)]
    assert block.trades == ()


def test_a_cancel_acts_before_an_earlier_submitted_order_could_trade() -> None:
    chain = small()
    waiting = chain.submit(place(BOB, Side.SELL, "0.01", "5"))
    chain.step()
    chain.submit(place(ALICE, Side.BUY, "0.01", "5"))
    chain.submit(Cancel(owner=BOB, symbol=RUNE_BNB, order_id=waiting))
    block = chain.step()
    assert block.trades == ()
    assert [r.status for r in block.orders] == [ACK, CANCELED]


def test_the_second_of_two_cancels_fails_in_the_block() -> None:
    chain = small()
    order_id = chain.submit(place(ALICE, Side.SELL, "0.01", "5"))
    chain.step()
    cancel = Cancel(owner=ALICE, symbol=RUNE_BNB, order_id=order_id)
    chain.submit(cancel)
    chain.submit(cancel)
    block = chain.step()
    assert [r.status for r in block.orders] == [FAILED, CANCELED]
    assert [transaction for transaction, _ in block.failed] == [cancel]
    with pytest.raises(SubmissionRefused, match="has no open order"):
        chain.submit(cancel)


def test_a_refused_submission_leaves_no_trace() -> None:
    chain = small()
    with pytest.raises(SubmissionRefused, match="are needed"):
        chain.submit(place(ALICE, Side.SELL, "0.01", "21"))
    assert chain.submit(place(ALICE, Side.SELL, "0.01", "20")) == f"{ALICE_ID}-1"
    assert [r.status for r in chain.step().orders] == [ACK]


def test_a_send_is_known_by_the_hash_it_was_promised() -> None:
    chain = small()
    gift = Send(sender=ALICE, outputs=((CAROL, (("BNB", 7),)),), memo="hello")
    hashes = [chain.submit(gift), chain.submit(gift)]
    block = chain.step()
    assert [transfer.transaction_hash for transfer in block.transfers] == hashes
    assert len({*hashes, chain.submit(gift)}) == 3
    assert block.touched == tuple(sorted((ALICE, CAROL, PROPOSER)))
    assert block.fees == (("BNB", 2 * 62_500),)
    assert chain.account(CAROL) == {"BNB": Holding(free=14)}
    assert chain.owners == (ALICE, BOB, CAROL, PROPOSER)


def test_open_orders_can_be_asked_by_symbol() -> None:
    chain = small()
    chain.submit(place(ALICE, Side.SELL, "0.01", "5"))
    chain.submit(place(ALICE, Side.SELL, "20", "0.5", symbol=BNB_BUSD))
    chain.step()
    assert [order.symbol for order in chain.open_orders(ALICE)] == [RUNE_BNB, BNB_BUSD]
    assert [order.symbol for order in chain.open_orders(ALICE, BNB_BUSD)] == [BNB_BUSD]
    assert chain.open_orders(CAROL) == ()


def test_a_level_deeper_than_asked_for_counts_as_none() -> None:
    chain = small()
    for price in ("0.0101", "0.0102", "0.0103"):
        chain.submit(place(ALICE, Side.SELL, price, "1"))
    chain.step()
    deepest = units("0.0103")
    assert chain.level_quantity(RUNE_BNB, Side.SELL, deepest, within=3) == units("1")
    assert chain.level_quantity(RUNE_BNB, Side.SELL, deepest, within=2) == 0
    assert len(chain.levels(RUNE_BNB, Side.SELL, 2)) == 2


def test_a_symbol_not_listed_is_no_question() -> None:
    chain = small()
    with pytest.raises(KeyError):
        chain.market("X_Y")


def test_trades_of_several_symbols_share_one_count() -> None:
    chain = Chain(genesis({ALICE: {"BNB": "9", RUNE: "20", "BUSD-BD1": "99"}}))
    for symbol, price in ((BNB_BUSD, "10"), (RUNE_BNB, "0.01")):
        chain.submit(place(ALICE, Side.BUY, price, "1", symbol=symbol))
        chain.submit(place(ALICE, Side.SELL, price, "1", symbol=symbol))
    block = chain.step()
    assert [(t.index, t.symbol) for t in block.trades] == [(0, RUNE_BNB), (1, BNB_BUSD)]
