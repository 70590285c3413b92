"""What two sockets bring both, once: the events of the old one, and which of the new one's are among them."""

from collections import Counter
from collections.abc import Hashable

from rxdex.topics import Kind, Topic

__all__ = ["Doubles"]


class Doubles:
    """
    What was heard on an old socket while a new one was heard too.

    An event is known by what it says: the venue gives each a number, a height or a time (PROTOCOL 11). Only
    updates of depth have none, and two that say the same may be two; so of these the order counts, which is
    the same on both sockets: one that the old socket did not bring is past all that it brought.
    """

    def __init__(self) -> None:
        self._seen: dict[Topic[object], Counter[Hashable]] = {}
        self._rows: dict[Topic[object], list[Hashable]] = {}

    def note(self, topic: Topic[object], event: Hashable) -> None:
        """The old socket brought this."""
        if topic.kind is Kind.DEPTH_UPDATES:
            self._rows.setdefault(topic, []).append(event)
        else:
            self._seen.setdefault(topic, Counter())[event] += 1

    def is_double(self, topic: Topic[object], event: Hashable) -> bool:
        """Whether the new socket brings what the old one brought."""
        if topic.kind is Kind.DEPTH_UPDATES:
            return self._is_in_row(topic, event)
        seen = self._seen.get(topic)
        if seen is None or not seen[event]:
            return False
        seen[event] -= 1
        return True

    def _is_in_row(self, topic: Topic[object], event: Hashable) -> bool:
        row = self._rows.get(topic, [])
        try:
            place = row.index(event)
        except ValueError:
            row.clear()
            return False
        del row[: place + 1]
        return True
