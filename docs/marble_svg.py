# ruff: noqa: INP001 - a folder of pages, not a package
"""
Marble diagrams as SVG, to stand in an HTML page.

Only shapes and places are decided here; colours and fonts are those of the page, by the classes in
`docs/_static/marbles.css`. Text stays text. All lengths are in pixels at full size; a narrow page
shows everything smaller.
"""

from collections.abc import Callable, Iterator, Mapping
from html import escape

from docs.marbles import Box, Diagram, Line, LineRow, Row, Span, SpanRow

__all__ = ["COLOURS", "svg"]

#: How many colours for values the style sheet has; further values begin again with the first.
COLOURS = 10

_COLUMN = 22.0
_LETTER = 7.6
_GAP = 14.0
_HEIGHTS: Mapping[type[Row], float] = {LineRow: 40.0, SpanRow: 32.0, Box: 46.0}
# Half of how high each thing is.
_CIRCLE, _BAR, _CROSS, _TRIANGLE, _SQUARE, _TIP, _SPAN, _BOX = (
    10.0,
    9.0,
    6.0,
    7.0,
    5.0,
    5.0,
    9.0,
    15.0,
)
#: From an event to what happens at once with it: another event, or an end.
_NEXT_EVENT, _NEXT_END = 2 * _CIRCLE + 2, _CIRCLE + 6


def svg(diagram: Diagram, alt: str) -> str:
    """
    A diagram as an element `svg`.

    :param alt: what it shows, in words, for who does not see it
    """
    names = [row.name for row in diagram.rows if not isinstance(row, Box)]
    left = _LETTER * max(map(len, names)) + _GAP
    width = left + _COLUMN * diagram.columns + _GAP
    height = sum(_HEIGHTS[type(row)] for row in diagram.rows)
    sheet = _Sheet(diagram, left, width)
    drawn = "".join(_guides(diagram, sheet, height)) + "".join(_rows(diagram, sheet))
    return (
        f'<svg class="marbles" xmlns="http://www.w3.org/2000/svg" role="img" '
        f'aria-label="{escape(alt)}" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}">{drawn}</svg>'
    )


class _Sheet:
    """
    Where things are.

    :param left: where the first column begins
    """

    def __init__(self, diagram: Diagram, left: float, width: float) -> None:
        self.left = left
        self.width = width
        self._colours = {value: number % COLOURS for number, value in enumerate(diagram.values)}

    def x(self, column: int) -> float:
        """The middle of a column."""
        return self.left + _COLUMN * (column + 0.5)

    def colour(self, value: str) -> int:
        """The number of the colour of a value."""
        return self._colours[value]


def _rows(diagram: Diagram, sheet: _Sheet) -> Iterator[str]:
    top = 0.0
    for row in diagram.rows:
        height = _HEIGHTS[type(row)]
        yield from _row(row, sheet, top + height / 2)
        top += height


def _row(row: Row, sheet: _Sheet, y: float) -> Iterator[str]:
    if isinstance(row, Box):
        yield _rectangle("box", 1, sheet.width - 1, y, _BOX)
        yield _text("box-text", sheet.width / 2, y, row.text)
        return
    yield _text("name", 0, y, row.name)
    if isinstance(row, SpanRow):
        for span in row.spans:
            yield from _span(span, sheet, y)
    else:
        for line in row.lines:
            yield from _line(line, sheet, y)


def _guides(diagram: Diagram, sheet: _Sheet, height: float) -> Iterator[str]:
    """From each event of the first line down, so that it can be seen who gets it when."""
    top = 0.0
    for row in diagram.rows:
        if isinstance(row, LineRow):
            y = top + _HEIGHTS[LineRow] / 2
            for column in dict.fromkeys(mark.column for mark in row.marks if mark.is_event):
                yield _path("guide", sheet.x(column), y, f"V{height:g}")
            return
        top += _HEIGHTS[type(row)]


def _line(line: Line, sheet: _Sheet, y: float) -> Iterator[str]:
    places = list(_places(line, sheet))
    end = max([sheet.x(line.end), *places])
    yield _path("line", sheet.x(line.start), y, f"H{end:g}")
    if line.goes_on:
        yield _tip(end, y)
    for mark, x in zip(line.marks, places, strict=True):
        yield _event(mark.sign, sheet, x, y) if mark.is_event else _SIGNS[mark.sign](x, y)


def _places(line: Line, sheet: _Sheet) -> Iterator[float]:
    """Where each mark of a line stands: those of one moment side by side."""
    x, column = 0.0, -1
    for mark in line.marks:
        step = _NEXT_EVENT if mark.is_event else _NEXT_END
        x = x + step if mark.column == column else sheet.x(mark.column)
        column = mark.column
        yield x


def _event(value: str, sheet: _Sheet, x: float, y: float) -> str:
    circle = f'<circle cx="{x:g}" cy="{y:g}" r="{_CIRCLE:g}"/>'
    return f'<g class="event event-{sheet.colour(value)}">{circle}{_text("value", x, y, value)}</g>'


def _completed(x: float, y: float) -> str:
    return _path("completed", x, y - _BAR, f"v{2 * _BAR:g}")


def _failed(x: float, y: float) -> str:
    whole = 2 * _CROSS
    strokes = f"l{whole:g} {whole:g}m0 {-whole:g}l{-whole:g} {whole:g}"
    return _path("failed", x - _CROSS, y - _CROSS, strokes)


def _subscribed(x: float, y: float) -> str:
    long, half = 1.7 * _TRIANGLE, _TRIANGLE
    way = f"l{long:g} {half:g}l{-long:g} {half:g}z"
    return _path("subscribed", x - 0.4 * long, y - half, way)


def _disposed(x: float, y: float) -> str:
    side = 2 * _SQUARE
    return _path("disposed", x - _SQUARE, y - _SQUARE, f"h{side:g}v{side:g}h{-side:g}z")


def _tip(x: float, y: float) -> str:
    """The head of an arrow."""
    long, half = 1.4 * _TIP, _TIP
    return _path("tip", x - long, y - half, f"l{long:g} {half:g}l{-long:g} {half:g}")


_SIGNS: Mapping[str, Callable[[float, float], str]] = {
    "^": _subscribed,
    "!": _disposed,
    "|": _completed,
    "#": _failed,
}


def _span(span: Span, sheet: _Sheet, y: float) -> Iterator[str]:
    start, end = sheet.x(span.start), sheet.x(span.end)
    yield _rectangle("span", start, end, y, _SPAN)
    if span.label:
        yield _text("label", (start + end) / 2, y, span.label)
    if span.is_broken:
        yield _failed(end, y)
    if span.goes_on:
        yield _tip(end + 3 * _TIP, y)


def _rectangle(kind: str, start: float, end: float, y: float, half: float) -> str:
    place = f'x="{start:g}" y="{y - half:g}" width="{end - start:g}" height="{2 * half:g}"'
    return f'<rect class="{kind}" {place} rx="5"/>'


def _path(kind: str, x: float, y: float, way: str) -> str:
    return f'<path class="{kind}" d="M{x:g} {y:g}{way}"/>'


def _text(kind: str, x: float, y: float, text: str) -> str:
    return f'<text class="{kind}" x="{x:g}" y="{y:g}">{escape(text)}</text>'
