"""The diagrams in the docstrings of operators are true: each is played."""

import inspect
import sys
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any

import pytest
from reactivex import Observable
from reactivex import operators as ops
from reactivex.subject import Subject

from docs import marble_svg
from docs.marbles import Diagram, Mark
from rxdex import operators
from rxdex.events import Gap
from tests import marbles
from tests.conftest import eventually

DEADLINE = 5.0
DIAGRAMS = dict(marbles.diagrams(operators))
#: What stands in boxes.
WORDS = dict(vars(operators))
each_diagram = pytest.mark.parametrize("box", DIAGRAMS)


def operator(box: str) -> Callable[[Observable[Any]], Observable[Any]]:
    made: Callable[[Observable[Any]], Observable[Any]] = eval(box, WORDS)
    return made


def test_every_diagram_is_found() -> None:
    texts = [inspect.getdoc(WORDS[name]) or "" for name in operators.__all__]
    assert len(DIAGRAMS) == "".join(texts).count(".. marble::")
    assert "".join(texts).count(":alt: ") == len(DIAGRAMS)


@each_diagram
def test_a_diagram_fits_on_a_page(box: str) -> None:
    assert 'width="' in (drawing := marble_svg.svg(DIAGRAMS[box], "it"))
    assert float(drawing.partition('width="')[2].partition('"')[0]) <= 700


@pytest.mark.parametrize("box", [box for box in DIAGRAMS if "BLOCK" not in box])
def test_a_diagram_in_virtual_time_is_true(box: str) -> None:
    assert marbles.play(DIAGRAMS[box], operator(box)) == marbles.drawn(DIAGRAMS[box])


class Threads:
    """A diagram played on threads: the source's, and the one that the operator makes."""

    def __init__(
        self, diagram: Diagram, made: Callable[[Observable[Any]], Observable[Any]]
    ) -> None:
        self._diagram = diagram
        self._source: Subject[Any] = Subject()
        self._to_say: SimpleQueue[str | None] = SimpleQueue()
        self._given = self._said = 0
        self._speaker = threading.Thread(target=self._speak, daemon=True)
        self._busy = {span.start: span.end for span in marbles.spans(diagram, "busy")}
        self._busy_until: int | None = None
        self._free = threading.Event()
        self._column = 0
        self._pipeline = self._source.pipe(made)
        self.seen: list[Mark] = []
        self.waited: set[int] = set()

    def run(self) -> None:
        self._speaker.start()
        subscription = self._pipeline.subscribe(self._on_next, None, lambda: self._note("|"))
        for column in range(self._diagram.columns):
            self._column = column
            if self._busy_until == self._column:
                self._busy_until = None
                self._free.set()
            for mark in marbles.lines(self._diagram)[0].marks:
                if mark.column == self._column:
                    self._given += 1
                    self._to_say.put(mark.sign)
            assert eventually(self._is_at_rest, DEADLINE), f"no rest in column {self._column}"
            if self._said < self._given:
                self.waited.add(self._column)
        subscription.dispose()
        self._to_say.put(None)
        self._speaker.join(DEADLINE)

    def _speak(self) -> None:
        while (sign := self._to_say.get()) is not None:
            marbles.say(self._source, sign)
            self._said += 1

    def _on_next(self, value: object) -> None:
        sign = "g" if isinstance(value, Gap) else str(value)
        self._busy_until = self._busy.pop(self._column, None)
        self._note(sign)
        if self._busy_until is not None:
            assert self._free.wait(DEADLINE)

    def _note(self, sign: str) -> None:
        self.seen.append(Mark(self._column, sign))

    def _is_at_rest(self) -> bool:
        if self._busy_until is not None:
            return self._said == self._given or self._source_waits()
        return len(self.seen) == self._said == self._given

    def _source_waits(self) -> bool:
        frame = sys._current_frames().get(self._speaker.ident or 0)
        return frame is not None and frame.f_code.co_name == "wait"


@pytest.mark.parametrize("box", [box for box in DIAGRAMS if "BLOCK" in box])
def test_a_diagram_with_a_source_that_waits_is_true(box: str) -> None:
    diagram = DIAGRAMS[box]
    (wait,) = marbles.spans(diagram, "source waits")
    threads = Threads(diagram, operator(box))
    threads.run()
    assert threads.seen == marbles.drawn(diagram)
    assert threads.waited == set(range(wait.start, wait.end))


@pytest.mark.parametrize(
    ("box", "lie"),
    [
        ("buffered(2, Overflow.DROP_OLDEST)", "buffered(3, Overflow.DROP_OLDEST)"),
        ("buffered(2, Overflow.DROP_OLDEST)", "buffered(2, Overflow.DROP_NEWEST)"),
        ("buffered(2, Overflow.FAIL)", "buffered(4, Overflow.FAIL)"),
        ("without_gaps()", "without_gaps(OnGap.ERROR)"),
    ],
)
def test_a_lie_is_noticed(box: str, lie: str) -> None:
    assert marbles.play(DIAGRAMS[box], operator(lie)) != marbles.drawn(DIAGRAMS[box])


def test_a_lie_about_waiting_is_noticed() -> None:
    diagram = DIAGRAMS["buffered(2, Overflow.BLOCK)"]
    threads = Threads(diagram, operator("buffered(3, Overflow.BLOCK)"))
    threads.run()
    assert threads.waited == set()


def test_the_stage_of_diagrams_knows_time() -> None:
    """What is checked with it may have clocks of its own."""
    marbles.check(ops.delay(3.0), "-a-b----|", "----a-b----|")
