"""What a block brought about, as text."""

import json
from decimal import Decimal
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rxdex.events.values import OrderStatus, Side, TickType, TimeInForce
from rxdex.simulator import wire
from rxdex.simulator.engine import BookLevel, Holding, OrderRecord, TradeRecord, TransferRecord
from tests.simulator.town import a_trade, an_order

# Seen in public: wally-yu/binance-dex, binance_dex/sockets.py.
ACCOUNTS = (
    '{"stream":"accounts","data":{"e":"outboundAccountInfo","E":7364509,"B":['
    '{"a":"BNB","f":"1371.08750000","r":"0.00000000","l":"0.00000000"},'
    '{"a":"DEX.B-C72","f":"999999791.11200000","r":"0.00000000","l":"0.00000000"}]}}'
)
TRANSFERS = (
    '{"stream":"transfers","data":{"e":"outboundTransferInfo","E":7364509,'
    '"H":"08B71F862CDB820AF499D6E4FB34494CA163EBDADD5DC5D0A61EB1A0725BB4F4",'
    '"f":"tbnb1r4gc5ftrkr9ez2khph4h5xxd0mf0hd75jf06gw",'
    '"t":[{"o":"tbnb1fn9z9vn4f44ekz0a3pf80dcy2wh4d5988phjds",'
    '"c":[{"a":"DEX.B-C72","A":"8.88800000"}]}]}}'
)
ORDERS = (
    '{"stream":"orders","data":[{"e":"executionReport","E":7366949,"s":"100K-9BC_BNB","S":1,'
    '"o":2,"f":1,"q":"0.00001500","p":"66666.00000000","x":"NEW","X":"Ack",'
    '"i":"1D518A2563B0CB912AD70DEB7A18CD7ED2FBB7D4-10","l":"0.00000000","L":"0.00000000",'
    '"z":"0.00001500","n":"","T":1554890366040313451,"t":"","O":1554890366040313451},'
    '{"e":"executionReport","E":7366949,"s":"100K-9BC_BNB","S":1,"o":2,"f":1,"q":"0.00001500",'
    '"p":"66666.00000000","x":"NEW","X":"FullyFill",'
    '"i":"1D518A2563B0CB912AD70DEB7A18CD7ED2FBB7D4-10","l":"0.00001500","L":"66666.00000000",'
    '"z":"0.00001500","n":"BNB:0.00039999","T":1554890366040313451,"t":"7366949-0",'
    '"O":1554890366040313451}]}'
)
TRADES = (
    '{"stream":"trades","data":[{"e":"trade","E":7549438,"s":"100K-9BC_BNB","t":"7549438-0",'
    '"p":"3333.00000000","q":"0.02611100","b":"1D518A2563B0CB912AD70DEB7A18CD7ED2FBB7D4-11",'
    '"a":"EA1AE716501D1DB0B9F295A30891D9E562828678-12","T":1554964166437515341,'
    '"sa":"tbnb1agdww9jsr5wmpw0jjk3s3yweu43g9pnc4p5kg7",'
    '"ba":"tbnb1r4gc5ftrkr9ez2khph4h5xxd0mf0hd75jf06gw"}]}'
)
DIFF = (
    '{"stream":"marketDiff","data":{"e":"depthUpdate","E":1554964484,"s":"100K-9BC_BNB",'
    '"b":[["3333.00000000","0.07398900"]],"a":[]}}'
)
DEPTH = (
    '{"stream":"marketDepth","data":{"lastUpdateId":7551469,"symbol":"100K-9BC_BNB",'
    '"bids":[["3333.00000000","0.07398900"]],"asks":[["66666.00000000","1.68270010"],'
    '["70000.00000000","1.00000000"],["90000000000.00000000","40.05079290"]]}}'
)


@pytest.mark.parametrize(
    ("units", "shown"),
    [
        (0, "0.00000000"),
        (1, "0.00000001"),
        (-73, "-0.00000073"),
        (-100_000_000, "-1.00000000"),
        (9_000_000_000_000_000_000, "90000000000.00000000"),
        (10**30, "10000000000000000000000.00000000"),
    ],
)
def test_amounts(units: int, shown: str) -> None:
    assert wire.amount(units) == shown


@settings(deadline=None)
@given(st.integers(-(10**25), 10**25))
def test_amounts_are_exact(units: int) -> None:
    shown = wire.amount(units)
    assert Decimal(shown).scaleb(8) == units
    assert len(shown.partition(".")[2]) == 8


def test_an_account_as_captured() -> None:
    holdings = {"BNB": Holding(137_108_750_000), "DEX.B-C72": Holding(99_999_979_111_200_000)}
    assert wire.frame("accounts", wire.account(holdings, 7_364_509)) == ACCOUNTS


def test_frozen_is_r_and_locked_is_l() -> None:
    payload = wire.account({"BNB": Holding(free=1, frozen=2, locked=3)}, 9)
    assert list(payload) == ["e", "E", "B"]
    assert payload["B"] == [{"a": "BNB", "f": "0.00000001", "r": "0.00000002", "l": "0.00000003"}]


def test_a_transfer_as_captured_but_for_the_memo() -> None:
    record = TransferRecord(
        transaction_hash="08B71F862CDB820AF499D6E4FB34494CA163EBDADD5DC5D0A61EB1A0725BB4F4",
        sender="tbnb1r4gc5ftrkr9ez2khph4h5xxd0mf0hd75jf06gw",
        outputs=(("tbnb1fn9z9vn4f44ekz0a3pf80dcy2wh4d5988phjds", (("DEX.B-C72", 888_800_000),)),),
        memo="",
    )
    payload = wire.transfer(record, 7_364_509)
    assert list(payload) == ["e", "E", "H", "M", "f", "t"]
    assert payload["M"] == ""
    # The capture is older than the memo, BEP-39.
    assert wire.frame("transfers", payload).replace('"M":"",', "") == TRANSFERS


def test_several_receivers_and_coins() -> None:
    outputs = (("one", (("A", 1), ("B", 2))), ("two", (("A", 3),)))
    record = TransferRecord(
        transaction_hash="0" * 64, sender="me", outputs=outputs, memo="\N{SNOWMAN}"
    )
    frame = json.loads(wire.frame("transfers", wire.transfer(record, 9)))["data"]
    assert frame["M"] == "\N{SNOWMAN}"
    assert [[coin["a"] for coin in output["c"]] for output in frame["t"]] == [["A", "B"], ["A"]]
    assert [list(output) for output in frame["t"]] == [["o", "c"], ["o", "c"]]
    assert frame["t"][1] == {"o": "two", "c": [{"a": "A", "A": "0.00000003"}]}


def test_orders_as_captured() -> None:
    time_ns = 1_554_890_366_040_313_451
    ack = OrderRecord(
        owner="tbnb1r4gc5ftrkr9ez2khph4h5xxd0mf0hd75jf06gw",
        symbol="100K-9BC_BNB",
        side=Side.BUY,
        time_in_force=TimeInForce.GTE,
        price=6_666_600_000_000,
        quantity=1_500,
        order_id="1D518A2563B0CB912AD70DEB7A18CD7ED2FBB7D4-10",
        status=OrderStatus.ACK,
        cumulative=1_500,
        created_ns=time_ns,
    )
    fill = OrderRecord(
        owner=ack.owner,
        symbol=ack.symbol,
        side=ack.side,
        time_in_force=ack.time_in_force,
        price=ack.price,
        quantity=ack.quantity,
        order_id=ack.order_id,
        status=OrderStatus.FULL_FILL,
        last_price=6_666_600_000_000,
        last_quantity=1_500,
        cumulative=1_500,
        fee="BNB:0.00039999",
        trade_index=0,
        created_ns=time_ns,
    )
    reports = [wire.execution_report(record, 7_366_949, time_ns) for record in (ack, fill)]
    assert wire.frame("orders", reports) == ORDERS


def test_a_report_has_its_keys_in_order() -> None:
    assert list(wire.execution_report(an_order(), 9, 1)) == [
        *("e", "E", "s", "S", "o", "f", "q", "p", "x", "X", "i", "l", "L", "z", "n", "T", "t", "O")
    ]


@pytest.mark.parametrize(
    ("status", "word"),
    [
        (OrderStatus.ACK, "Ack"),
        (OrderStatus.PARTIAL_FILL, "PartialFill"),
        (OrderStatus.FULL_FILL, "FullyFill"),
        (OrderStatus.CANCELED, "Canceled"),
        (OrderStatus.EXPIRED, "Expired"),
        (OrderStatus.IOC_NO_FILL, "IocNoFill"),
        (OrderStatus.IOC_EXPIRE, "IocExpire"),
        (OrderStatus.FAILED_BLOCKING, "FailedBlocking"),
        (OrderStatus.FAILED_MATCHING, "FailedMatching"),
        (OrderStatus.UNKNOWN, "Unknown"),
    ],
)
def test_the_words_for_what_became_of_an_order(status: OrderStatus, word: str) -> None:
    assert wire.execution_report(an_order(status), 9, 1)["X"] == word


def test_sides_and_times_in_force() -> None:
    report = wire.execution_report(an_order(side=Side.SELL, time_in_force=TimeInForce.IOC), 9, 1)
    assert (report["S"], report["o"], report["f"]) == (2, 2, 3)


def test_a_failed_cancel_says_zero() -> None:
    record = an_order(
        OrderStatus.FAILED_BLOCKING,
        side=Side.UNKNOWN,
        time_in_force=TimeInForce.UNKNOWN,
        price=0,
        quantity=0,
    )
    report = wire.execution_report(record, 9, 1)
    assert [report[key] for key in "SofO"] == [0, 0, 0, 0]
    assert {report[key] for key in "qplLz"} == {"0.00000000"}


def test_a_trade_as_captured_but_for_the_tick() -> None:
    record = TradeRecord(
        symbol="100K-9BC_BNB",
        index=0,
        price=333_300_000_000,
        quantity=2_611_100,
        quote=8_702_796_300,
        buyer="tbnb1r4gc5ftrkr9ez2khph4h5xxd0mf0hd75jf06gw",
        seller="tbnb1agdww9jsr5wmpw0jjk3s3yweu43g9pnc4p5kg7",
        buy_order_id="1D518A2563B0CB912AD70DEB7A18CD7ED2FBB7D4-11",
        sell_order_id="EA1AE716501D1DB0B9F295A30891D9E562828678-12",
        tick=TickType.NEUTRAL,
    )
    payload = wire.trade(record, 7_549_438, 1_554_964_166_437_515_341)
    assert list(payload) == ["e", "E", "s", "t", "p", "q", "b", "a", "T", "sa", "ba", "tt"]
    # The capture is older than the tick type, BEP-19.
    assert wire.frame("trades", [payload]).replace(',"tt":5', "") == TRADES


@pytest.mark.parametrize(
    ("tick", "number"),
    [
        (TickType.UNKNOWN, 0),
        (TickType.SELL_TAKER, 1),
        (TickType.BUY_TAKER, 2),
        (TickType.BUY_SURPLUS, 3),
        (TickType.SELL_SURPLUS, 4),
        (TickType.NEUTRAL, 5),
    ],
)
def test_ticks(tick: TickType, number: int) -> None:
    record = a_trade()
    changed = TradeRecord(
        symbol=record.symbol,
        index=record.index,
        price=record.price,
        quantity=record.quantity,
        quote=record.quote,
        buyer=record.buyer,
        seller=record.seller,
        buy_order_id=record.buy_order_id,
        sell_order_id=record.sell_order_id,
        tick=tick,
    )
    assert wire.trade(changed, 9, 1)["tt"] == number


def test_a_diff_as_captured() -> None:
    bids = [BookLevel(333_300_000_000, 7_398_900)]
    payload = wire.depth_update("100K-9BC_BNB", 1_554_964_484_999_999_999, bids, [])
    assert wire.frame("marketDiff", payload) == DIFF


def test_a_snapshot_as_captured() -> None:
    bids = [BookLevel(333_300_000_000, 7_398_900)]
    asks = [
        BookLevel(6_666_600_000_000, 168_270_010),
        BookLevel(7_000_000_000_000, 100_000_000),
        BookLevel(9_000_000_000_000_000_000, 4_005_079_290),
    ]
    payload = wire.depth_snapshot("100K-9BC_BNB", 7_551_469, bids, asks)
    assert wire.frame("marketDepth", payload) == DEPTH


def test_the_height() -> None:
    # wally-yu/binance-dex, README_WebSockets.md.
    frame = wire.frame("blockheight", wire.block_height(8_699_895))
    assert frame == '{"stream":"blockheight","data":{"h":8699895}}'


def test_ids_of_trades() -> None:
    assert wire.trade_id(7_366_949, 0) == "7366949-0"
    assert wire.trade_id(7_366_949, None) == ""


def test_text_is_compact() -> None:
    assert wire.text(cast("object", {"a": [1, "é"], "b": None})) == '{"a":[1,"é"],"b":null}'
