# ruff: noqa: INP001 - a folder of pages, not a package
"""
Marble diagrams as text, and reading them; `docs.marble_svg` draws what is read.

A diagram is rows of text. A column is a moment, the same in all rows::

    venue:    -1--2--3--4--5-->
    [ filter(is even) ]
    Ann:        ^-2-----4-!
    socket:     [= market =]

There are three kinds of row.

* A *line*: a name, a colon, and what happens. `-` is a moment without anything; a letter or a digit is
  an event, the same sign the same value; `^` is a subscribe and begins a line; `!` a dispose, `|`
  completion and `#` an error: each ends it. `>` at the end is a line that goes on. Signs in parentheses
  happen at once, at the moment of the opening one: `(2|)`. Where there is a space, there is no line:
  not yet, not any more, or not until the next one begins.
* A *span*: a name, a colon, and stretches from `[` to `]`, of something that is there meanwhile. `=`
  fills it, words in it are its label. One that ends with `#` broke, one that ends with `>` goes on.
* A *box*: brackets and no name, such as an operator that stands between the rows above and those below.

Empty rows mean nothing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["Box", "Diagram", "Line", "LineRow", "Mark", "Row", "Span", "SpanRow", "read"]

_NAMED = re.compile(r"\s*([^\[\]:]+?)\s*:(.*)")
_BOX = re.compile(r"\s*\[(.+)\]\s*")
_STRETCH = re.compile(r"\[([^\[\]#>]*)([]#>])")
_SIGN = re.compile(r"\((?P<group>[^()]+)\)|.")
_LAST_WORDS = ("|", "#", "!")
_ENDS = (*_LAST_WORDS, ">")
_OF_GROUPS = ("^", *_LAST_WORDS)
_OF_LINES = ("-", "^", *_ENDS)


@dataclass(frozen=True, slots=True)
class Mark:
    """
    One thing that happens.

    :param column: when
    :param sign: a letter or a digit for an event; `^`, `!`, `|` or `#`
    """

    column: int
    sign: str

    @property
    def is_event(self) -> bool:
        """Whether it is a value."""
        return self.sign.isalnum()


@dataclass(frozen=True, slots=True)
class Line:
    """
    A line from its beginning to its end.

    :param start: its first column
    :param end: its last
    :param marks: what happens on it, in order
    :param goes_on: whether it has no end in the diagram
    """

    start: int
    end: int
    marks: tuple[Mark, ...]
    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """
    A stretch in which something is there.

    :param start: the column in which it begins
    :param end: the column in which it ends
    :param label: what is written in it
    :param is_broken: whether it did not end, but broke
    :param goes_on: whether it has no end in the diagram
    """

    start: int
    end: int
    label: str = ""
    is_broken: bool = False
    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class LineRow:
    """One who sends or listens, and each line of it."""

    name: str
    lines: tuple[Line, ...]

    @property
    def marks(self) -> tuple[Mark, ...]:
        """All that happens on it."""
        return tuple(mark for line in self.lines for mark in line.marks)


@dataclass(frozen=True, slots=True)
class SpanRow:
    """Something that comes and goes, and each time it was there."""

    name: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Box:
    """What stands between the rows above and those below."""

    text: str


Row = LineRow | SpanRow | Box


@dataclass(frozen=True, slots=True)
class Diagram:
    """
    What a text says.

    :param columns: how many moments there are
    """

    rows: tuple[Row, ...]
    columns: int

    @property
    def values(self) -> tuple[str, ...]:
        """The distinct events, as they come from the top row down."""
        marks = (mark for row in self.rows if isinstance(row, LineRow) for mark in row.marks)
        return tuple(dict.fromkeys(mark.sign for mark in marks if mark.is_event))


def read(text: str) -> Diagram:
    """
    The diagram that a text is.

    :raises ValueError: when it is none; the message names the row
    """
    rows = [row for row in text.expandtabs().splitlines() if row.strip()]
    named = [_NAMED.fullmatch(row) for row in rows]
    begins = [_first_column(found) for found in named if found is not None]
    if not begins:
        raise ValueError(f"no row with a name in {text!r}; one looks like 'Ann: ^-1-!'")
    left = min(begins)
    read_rows: list[Row] = []
    for row, found in zip(rows, named, strict=True):
        try:
            read_rows.append(_row(row, found, left))
        except ValueError as wrong:
            raise ValueError(f"{wrong}, in the row {row!r}") from None
    right = max(len(row.rstrip()) for row, found in zip(rows, named, strict=True) if found)
    return Diagram(tuple(read_rows), right - left)


def _first_column(named: re.Match[str]) -> int:
    """Where the first sign of a row stands in the text."""
    marks = named[2]
    return named.start(2) + len(marks) - len(marks.lstrip())


def _row(row: str, named: re.Match[str] | None, left: int) -> Row:
    if named is None:
        box = _BOX.fullmatch(row)
        if box is None:
            raise ValueError("neither a name and a colon, nor a box in brackets")
        return Box(box[1].strip())
    # Moved to where column 0 is, so that a place in the text is a moment.
    signs = (" " * named.start(2) + named[2])[left:].rstrip()
    if not signs:
        raise ValueError("nothing behind the name")
    if "[" in signs:
        return SpanRow(named[1], tuple(_spans(signs)))
    lines = tuple(_line(found[0], found.start()) for found in re.finditer(r"\S+", signs))
    return LineRow(named[1], lines)


def _spans(signs: str) -> list[Span]:
    if _STRETCH.sub("", signs).strip():
        raise ValueError("a span is stretches such as [====], and spaces between them")
    return [
        Span(
            found.start(),
            found.end() - 1,
            found[1].strip("= "),
            is_broken=found[2] == "#",
            goes_on=found[2] == ">",
        )
        for found in _STRETCH.finditer(signs)
    ]


def _line(signs: str, start: int) -> Line:
    marks: list[Mark] = []
    over = ""
    for mark in _moments(signs, start):
        if over:
            raise ValueError(f"{mark.sign!r} comes after {over!r}, which ends a line")
        if mark.sign == "^" and (marks or mark.column != start):
            raise ValueError("'^' begins a line")
        if mark.sign in _ENDS:
            over = mark.sign
        if mark.sign not in ("-", ">"):
            marks.append(mark)
    # What is written in a group takes columns, but no time.
    end = marks[-1].column if over in _LAST_WORDS else start + len(signs) - 1
    return Line(start, end, tuple(marks), goes_on=over == ">")


def _moments(signs: str, start: int) -> Iterator[Mark]:
    """Each sign at the column in which it happens; those of a group all in one."""
    for found in _SIGN.finditer(signs):
        group = found["group"]
        for sign in group or found[0]:
            if sign in "()":
                raise ValueError("a parenthesis without its other, or with nothing in it")
            if not (sign.isascii() and sign.isalnum()) and sign not in (
                _OF_GROUPS if group else _OF_LINES
            ):
                raise ValueError(f"{sign!r} means nothing" + (" in a group" if group else ""))
            yield Mark(start + found.start(), sign)
