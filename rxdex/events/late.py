"""
Fields that are read when somebody first asks for them.

A frame may hold thousands of amounts of which a subscriber reads a few. A decoder checks all of them, and may
leave the making of each value to its first reader: the slot stays empty, and Python asks `__getattr__` for
what no slot holds. From then on the slot has it. Nobody can tell such an event from one that was made by
its constructor.

Two threads that read a field first at the same moment both make the value, and one of the two equal values
stays.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, cast

from attrs import frozen

from rxdex.events.event import Event

__all__ = ["LateEvent", "Source"]


class Source(Protocol):
    """Where an event has its fields from."""

    def read(self, name: str) -> object:
        """
        The value of the field `name`.

        :raises LookupError: when it knows no such field; nothing else is ever raised
        """
        ...


@frozen(kw_only=True, slots=False)
class LateEvent(Event):
    """An event that may read fields from a source, each when it is first asked for."""

    # Filled by decoders alone, and no field: neither equality nor `repr` nor a pickle knows of it.
    __slots__ = ("_source",)

    if not TYPE_CHECKING:  # or the checkers would take every name for an attribute

        def __getattr__(self, name: str) -> object:
            try:
                value = _source_of(self).read(name)
            except (AttributeError, LookupError):
                # Asked once more, Python says itself what is wrong, or the property does that was asked for.
                return object.__getattribute__(self, name)
            _set(self, name, value)
            return value


_source_of = cast("Callable[[LateEvent], Source]", getattr(LateEvent, "_source").__get__)  # noqa: B009 - no attribute to checkers
_set = object.__setattr__
