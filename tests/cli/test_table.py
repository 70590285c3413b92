"""Rows for people."""

import io
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import pytest
from attrs import frozen

from rxdex.cli.table import Column, Table, amount, printable
from rxdex.cli.terminal import GREEN, Terminal
from rxdex.events import BlockHeight, Event, Trade
from tests.cli.typewriter import Typewriter


@frozen(kw_only=True)
class Note(Event):
    who: str
    value: Decimal | None = None


COLUMNS: Mapping[type, Sequence[Column[Any]]] = {
    Note: [Column[Note]("who", lambda it: it.who), Column[Note]("value", lambda it: it.value)]
}


@pytest.fixture
def table() -> Table:
    return Table(COLUMNS, Terminal(io.StringIO()))


def rest(row: str) -> str:
    """A row without its time."""
    assert row[2] == row[5] == ":"
    return row[8:]


def test_what_comes_together_is_aligned(table: Table) -> None:
    rows = table.rows(
        [
            Note(who="a", value=Decimal("1.500")),
            Note(who="longer", value=Decimal("1234.25")),
            Note(who="b", value=Decimal("-0.00000001")),
            Note(who="c", value=Decimal(7)),
        ]
    )
    assert [rest(row) for row in rows] == [
        "  a          1.50000000",
        "  longer  1234.25000000",
        "  b         -0.00000001",
        "  c          7.00000000",
    ]


def test_each_symbol_has_digits_of_its_own() -> None:
    columns: Mapping[type, Sequence[Column[Any]]] = {
        BlockHeight: [],
        Trade: [Column[Trade]("price", lambda it: it.price)],
    }
    table = Table(columns, Terminal(io.StringIO()))
    prices = [("A", "1.50"), ("B", "0.00000001"), ("A", "12.25"), ("B", "3"), ("C", "7")]
    trades = [
        Trade(symbol=symbol, price=Decimal(price), trade_id="", quantity=Decimal(1), time_ns=0)
        for symbol, price in prices
    ]
    assert [rest(row).strip() for row in table.rows(trades)] == [
        "1.50",
        "0.00000001",
        "12.25",
        "3.00000000",
        "7",
    ]


def test_the_columns_remember_what_they_needed(table: Table) -> None:
    table.rows([Note(who="longer", value=Decimal("1234.25"))])
    assert rest(table.rows([Note(who="a", value=Decimal("1.5"))])[0]) == "  a          1.50"


def test_room_can_be_made_before(table: Table) -> None:
    table.expect("who", ["a", "the longest", "b"])
    assert rest(table.rows([Note(who="a", value=Decimal(1))])[0]) == "  a            1"


def test_nothing_is_left_of_an_empty_end(table: Table) -> None:
    empty = Table(
        {Note: [*COLUMNS[Note], Column[Note]("more", lambda _: "")]}, Terminal(Typewriter())
    )
    row = empty.rows([Note(who="a", value=Decimal("0.50"))])[-1]
    assert row.endswith("0.5")


def test_a_number_that_is_absent_is_a_dash(table: Table) -> None:
    assert rest(table.rows([Note(who="a")])[0]) == "  a  -"


def test_a_person_gets_the_names_of_the_columns_again_and_again() -> None:
    table = Table(COLUMNS, Terminal(Typewriter()))
    rows = [row for _ in range(100) for row in table.rows([Note(who="somebody", value=Decimal(1))])]
    heads = [number for number, row in enumerate(rows) if "who" in row]
    assert heads == [0, 41, 82]
    assert rows[0] == "\x1b[2mheard at  who       value\x1b[0m"


def test_a_colour_is_round_a_cell() -> None:
    columns: Mapping[type, Sequence[Column[Any]]] = {
        Note: [Column[Note]("who", lambda it: it.who, lambda _: GREEN)]
    }
    table = Table(columns, Terminal(Typewriter()))
    assert table.rows([Note(who="a")])[-1].endswith("\x1b[32ma\x1b[0m")


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (Decimal("0.00000000"), "0"),
        (Decimal(100), "100"),
        (Decimal("1E+3"), "1000"),
        (Decimal("90000000000.00000001"), "90000000000.00000001"),
        (None, "-"),
    ],
)
def test_an_amount_is_short_and_exact(number: Decimal | None, shown: str) -> None:
    assert amount(number) == shown


@pytest.mark.parametrize("text", ["\x1b[2J", "a\nb", "\r", "\u202egnp", "\x07", "\u2028"])
def test_text_of_the_venue_moves_no_cursor(text: str) -> None:
    assert printable(text).isprintable()
    assert len(printable(text)) == len(text)


def test_plain_text_stays_as_it_is() -> None:
    assert printable("für den Kaffee ☕") == "für den Kaffee ☕"


def test_one_that_is_out_of_all_proportion_spoils_no_other(table: Table) -> None:
    plain = table.rows([Note(who="a", value=Decimal(1))])[0]
    huge = table.rows([Note(who="x" * 1_000_000, value=Decimal(1))])[0]
    assert len(huge) < 500
    assert len(table.rows([Note(who="a", value=Decimal(1))])[0]) < len(plain) + 50


def test_symbols_without_end_do_not_fill_the_memory(table: Table) -> None:
    trades: Mapping[type, Sequence[Column[Any]]] = {
        Trade: [Column[Trade]("price", lambda it: it.price)]
    }
    many = Table(trades, Terminal(io.StringIO()))
    for number in range(5_000):
        many.rows(
            [
                Trade(
                    symbol=f"A{number}",
                    price=Decimal(1),
                    trade_id="",
                    quantity=Decimal(1),
                    time_ns=0,
                )
            ]
        )
    (width,) = many._widths[Trade]  # pyright: ignore[reportPrivateUsage]
    assert len(width.digits) <= 1_001
