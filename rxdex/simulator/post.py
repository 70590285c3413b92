"""A frame and where it belongs."""

from collections.abc import Callable
from typing import NamedTuple

from rxdex.simulator import wire

__all__ = ["ALL", "Post", "Wanted", "everything"]

#: The subject of what concerns no single symbol or address.
ALL = "$all"

#: Says whether anybody hears a topic about a subject.
Wanted = Callable[[str, str], bool]


class Post(NamedTuple):
    """
    One frame and where it belongs.

    `topic` is both what was subscribed and what the envelope says, `subject` a symbol, an address
    or `$all`, `text` the whole frame.
    """

    topic: str
    subject: str
    text: str

    @classmethod
    def of(cls, topic: str, subject: str, data: wire.Payload | list[wire.Payload]) -> "Post":
        """The payload in its envelope, addressed."""
        return cls(topic, subject, wire.frame(topic, data))


def everything(topic: str, subject: str) -> bool:
    """A `Wanted` that never says no."""
    return True
