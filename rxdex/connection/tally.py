"""What happened to the lines, counted for as long as there is a `Dex`."""

import threading
from collections import Counter

from attrs import define, field

from rxdex.events import FaultReason

__all__ = ["Counts", "Tally"]

_REMEMBERED = 10_000


@define(eq=False)
class Counts:
    """Of one lane, or of all."""

    reconnects: int = 0
    renewals: int = 0
    gaps: int = 0
    faults: Counter[FaultReason] = field(factory=Counter[FaultReason])


class Tally:
    """The counts of each lane, those of the last ten thousand; from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lanes: dict[str, Counts] = {}
        # Of those that are remembered no more.
        self._others = Counts()

    def reconnected(self, lane: str) -> None:
        """A line came up again."""
        with self._lock:
            self._of(lane).reconnects += 1

    def renewed(self, lane: str) -> None:
        """A new socket took the place of the old one."""
        with self._lock:
            self._of(lane).renewals += 1

    def lost(self, lane: str) -> None:
        """Events may be missing."""
        with self._lock:
            self._of(lane).gaps += 1

    def faulted(self, lane: str, reason: FaultReason) -> None:
        """Something was refused or dropped, or went wrong."""
        with self._lock:
            self._of(lane).faults[reason] += 1

    def of(self, lane: str) -> Counts:
        """A copy of what was counted for one lane."""
        with self._lock:
            counts = self._lanes.pop(lane, None)
            if counts is None:
                return Counts()
            # Who is asked about lives.
            self._lanes[lane] = counts
            return _sum(counts)

    def total(self) -> Counts:
        """What was counted for all of them."""
        with self._lock:
            return _sum(self._others, *self._lanes.values())

    def _of(self, lane: str) -> Counts:
        # Who was counted last is forgotten last.
        counts = self._lanes[lane] = self._lanes.pop(lane, Counts())
        if len(self._lanes) > _REMEMBERED:
            oldest = self._lanes.pop(next(iter(self._lanes)))
            self._others = _sum(self._others, oldest)
        return counts


def _sum(*several: Counts) -> Counts:
    return Counts(
        reconnects=sum(it.reconnects for it in several),
        renewals=sum(it.renewals for it in several),
        gaps=sum(it.gaps for it in several),
        faults=sum((it.faults for it in several), Counter[FaultReason]()),
    )
