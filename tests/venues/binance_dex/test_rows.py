"""rows: every key of the wire is one field, and no other key is."""

import copy
import json
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve

from rxdex.errors import MalformedFrame
from rxdex.events import (
    AccountUpdate,
    Balance,
    BlockHeight,
    Coin,
    DepthSnapshot,
    DepthUpdate,
    Event,
    Fee,
    Kline,
    Level,
    MiniTicker,
    OrderStatus,
    OrderType,
    OrderUpdate,
    Output,
    Side,
    Ticker,
    TickType,
    TimeInForce,
    Trade,
    Transfer,
)
from rxdex.venues.binance_dex.decode import decode
from tests.builders import (
    HOME,
    SELLER,
    Row,
    account,
    candle,
    depth,
    diff,
    frame,
    kline,
    mini,
    notices,
    only,
    order,
    ticker,
    trade,
    transfer,
)

Path = tuple[str | int, ...]

NEW = "77.12345678"
AMOUNT = Decimal(NEW)
LEVEL = [["77.12345678", "88.00000001"]]
LEVELS = (Level(AMOUNT, Decimal("88.00000001")),)

#: One valid frame's data of each stream that carries one event.
DATA: dict[str, tuple[type[Event], Any]] = {
    "trades": (Trade, [trade()]),
    "marketDiff": (DepthUpdate, diff()),
    "marketDepth": (DepthSnapshot, depth()),
    "kline_1m": (Kline, kline()),
    "ticker": (Ticker, ticker()),
    "miniTicker": (MiniTicker, mini()),
    "blockheight": (BlockHeight, {"h": 5}),
    "orders": (OrderUpdate, [order()]),
    "accounts": (AccountUpdate, account()),
    "transfers": (Transfer, transfer()),
}


def amounts(stream: str, at: Path, **fields: str) -> list[tuple[str, Path, Any, str, Any]]:
    return [(stream, (*at, key), NEW, field, AMOUNT) for key, field in fields.items()]


def texts(stream: str, at: Path, **fields: str) -> list[tuple[str, Path, Any, str, Any]]:
    return [(stream, (*at, key), "other", field, "other") for key, field in fields.items()]


#: Stream, where, what is put there, the field it is, and what the field then holds.
KEYS: list[tuple[str, Path, Any, str, Any]] = [
    *amounts("trades", (0,), p="price", q="quantity"),
    *texts("trades", (0,), s="symbol", t="trade_id", b="buyer_order_id", a="seller_order_id"),
    *texts("trades", (0,), sa="seller_address", ba="buyer_address"),
    ("trades", (0, "E"), 4, "block_height", 4),
    ("trades", (0, "T"), 4, "time_ns", 4),
    ("trades", (0, "tt"), 4, "tick", TickType.SELL_SURPLUS),
    *texts("marketDiff", (), s="symbol"),
    ("marketDiff", ("E",), 4, "time_ns", 4_000_000_000),
    ("marketDiff", ("b",), LEVEL, "bids", LEVELS),
    ("marketDiff", ("a",), LEVEL, "asks", LEVELS),
    *texts("marketDepth", (), symbol="symbol"),
    ("marketDepth", ("lastUpdateId",), 4, "block_height", 4),
    ("marketDepth", ("bids",), LEVEL, "bids", LEVELS),
    ("marketDepth", ("asks",), LEVEL, "asks", LEVELS),
    *amounts(
        "kline_1m", ("k",), o="open", c="close", h="high", l="low", v="volume", q="quote_volume"
    ),
    *texts("kline_1m", ("k",), s="symbol", f="first_trade_id", L="last_trade_id"),
    ("kline_1m", ("E",), 4, "time_ns", 4_000_000_000),
    ("kline_1m", ("k", "t"), 4, "open_time_ns", 4_000_000),
    ("kline_1m", ("k", "T"), 4, "close_time_ns", 4_000_000),
    ("kline_1m", ("k", "n"), 4, "trade_count", 4),
    ("kline_1m", ("k", "x"), True, "is_closed", True),
    *amounts("ticker", (), p="price_change", P="price_change_ratio", w="weighted_average_price"),
    *amounts("ticker", (), x="previous_close", c="last_price", Q="last_quantity"),
    *amounts("ticker", (), b="best_bid_price", B="best_bid_quantity"),
    *amounts("ticker", (), a="best_ask_price", A="best_ask_quantity"),
    *amounts("ticker", (), o="open", h="high", l="low", v="volume", q="quote_volume"),
    *texts("ticker", (), s="symbol", F="first_trade_id", L="last_trade_id"),
    ("ticker", ("E",), 4, "time_ns", 4_000_000_000),
    ("ticker", ("O",), 4, "open_time_ns", 4_000_000),
    ("ticker", ("C",), 4, "close_time_ns", 4_000_000),
    ("ticker", ("n",), 4, "trade_count", 4),
    *amounts("miniTicker", (), c="last_price", o="open", h="high", l="low"),
    *amounts("miniTicker", (), v="volume", q="quote_volume"),
    *texts("miniTicker", (), s="symbol"),
    ("miniTicker", ("E",), 4, "time_ns", 4_000_000_000),
    ("blockheight", ("h",), 4, "height", 4),
    *amounts("orders", (0,), q="quantity", p="price", l="last_quantity", L="last_price"),
    *amounts("orders", (0,), z="cumulative_quantity"),
    *texts("orders", (0,), s="symbol", x="execution_type", i="order_id", t="trade_id"),
    ("orders", (0, "E"), 4, "block_height", 4),
    ("orders", (0, "T"), 4, "time_ns", 4),
    ("orders", (0, "O"), 4, "created_ns", 4),
    ("orders", (0, "S"), 1, "side", Side.BUY),
    ("orders", (0, "o"), 1, "order_type", OrderType.MARKET),
    ("orders", (0, "f"), 1, "time_in_force", TimeInForce.GTE),
    ("orders", (0, "X"), "Expired", "status", OrderStatus.EXPIRED),
    ("orders", (0, "n"), f"BNB:{NEW}", "fees", (Fee("BNB", AMOUNT),)),
    ("accounts", ("E",), 4, "block_height", 4),
    ("accounts", ("B", 0, "a"), "A-123", "balances", (Balance("A-123", *map(Decimal, (7, 3, 1))),)),
    ("accounts", ("B", 0, "f"), NEW, "balances", (Balance("BNB", AMOUNT, Decimal(3), Decimal(1)),)),
    ("accounts", ("B", 0, "r"), NEW, "balances", (Balance("BNB", Decimal(7), AMOUNT, Decimal(1)),)),
    ("accounts", ("B", 0, "l"), NEW, "balances", (Balance("BNB", Decimal(7), Decimal(3), AMOUNT),)),
    *texts("transfers", (), H="transaction_hash", M="memo", f="sender"),
    ("transfers", ("E",), 4, "block_height", 4),
    (
        "transfers",
        ("t", 0, "o"),
        "other",
        "outputs",
        (Output("other", (Coin("BNB", Decimal("8.888")),)),),
    ),
    (
        "transfers",
        ("t", 0, "c", 0, "a"),
        "A-123",
        "outputs",
        (Output(SELLER, (Coin("A-123", Decimal("8.888")),)),),
    ),
    ("transfers", ("t", 0, "c", 0, "A"), NEW, "outputs", (Output(SELLER, (Coin("BNB", AMOUNT),)),)),
]

#: What the wire has and we do not read: the envelope or another key says the same.
UNREAD = {
    ("trades", (0, "e")),
    ("marketDiff", ("e",)),
    ("kline_1m", ("e",)),
    ("kline_1m", ("s",)),
    ("kline_1m", ("k",)),
    ("kline_1m", ("k", "i")),
    ("ticker", ("e",)),
    ("miniTicker", ("e",)),
    ("orders", (0, "e")),
    ("accounts", ("e",)),
    ("accounts", ("B",)),
    ("transfers", ("e",)),
    ("transfers", ("t",)),
    ("transfers", ("t", 0, "c")),
}
#: What the wire may leave out: absent before 2019, or of no use.
OPTIONAL = {("trades", (0, "tt")), ("transfers", ("M",)), ("orders", (0, "x"))}

key_case = pytest.mark.parametrize(
    ("stream", "at", "put", "field", "value"),
    KEYS,
    ids=[f"{stream}.{'.'.join(map(str, at))}" for stream, at, *_ in KEYS],
)


def reach(data: Any, at: Path) -> Any:
    for step in at:
        data = data[step]
    return data


def objects(data: Any, at: Path = ()) -> list[Path]:
    """Where the objects within data are."""
    if isinstance(data, dict):
        return [at, *(deep for key, value in data.items() for deep in objects(value, (*at, key)))]
    if isinstance(data, list):
        return [deep for place, value in enumerate(data) for deep in objects(value, (*at, place))]
    return []


@key_case
def test_a_key_is_one_field_and_no_other(
    stream: str, at: Path, put: Any, field: str, value: Any
) -> None:
    """
    PROTOCOL 6 case: keys that differ only by case are distinct; 6 three units; 6 heights.

    PROTOCOL 7.1 keys; 7.2 keys; 7.3 keys; 7.4 keys; 7.5 keys; 7.6 keys; 7.7 keys; 7.8 keys; 7.9 keys;
    7.10 keys; 6 unit E height; 6 unit lastUpdateId; 6 unit T and O; 6 unit E seconds;
    6 unit ticker O and C; 6 unit kline t and T.
    """
    kind, data = DATA[stream]
    before = only(kind, stream, data)
    changed = copy.deepcopy(data)
    reach(changed, at[:-1])[at[-1]] = put
    assert getattr(before, field) != value
    assert only(kind, stream, changed) == evolve(before, **{field: value})


def test_no_key_of_the_wire_is_forgotten_here() -> None:
    every = {
        (stream, (*at, key))
        for stream, (_, data) in DATA.items()
        for at in objects(data)
        for key in reach(data, at)
    }
    assert every == {(stream, at) for stream, at, *_ in KEYS} | UNREAD


@pytest.mark.parametrize(
    ("stream", "at", "keys", "fields"),
    [
        ("kline_1m", ("k",), "tT", ("open_time_ns", "close_time_ns")),
        ("ticker", (), "pP", ("price_change", "price_change_ratio")),
        ("ticker", (), "qQ", ("quote_volume", "last_quantity")),
        ("ticker", (), "bB", ("best_bid_price", "best_bid_quantity")),
        ("ticker", (), "aA", ("best_ask_price", "best_ask_quantity")),
        ("orders", (0,), "lL", ("last_quantity", "last_price")),
    ],
)
def test_keys_that_differ_by_case_change_places(
    stream: str, at: Path, keys: str, fields: tuple[str, str]
) -> None:
    """PROTOCOL 6 case: with their values exchanged, their fields are exchanged and nothing else."""
    kind, data = DATA[stream]
    swapped = copy.deepcopy(data)
    row = reach(swapped, at)
    small, large = list(keys)
    row[small], row[large] = row[large], row[small]
    before, after = only(kind, stream, data), only(kind, stream, swapped)
    one, other = fields
    assert getattr(before, one) != getattr(before, other)
    assert after == evolve(before, **{one: getattr(before, other), other: getattr(before, one)})


@pytest.mark.parametrize(
    ("stream", "at", "keys"),
    [
        ("trades", (0,), "tT"),
        ("kline_1m", ("k",), "lL"),
        ("ticker", (), "oO"),
        ("ticker", (), "cC"),
        ("ticker", (), "lL"),
        ("orders", (0,), "tT"),
        ("transfers", ("t", 0, "c", 0), "aA"),
    ],
)
def test_keys_that_differ_by_case_and_hold_other_things(stream: str, at: Path, keys: str) -> None:
    """PROTOCOL 6 case: exchanged, they make no sense, and it is seen."""
    swapped = copy.deepcopy(DATA[stream][1])
    row = reach(swapped, at)
    small, large = list(keys)
    row[small], row[large] = row[large], row[small]
    with pytest.raises(MalformedFrame):
        decode(frame(stream, swapped), HOME)


@pytest.mark.parametrize("stream", DATA)
def test_a_key_in_the_other_case_is_another_key(stream: str) -> None:
    """PROTOCOL 6 case: no decoding without regard to case, and no fallback to the other one."""
    _, data = DATA[stream]
    for name, at, *_ in KEYS:
        key = str(at[-1])
        if name == stream and (name, at) not in OPTIONAL and len(key) == 1:
            renamed = copy.deepcopy(data)
            row: Row = reach(renamed, at[:-1])
            other = row.pop(key)
            row.setdefault(key.swapcase(), other)
            with pytest.raises(MalformedFrame):
                decode(frame(stream, renamed), HOME)


@pytest.mark.parametrize("stream", DATA)
def test_unknown_keys_are_ignored(stream: str) -> None:
    """PROTOCOL 6 unknown keys: M and tt came later, others may."""
    kind, data = DATA[stream]
    before = only(kind, stream, data)
    for at in objects(data):
        values: list[Any] = [None, 1.5, "x", [[]], {"deep": {"e": [1]}}]
        for value in values:
            more = copy.deepcopy(data)
            reach(more, at).update({"zz": value, "ZZ": value, "": value})
            assert only(kind, stream, more) == before


@pytest.mark.parametrize("stream", DATA)
def test_the_order_of_keys_means_nothing(stream: str) -> None:
    """PROTOCOL 6 key order: not to be depended on."""
    kind, data = DATA[stream]
    turned = copy.deepcopy(data)
    for at in objects(turned):
        row: Row = reach(turned, at)
        pairs = list(row.items())[::-1]
        row.clear()
        row.update(pairs)
    assert json.dumps(turned) != json.dumps(data) or stream == "blockheight"
    assert only(kind, stream, turned) == only(kind, stream, data)


@pytest.mark.parametrize("stream", DATA)
def test_a_key_that_must_be_there_must_be_there(stream: str) -> None:
    kind, data = DATA[stream]
    for name, at, *_ in KEYS:
        if name == stream:
            less = copy.deepcopy(data)
            del reach(less, at[:-1])[at[-1]]
            if (name, at) in OPTIONAL:
                assert only(kind, stream, less) is not None
            else:
                with pytest.raises(MalformedFrame, match="missing required field"):
                    decode(frame(stream, less), HOME)


@key_case
def test_a_value_of_another_type_is_refused(
    stream: str, at: Path, put: Any, field: str, value: Any
) -> None:
    """PROTOCOL 6 amounts: strings, never numbers; 6 heights: integers, never strings or fractions."""
    _, data = DATA[stream]
    words = {(0, "S"), (0, "o"), (0, "f")}
    wrong = 7 if isinstance(put, str) else "NaN"
    others: list[Any] = [wrong, 1.5, {}, [1]]
    for other in others:
        changed = copy.deepcopy(data)
        reach(changed, at[:-1])[at[-1]] = other
        if at in words and isinstance(other, str):
            # A word may be new; it drops nothing.
            assert len(notices(decode(frame(stream, changed), HOME))) == 1
        else:
            with pytest.raises(MalformedFrame):
                decode(frame(stream, changed), HOME)


@pytest.mark.parametrize("number", [-1, 2**63, 10**30, -(2**63)])
def test_a_height_or_time_out_of_range_is_refused(number: int) -> None:
    """PROTOCOL 6 three units; 6 heights: nothing negative, nothing beyond 64 bits."""
    for stream, at, put, *_ in KEYS:
        if (
            isinstance(put, int)
            and not isinstance(put, bool)
            and at[-1] not in {"tt", "S", "o", "f"}
        ):
            changed = copy.deepcopy(DATA[stream][1])
            reach(changed, at[:-1])[at[-1]] = number
            with pytest.raises(MalformedFrame):
                decode(frame(stream, changed), HOME)


@pytest.mark.parametrize(
    "text",
    ["NaN", "-NaN", "Infinity", "-Infinity", "1_0", "1e5", "1E+999999999", "\u0661", "", "9" * 41],
)
def test_an_amount_that_is_none_is_refused_wherever_it_stands(text: str) -> None:
    """PROTOCOL 6 amounts; 6 volumes: refused when decoded, so that reading never raises."""
    for stream, at, put, *_ in KEYS:
        if put == NEW:
            changed = copy.deepcopy(DATA[stream][1])
            reach(changed, at[:-1])[at[-1]] = text
            with pytest.raises(MalformedFrame, match="no amount"):
                decode(frame(stream, changed), HOME)
    for stream, side in [("marketDiff", "b"), ("marketDiff", "a"), ("marketDepth", "bids")]:
        for level in ([text, "1.0"], ["1.0", text]):
            changed = DATA[stream][1] | {side: [level]}
            with pytest.raises(MalformedFrame, match="no amount"):
                decode(frame(stream, changed), HOME)


@pytest.mark.parametrize("level", [[], ["1.0"], ["1.0", "1.0", "1.0"], "1.0", [1, 1], None])
def test_a_level_is_a_price_and_a_quantity(level: Any) -> None:
    for stream, side in [("marketDiff", "b"), ("marketDepth", "asks")]:
        with pytest.raises(MalformedFrame):
            decode(frame(stream, DATA[stream][1] | {side: [level]}), HOME)


def test_a_candle_within_is_read_not_the_frame_around() -> None:
    """PROTOCOL 7.8 keys: symbol and trade ids stand in k."""
    event = only(Kline, "kline_1m", kline(candle(s="RUNE-B1A_BNB"), s="other"))
    assert event.symbol == "RUNE-B1A_BNB"
