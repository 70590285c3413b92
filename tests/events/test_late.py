"""late: fields that are read when somebody first asks for them."""

import copy
import dataclasses
import pickle
import sys
import threading
from functools import partial
from pprint import pformat
from types import FrameType
from typing import Any

import attrs
import msgspec
import pytest
from attrs import field, frozen

from rxdex.events import DepthUpdate, Level
from rxdex.events.draft import draft
from rxdex.events.late import LateEvent, LateFields


@frozen(kw_only=True, weakref_slot=False)
class Story(LateEvent):
    title: str
    end: tuple[Level, ...] = ()
    _secret: int = field(default=0, alias="secret")

    @property
    def shout(self) -> str:
        return self.title.upper()

    @property
    def broken(self) -> str:
        raise AttributeError("inner")


class Book:
    """A source that counts; after `alone` fields all others are made."""

    def __init__(self, alone: int = 2, **parts: object) -> None:
        self.asked: list[str] = []
        self.parts = parts
        making = {name: (name, partial(self.make, name)) for name in parts}
        self.late = LateFields(Story, alone, **making)

    def make(self, name: str, part: object) -> object:
        self.asked.append(name)
        return part

    def __getattr__(self, name: str) -> object:
        try:
            return self.parts[name]
        except KeyError:
            raise AttributeError(name) from None


def late(source: Book, **known: object) -> Story:
    story: Any = draft(Story)()
    story.received_ns = 7
    story._source = source
    for name, value in known.items():
        setattr(story, name, value)
    story.__class__ = Story
    assert isinstance(story, Story)
    return story


def run(fields: LateFields) -> int:
    """How many are made at once from now on, until one is late again."""
    count = 0
    while fields.at_once():
        count += 1
    return count


def book(alone: int = 2) -> Book:
    return Book(alone, title="Alas", end=(), _secret=3)


def test_a_field_is_read_once_when_it_is_first_asked_for() -> None:
    source = book()
    story = late(source)
    assert source.asked == []
    assert story.title == story.title == "Alas"
    assert source.asked == ["title"]


@pytest.mark.parametrize("alone", [0, 1, 2])
def test_who_reads_one_too_many_has_all_made_and_the_source_let_go(alone: int) -> None:
    source = book(alone)
    story: Any = late(source)
    names = ["title", "end", "_secret"]
    for name in names[:alone]:
        getattr(story, name)
    assert source.asked == names[:alone]
    held = story._source
    assert held is source or held == (source, *names[:alone])
    assert (story._secret, story.title, story.end) == (3, "Alas", ())
    assert source.asked == names[:alone] + names
    with pytest.raises(AttributeError):
        story._source  # noqa: B018


@pytest.mark.parametrize("alone", [2, 3])
def test_where_each_was_read_alone_the_source_is_let_go(alone: int) -> None:
    source = Book(alone, title="Alas", end=())
    story: Any = late(source, _secret=3)
    assert story.end == ()
    assert story.title == "Alas"
    assert source.asked == ["end", "title"], "each once"
    with pytest.raises(AttributeError):
        story._source  # noqa: B018


def test_the_more_often_all_were_made_the_more_had_better_be_made_at_once() -> None:
    fields = book(1).late
    runs: list[int] = []
    for _ in range(12):
        fields.expect_readers()
        runs.append(run(fields))
    assert runs == [1, 2, 4, 8, 16, 32, 64, 128, 256, 256, 256, 256]


def test_who_reads_fewer_than_one_in_five_is_not_expected() -> None:
    fields = book(1).late
    fields.expect_readers()
    assert run(fields) == 1
    for late_ones, expected in ((1, 2), (4, 4), (5, 1), (4, 2), (1_000, 1), (2, 2)):
        # The first of them ended the run.
        assert not any(fields.at_once() for _ in range(late_ones - 1))
        fields.expect_readers()
        assert run(fields) == expected


def test_nobody_is_asked_where_nobody_reads() -> None:
    fields = book(1).late
    fields.expect_readers()
    asked: list[bool] = []
    while fields.are_read:
        asked.append(fields.at_once())
    assert asked == [True] + [False] * 5


def test_many_are_made_at_once_or_none_of_them() -> None:
    fields = book(1).late
    assert not fields.at_once(20)
    for _ in range(5):
        fields.expect_readers()
    assert [fields.at_once(6), fields.at_once(10), fields.at_once(4)] == [True, True, False]
    assert not fields.at_once(2)
    assert not fields.are_read


def test_of_more_than_are_expected_to_be_read_none_is_made() -> None:
    fields = book(1).late
    for _ in range(3):
        assert not fields.at_once(20), "one of them was read"
        fields.expect_readers()
    for _ in range(20):
        fields.expect_readers()
    assert fields.at_once(1_000), "as many as are expected at most"


def test_who_reads_one_alone_has_none_made_at_once() -> None:
    source = book(1)
    assert late(source).title == "Alas"
    assert not source.late.are_read
    first, second = late(source), late(source)
    repr(first)
    repr(second)
    assert run(source.late) == 2, "not besides those that are left"


def test_two_threads_at_the_same_field_lose_no_other() -> None:
    """One is switched away when it has seen that the field is empty; the other makes it meanwhile."""
    story: Any = late(Book(2, title="Alas", end=()), _secret=3)
    is_amid, go_on = threading.Event(), threading.Event()

    def stop(frame: FrameType, what: str, _: object) -> None:
        if what == "call" and frame.f_code.co_name == "_make":
            is_amid.set()
            go_on.wait(10)

    def look() -> None:
        sys.settrace(stop)
        try:
            assert story.title == "Alas"
        finally:
            sys.settrace(None)

    other = threading.Thread(target=look)
    other.start()
    assert is_amid.wait(10)
    assert story.title == "Alas"
    go_on.set()
    other.join(10)
    assert story.end == ()


@pytest.mark.parametrize("alone", [0, 2])
def test_who_asks_for_what_it_has_not_changes_nothing(alone: int) -> None:
    source = book(alone)
    story: Any = late(source)
    assert not hasattr(story, "teller")
    assert source.asked == []
    assert story._source is source


def test_who_copies_field_by_field_gets_every_field() -> None:
    made = Story(received_ns=7, title="Alas", end=(), secret=3)
    assert msgspec.json.encode(late(book())) == msgspec.json.encode(made)
    assert msgspec.to_builtins(late(book())) == msgspec.to_builtins(made)
    assert msgspec.msgpack.encode(late(book())) == msgspec.msgpack.encode(made)
    assert msgspec.convert({"title": "Alas", "_secret": 3, "received_ns": 7}, Story) == made
    assert dataclasses.asdict(late(book())) == attrs.asdict(made)  # type: ignore[call-overload]
    assert pformat(late(book())) == pformat(made)


def test_who_takes_it_for_a_dataclass_knows_its_fields_as_they_are() -> None:
    @frozen(kw_only=True)
    class Tale(LateEvent):
        teller: str = field(eq=False)
        moral: str = field(factory=lambda: "none")

    described = dataclasses.fields(Tale)  # type: ignore[arg-type]
    assert [(it.name, it.compare) for it in described] == [
        (it.name, it.eq) for it in attrs.fields(Tale)
    ]
    assert msgspec.convert({"teller": "Homer"}, Tale) == Tale(teller="Homer")


def test_what_is_known_is_not_asked_for() -> None:
    source = book()
    assert late(source, title="Known").title == "Known"
    assert source.asked == []


def test_a_property_reads_what_it_needs() -> None:
    source = book()
    assert late(source).shout == "ALAS"
    assert source.asked == ["title"]


def test_nobody_can_tell_it_from_one_that_was_made_by_its_constructor() -> None:
    made = Story(received_ns=7, title="Alas", end=(), secret=3)
    assert late(book()) == made
    assert made == late(book())
    assert late(book()) == late(book())
    assert hash(late(book())) == hash(made)
    assert repr(late(book())) == repr(made)
    assert attrs.asdict(late(book())) == attrs.asdict(made)
    assert attrs.astuple(late(book())) == attrs.astuple(made)
    assert attrs.evolve(late(book()), title="B") == attrs.evolve(made, title="B")
    assert pickle.dumps(late(book())) == pickle.dumps(made)
    assert late(book()) != attrs.evolve(made, title="B")


@pytest.mark.parametrize(
    "again", [copy.copy, copy.deepcopy, lambda event: pickle.loads(pickle.dumps(event))]
)
def test_what_is_copied_needs_no_source(again: Any) -> None:
    other = again(late(book()))
    assert other == Story(title="Alas", secret=3)
    assert other.received_ns == 7
    assert not hasattr(other, "_source")


@pytest.mark.parametrize("story", [late(book()), Story(title="Made")], ids=["late", "made"])
def test_what_it_does_not_have_is_refused_as_ever(story: Any) -> None:
    with pytest.raises(
        AttributeError, match=r"^'Story' object has no attribute 'teller'"
    ) as caught:
        _ = story.teller
    assert caught.value.name == "teller"
    assert caught.value.obj is story
    assert not hasattr(story, "read")
    assert not hasattr(story, "__dict__")
    assert not hasattr(story, "__weakref__")


def test_a_property_that_fails_says_so_itself() -> None:
    with pytest.raises(AttributeError, match="inner"):
        _ = late(book()).broken


def test_it_is_frozen_before_it_is_read_and_after() -> None:
    story: Any = late(book())
    for _ in range(2):
        for name in ("title", "end", "_source", "new"):
            with pytest.raises(attrs.exceptions.FrozenInstanceError):
                setattr(story, name, "x")
            with pytest.raises(attrs.exceptions.FrozenInstanceError):
                delattr(story, name)
        assert story.title == "Alas"


def test_the_source_is_no_field() -> None:
    assert [it.name for it in attrs.fields(LateEvent)] == ["received_ns"]
    assert "_source" not in {it.name for it in attrs.fields(DepthUpdate)}
    assert "_source" not in repr(late(book()))


def test_a_subclass_is_late_too_and_adds_its_own() -> None:
    @frozen(kw_only=True)
    class Sequel(Story):
        part: int

    assert Sequel(title="B", part=2).shout == "B"
    assert hasattr(DepthUpdate(symbol="A_B", bids=(), asks=(), time_ns=1), "bids")
