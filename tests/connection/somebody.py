"""A subscriber that keeps what it gets, and may do something foolish when it gets the next."""

import json
from collections.abc import Callable
from typing import Any

from reactivex import abc

from rxdex.events import BlockHeight, Frame, Gap, GapReason
from rxdex.topics import Topic
from tests.connection.model import Chronicle, word
from tests.connection.recorder import Recorder


class Stumble(Exception):
    """What a subscriber raises."""


class Somebody(Recorder[Any]):
    """
    Who listens.

    :param name: for people
    :param wanted: the topics, all of one lane
    :param way: "gaps", "plain" or "frames"
    """

    def __init__(self, name: str, wanted: tuple[Topic[Any], ...], way: str) -> None:
        super().__init__()
        self.name = name
        self.wanted = wanted
        self.way = way
        #: How many things had happened to its lane before it came.
        self.causes = 0
        #: What was said before it came; and before it surely was subscribed.
        self.came_at = 0
        self.since: int | None = None
        #: How much it had heard when a gap had to follow.
        self.owed: list[int] = []
        self.is_disposed = False
        #: How much it had heard when it was found to be out.
        self.silent_since: int | None = None
        #: What to do with the next event; and whether to raise once more at the end.
        self.act: Callable[[Somebody], None] | None = None
        self.stumbles_at_end = False
        self.raised: list[Exception] = []
        self._subscription: abc.DisposableBase | None = None

    def __repr__(self) -> str:
        wanted = ", ".join(map(str, self.wanted))
        return f"{self.name} ({wanted}; {self.way}; since {self.since})"

    @property
    def is_out(self) -> bool:
        """Whether it is owed nothing any more."""
        return self.is_disposed or self.is_complete or bool(self.errors or self.raised)

    def listen(self, subscribe: "Callable[[Somebody], abc.DisposableBase]") -> None:
        """Begin."""
        self._subscription = subscribe(self)
        if self.is_disposed:
            self._subscription.dispose()

    def leave(self) -> None:
        """End; as often as one likes."""
        self.is_disposed = True
        if self._subscription is not None:
            self._subscription.dispose()

    def stumble(self) -> None:
        """Raise."""
        error = Stumble(f"{self.name} stumbles")
        self.raised.append(error)
        raise error

    def on_next(self, value: Any) -> None:
        super().on_next(value)
        act, self.act = self.act, None
        if act is not None:
            act(self)

    def on_error(self, error: Exception) -> None:
        super().on_error(error)
        self._end()

    def on_completed(self) -> None:
        super().on_completed()
        self._end()

    def heard(self, chronicle: Chronicle) -> list[int | GapReason]:
        """What it heard, by its place in what was said."""
        found: list[int | GapReason] = []
        for it in list(self.values):
            if isinstance(it, Gap):
                found.append(it.reason)
                continue
            event = it
            if isinstance(it, Frame):
                event = BlockHeight(height=json.loads(it.text)["data"]["h"])
            place = chronicle.places.get(word(event, self.wanted))
            assert place is not None, f"{self} heard {event!r}, which nobody said"
            found.append(place)
        return found

    @property
    def gaps(self) -> list[GapReason]:
        """The gaps it was told of."""
        return [it.reason for it in list(self.values) if isinstance(it, Gap)]

    @property
    def misses_a_gap(self) -> bool:
        """Whether it should have been told of a gap, and was not."""
        values = list(self.values)
        tails = (values[max(0, begin - 1) :] for begin in self.owed)
        return any(not any(isinstance(it, Gap) for it in tail) for tail in tails)

    def _end(self) -> None:
        if self.stumbles_at_end:
            self.stumbles_at_end = False
            self.stumble()
