"""
Fields that are read when somebody first asks for them.

A frame may hold thousands of amounts of which a subscriber reads a few. A decoder checks all of them, and may
leave the making of each value to its first reader: the slot stays empty, and Python asks `__getattr__` for
what no slot holds. From then on the slot has it. Who asks for a third field has all the others made at once,
and the source is let go.

Nobody can tell such an event from one that was made by its constructor, but by the time that it takes. Where
two threads read a field first at the same moment both make the value, and one of the two equal values stays.
"""

import dataclasses
from collections.abc import Callable, Collection
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol, cast

from attrs import NOTHING, Attribute, Factory, frozen

from rxdex.events.event import Event

__all__ = ["LateEvent", "Source"]

#: Who reads so many fields will read them all.
_ENOUGH = 3


class Source(Protocol):
    """Where an event has its fields from."""

    @property
    def names(self) -> Collection[str]:
        """Those it knows."""
        ...

    def read(self, name: str) -> object:
        """
        The value of the field `name`.

        :raises LookupError: when it knows no such field
        """
        ...


class _Worn:
    """A source that was asked before, and for what."""

    __slots__ = ("given", "source")

    def __init__(self, source: Source) -> None:
        self.source = source
        self.given: set[str] = set()


@frozen(kw_only=True, slots=False)
class LateEvent(Event):
    """An event that may read fields from a source, each when it is first asked for."""

    # Filled by decoders alone, and no field: neither equality nor `repr` nor a pickle knows of it.
    __slots__ = ("_source",)

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "__attrs_attrs__" in cls.__dict__:
            _be_asked_for_attributes(cls)

    if not TYPE_CHECKING:  # or the checkers would take every name for an attribute

        def __getattr__(self, name: str) -> object:
            try:
                source = _source_of(self)
                worn = source if isinstance(source, _Worn) else _Worn(source)
                value = worn.source.read(name)
            except (AttributeError, LookupError):
                # No field; or another thread has read all of them meanwhile.
                return object.__getattribute__(self, name)
            object.__setattr__(self, name, value)
            worn.given.add(name)
            object.__setattr__(self, "_source", worn)
            if len(worn.given) >= min(_ENOUGH, len(worn.source.names)):
                _read_all(self, worn)
            return value


_source_of = cast("Callable[[LateEvent], Source | _Worn]", getattr(LateEvent, "_source").__get__)  # noqa: B009 - no attribute to checkers


def _read_all(event: LateEvent, worn: _Worn) -> None:
    """Fill what is left, and then let the source go."""
    for name in worn.source.names:
        if name not in worn.given:
            object.__setattr__(event, name, worn.source.read(name))
    # Another thread may have been faster.
    with suppress(AttributeError):
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
