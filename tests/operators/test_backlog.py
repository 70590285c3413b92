"""backlog: what waits and what is missing, beside a plain model of each policy."""

from collections.abc import Callable, Hashable
from typing import Any

import pytest
from attrs import define, field
from hypothesis import given
from hypothesis import strategies as st

from rxdex.events import BlockHeight, Event, Gap, GapReason
from rxdex.operators.backlog import Backlog, Conflation, Queue
from rxdex.operators.overflow import Overflow

START = 100


class Ticks:
    """A clock that goes on by one whenever it is asked; a backlog asks as it is made, and that is START."""

    def __init__(self) -> None:
        self.ns = START - 1

    def __call__(self) -> int:
        self.ns += 1
        return self.ns


def source_gap(since_ns: int, received_ns: int = 0) -> Gap:
    return Gap(
        topic=("trades",), since_ns=since_ns, reason=GapReason.LINE_LOST, received_ns=received_ns
    )


def overflowed(since_ns: int, lost: int | None) -> Gap:
    return Gap(topic=None, since_ns=since_ns, reason=GapReason.OVERFLOW, lost=lost)


#: An event by its key, a gap of the source's, or None for a take.
Step = str | None
steps = st.lists(st.sampled_from([*"abcd", "gap", None]), max_size=60)


@define
class Entry:
    """What waits, in a model: its event, when that came, and all that is missing before it."""

    item: Event
    ns: int
    missing: list[tuple[Event, int]] = field(factory=list)


class Model:
    """What a policy comes to, told with plain lists and without any thrift."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.waiting: list[Entry] = []
        #: What is missing behind all that waits; each with the last certain moment before it.
        self.behind: list[tuple[Event, int]] = []
        self.taken_ns = self.heard_ns = START

    def offer(self, item: Event, ns: int) -> bool:
        raise NotImplementedError

    def append(self, item: Event, ns: int) -> None:
        self.waiting.append(Entry(item, ns, self.behind))
        self.behind = []
        self.heard_ns = ns

    def push_out(self) -> None:
        gone = self.waiting.pop(0)
        missing = [*gone.missing, (gone.item, self.taken_ns)]
        if self.waiting:
            self.waiting[0].missing = missing + self.waiting[0].missing
        else:
            self.behind = missing + self.behind

    def take(self) -> tuple[Event, ...]:
        if self.waiting:
            entry = self.waiting.pop(0)
            self.taken_ns = entry.ns
            return (*self.gap(entry.missing), entry.item)
        missing, self.behind = self.behind, []
        return self.gap(missing)

    def gap(self, missing: list[tuple[Event, int]]) -> tuple[Event, ...]:
        if not missing:
            return ()
        since_ns = min(
            min(it.since_ns, before) if isinstance(it, Gap) else min(it.received_ns, before)
            for it, before in missing
        )
        gaps = any(isinstance(it, Gap) for it, _ in missing)
        return (overflowed(since_ns, None if gaps else len(missing)),)


class OldestOut(Model):
    def offer(self, item: Event, ns: int) -> bool:
        if len(self.waiting) == self.capacity:
            self.push_out()
        self.append(item, ns)
        return True


class NewestOut(Model):
    def offer(self, item: Event, ns: int) -> bool:
        if len(self.waiting) == self.capacity:
            self.behind.append((item, self.heard_ns))
        else:
            self.append(item, ns)
        return True


class NobodyOut(Model):
    def offer(self, item: Event, ns: int) -> bool:
        if len(self.waiting) == self.capacity:
            return False
        self.append(item, ns)
        return True


class NewestOfEach(Model):
    """Gaps take no place here; one that is alone stays what it is."""

    def offer(self, item: Event, ns: int) -> bool:
        if isinstance(item, Gap):
            self.behind.append((item, item.since_ns))
            return True
        old = next((it for it in self.waiting if key_of(it.item) == key_of(item)), None)
        if old is None:
            if len(self.waiting) == self.capacity:
                self.push_out()
            self.append(item, ns)
            return True
        missing = [*old.missing, (old.item, self.taken_ns)]
        at = self.waiting.index(old)
        later = [gap for it in self.waiting[at + 1 :] for gap, _ in it.missing] + [
            gap for gap, _ in self.behind
        ]
        if any(isinstance(it, Gap) and it.received_ns > old.ns for it in later):
            # A gap has come since: it is told first.
            del self.waiting[at]
            self.behind = missing + self.behind
            self.append(item, ns)
        else:
            old.item, old.ns, old.missing, self.heard_ns = item, ns, missing, ns
        return True

    def gap(self, missing: list[tuple[Event, int]]) -> tuple[Event, ...]:
        if len(missing) == 1 and isinstance(only := missing[0][0], Gap):
            return (only,)
        return super().gap(missing)


def key_of(item: Event) -> Hashable:
    return item.height % 10 if isinstance(item, BlockHeight) else None


def play(backlog: Backlog[Any], model: Model, steps: list[Step]) -> None:
    """The backlog does what the model does, step by step, and stays within its bound."""
    for number, step in enumerate(steps, 1):
        ns = START + number * 10
        if step is None:
            assert backlog.take() == model.take()
        else:
            item: Event = source_gap(ns - 5, ns)
            if step != "gap":
                item = BlockHeight(height=number * 10 + ord(step) % 10, received_ns=ns)
            assert backlog.offer(item, backlog.key_of(item)) == model.offer(item, ns)
        waiting = vars(backlog)["_waiting"]
        assert len(waiting) == len(model.waiting) <= model.capacity
        assert bool(backlog) == bool(model.waiting or model.behind)
    rest = [it for _ in range(2 * len(steps) + 1) for it in backlog.take()]
    assert rest == [it for _ in range(2 * len(steps) + 1) for it in model.take()]
    assert not backlog


@pytest.mark.parametrize(
    ("policy", "model"),
    [
        (Overflow.DROP_OLDEST, OldestOut),
        (Overflow.DROP_NEWEST, NewestOut),
        (Overflow.BLOCK, NobodyOut),
        (Overflow.FAIL, NobodyOut),
    ],
)
@given(steps, st.integers(1, 4))
def test_a_queue_is_its_model(
    policy: Overflow, model: type[Model], steps: list[Step], capacity: int
) -> None:
    play(Queue(capacity, Ticks(), policy), model(capacity), steps)


@given(steps, st.integers(1, 4))
def test_a_conflation_is_its_model(steps: list[Step], capacity: int) -> None:
    play(Conflation(capacity, Ticks(), key_of), NewestOfEach(capacity), steps)


def keep(backlog: Backlog[Any], *items: object) -> None:
    for item in items:
        assert backlog.offer(item, backlog.key_of(item))


def take_all(backlog: Backlog[Any]) -> list[object]:
    found: list[object] = []
    while backlog:
        found += backlog.take()
    return found


# By example.


def test_the_gap_of_the_oldest_stands_before_what_is_left() -> None:
    backlog = Queue[str](2, Ticks(), Overflow.DROP_OLDEST)
    keep(backlog, *"abcde")
    first, *rest = take_all(backlog)
    assert rest == ["d", "e"]
    assert first == overflowed(START, 3)


def test_the_gap_of_the_newest_stands_behind_what_was_kept() -> None:
    backlog = Queue[str](2, Ticks(), Overflow.DROP_NEWEST)
    keep(backlog, *"abcd")
    assert backlog.take() == ("a",)
    keep(backlog, "e")
    assert backlog.take() == ("b",)
    gap, event = backlog.take()
    assert (gap, event) == (overflowed(START + 2, 2), "e")


def test_a_loss_is_since_the_last_that_is_certain_even_if_the_clock_went_back() -> None:
    backlog = Queue[BlockHeight](1, lambda: 1_000, Overflow.DROP_OLDEST)
    keep(backlog, *(BlockHeight(height=n, received_ns=ns) for n, ns in enumerate((50, 40, 60))))
    assert backlog.take()[0] == overflowed(40, 2)


def test_an_event_made_by_hand_came_when_it_was_offered() -> None:
    backlog = Queue[BlockHeight](1, Ticks(), Overflow.DROP_OLDEST)
    keep(backlog, BlockHeight(height=1))
    assert len(backlog.take()) == 1
    keep(backlog, BlockHeight(height=2), BlockHeight(height=3))
    assert backlog.take()[0] == overflowed(START + 1, 1)


def test_a_gap_of_the_source_is_passed_on_as_it_came() -> None:
    gap = source_gap(5)
    for backlog in (Queue[str](3, Ticks(), Overflow.BLOCK), Conflation[str](3, Ticks(), str)):
        keep(backlog, "a", gap, "b")
        assert take_all(backlog) == ["a", gap, "b"]


def test_two_gaps_of_the_source_stay_two_where_there_is_room() -> None:
    backlog = Queue[str](3, Ticks(), Overflow.DROP_OLDEST)
    gaps = [source_gap(5), source_gap(6)]
    keep(backlog, *gaps)
    assert take_all(backlog) == gaps


@pytest.mark.parametrize("policy", [Overflow.DROP_OLDEST, Overflow.DROP_NEWEST])
def test_a_gap_of_the_source_that_is_dropped_is_in_the_gap_of_the_overflow(
    policy: Overflow,
) -> None:
    backlog = Queue[str](1, Ticks(), policy)
    keep(backlog, "a", source_gap(7), "b")
    assert overflowed(7, None) in take_all(backlog)


def test_there_is_one_gap_before_an_event_whatever_is_lost_while_it_is_told() -> None:
    backlog = Queue[str](2, Ticks(), Overflow.DROP_OLDEST)
    keep(backlog, *"abc")
    # With the gap its event is out of reach, so nothing more can be missing between the two.
    assert [type(it) for it in backlog.take()] == [Gap, str]


def test_the_newest_of_a_key_has_the_place_of_the_first() -> None:
    backlog = Conflation[str](3, Ticks(), str.lower)
    keep(backlog, "a", "b", "A")
    assert take_all(backlog) == [overflowed(START, 1), "A", "b"]


def test_no_event_overtakes_a_gap_of_the_source() -> None:
    backlog = Conflation[str](3, Ticks(), str.lower)
    gap = source_gap(5)
    keep(backlog, "a", "b", gap, "A")
    assert take_all(backlog) == ["b", overflowed(5, None), "A"]
    keep(backlog, "a", gap, "b", "A")
    assert take_all(backlog) == [gap, "b", overflowed(START + 3, 1), "A"]


def test_gaps_push_no_newest_out_and_do_not_pile_up() -> None:
    backlog = Conflation[str](1, Ticks(), lambda _: None)
    keep(backlog, "a", *(source_gap(ns) for ns in range(50, 90)))
    assert take_all(backlog) == ["a", overflowed(50, None)]


def test_the_newest_always_find_room() -> None:
    backlog = Conflation[str](1, Ticks(), str)
    keep(backlog, "a", "b")
    assert not backlog.is_full()


def test_what_cannot_be_a_key() -> None:
    backlog = Conflation[list[int]](1, Ticks(), lambda it: it)  # type: ignore[arg-type,return-value]
    with pytest.raises(TypeError, match="unhashable"):
        backlog.key_of([])


make: list[Callable[[], Backlog[str]]] = [
    lambda: Queue[str](1, Ticks(), Overflow.DROP_OLDEST),
    lambda: Conflation[str](1, Ticks(), str),
]


@pytest.mark.parametrize("backlog", make)
def test_it_can_forget(backlog: Callable[[], Backlog[str]]) -> None:
    it = backlog()
    keep(it, "a", "b", source_gap(4))
    it.clear()
    assert not it
    assert it.take() == ()


@pytest.mark.parametrize("backlog", make)
def test_who_takes_nothing_more_misses_all_since_the_last_that_was_kept(
    backlog: Callable[[], Backlog[str]],
) -> None:
    it = backlog()
    keep(it, "a")
    assert it.everything_from_here() == overflowed(START + 1, None)
