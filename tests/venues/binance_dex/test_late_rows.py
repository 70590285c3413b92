"""late rows: what is checked at once, and what each field is made of later."""

from collections.abc import Callable
from typing import Any

import attrs
import msgspec
import pytest

from rxdex.events import DepthSnapshot, DepthUpdate, Kline, MiniTicker, Ticker, Trade
from rxdex.venue import MARKET
from rxdex.venues.binance_dex import late_rows
from rxdex.venues.binance_dex.late_rows import (
    TICK_OF,
    LateCandle,
    LateDepth,
    LateDiff,
    LateMiniTicker,
    LateTicker,
    LateTrade,
    are_usual,
)
from rxdex.venues.binance_dex.quick import NotUsual, read_depth, read_diff, read_trades
from rxdex.venues.binance_dex.words import TICKS
from tests.builders import Row, candle, depth, diff, mini, ticker, trade

#: A row, its data, the event it becomes, and what is filled at once.
ROWS: list[tuple[type[Any], Row, type[Any], set[str]]] = [
    (LateDiff, diff(), DepthUpdate, {"symbol", "time_ns"}),
    (LateDepth, depth(), DepthSnapshot, {"symbol", "block_height"}),
    (LateCandle, candle(), Kline, {"symbol", "interval", "time_ns", "is_closed"}),
    (LateTicker, ticker(), Ticker, {"symbol"}),
    (LateMiniTicker, mini(), MiniTicker, {"symbol"}),
    (LateTrade, trade(), Trade, {"symbol"}),
]
every_row = pytest.mark.parametrize(("row", "data", "event", "known"), ROWS)


def decoded(row: type[Any], data: Row) -> Any:
    return msgspec.json.decode(msgspec.json.encode(data), type=row)


#: Whose amounts are looked at by who reads the frame.
READERS: dict[type[Any], Callable[[Any], object]] = {
    LateTrade: lambda row: read_trades([row], MARKET, 1),
    LateDiff: lambda row: read_diff(row, MARKET, 1),
    LateDepth: lambda row: read_depth(row, MARKET, 1),
}


def is_usual(one: Any) -> bool:
    if type(one) not in READERS:
        return bool(one.is_usual())
    try:
        return bool(READERS[type(one)](one))
    except NotUsual:
        return False


@every_row
def test_every_field_is_filled_at_once_or_read_late(
    row: type[Any], data: Row, event: type[Any], known: set[str]
) -> None:
    one = decoded(row, data)
    assert is_usual(one)
    fields = {field.name for field in attrs.fields(event)} - {"received_ns"}
    assert set(one.late.names) == fields - known
    for name in fields - known:
        assert one.late.make(one, name) is not None
    for name in [*(known - {"symbol"}), "symbol", "late", "is_usual", "__class__", "x"]:
        with pytest.raises(LookupError):
            one.late.make(one, name)


def amount_places(data: Any) -> list[tuple[Any, Any]]:
    """Where the amounts of a row are: every text with a point in it, if no symbol."""
    flat: list[tuple[Any, Any]] = [
        (data, key) for key, value in data.items() if isinstance(value, str)
    ]
    sides: list[tuple[Any, Any]] = [
        (level, n)
        for side in data.values()
        if isinstance(side, list)
        for level in side
        for n in (0, 1)
    ]
    return [(holder, key) for holder, key in flat + sides if "." in holder[key]]


@every_row
@pytest.mark.parametrize(
    "text",
    ["", ".", "1", "1.", ".5", "-.5", "+1.0", " 1.0", "1.0 ", "1.0\n", "1_0.0", "1e5", "NaN", "1.0,2.0",
     "1.0.0", "--1.0", "1-1.0", "\u0661.0", "\uff11.0", "1.\u0662", "9" * 39 + ".0", "1." + "0" * 9,
     '1.0","1.0', "1.0\\u0031", "Infinity", "0x1.0"],
)  # fmt: skip
def test_one_text_that_is_no_usual_amount_makes_the_row_unusual(
    row: type[Any], data: Row, event: type[Any], known: set[str], text: str
) -> None:
    fresh = msgspec.json.decode(msgspec.json.encode(data))
    places = amount_places(fresh)
    assert len(places) >= 2
    for holder, key in places:
        before, holder[key] = holder[key], text
        assert not is_usual(decoded(row, fresh)), (key, text)
        holder[key] = before
    assert is_usual(decoded(row, fresh))


def test_two_texts_cannot_make_up_for_each_other() -> None:
    for several in [{"o": "1.0,2.0", "h": ""}, {"o": "1.0,2", "h": ".0"}, {"o": "1.0,", "h": ""}]:
        assert not decoded(LateMiniTicker, mini(**several)).is_usual()


def test_the_changes_of_a_ticker_may_be_negative_and_nothing_else() -> None:
    assert decoded(LateTicker, ticker(p="-0.20000000", P="-0.00640000")).is_usual()
    for key in {key for _, key in amount_places(ticker())} - {"p", "P"}:
        assert not decoded(LateTicker, ticker(**{key: "-31.20000000"})).is_usual(), key
    assert not decoded(LateCandle, candle(c="-31.20000000")).is_usual()


def trades(*amounts: tuple[str, str]) -> list[LateTrade]:
    return [decoded(LateTrade, trade(p=price, q=quantity)) for price, quantity in amounts]


def test_a_tick_that_the_venue_has_is_usual() -> None:
    assert TICK_OF.keys() == {None, *TICKS.known}
    assert all(TICK_OF[tick] is TICKS.known[tick] for tick in TICK_OF if tick is not None)


def test_of_many_trades_each_amount_is_looked_at() -> None:
    good = ("1.5", "2.50000000")
    assert are_usual(trades(good))
    assert are_usual(trades(good, good, good))
    for bad in [
        ("1.5", "x"),
        ("1.5,2.5", "1.5"),
        ("1.5,2.5", ""),
        ("", "1.5,2.5"),
        ("-1.5", "2.5"),
        ("1.5;2.5", "1.5"),
        ("1.5;2.5,3.5", "4.5"),
        ("1.5", "2.5,3.5;4.5"),
    ]:
        assert not are_usual(trades(bad))
        for place in range(3):
            several: list[tuple[str, str]] = [good, good]
            several.insert(place, bad)
            assert not are_usual(trades(*several)), (bad, place)
    for makes_up in [
        [("1.5,2.5", "1.5"), ("1.5", "")],
        [("1.5", "2.5,"), ("1.5", "2.5")],
        [("1.5;2.5,1.5", "2.5"), ("", "")],
    ]:
        assert not are_usual(trades(*makes_up))


def test_where_the_stack_is_full_the_data_is_not_blamed(monkeypatch: pytest.MonkeyPatch) -> None:
    """msgspec takes a `RecursionError` within a Decimal for an amount that is none."""

    def no_room(_: object) -> None:
        raise msgspec.ValidationError("Invalid decimal string")

    row = msgspec.json.decode(b'{"E":1,"s":"A_B","b":[],"a":[]}', type=LateDiff)
    monkeypatch.setattr(late_rows, "_decode_levels", no_room)
    with pytest.raises(RecursionError, match="no room to read the levels"):
        row.late.make(row, "bids")
