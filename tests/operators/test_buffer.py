"""buffer: in order, one at a time, at its place, and nothing behind the end."""

import sys
import threading
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reactivex import abc
from reactivex.disposable import Disposable

from rxdex.errors import EventsLost, RxdexError
from rxdex.events import Gap, GapReason
from rxdex.operators.backlog import Conflation, Queue
from rxdex.operators.buffer import Buffer
from rxdex.operators.overflow import Overflow
from tests.conftest import eventually
from tests.connection.peer import Aside

BATCH = 1_024


class Place:
    """A workplace where a test has the work done."""

    def __init__(self, is_here: bool = False) -> None:
        self.due: list[Callable[[], None]] = []
        self.asked = 0
        self.is_closed = False
        self.is_left = False
        self._is_here = is_here

    def do(self, work: Callable[[], None]) -> None:
        if self.is_closed:
            raise RuntimeError("nobody is there")
        self.asked += 1
        self.due.append(work)

    def turn(self) -> None:
        """Do what is due now."""
        due, self.due = self.due, []
        for work in due:
            work()

    def turn_all(self) -> None:
        while self.due:
            self.turn()

    def is_here(self) -> bool:
        return self._is_here

    def now_ns(self) -> int:
        return 7

    def leave(self) -> None:
        self.is_left = True


class Witness(abc.ObserverBase[Any]):
    """Keeps what it gets, and does what a test wants done meanwhile."""

    def __init__(self) -> None:
        self.heard: list[Any] = []
        self.meanwhile: Callable[[Any], None] = lambda _: None
        self.last: Callable[[], None] = lambda: None

    def on_next(self, value: Any) -> None:
        self.heard.append(value)
        self.meanwhile(value)

    def on_error(self, error: Exception) -> None:
        self.heard.append(error)
        self.last()

    def on_completed(self) -> None:
        self.heard.append("|")
        self.last()


class Setting:
    """A buffer between a test and a witness."""

    def __init__(
        self, overflow: Overflow = Overflow.DROP_OLDEST, capacity: int = 3, is_here: bool = False
    ) -> None:
        self.place = Place(is_here)
        self.witness = Witness()
        self.reports: list[tuple[str, Exception]] = []
        self.let_go = 0
        queue = Queue[Any](capacity, self.place.now_ns, overflow)
        backlog = Conflation[Any](capacity, self.place.now_ns, str.lower)
        self.backlog = backlog if overflow is Overflow.LATEST else queue
        self.buffer: Buffer[Any] = Buffer(
            self.witness,
            self.backlog,
            self.place,
            lambda what, error: self.reports.append((what, error)),
            fails=overflow is Overflow.FAIL,
        )
        self.buffer.source.disposable = Disposable(self._let_go)

    def _let_go(self) -> None:
        self.let_go += 1

    def bring(self, *values: object) -> None:
        for value in values:
            self.buffer.on_next(value)

    @property
    def is_over(self) -> bool:
        """Whether nothing of it is left."""
        return self.place.is_left and self.let_go == 1 and not self.backlog


def lost(count: int | None) -> Gap:
    return Gap(topic=None, since_ns=7, reason=GapReason.OVERFLOW, lost=count)


def test_nothing_happens_but_at_the_place() -> None:
    it = Setting()
    it.bring(1, 2)
    assert it.witness.heard == []
    it.place.turn()
    assert it.witness.heard == [1, 2]


def test_a_burst_asks_the_place_once_and_comes_in_batches() -> None:
    it = Setting(capacity=5_000)
    it.bring(*range(2 * BATCH + 10))
    assert it.place.asked == 1
    sizes: list[int] = []
    while it.place.due:
        it.place.turn()
        sizes.append(len(it.witness.heard))
        assert len(it.place.due) <= 1
    assert sizes == [BATCH, 2 * BATCH, 2 * BATCH + 10]
    assert it.place.asked == 3


def test_what_comes_while_it_delivers_is_delivered_behind() -> None:
    it = Setting()
    it.witness.meanwhile = lambda value: it.bring(2, 3) if value == 1 else None
    it.bring(1)
    it.place.turn_all()
    assert it.witness.heard == [1, 2, 3]


def test_what_comes_as_a_batch_ends_is_not_forgotten() -> None:
    it = Setting(capacity=BATCH)
    it.witness.meanwhile = lambda value: it.bring("late") if value == BATCH - 1 else None
    it.bring(*range(BATCH))
    it.place.turn_all()
    assert it.witness.heard[-1] == "late"


@pytest.mark.parametrize("fails", [False, True])
def test_the_last_word_comes_behind_what_waits(fails: bool) -> None:
    it = Setting()
    error = ConnectionError("gone")
    it.bring(1, 2)
    if fails:
        it.buffer.on_error(error)
    else:
        it.buffer.on_completed()
    it.buffer.on_error(ValueError("late"))
    it.bring(3)
    it.place.turn_all()
    it.buffer.on_completed()
    it.place.turn_all()
    assert it.witness.heard == [1, 2, error if fails else "|"]
    assert it.is_over


def test_a_last_word_alone_is_delivered_too() -> None:
    it = Setting()
    it.buffer.on_completed()
    it.place.turn_all()
    assert it.witness.heard == ["|"]


def test_after_a_dispose_nothing_is_delivered_or_kept() -> None:
    it = Setting()
    it.bring(1, 2)
    it.buffer.on_completed()
    it.buffer.dispose()
    it.buffer.dispose()
    assert it.is_over
    it.bring(3)
    it.place.turn_all()
    assert it.witness.heard == []
    assert not it.backlog


def test_a_dispose_within_on_next_is_the_end() -> None:
    it = Setting()
    it.witness.meanwhile = lambda _: it.buffer.dispose()
    it.bring(1, 2)
    it.place.turn_all()
    assert it.witness.heard == [1]
    assert it.is_over


def test_a_dispose_over_a_gap_is_the_end_too() -> None:
    it = Setting(capacity=1)
    it.witness.meanwhile = lambda _: it.buffer.dispose()
    it.bring(1, 2)
    it.place.turn_all()
    assert it.witness.heard == [lost(1)]


def test_a_subscriber_that_raises_is_out_and_is_told() -> None:
    it = Setting()
    bug = ZeroDivisionError("its own")

    def meanwhile(value: object) -> None:
        if value == 2:
            raise bug

    it.witness.meanwhile = meanwhile
    it.bring(1, 2, 3)
    it.place.turn_all()
    it.bring(4)
    it.place.turn_all()
    assert it.witness.heard == [1, 2, bug]
    assert it.reports == [("raised ZeroDivisionError('its own'); it is out", bug)]
    assert it.is_over


@pytest.mark.parametrize("is_new", [True, False])
def test_what_it_raises_when_it_is_told_is_told_only_if_it_is_new(is_new: bool) -> None:
    it = Setting()
    bug, again = ZeroDivisionError(), LookupError()

    def meanwhile(_: object) -> None:
        raise bug

    def last() -> None:
        raise again if is_new else bug

    it.witness.meanwhile, it.witness.last = meanwhile, last
    it.bring(1)
    it.place.turn_all()
    assert [error for _, error in it.reports] == ([bug, again] if is_new else [bug])


@pytest.mark.parametrize("fails", [False, True])
def test_what_it_raises_at_its_end_is_told(fails: bool) -> None:
    it = Setting()
    bug = LookupError("its last one")

    def last() -> None:
        raise bug

    it.witness.last = last
    if fails:
        it.buffer.on_error(ValueError("x"))
    else:
        it.buffer.on_completed()
    it.place.turn_all()
    assert it.reports == [("raised LookupError('its last one') at its end", bug)]
    assert it.is_over


def test_a_subscriber_that_ends_its_thread_is_told_and_the_thread_ends() -> None:
    it = Setting()
    it.witness.meanwhile = lambda _: sys.exit("enough")
    it.bring(1, 2)
    with pytest.raises(SystemExit):
        it.place.turn_all()
    assert isinstance(it.witness.heard[1], RxdexError)
    assert "ended its thread with SystemExit('enough')" in str(it.witness.heard[1])
    assert it.is_over


def test_a_place_where_nothing_is_done_any_more_is_told_once_to_the_source() -> None:
    it = Setting()
    it.place.is_closed = True
    with pytest.raises(RuntimeError, match="nobody is there"):
        it.bring(1)
    it.bring(2)
    it.buffer.on_error(ValueError("x"))
    assert it.witness.heard == []
    assert it.is_over


def test_a_last_word_where_nothing_is_done_any_more_is_heard_by_nobody() -> None:
    it = Setting()
    it.place.is_closed = True
    it.buffer.on_completed()
    assert it.witness.heard == []
    assert it.is_over


def test_who_fails_gets_what_waits_and_then_the_error() -> None:
    it = Setting(Overflow.FAIL, capacity=2)
    it.bring(1, 2, 3, 4)
    assert it.let_go == 1, "the source is let go at once"
    it.place.turn_all()
    first, second, error = it.witness.heard
    assert (first, second) == (1, 2)
    assert isinstance(error, EventsLost)
    assert error.gap == lost(None)
    assert it.is_over


def test_a_key_that_raises_ends_the_stream_behind_what_waits() -> None:
    it = Setting(Overflow.LATEST)
    it.bring("a", 5)
    it.bring("b")
    it.place.turn_all()
    first, error = it.witness.heard
    assert first == "a"
    assert isinstance(error, TypeError)
    assert it.is_over


# A source that waits.


def test_the_source_waits_for_room() -> None:
    it = Setting(Overflow.BLOCK, capacity=2)
    source = Aside(lambda: it.bring(*range(5)))
    assert eventually(lambda: len(it.backlog._waiting) == 2)
    assert not source.ended(0)
    while not source.ended(0):
        it.place.turn()
    it.place.turn_all()
    assert it.witness.heard == [*range(5)]


@pytest.mark.parametrize("end", ["dispose", "on_completed"])
def test_a_source_that_waits_is_let_go_at_the_end(end: str) -> None:
    it = Setting(Overflow.BLOCK, capacity=1)
    source = Aside(lambda: it.bring(1, 2))
    assert eventually(lambda: it.buffer._is_awaited)
    getattr(it.buffer, end)()
    assert source.ended()
    it.place.turn_all()
    assert it.witness.heard[:1] == ([1] if end == "on_completed" else [])


def test_a_source_that_would_wait_for_itself_delivers_instead() -> None:
    it = Setting(Overflow.BLOCK, capacity=2, is_here=True)
    it.bring(*range(10))
    assert it.witness.heard == [*range(8)]
    it.place.turn_all()
    assert it.witness.heard == [*range(10)]


def test_a_delivery_that_is_due_meanwhile_is_left_to_who_delivers() -> None:
    it = Setting(Overflow.BLOCK, capacity=1, is_here=True)
    it.witness.meanwhile = lambda _: it.place.turn()
    it.bring(1, 2, 3)
    it.place.turn_all()
    assert it.witness.heard == [1, 2, 3]


def test_two_threads_never_deliver_at_once() -> None:
    it = Setting(Overflow.BLOCK, capacity=1, is_here=True)
    delivering, may_end = threading.Event(), threading.Event()

    def meanwhile(value: object) -> None:
        if value == 1:
            delivering.set()
            assert may_end.wait(5)

    it.witness.meanwhile = meanwhile
    source = Aside(lambda: it.bring(1, 2))
    assert delivering.wait(5)
    clock = Aside(it.place.turn_all)
    third = Aside(lambda: it.bring(3))
    assert not clock.ended(0)
    may_end.set()
    assert source.ended()
    assert clock.ended()
    assert third.ended()
    it.place.turn_all()
    assert sorted(it.witness.heard) == [1, 2, 3]


def test_a_subscriber_that_would_wait_for_itself_fails() -> None:
    it = Setting(Overflow.BLOCK, capacity=2)
    it.witness.meanwhile = lambda value: it.bring("a", "b", "c") if value == 1 else None
    it.bring(1)
    it.place.turn_all()
    *heard, error = it.witness.heard
    assert heard == [1, "a", "b"]
    assert isinstance(error, EventsLost)
    assert "BLOCK would have it wait for itself" in str(error)


# Any order of arrivals and deliveries.


def numbers(heard: list[Any]) -> list[int]:
    return [it for it in heard if isinstance(it, int)]


@given(
    st.sampled_from([Overflow.DROP_OLDEST, Overflow.DROP_NEWEST]),
    st.integers(1, 4),
    st.lists(st.integers(0, 9), max_size=30),
    st.booleans(),
)
def test_what_is_delivered_and_what_is_lost_is_all_there_was(
    overflow: Overflow, capacity: int, bursts: list[int], at_the_place: bool
) -> None:
    """So many come while each is delivered, or between two turns of the place."""
    it = Setting(overflow, capacity)
    count = iter(range(1_000))
    pending: Iterator[int] = iter(bursts)

    def burst(_: object = None) -> None:
        for _ in range(next(pending, 0)):
            it.bring(next(count))
            assert len(it.backlog._waiting) <= capacity

    if at_the_place:
        it.witness.meanwhile = burst
    for _ in chain([0], bursts):
        burst()
        it.place.turn_all()
    it.buffer.on_completed()
    it.place.turn_all()
    expected = 0
    before: object = None
    for heard in it.witness.heard[:-1]:
        if isinstance(heard, Gap):
            assert not isinstance(before, Gap), "one run is one gap"
            assert heard.lost
            expected += heard.lost
        else:
            assert heard == expected
            expected += 1
        before = heard
    assert expected == next(count)
    assert it.witness.heard[-1] == "|"
