"""
The diagrams of "Cold and shared" are true: each is played, column by column, on a stepped exchange.

In each column first the line breaks, or may come back, where the row of the socket says so; then the
marks for subscribe and dispose are done; then a block is made, if the venue has an event there. What
each subscriber got, and which sockets stood and what was asked for on them, is noted and must be what is
drawn.
"""

import json
import re
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from reactivex import Observable, abc
from reactivex import operators as ops

from docs import marbles
from docs.marbles import Box, Diagram, LineRow, Mark, SpanRow
from rxdex import first
from rxdex.events import BlockHeight, Trade, Transfer
from rxdex.simulator.exchange import Exchange
from tests.conftest import eventually
from tests.connection.peer import Aside
from tests.stage import DEADLINE, Stage

PAGE = Path(__file__).parents[1] / "docs" / "explanation" / "cold-and-shared.md"
SOURCES = dict(
    re.findall(
        r"^```\{marble\}\n:alt: [^\n]*\n:name: ([^\n]*)\n\n(.*?)^```",
        PAGE.read_text(encoding="utf-8"),
        re.DOTALL | re.MULTILINE,
    )
)

Stream = Observable[Any]


def count(number: int, _: object) -> int:
    return number + 1


#: What stands in a box, and is between the streams above it and the subscribers below.
PIPELINES: dict[str, Callable[[Stream], Stream]] = {
    "counted = dex.blocks().pipe(ops.scan(count, 0))": lambda blocks: blocks.pipe(
        ops.scan(count, 0)
    ),
    "counted = dex.blocks().pipe(ops.scan(count, 0), ops.share())": lambda blocks: blocks.pipe(
        ops.scan(count, 0), ops.share()
    ),
}

#: Seconds that the lines of a diagram linger.
LINGER = {"linger": 3600.0}


def market(stage: Stage) -> int:
    return sum(not is_about_an_address(stage, number) for number in range(len(stage.open_visits)))


def is_about_an_address(stage: Stage, number: int) -> bool:
    subscriptions = stage.open_visits[number].subscriptions
    return any(entry.subject == stage.exchange.user for entry in subscriptions)


def asked_for(topic: str, stage: Stage) -> int:
    return sum(entry.topic == topic for visit in stage.open_visits for entry in visit.subscriptions)


#: How many there are of what a row of spans is about.
COUNTS: dict[str, Callable[[Stage], int]] = {
    "socket": lambda stage: len(stage.open_visits),
    "market socket": market,
    "address socket": lambda stage: len(stage.open_visits) - market(stage),
    "asked for blocks": partial(asked_for, "blockheight"),
    "asked for trades": partial(asked_for, "trades"),
}


class Actor:
    """Whoever has a row with a subscribe mark."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._subscription: abc.DisposableBase | None = None
        #: What came since it was last looked at: values, `|`, `#`.
        self.got: list[object] = []

    def subscribe(self) -> None:
        self._subscription = self._stream.subscribe(
            self.got.append, lambda _: self.got.append("#"), lambda: self.got.append("|")
        )

    def dispose(self) -> None:
        assert self._subscription is not None
        self._subscription.dispose()

    def is_at_rest(self) -> bool:
        return True


class Asker(Actor):
    """One who takes `first` for it."""

    def __init__(self, stream: Stream) -> None:
        super().__init__(stream)
        self._subscribed = threading.Event()
        self._heard = threading.Event()
        self._aside: Aside | None = None

    def subscribe(self) -> None:
        def subscribe(observer: Any, scheduler: Any = None) -> abc.DisposableBase:
            subscription = self._stream.subscribe(observer)
            self._subscribed.set()
            return subscription

        stream = Observable(subscribe).pipe(ops.do_action(lambda _: self._heard.set()))
        self._aside = Aside(lambda: self.got.extend([first(stream, DEADLINE), "|"]))
        assert self._subscribed.wait(DEADLINE)

    def is_at_rest(self) -> bool:
        """Whether `first` has returned, once there was something to return."""
        return self._aside is None or not self._heard.is_set() or self._aside.ended(0)


class Play:
    """A diagram that is played; what came of it is in `seen` and `stood`."""

    def __init__(self, diagram: Diagram, stage: Stage) -> None:
        self._diagram = diagram
        self._stage = stage
        self._signs: dict[tuple[type, int | None], str] = {}
        lines = [row for row in diagram.rows if isinstance(row, LineRow)]
        # Who subscribes is a subscriber, the others are the venue's.
        self.cast = [row for row in lines if any(mark.sign == "^" for mark in row.marks)]
        self._venue = [row for row in lines if row not in self.cast]
        self._spans = [row for row in diagram.rows if isinstance(row, SpanRow)]
        boxes = [row.text for row in diagram.rows if isinstance(row, Box)]
        # One observable for all who subscribe to it.
        self._pipeline = PIPELINES[boxes[0]](stage.dex.blocks()) if boxes else None
        self._actors = {row.name: self._actor(row.name) for row in self.cast}
        self.seen: dict[str, list[Mark]] = {row.name: [] for row in self.cast}
        self.stood: dict[str, set[int]] = {row.name: set() for row in self._spans}

    def _actor(self, name: str) -> Actor:
        what = name.partition(", ")[2] or "blocks"
        dex, exchange = self._stage.dex, self._stage.exchange
        streams: dict[str, Callable[[], Stream]] = {
            "blocks": dex.blocks,
            "trades": lambda: dex.trades(self._stage.symbol),
            "transfers": lambda: dex.transfers(exchange.user),
        }
        return (Asker if name == "first" else Actor)(self._pipeline or streams[what]())

    def run(self) -> None:
        for column in range(self._diagram.columns):
            self._mend_or_cut(column)
            self._subscribe_and_dispose(column)
            assert self._settles(), f"no rest in column {column}"
            self._make_block(column)
            assert self._settles(), f"no rest in column {column}"
            self._note(column)

    def _settles(self) -> bool:
        # Twice: who took `first` leaves when it has what it came for, and that is news to the stage.
        return (
            self._stage.settles()
            and eventually(lambda: all(actor.is_at_rest() for actor in self._actors.values()))
            and self._stage.settles()
        )

    def _mend_or_cut(self, column: int) -> None:
        for span in (span for row in self._spans for span in row.spans):
            if span.start == column:
                self._stage.mend()
            if span.is_broken and span.end == column:
                self._stage.cut()

    def _subscribe_and_dispose(self, column: int) -> None:
        for row in self.cast:
            for mark in row.marks:
                if mark.column == column and mark.sign in "^!":
                    actor = self._actors[row.name]
                    (actor.subscribe if mark.sign == "^" else actor.dispose)()
                    self.seen[row.name].append(mark)

    def _make_block(self, column: int) -> None:
        events = {
            row.name.partition(", ")[2] or "blocks": mark.sign
            for row in self._venue
            for mark in row.marks
            if mark.column == column
        }
        if not events:
            return
        self._stage.make_block(trade="trades" in events, transfer="transfers" in events)
        kinds = {"blocks": BlockHeight, "trades": Trade, "transfers": Transfer}
        for what, sign in events.items():
            self._signs[kinds[what], self._stage.exchange.height] = sign

    def _note(self, column: int) -> None:
        for name, actor in self._actors.items():
            got, actor.got[:] = list(actor.got), []
            self.seen[name] += [Mark(column, self._sign(it)) for it in got]
        for name, columns in self.stood.items():
            there = COUNTS[name](self._stage)
            assert there <= 1, f"{there} of {name} in column {column}"
            columns.update([column] * there)

    def _sign(self, it: object) -> str:
        if isinstance(it, BlockHeight):
            return self._signs.get((BlockHeight, it.height), "?")
        if isinstance(it, Trade | Transfer):
            return self._signs.get((type(it), it.block_height), "?")
        return str(it)


@pytest.fixture(scope="module")
def exchange() -> Iterator[Exchange]:
    with Exchange(speed=None, traders=False, warm_up=0) as it:
        yield it


def play(diagram: Diagram, exchange: Exchange, linger: float = 0.0) -> Play:
    stage = Stage(exchange, linger)
    try:
        played = Play(diagram, stage)
        played.run()
        check_that_nothing_was_asked_twice(diagram, stage)
    finally:
        stage.close()
    return played


def check_that_nothing_was_asked_twice(diagram: Diagram, stage: Stage) -> None:
    messages = [json.loads(text) for visit in stage.visits for text in visit.said]
    asked = [message["topic"] for message in messages if message["method"] == "subscribe"]
    wire = {"asked for blocks": "blockheight", "asked for trades": "trades"}
    for row in diagram.rows:
        if isinstance(row, SpanRow) and row.name in wire:
            assert asked.count(wire[row.name]) == len(row.spans)


def drawn_marks(diagram: Diagram) -> dict[str, list[Mark]]:
    lines = [row for row in diagram.rows if isinstance(row, LineRow)]
    return {it.name: list(it.marks) for it in lines if any(mark.sign == "^" for mark in it.marks)}


def drawn_spans(diagram: Diagram) -> dict[str, set[int]]:
    return {
        row.name: {
            column
            for span in row.spans
            for column in range(span.start, diagram.columns if span.goes_on else span.end)
        }
        for row in diagram.rows
        if isinstance(row, SpanRow)
    }


def test_there_are_diagrams() -> None:
    assert len(SOURCES) == PAGE.read_text(encoding="utf-8").count("```{marble}") >= 8


@pytest.mark.parametrize("name", SOURCES)
def test_a_diagram_shows_what_happens(name: str, exchange: Exchange) -> None:
    diagram = marbles.read(SOURCES[name])
    played = play(diagram, exchange, LINGER.get(name, 0.0))
    assert played.seen == drawn_marks(diagram)
    assert played.stood == drawn_spans(diagram)


@pytest.mark.parametrize(
    ("truth", "lie"),
    [
        pytest.param("^-2--3-!", "^-2----!", id="an event less"),
        pytest.param("^-2--3-!", "^12--3-!", id="an event more"),
        pytest.param("^-2--3-!", "^-2--4-!", id="another event"),
        pytest.param("^7--8!", "^7--8|", id="completed, not disposed"),
        pytest.param("  [=========]", "[===========]", id="opened too early"),
        pytest.param("[=========] ", "[==========]", id="closed too late"),
    ],
)
def test_a_lie_is_noticed(truth: str, lie: str, exchange: Exchange) -> None:
    source = SOURCES["one-socket"]
    assert source.count(truth) == 1
    diagram = marbles.read(source.replace(truth, lie))
    played = play(diagram, exchange)
    assert (played.seen, played.stood) != (drawn_marks(diagram), drawn_spans(diagram))
