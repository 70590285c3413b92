"""
Fields that are read when somebody first asks for them.

A frame may hold thousands of amounts of which a subscriber reads a few. A decoder checks all of them, and may
leave the making of each value to its first reader: the slot stays empty, and Python asks `__getattr__` for
what no slot holds. From then on the slot has it. Who goes on reading has all of them made, and the source is
let go.

Nobody can tell such an event from one that was made by its constructor, but by the time that it takes. Where
two threads read an event first at the same moment both make a value, one of the two equal values stays, and
the source may live as long as the event.
"""

import dataclasses
from collections.abc import Callable
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Protocol, cast

from attrs import NOTHING, Attribute, Factory, frozen

from rxdex.events.event import Event

__all__ = ["LateEvent", "LateFields", "Source"]

#: Events that are made whole at once, at most, before one is late again, to see whether they are read.
_MOST_AT_ONCE = 256
#: Late events of which one is read where making all of them whole costs no less.
_RARE = 5

#: What a value is made of, by name, and how.
Making = tuple[str, Callable[[Any], object]]


class LateFields:
    """
    The fields of a kind of event that are made late.

    Each is made of one attribute of the source, by a function that may not fail.

    :param kind: which events
    :param alone: how many are made one by one; who asks for a further one has all of them made
    :param made: each field: the attribute it is made of, and how
    """

    def __init__(self, kind: type[Event], alone: int, /, **made: Making) -> None:
        self.alone = alone
        #: Whether somebody reads what was late; as long as nobody does, decoders need not ask any further.
        self.are_read = False
        # How many of the next events to make at once; below zero, how many late ones to watch.
        self._next = 0
        self._run = 1
        self.names = made.keys()
        self._made = made
        self._makers = tuple(maker for _, maker in made.values())
        self._parts = attrgetter(*(part for part, _ in made.values()))
        # Round the lock of what is frozen, for it is no change: the slots are empty.
        self._fillers = tuple(getattr(kind, name).__set__ for name in made)

    def make(self, source: object, name: str) -> object:
        """
        The value of one field.

        :raises LookupError: when it is none of them
        """
        part, maker = self._made[name]
        return maker(getattr(source, part))

    def at_once(self, count: int = 1) -> bool:
        """
        Whether the next events had better be made whole at once, for they will be read, too.

        :param count: of how many it will be so, or not
        """
        if self._next >= min(count, _MOST_AT_ONCE):
            left = self._next - count
            self._next = left if left > 0 else -_RARE
            return True
        # Where more come than are expected to be read, they are late, and watched.
        watched = -_RARE if self._next > 0 else self._next
        self._next = min(watched + count, 0)
        self.are_read = self._next < 0
        return False

    def expect_readers(self) -> None:
        """A late event was made whole for its reader: where that is so time and again, do it beforehand."""
        self._run = min(2 * self._run, _MOST_AT_ONCE) if self.are_read else 1
        self._next, self.are_read = self._run, True

    def fill(self, event: Event, source: object) -> None:
        """Make them all."""
        parts = self._parts(source)
        for filler, maker, part in zip(self._fillers, self._makers, parts, strict=True):
            filler(event, maker(part))


class Source(Protocol):
    """What an event has its late fields from."""

    @property
    def late(self) -> LateFields:
        """Which they are."""
        ...


@frozen(kw_only=True, slots=False)
class LateEvent(Event):
    """An event that may read fields from a source, each when it is first asked for."""

    # Filled by decoders alone, and no field: neither equality nor `repr` nor a pickle knows of it. A source
    # that was read stands in a tuple, before the names of what was read.
    __slots__ = ("_source",)

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "__attrs_attrs__" in cls.__dict__:
            _be_asked_for_attributes(cls)

    if not TYPE_CHECKING:  # or the checkers would take every name for an attribute

        def __getattr__(self, name: str) -> object:
            try:
                held = _source_of(self)
                read = held if type(held) is tuple else (held,)
                _make(self, read, name)
            except (AttributeError, LookupError):
                # No field; or another thread has made all of them meanwhile, and let the source go.
                pass
            return object.__getattribute__(self, name)


_store = object.__setattr__
_source_of = cast("Callable[[LateEvent], Any]", getattr(LateEvent, "_source").__get__)  # noqa: B009 - no attribute to checkers


def _make(event: LateEvent, read: tuple[Any, ...], name: str) -> None:
    """
    Make a late field, and perhaps all others.

    :param read: the source, and the fields that were read of it
    :raises LookupError: when it is none
    :raises AttributeError: when the source is gone already
    """
    source: Source = read[0]
    late = source.late
    if name in read[1:]:
        # Another thread has made it meanwhile, and only what is made anew may be counted.
        return
    if len(read) <= late.alone:
        _store(event, name, late.make(source, name))
        if len(read) < len(late.names):
            _store(event, "_source", (*read, name))
            return
    elif name in late.names:
        late.expect_readers()
        late.fill(event, source)
    else:
        raise LookupError(name)
    object.__delattr__(event, "_source")


def _be_asked_for_attributes(kind: type[LateEvent]) -> None:
    """
    Let who copies events field by field ask for attributes.

    msgspec, for one, looks into the slots of an attrs class and leaves out what it finds empty; of a
    dataclass it asks for the attributes. So a late event is described as one, too.
    """
    fields: tuple[Attribute[Any], ...] = kind.__dict__["__attrs_attrs__"]
    described = [(it.name, it.type or object, _described(it)) for it in fields]
    mirror = dataclasses.make_dataclass(kind.__name__, described, kw_only=True, frozen=True)
    for name in ("__dataclass_fields__", "__dataclass_params__"):
        setattr(kind, name, getattr(mirror, name))


def _described(it: "Attribute[Any]") -> Any:
    if it.default is NOTHING:
        return dataclasses.field(compare=bool(it.eq))
    made: Any = it.default
    if isinstance(made, Factory):  # type: ignore[arg-type]
        return dataclasses.field(compare=bool(it.eq), default_factory=made.factory)
    return dataclasses.field(compare=bool(it.eq), default=made)
