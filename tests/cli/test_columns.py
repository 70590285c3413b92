"""Events for people: what each kind shows."""

import io
import re
from typing import Any

import pytest

from rxdex.cli.columns import COLUMNS
from rxdex.cli.table import Table
from rxdex.cli.terminal import Terminal
from rxdex.cli.watched import WATCHED
from rxdex.events import (
    AccountUpdate,
    BlockHeight,
    DepthSnapshot,
    DepthUpdate,
    Event,
    Kline,
    MiniTicker,
    OrderUpdate,
    Ticker,
    Trade,
    Transfer,
)
from tests import builders

HUGE = "9" * 31 + ".00000001"


def row(event: Event) -> str:
    """What a person reads, without the time, one space where there are several."""
    table = Table(COLUMNS, Terminal(io.StringIO()))
    return re.sub(r" +", " ", table.rows([event])[0][8:].strip())


def first(kind: type[Any], stream: str, data: object) -> Any:
    return builders.events(kind, builders.found(stream, data))[0]


def test_every_kind_that_can_be_watched_has_columns() -> None:
    assert set(COLUMNS) == {kind for it in WATCHED.values() for kind in it.events}


@pytest.mark.parametrize(
    ("tick", "taker"), [(1, "▼ sell"), (2, "▲ buy"), (3, "· both"), (5, "· both"), (99, "· both")]
)
def test_a_trade(tick: int, taker: str) -> None:
    trade = first(Trade, "trades", [builders.trade(tt=tick)])
    assert row(trade) == f"BNB_BUSD-BD1 {taker} 31.5 2 63"


def test_a_trade_of_any_size() -> None:
    trade = first(Trade, "trades", [builders.trade(p=HUGE, q=HUGE)])
    assert row(trade).split()[-1] == f"{trade.notional:.8f}".rstrip("0")


def test_the_best_of_a_book() -> None:
    book = builders.only(
        DepthSnapshot,
        "marketDepth",
        builders.depth(
            bids=[["15.75000000", "3.00000000"], ["15.70000000", "1.00000000"]],
            asks=[["15.80000000", "0.50000000"]],
        ),
    )
    assert row(book) == "BNB_BUSD-BD1 3 15.75 15.8 0.5 0.05"


def test_a_book_of_one_side() -> None:
    book = builders.only(
        DepthSnapshot, "marketDepth", builders.depth(bids=[["15.75000000", "3.00000000"]], asks=[])
    )
    assert row(book) == "BNB_BUSD-BD1 3 15.75 - - -"


def test_the_levels_that_changed() -> None:
    levels = [[f"{price}.50000000", "0.00000000"] for price in range(5)]
    update = builders.only(
        DepthUpdate, "marketDiff", builders.diff(b=[["15.75000000", "3.00000000"]], a=levels)
    )
    assert row(update) == "BNB_BUSD-BD1 15.75: 3 0.5: gone, 1.5: gone, 2.5: gone, +2"
    empty = builders.only(DepthUpdate, "marketDiff", builders.diff(b=[], a=[]))
    assert row(empty) == "BNB_BUSD-BD1 - -"


@pytest.mark.parametrize("is_closed", [True, False])
def test_a_kline(is_closed: bool) -> None:
    kline = builders.only(Kline, "kline_1m", builders.kline(builders.candle(x=is_closed)))
    shown = row(kline)
    assert shown.startswith(f"BNB_BUSD-BD1 {kline.open_time:%m-%d %H:%M} ")
    assert shown.endswith("closed") is is_closed


@pytest.mark.parametrize(
    ("ratio", "shown"),
    [("0.03990000", "+3.99%"), ("-0.00010000", "-0.01%"), ("0.00000000", "+0.00%")],
)
def test_a_ticker(ratio: str, shown: str) -> None:
    ticker = builders.only(Ticker, "ticker", builders.ticker(P=ratio))
    assert row(ticker).split()[2] == shown


def test_a_ticker_of_any_size() -> None:
    assert HUGE[:20] in row(builders.only(Ticker, "ticker", builders.ticker(c=HUGE, P=HUGE)))


def test_a_mini_ticker() -> None:
    assert row(builders.only(MiniTicker, "miniTicker", builders.mini())).startswith("BNB_BUSD-BD1 ")


def test_a_block() -> None:
    assert row(BlockHeight(height=123_456_789)) == "123,456,789"


def test_an_order_and_its_fill() -> None:
    fill = builders.order(
        X="FullyFill",
        S=1,
        q="2.00000000",
        p="31.50000000",
        l="2.00000000",
        L="31.00000000",
        t="7-0",
    )
    order = first(OrderUpdate, "orders", [fill])
    assert row(order) == "BNB_BUSD-BD1 ▲ buy 2 at 31.5 full fill 2 at 31"


def test_an_order_that_failed_and_a_side_we_do_not_know() -> None:
    order = first(OrderUpdate, "orders", [builders.order(X="FailedBlocking", S=0, t="")])
    assert row(order).split()[1:3] == ["?", "unknown"]
    assert row(order).endswith("failed blocking")


def test_balances() -> None:
    account = builders.only(
        AccountUpdate,
        "accounts",
        builders.account(
            {"a": "BNB", "f": "1.50000000", "r": "0.25000000", "l": "3.00000000"},
            {"a": "BUSD-BD1", "f": "0.00000000", "r": "0.00000000", "l": "0.00000000"},
        ),
    )
    assert row(account) == "BNB 1.5 + 3 locked + 0.25 frozen, BUSD-BD1 0"
    assert row(AccountUpdate(address="a", balances=())) == "nothing is left"


def transfer(**other: object) -> Transfer:
    return builders.only(Transfer, "transfers", builders.transfer(**other))


def test_a_transfer_that_was_sent() -> None:
    outputs = [{"o": builders.SELLER, "c": [{"a": "BNB", "A": "1.50000000"}]}]
    sent = transfer(f=builders.BUYER, t=outputs, M="")
    assert row(sent) == f"▶ sent 1.5 BNB to {builders.SELLER}"


def test_a_transfer_that_was_received_shows_ones_own_share() -> None:
    outputs = [
        {"o": builders.BUYER, "c": [{"a": "BNB", "A": "1.50000000"}]},
        {"o": builders.SELLER, "c": [{"a": "BNB", "A": "8.00000000"}]},
    ]
    got = transfer(f=builders.SELLER, t=outputs, M="thanks")
    assert row(got) == f"◀ got 1.5 BNB from {builders.SELLER} thanks"


def test_many_receivers_are_counted() -> None:
    outputs = [{"o": builders.SELLER, "c": [{"a": "BNB", "A": "1.50000000"}]}] * 300
    shown = row(transfer(f=builders.BUYER, t=outputs, M=""))
    assert (
        shown
        == f"▶ sent {', '.join(['1.5 BNB'] * 3)}, +297 to {', '.join([builders.SELLER] * 3)}, +297"
    )


def test_a_memo_cannot_play_with_the_terminal() -> None:
    shown = row(transfer(M="\x1b]0;owned\x07\x1b[2J\nrxdex: you won"))
    assert shown.isprintable()
    assert "you won" in shown
