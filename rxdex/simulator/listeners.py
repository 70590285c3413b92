"""Which sockets hear what."""

from collections.abc import Collection
from typing import Generic, TypeVar

from rxdex.simulator.stream_names import Entry

__all__ = ["Listeners"]

W = TypeVar("W")


class Listeners(Generic[W]):
    """Who is subscribed to what, found by what it is; of nobody nothing is kept."""

    def __init__(self) -> None:
        self._by_entry: dict[tuple[str, str], set[W]] = {}

    def of(self, topic: str, subject: str) -> Collection[W]:
        """Who is subscribed to that."""
        return self._by_entry.get((topic, subject), ())

    def move(self, who: W, before: frozenset[Entry], after: frozenset[Entry]) -> None:
        """Somebody's subscriptions have changed."""
        for entry in before - after:
            listeners = self._by_entry[entry]
            listeners.discard(who)
            if not listeners:
                del self._by_entry[entry]
        for entry in after - before:
            self._by_entry.setdefault(entry, set()).add(who)
