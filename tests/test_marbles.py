"""Marble diagrams: what a text means, and what is drawn of it."""

import inspect
import re
import threading
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reactivex import Observable, abc
from reactivex.subject import Subject

from docs import marble_svg, marbles
from docs.marbles import Box, Diagram, Line, LineRow, Mark, Span, SpanRow
from rxdex import first
from tests.connection.peer import Aside

ROOT = Path(__file__).parents[1]
STYLE = (ROOT / "docs" / "_static" / "marbles.css").read_text(encoding="utf-8")
DEADLINE = 5.0

EXAMPLE = """
    venue:    -1--2--3--4--5-->
    [ filter(is even) ]
    Ann:        ^-2-----4-!
    socket:     [= market =]
"""


def row_of(text: str) -> Any:
    (row,) = marbles.read(text).rows
    return row


def line_of(signs: str) -> Line:
    (line,) = row_of(f"Ann: {signs}").lines
    assert isinstance(line, Line)
    return line


# Text to values.


def test_rows_keep_their_order_and_kind() -> None:
    rows = marbles.read(EXAMPLE).rows
    assert [type(row) for row in rows] == [LineRow, Box, LineRow, SpanRow]
    assert [getattr(row, "name", None) for row in rows] == ["venue", None, "Ann", "socket"]


def test_a_column_is_the_same_moment_in_every_row() -> None:
    diagram = marbles.read(EXAMPLE)
    venue, _, ann, socket = diagram.rows
    assert isinstance(venue, LineRow)
    assert isinstance(ann, LineRow)
    assert Mark(4, "2") in venue.marks
    assert Mark(4, "2") in ann.marks
    assert socket == SpanRow("socket", (Span(2, 13, "market"),))
    assert diagram.columns == 17


def test_columns_are_counted_from_the_first_that_is_used() -> None:
    assert marbles.read("a:   -1-\nlonger:  2").rows == (
        LineRow("a", (Line(0, 2, (Mark(1, "1"),)),)),
        LineRow("longer", (Line(4, 4, (Mark(4, "2"),)),)),
    )


@pytest.mark.parametrize(
    ("signs", "line"),
    [
        pytest.param("---", Line(0, 2, ()), id="nothing happens"),
        pytest.param("-a-", Line(0, 2, (Mark(1, "a"),)), id="an event"),
        pytest.param("ab", Line(0, 1, (Mark(0, "a"), Mark(1, "b"))), id="one after the other"),
        pytest.param("^-!", Line(0, 2, (Mark(0, "^"), Mark(2, "!"))), id="from ^ to !"),
        pytest.param("-|", Line(0, 1, (Mark(1, "|"),)), id="completes"),
        pytest.param("-#", Line(0, 1, (Mark(1, "#"),)), id="fails"),
        pytest.param("-->", Line(0, 2, (), goes_on=True), id="goes on"),
        pytest.param("-(ab)-", Line(0, 5, (Mark(1, "a"), Mark(1, "b"))), id="at once"),
        pytest.param("-(a|)", Line(0, 1, (Mark(1, "a"), Mark(1, "|"))), id="ends at once"),
        pytest.param("(^a)-", Line(0, 4, (Mark(0, "^"), Mark(0, "a"))), id="begins at once"),
    ],
)
def test_a_line(signs: str, line: Line) -> None:
    assert line_of(signs) == line


def test_a_row_may_have_several_lines() -> None:
    row = row_of("Ann: ^-1!  ^-2!")
    assert [(line.start, line.end) for line in row.lines] == [(0, 3), (6, 9)]
    assert [mark.sign for mark in row.marks] == ["^", "1", "!", "^", "2", "!"]


@pytest.mark.parametrize(
    ("signs", "spans"),
    [
        pytest.param("[==]", [Span(0, 3)], id="a stretch"),
        pytest.param("[]", [Span(0, 1)], id="a short one"),
        pytest.param("[= a b =]", [Span(0, 8, "a b")], id="a label"),
        pytest.param("[==#", [Span(0, 3, is_broken=True)], id="breaks"),
        pytest.param("[==>", [Span(0, 3, goes_on=True)], id="goes on"),
        pytest.param("[=]  [=]", [Span(0, 2), Span(5, 7)], id="two"),
    ],
)
def test_a_row_of_spans(signs: str, spans: list[Span]) -> None:
    assert row_of(f"socket: {signs}") == SpanRow("socket", tuple(spans))


def test_a_box_holds_any_text() -> None:
    assert marbles.read("[ map(x: y) | [z] ]\na: -").rows[0] == Box("map(x: y) | [z]")


def test_values_are_told_apart_in_the_order_of_the_rows() -> None:
    assert marbles.read("a: --2-1\nb: -3-2").values == ("2", "1", "3")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("", "no row with a name", id="nothing"),
        pytest.param("[ box ]", "no row with a name", id="only a box"),
        pytest.param("a: -1-\n-1-", "neither a name", id="no name"),
        pytest.param("a: -1-\nb:", "nothing behind the name", id="only a name"),
        pytest.param("a: -?-", "'\\?' means nothing", id="an unknown sign"),
        pytest.param("a: -é-", "'é' means nothing", id="a letter beyond ASCII"),
        pytest.param("a: (a-b)", "'-' means nothing in a group", id="time in a group"),
        pytest.param("a: -^-", "'\\^' begins a line", id="a late subscribe"),
        pytest.param("a: (a^)", "'\\^' begins a line", id="a late subscribe in a group"),
        pytest.param("a: -|-", "'-' comes after '|'", id="time after the end"),
        pytest.param("a: -!1", "'1' comes after '!'", id="an event after the end"),
        pytest.param("a: -(|a)", "'a' comes after '|'", id="after the end in a group"),
        pytest.param("a: (ab", "a parenthesis", id="a group without an end"),
        pytest.param("a: ab)", "a parenthesis", id="a group without a beginning"),
        pytest.param("a: ()", "a parenthesis", id="an empty group"),
        pytest.param("a: [==", "a span is", id="a span without an end"),
        pytest.param("a: ==]", "'=' means nothing", id="a span without a beginning"),
        pytest.param("a: [=] -1-", "a span is", id="a line in a row of spans"),
    ],
)
def test_what_is_no_diagram(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        marbles.read(text)


def test_the_row_that_is_wrong_is_named() -> None:
    with pytest.raises(ValueError, match="in the row 'b: -!1'"):
        marbles.read("a: -1\nb: -!1\nc: -2")


@given(st.text(alphabet="ab1: -^!|#>()[]=\n\t?", max_size=40))
def test_any_text_is_a_diagram_or_a_value_error(text: str) -> None:
    try:
        diagram = marbles.read(text)
    except ValueError:
        return
    ET.fromstring(marble_svg.svg(diagram, "it"))


# Values to SVG.


def drawn(text: str, alt: str = "it") -> ET.Element:
    return ET.fromstring(marble_svg.svg(marbles.read(text), alt))


def of_class(svg: ET.Element, name: str) -> list[ET.Element]:
    return [it for it in svg.iter() if it.get("class") == name]


def test_it_is_an_image_with_words_for_who_does_not_see_it() -> None:
    svg = drawn("a: -1-", alt='"a" < b & c')
    assert svg.get("role") == "img"
    assert svg.get("aria-label") == '"a" < b & c'


def test_every_text_stays_text() -> None:
    texts = [it.text for it in drawn(EXAMPLE).iter() if it.tag.endswith("text")]
    assert sorted(filter(None, texts)) == sorted(
        ["venue", "Ann", "socket", "filter(is even)", "market", *"12345", *"24"]
    )


def test_names_are_escaped() -> None:
    svg = drawn("<a> & b: -1-\n[ x < y ]")
    assert [of_class(svg, name)[0].text for name in ("name", "box-text")] == ["<a> & b", "x < y"]


def test_the_same_value_has_the_same_colour() -> None:
    svg = drawn("a: -1-2-\nb: -2-1-")
    groups = [it for it in svg.iter() if (it.get("class") or "").startswith("event ")]
    assert [it.get("class", "")[-1] for it in groups] == ["0", "1", "1", "0"]


def test_more_values_than_colours_begin_again() -> None:
    svg = drawn(f"a: {'abcdefghijklm'[: marble_svg.COLOURS + 1]}")
    groups = [it for it in svg.iter() if (it.get("class") or "").startswith("event ")]
    assert groups[0].get("class") == groups[-1].get("class")


def test_the_same_moment_is_below_itself() -> None:
    svg = drawn("long name: -1-\nb:         ^1!")
    one, other = (float(it.get("cx", "")) for it in svg.iter() if it.tag.endswith("circle"))
    assert one == other


@pytest.mark.parametrize(
    ("signs", "name"),
    [
        ("^-", "subscribed"),
        ("-!", "disposed"),
        ("-|", "completed"),
        ("-#", "failed"),
        ("->", "tip"),
        ("[=]", "span"),
        ("[#", "failed"),
        ("[>", "tip"),
    ],
)
def test_every_sign_is_drawn(signs: str, name: str) -> None:
    assert len(of_class(drawn(f"a: {signs}"), name)) == 1


def test_nothing_overlaps_in_a_group() -> None:
    circles = [
        float(it.get("cx", "")) for it in drawn("a: -(abc)").iter() if it.tag.endswith("circle")
    ]
    radius = 10
    assert all(right - left > 2 * radius for left, right in pairwise(circles))


def test_everything_lies_within_the_drawing() -> None:
    svg = drawn("somebody: -1-(ab|)\nsocket: [===>\n[ box ]")
    width, height = float(svg.get("width", "")), float(svg.get("height", ""))
    assert svg.get("viewBox") == f"0 0 {width:g} {height:g}"
    for it in svg.iter():
        for name, limit in (("x", width), ("cx", width), ("y", height), ("cy", height)):
            assert 0 <= float(it.get(name, "0")) <= limit


def test_only_the_first_line_has_guides() -> None:
    assert len(of_class(drawn("a: -1-2-\nb: -3-"), "guide")) == 2


def test_the_style_sheet_knows_every_class_and_colour() -> None:
    everything = drawn("a: ^-1(2|)\nb: -!\nc: -#\nd: ->\ne: [ x =]\n[ box ]")
    classes = {name for it in everything.iter() for name in (it.get("class") or "").split() if name}
    classes |= {f"event-{number}" for number in range(marble_svg.COLOURS)}
    assert [name for name in classes - {"name"} if not re.search(rf"\.{name}\b", STYLE)] == []
    # In the light, in the dark by choice, and in the dark by the system's.
    for number in range(marble_svg.COLOURS):
        assert STYLE.count(f"--event-{number}:") == STYLE.count(f"--event-line-{number}:") == 3


# Those of the documentation.


def diagrams_of_pages() -> Iterator[Any]:
    for page in sorted((ROOT / "docs").rglob("*.md")):
        blocks = re.findall(
            r"^```\{marble\}\n(.*?)\n\n(.*?)^```", page.read_text("utf-8"), re.DOTALL | re.MULTILINE
        )
        for number, (options, text) in enumerate(blocks, 1):
            yield pytest.param(options, text, id=f"{page.stem}-{number}")


@pytest.mark.parametrize(("options", "text"), list(diagrams_of_pages()))
def test_a_diagram_of_a_page(options: str, text: str) -> None:
    assert re.search(r"^:alt: \S", options, re.MULTILINE)
    svg = ET.fromstring(marble_svg.svg(marbles.read(text), "it"))
    # The column of the page, and the frame's padding: at 100 % it is not made smaller.
    assert float(svg.get("width", "")) <= 700


def diagram_of(thing: object) -> Diagram:
    """The diagram in a docstring."""
    _, _, rest = (inspect.getdoc(thing) or "").partition(".. marble::")
    found = re.match(r"\n(?: +:.*\n(?:  +[^:\n].*\n)*)+\n((?: +.*\n)+)", rest)
    assert found is not None
    return marbles.read(found[1])


def test_the_diagram_of_first_is_true() -> None:
    diagram = diagram_of(first)
    stream, asked = diagram.rows
    assert isinstance(stream, LineRow)
    assert isinstance(asked, LineRow)
    subject: Subject[str] = Subject()
    subscribed = threading.Event()
    listening = 0

    def subscribe(observer: Any, scheduler: Any = None) -> abc.DisposableBase:
        subscription = subject.subscribe(observer)
        subscribed.set()
        return subscription

    asking: Aside | None = None
    seen: list[Mark] = []
    for column in range(diagram.columns):
        if Mark(column, "^") in asked.marks:
            asking = Aside(lambda: first(Observable(subscribe), DEADLINE))
            assert subscribed.wait(DEADLINE)
            seen.append(Mark(column, "^"))
        for mark in stream.marks:
            if mark.column == column:
                subject.on_next(mark.sign)
        listening = len(subject.observers)
        if asking is not None and not listening and len(seen) == 1:
            assert asking.ended()
            seen += [Mark(column, str(asking.result)), Mark(column, "|")]
    assert seen == list(asked.marks)
