"""One subscriber of a line."""

import time
from collections.abc import Callable
from typing import Any

from attrs import define, field
from reactivex import abc

from rxdex.errors import ConnectionLost
from rxdex.events import Gap, GapReason
from rxdex.patience import Patience
from rxdex.topics import Topic

__all__ = ["GapListener", "Listener"]


@define(eq=False)
class Listener:
    """
    Who listens, to what, and how long it bears a line that never was up.

    :param observer: takes the events
    :param topics: what it asked for, all of one lane
    :param patience: how many failed attempts it bears
    :param takes_frames: whether it wants the text instead of the events
    """

    observer: abc.ObserverBase[Any]
    topics: tuple[Topic[object], ...]
    patience: Patience
    takes_frames: bool = False
    #: Takes an event, or a frame.
    on_next: Callable[[Any], None] = field(init=False)
    _failures: int = field(default=0, init=False)

    def __attrs_post_init__(self) -> None:
        # The observer's own: a call less for each event.
        self.on_next = self.observer.on_next

    def tires(self, lost: ConnectionLost, tries: int) -> bool:
        """
        Hear of a failed attempt; whether that was one too many.

        :param tries: the line's own number, for who brought none
        """
        self._failures += 1
        self.patience.last_loss = lost
        most = tries if self.patience.tries is None else self.patience.tries
        return self._failures >= most


@define(eq=False)
class GapListener(Listener):
    """A subscriber that wants to know where events may be missing."""

    _is_in_gap: bool = field(default=False, init=False)

    def __attrs_post_init__(self) -> None:
        self.on_next = self._take

    def lose(self, reason: GapReason, since_ns: int) -> None:
        """Hear of a loss; what is lost until the next event is the same gap."""
        if self._is_in_gap:
            return
        self._is_in_gap = True
        topic = self.topics[0] if len(self.topics) == 1 else None
        gap = Gap(topic=topic, since_ns=since_ns, reason=reason, received_ns=time.time_ns())
        self.observer.on_next(gap)

    def _take(self, value: object) -> None:
        """An event, which ends a gap."""
        self._is_in_gap = False
        self.observer.on_next(value)
