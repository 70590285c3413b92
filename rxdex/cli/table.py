"""Rows for people: aligned as far as is known what comes, numbers of one symbol with as many digits."""

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Generic, TypeVar

from attrs import define, field, frozen

from rxdex.cli.terminal import FAINT, Terminal

__all__ = ["Column", "Table", "amount", "printable"]

E = TypeVar("E")

_ABSENT = "-"
_GAP = "  "
_CLOCK_HEAD = "heard at"
#: Characters that a column remembers having needed, and that a cell may have at all.
_WIDEST = 40
_LONGEST = 400
#: Symbols whose digits are remembered.
_SYMBOLS = 1_000
_HEAD_EVERY = 40


@frozen
class Column(Generic[E]):
    """
    One column: what stands above it, what stands in it.

    :param head: its name
    :param show: what an event has there: text, or a number
    :param colour: the ANSI code for it; none where there is nothing to point out
    """

    head: str
    show: Callable[[E], str | Decimal | None]
    colour: Callable[[E], str] = lambda _: ""


def printable(text: str) -> str:
    """Text of the venue without what would move the cursor, or hide what follows."""
    return "".join(letter if letter.isprintable() else "�" for letter in text)


def amount(number: Decimal | None) -> str:
    """A number as short as it can be exact; a dash where there is none."""
    if number is None:
        return _ABSENT
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@define
class _Width:
    """
    What a column has needed so far.

    :param total: characters
    :param digits: behind the point, of each symbol: a price that ends in a zero shows it
    """

    total: int = 0
    digits: dict[str, int] = field(factory=dict[str, int])

    def fit(self, cell: str | Decimal | None, symbol: str = "") -> str:
        """The cell, padded to the width of the column, which grows where it must."""
        if isinstance(cell, str):
            if len(cell) > _LONGEST:
                cell = f"{cell[:_LONGEST]}…"
            self._need(cell)
            # The name of a column of numbers stands where their ends do.
            return cell.rjust(self.total) if self.digits else cell.ljust(self.total)
        if len(self.digits) > _SYMBOLS:
            self.digits.clear()
        shown, point, fraction = amount(cell).partition(".")
        digits = self.digits[symbol] = max(self.digits.get(symbol, 0), len(fraction))
        if digits and cell is not None:
            shown += point.ljust(1, ".") + fraction.ljust(digits, "0")
        self._need(shown)
        return shown.rjust(self.total)

    def _need(self, cell: str) -> None:
        # One that is out of all proportion shall not push away all that come after it.
        self.total = max(self.total, min(len(cell), _WIDEST))


class Table:
    """
    Rows of one or of several kinds of event, each with the columns of its kind.

    A person gets the names of the columns above them, again and again, as far as there is but one kind.

    :param columns: of each kind of event
    :param terminal: where it is written; in colour if that has any
    """

    def __init__(self, columns: Mapping[type, Sequence[Column[Any]]], terminal: Terminal) -> None:
        self._columns = columns
        self._terminal = terminal
        self._lock = threading.Lock()
        self._widths = {kind: [_Width() for _ in one] for kind, one in columns.items()}
        self._has_head = terminal.is_watched and len(columns) == 1
        self._count = 0

    def expect(self, head: str, texts: Iterable[str]) -> None:
        """Make room for what the columns of this name may have to show."""
        for kind, columns in self._columns.items():
            for column, width in zip(columns, self._widths[kind], strict=True):
                if column.head == head:
                    width.fit(max(texts, key=len, default=""))

    def rows(self, events: Sequence[Any]) -> list[str]:
        """Events that came together: when we heard of them, by the clock of this place, and their cells."""
        with self._lock:
            for event in (*events, *events):
                # For the width alone, and first for the digits: what comes together is aligned.
                self._cells(event)
            lines = self._heads() + [self._row(event) for event in events]
            self._count += len(events)
        return lines

    def _heads(self) -> list[str]:
        if not self._has_head or self._count % _HEAD_EVERY:
            return []
        ((kind, columns),) = self._columns.items()
        named = zip(self._widths[kind], columns, strict=True)
        cells = [_CLOCK_HEAD, *(width.fit(column.head) for width, column in named)]
        return [self._terminal.painted(FAINT, _GAP.join(cells).rstrip())]

    def _cells(self, event: Any) -> list[tuple[str, str]]:
        columns = self._columns[type(event)]
        symbol = getattr(event, "symbol", "")
        return [
            (column.colour(event), width.fit(column.show(event), symbol))
            for width, column in zip(self._widths[type(event)], columns, strict=True)
        ]

    def _row(self, event: Any) -> str:
        cells = [(FAINT, f"{event.received_at.astimezone():%H:%M:%S}"), *self._cells(event)]
        while not cells[-1][1].strip():
            cells.pop()
        colour, last = cells[-1]
        cells[-1] = (colour, last.rstrip())
        return _GAP.join(self._terminal.painted(*cell) for cell in cells)
