"""Subscribers that check what they get against a ledger as it comes, and keep next to nothing."""

import threading
from collections import Counter
from collections.abc import Callable, Hashable
from typing import Any

from reactivex import abc

from rxdex.events import Gap
from tests.connection.ledger import Key, Ledger, key_of

_MOST_TOLD = 20


class Verdict:
    """What was wrong, the first of it; and counts of all that was seen."""

    def __init__(self) -> None:
        self.wrongs: list[str] = []
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()

    def wrong(self, what: str) -> None:
        with self._lock:
            self._counts["wrong"] += 1
            if len(self.wrongs) < _MOST_TOLD:
                self.wrongs.append(what)

    def add(self, counts: Counter[str]) -> None:
        """What a subscriber that is gone had seen."""
        with self._lock:
            self._counts += counts

    @property
    def counts(self) -> Counter[str]:
        with self._lock:
            return Counter(self._counts)


class Ear(abc.ObserverBase[Any]):
    """
    A subscriber: each id must come once and in turn; who asked for gaps misses none outside of one.

    It may be told of gaps and events by one thread at a time, as every subscriber.

    :param knows_gaps: whether it asked for gaps
    :param on_event: what it does besides
    """

    def __init__(
        self,
        name: str,
        ledger: Ledger,
        verdict: Verdict,
        *,
        knows_gaps: bool = True,
        on_event: Callable[[Any], object] | None = None,
    ) -> None:
        self.name = name
        self.counts: Counter[str] = Counter()
        self.errors: list[Exception] = []
        self.is_complete = False
        #: The place of the last id of each stream.
        self.last: dict[Key, int] = {}
        self._ledger = ledger
        self._verdict = verdict
        self._knows_gaps = knows_gaps
        self._on_event = on_event
        self._in_gap: set[Key] = set()

    def on_next(self, value: Any) -> None:
        """Check an event, or note a gap."""
        if isinstance(value, Gap):
            self.counts["gaps"] += 1
            self.counts[f"gap {value.reason}"] += 1
            self._in_gap.update(self.last)
        else:
            self.counts["events"] += 1
            known = key_of(value)
            if known is not None:
                self.counts["ids"] += 1
                self._check(*known)
        if self._on_event is not None:
            self._on_event(value)

    def on_error(self, error: Exception) -> None:
        """Keep the failure."""
        self.errors.append(error)

    def on_completed(self) -> None:
        """Keep that it is over."""
        self.is_complete = True

    def has_caught_up(self, heads: dict[Key, int]) -> bool:
        """Whether it has heard of ids as late as these, of all that it hears of."""
        last = self.last.copy()
        return bool(self.counts["events"]) and all(last[key] >= heads.get(key, -1) for key in last)

    def _check(self, key: Key, it: Hashable) -> None:
        place, last = self._ledger.place(key, it), self.last.get(key)
        if place is None:
            self._wrong(key, f"{it} was never made")
            return
        if last is not None and place <= last:
            # A gap is over with what comes next, and this came before.
            self.counts["again"] += 1
            if not self._ledger.astray(key, it):
                self._wrong(key, f"{it} came {last - place} behind its turn, or twice")
            return
        self.last[key] = place
        is_owed = key not in self._in_gap and last is not None
        why = self._ledger.astray(key, it)
        if why == "echo" or (why and last is None):
            # The past, told again or late: what comes between it and the present is owed to nobody, or not to
            # who came after that.
            self._in_gap.add(key)
        else:
            self._in_gap.discard(key)
        if last is None or place == last + 1 or not self._knows_gaps:
            return
        self.counts["missed"] += place - last - 1
        missing = self._ledger.unexcused(key, last, place)
        if not is_owed:
            self.counts["covered"] += place - last - 1
        elif missing:
            self._wrong(key, f"{missing[:5]} of {len(missing)} are missing before {it}, and no gap")
        else:
            self.counts["astray"] += place - last - 1

    def _wrong(self, key: Key, what: str) -> None:
        self._verdict.wrong(f"{self.name}: {' '.join(key)}: {what}")
