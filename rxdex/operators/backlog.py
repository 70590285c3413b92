"""What waits for a slow subscriber, within its bound, and what is missing in it."""

from abc import ABC, abstractmethod
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from attrs import frozen

from rxdex.events import Event, Gap, GapReason
from rxdex.operators.overflow import Overflow

__all__ = ["Backlog", "Conflation", "Queue"]

E = TypeVar("E")


@frozen
class _Loss:
    """Events that are missing: since when, and how many, where that is known."""

    since_ns: int
    lost: int | None


#: A gap of the source's stays what it is until something else is missing beside it.
_Missing = _Loss | Gap


def _joined(one: _Missing | None, other: _Missing | None) -> _Missing | None:
    if one is None or other is None:
        return one or other
    lost = None if one.lost is None or other.lost is None else one.lost + other.lost
    return _Loss(min(one.since_ns, other.since_ns), lost)


class Backlog(ABC, Generic[E]):
    """
    Events and gaps that wait to be taken.

    Between two events that are taken, and before the first, there is one gap at most for all that was lost
    here.

    :param capacity: how many may wait
    :param now_ns: tells the time, in ns since the Unix epoch
    """

    def __init__(self, capacity: int, now_ns: Callable[[], int]) -> None:
        self._capacity = capacity
        self._now_ns = now_ns
        #: When the last was heard that is certain: of those that were taken, and of all.
        self._taken_ns = self._heard_ns = now_ns()
        #: What is missing behind all that waits.
        self._missing: _Missing | None = None

    def key_of(self, _item: E | Gap, /) -> Hashable:
        """What to give to `offer` with an item; it may be the user's to say, so ask it without a lock."""
        return None

    @abstractmethod
    def offer(self, item: E | Gap, key: Hashable) -> bool:
        """Keep an item, or count it as missing; False when only waiting helps."""

    def is_full(self) -> bool:
        """Whether one more would be one too many, and only waiting helps."""
        return False

    @abstractmethod
    def take(self) -> tuple[E | Gap, ...]:
        """What is to be delivered next: an item, before it a gap where something is missing, or both."""

    @abstractmethod
    def clear(self) -> None:
        """Forget all."""

    @abstractmethod
    def __bool__(self) -> bool:
        """Whether there is something to be taken."""

    def everything_from_here(self) -> Gap:
        """The gap of who takes nothing more behind what waits."""
        return self._gap(_Loss(self._heard_ns, None))

    def _moment(self, item: E | Gap) -> int:
        # A recording has times of its own; an event that a test made by hand has none.
        return (item.received_ns if isinstance(item, Event) else 0) or self._now_ns()

    def _loss(self, item: E | Gap, item_ns: int, before_ns: int) -> _Loss:
        """Of one item, with its own moment and that of the last certain one before it."""
        if isinstance(item, Gap):
            return _Loss(min(item.since_ns, before_ns), None)
        return _Loss(min(item_ns, before_ns), 1)

    def _taken(self, missing: _Missing | None, item: E | Gap, item_ns: int) -> tuple[E | Gap, ...]:
        self._taken_ns = item_ns
        return (item,) if missing is None else (self._gap(missing), item)

    def _take_rest(self) -> tuple[E | Gap, ...]:
        missing, self._missing = self._missing, None
        return () if missing is None else (self._gap(missing),)

    def _gap(self, missing: _Missing) -> Gap:
        if isinstance(missing, Gap):
            return missing
        return Gap(
            topic=None,
            since_ns=missing.since_ns,
            reason=GapReason.OVERFLOW,
            lost=missing.lost,
            received_ns=self._now_ns(),
        )


class Queue(Backlog[E]):
    """
    Items in the order in which they came; a gap of the source's takes a place as any other.

    :param drops: which go when there is no room: `DROP_OLDEST`, `DROP_NEWEST`, or none
    """

    def __init__(self, capacity: int, now_ns: Callable[[], int], drops: Overflow) -> None:
        super().__init__(capacity, now_ns)
        self._drops = drops
        # What is missing before it, when it was heard, and the item.
        self._waiting: deque[tuple[_Missing | None, int, E | Gap]] = deque()

    def offer(self, item: E | Gap, key: Hashable) -> bool:
        """Keep an item, or count it as missing; False when only waiting helps."""
        item_ns = self._moment(item)
        if len(self._waiting) == self._capacity:
            if self._drops is Overflow.DROP_NEWEST:
                loss = self._loss(item, item_ns, self._heard_ns)
                self._missing = _joined(self._missing, loss)
                return True
            if self._drops is not Overflow.DROP_OLDEST:
                return False
            self._push_out()
        self._waiting.append((self._missing, item_ns, item))
        self._missing = None
        self._heard_ns = item_ns
        return True

    def is_full(self) -> bool:
        """Whether one more would be one too many, and only waiting helps."""
        return len(self._waiting) == self._capacity

    def take(self) -> tuple[E | Gap, ...]:
        """The next item, with what is missing before it; or what is missing behind all."""
        if not self._waiting:
            return self._take_rest()
        missing, item_ns, item = self._waiting.popleft()
        return self._taken(missing, item, item_ns)

    def clear(self) -> None:
        """Forget all."""
        self._waiting.clear()
        self._missing = None

    def __bool__(self) -> bool:
        return bool(self._waiting) or self._missing is not None

    def _push_out(self) -> None:
        missing, item_ns, item = self._waiting.popleft()
        missing = _joined(missing, self._loss(item, item_ns, self._taken_ns))
        if self._waiting:
            _, next_ns, following = self._waiting[0]
            self._waiting[0] = (missing, next_ns, following)
        else:
            self._missing = missing


class Conflation(Backlog[E]):
    """
    The newest item of each key, at the place of the one it replaced; gaps of the source's take no place.

    :param capacity: how many keys may wait
    :param key: of an item; it is not asked for that of a gap
    """

    def __init__(
        self, capacity: int, now_ns: Callable[[], int], key: Callable[[E], Hashable]
    ) -> None:
        super().__init__(capacity, now_ns)
        self._key = key
        # What is missing before it, when it was heard, behind how many gaps, and the item.
        self._waiting: OrderedDict[Hashable, tuple[_Missing | None, int, int, E]] = OrderedDict()
        self._gaps = 0

    def key_of(self, item: E | Gap, /) -> Hashable:
        """
        Its key.

        :raises TypeError: when that cannot be one
        """
        if isinstance(item, Gap):
            return None
        key = self._key(item)
        hash(key)
        return key

    def offer(self, item: E | Gap, key: Hashable) -> bool:
        """Keep an item in place of the one of its key; there is always room."""
        if isinstance(item, Gap):
            self._gaps += 1
            self._missing = _joined(self._missing, item)
            return True
        item_ns = self._moment(item)
        replaced = self._waiting.get(key)
        missing: _Missing | None = None
        if replaced is not None:
            missing, old_ns, gaps, old = replaced
            missing = _joined(missing, self._loss(old, old_ns, self._taken_ns))
            if gaps != self._gaps:
                # A gap came in between: it is to be told before what came behind it.
                del self._waiting[key]
        elif len(self._waiting) == self._capacity:
            self._push_out()
        if key not in self._waiting:
            missing, self._missing = _joined(missing, self._missing), None
        self._waiting[key] = (missing, item_ns, self._gaps, item)
        self._heard_ns = item_ns
        return True

    def take(self) -> tuple[E | Gap, ...]:
        """The item that has waited longest, with what is missing before it; or what is behind all."""
        if not self._waiting:
            return self._take_rest()
        _, (missing, item_ns, _, item) = self._waiting.popitem(last=False)
        return self._taken(missing, item, item_ns)

    def clear(self) -> None:
        """Forget all."""
        self._waiting.clear()
        self._missing = None

    def __bool__(self) -> bool:
        return bool(self._waiting) or self._missing is not None

    def _push_out(self) -> None:
        _, (missing, item_ns, _, item) = self._waiting.popitem(last=False)
        missing = _joined(missing, self._loss(item, item_ns, self._taken_ns))
        if self._waiting:
            key = next(iter(self._waiting))
            its, next_ns, gaps, following = self._waiting[key]
            self._waiting[key] = (_joined(missing, its), next_ns, gaps, following)
        else:
            self._missing = _joined(missing, self._missing)
