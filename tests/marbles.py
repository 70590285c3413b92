"""
Diagrams of operators, played in virtual time; how they are written stands in `docs.marbles`.

A column is a second. The first line is the source's, the last the subscriber's; `g` is a `Gap`. Where a span
begins as the subscriber gets an event, it is in its `on_next` to the end of that span, and the world goes on.
"""

import inspect
import re
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

from reactivex import Observable
from reactivex.scheduler import VirtualTimeScheduler
from reactivex.subject import Subject

from docs import marbles
from docs.marbles import Box, Diagram, LineRow, Mark, SpanRow
from rxdex.events import Gap, GapReason

__all__ = ["Clock", "box", "check", "diagrams", "drawn", "play", "spans"]

Operator = Callable[[Observable[Any]], Observable[Any]]

GAP = Gap(topic=None, since_ns=1, reason=GapReason.LINE_LOST)


class Clock(VirtualTimeScheduler):
    """A virtual clock that can be moved by what runs on it, too."""

    @property
    def column(self) -> int:
        """Where it stands."""
        return round(self.to_seconds(self._clock))

    def pass_to(self, column: int) -> None:
        """Let time pass, and everything happen that is due."""
        until = self.to_datetime(float(column))
        while self._queue and self._queue.peek().duetime <= until:
            item = self._queue.dequeue()
            self._clock = max(self.to_seconds(self._clock), self.to_seconds(item.duetime))
            if not item.is_cancelled():
                item.invoke()
        self._clock = max(self.to_seconds(self._clock), float(column))


def check(operator: Operator, source: str, expected: str, busy: str = "") -> None:
    """
    The operator makes of the source what is expected.

    :param busy: the spans in which the subscriber is busy, below the two lines
    """
    rows = [f"source:     {source}", f"subscriber: {expected}"]
    if busy:
        rows.append(f"busy:       {busy}")
    diagram = marbles.read("\n".join(rows))
    assert play(diagram, operator) == drawn(diagram)


def play(diagram: Diagram, operator: Operator) -> list[Mark]:
    """What the subscriber gets, and when."""
    clock = Clock()
    source: Subject[Any] = Subject()
    seen: list[Mark] = []
    busy = {span.start: span.end for span in spans(diagram, "busy")}

    def note(sign: str) -> None:
        seen.append(Mark(clock.column, sign))

    def on_next(value: object) -> None:
        note("g" if isinstance(value, Gap) else str(value))
        clock.pass_to(busy.pop(clock.column, clock.column))

    for mark in lines(diagram)[0].marks:
        clock.schedule_absolute(float(mark.column), lambda *_, it=mark.sign: say(source, it))
    subscription = source.pipe(operator).subscribe(
        on_next, lambda _: note("#"), lambda: note("|"), scheduler=clock
    )
    # Much longer than is drawn: what comes too late is seen as well.
    clock.pass_to(diagram.columns + 1_000)
    subscription.dispose()
    return seen


def say(source: Subject[Any], sign: str) -> None:
    """Have a source say what a sign means."""
    if sign == "|":
        source.on_completed()
    elif sign == "#":
        source.on_error(ValueError("the source's own"))
    else:
        source.on_next(GAP if sign == "g" else sign)


def lines(diagram: Diagram) -> list[LineRow]:
    """Its lines, from the top down."""
    return [row for row in diagram.rows if isinstance(row, LineRow)]


def drawn(diagram: Diagram) -> list[Mark]:
    """What the subscriber gets, as it is drawn."""
    return list(lines(diagram)[-1].marks)


def spans(diagram: Diagram, name: str) -> list[marbles.Span]:
    """The spans of a row."""
    rows = [row for row in diagram.rows if isinstance(row, SpanRow) and row.name == name]
    return [span for row in rows for span in row.spans]


def box(diagram: Diagram) -> str:
    """What stands between source and subscriber."""
    (text,) = [row.text for row in diagram.rows if isinstance(row, Box)]
    return text


def diagrams(face: ModuleType) -> Iterator[tuple[str, Diagram]]:
    """The diagrams in the docstrings of all that a module offers, each with its box."""
    for name in face.__all__:
        text = inspect.getdoc(getattr(face, name)) or ""
        for _, block in re.findall(
            r"^\.\. marble::\n((?: +:.*\n)+)\n((?: +\S.*(?:\n|\Z))+)", text, re.MULTILINE
        ):
            diagram = marbles.read(block)
            yield box(diagram), diagram
