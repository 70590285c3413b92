"""Who listens to what. Delivering takes no lock; each observer stands behind a fence of its own."""

import threading
import time
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Generic, Protocol, TypeVar

from reactivex import abc

__all__ = ["Fanout", "Intake", "Raised", "Receiver", "Route", "expel"]

T = TypeVar("T")
T_contra = TypeVar("T_contra", contravariant=True)


class Receiver(Protocol[T_contra]):
    """Whoever takes events."""

    def on_next(self, value: T_contra, /) -> None:
        """Take one."""


K = TypeVar("K", bound=Hashable)
R = TypeVar("R", bound=Receiver[object])

#: Takes a value.
Take = Callable[[object], None]
#: What to do with a receiver that raised: it is out, and somebody shall hear of it.
Raised = Callable[[R, Exception], None]


class Intake:
    """What came in of one key, whoever took it."""

    __slots__ = ("_lost_at", "at", "count", "losses", "since")

    def __init__(self) -> None:
        #: How many values came.
        self.count = 0
        #: Since when it is counted, on the monotonic clock.
        self.since = time.monotonic()
        #: When the last one came; before the first, `since`.
        self.at = self.since
        #: How often some may have been lost.
        self.losses = 0
        self._lost_at = -1

    def lose(self) -> bool:
        """Some may be lost; False where none came since the last loss, for then it is the same one."""
        if self._lost_at == self.count:
            return False
        self._lost_at = self.count
        self.losses += 1
        return True


class Route(Generic[R]):
    """Everybody who takes one key."""

    __slots__ = ("intake", "ready", "receivers")

    def __init__(self, intake: Intake) -> None:
        self.intake = intake
        # Each with its `on_next`: a look-up less for every value. Joining and leaving are O(1) on the
        # dict; the tuple that delivery walks is made when needed.
        self.receivers: dict[R, Take] = {}
        self.ready: tuple[tuple[R, Take], ...] | None = None


class Fanout(Generic[K, R]):
    """
    Receivers by key, where a key is a topic.

    :param raised: is told of a receiver whose `on_next` raised; the others get the event all the same
    :param intakes: of each key that somebody takes or took; others may share it
    """

    def __init__(self, raised: Raised[R], intakes: dict[K, Intake]) -> None:
        self._raised = raised
        self._intakes = intakes
        self._routes: dict[K, Route[R]] = {}
        self._lock = threading.Lock()

    def join(self, key: K, receiver: R) -> bool:
        """Add a receiver; whether it is the first of its key."""
        with self._lock:
            route = self._routes.get(key)
            if route is None:
                intake = self._intakes.setdefault(key, Intake())
                route = self._routes[key] = Route(intake)
            route.receivers[receiver] = receiver.on_next
            route.ready = None
            return len(route.receivers) == 1

    def leave(self, key: K, receiver: R) -> bool:
        """Take a receiver out, if it is there; whether nobody is left of its key."""
        with self._lock:
            route = self._routes.get(key)
            if route is None:
                return False
            route.receivers.pop(receiver, None)
            route.ready = None
            if not route.receivers:
                del self._routes[key]
            return not route.receivers

    def shut(self) -> None:
        """Deliver nothing any more; every receiver is out."""
        with self._lock:
            for route in self._routes.values():
                # Whoever walks it has to look again, and finds nobody.
                route.receivers, route.ready = {}, None
            self._routes = {}

    def keys(self) -> frozenset[K]:
        """Every key somebody listens to."""
        with self._lock:
            return frozenset(self._routes)

    def deliver(self, key: K, value: object, at: float) -> None:
        """
        Hand a value to everybody who asked for its key, and count it.

        :param at: when it came, on the monotonic clock
        """
        route = self._routes.get(key)
        if route is None:
            # Nobody takes it any more, or somebody else does.
            intake = self._intakes.get(key)
            if intake is not None:
                intake.count += 1
                intake.at = at
            return
        intake = route.intake
        intake.count += 1
        intake.at = at
        for receiver, take in route.ready or self._make_ready(route):
            try:
                take(value)
            except Exception as error:  # noqa: BLE001 - one receiver's bug is nobody else's
                self._raised(receiver, error)

    def deliver_all(self, key: K, values: Sequence[object], at: float) -> None:
        """
        Hand several values of a key, in order, to everybody who asked for it, as `deliver` does each.

        They are counted beforehand.

        :param at: when they came, on the monotonic clock
        """
        intake = self._intakes.get(key)
        if intake is not None and values:
            intake.count += len(values)
            intake.at = at
        route = self._routes.get(key)
        for value in values:
            ready = None if route is None else route.ready
            if not ready:
                # At first; or somebody came or went between two values.
                route = self._routes.get(key)
                if route is None:
                    continue
                ready = self._make_ready(route)
            for receiver, take in ready:
                try:
                    take(value)
                except Exception as error:  # noqa: BLE001 - one receiver's bug is nobody else's
                    self._raised(receiver, error)

    def deliver_once(self, keys: Iterable[K], value: object) -> None:
        """Hand a value to everybody who asked for one of the keys, or for several: once."""
        receivers: dict[R, Take] = {}
        for key in keys:
            route = self._routes.get(key)
            if route is not None:
                receivers.update(route.ready or self._make_ready(route))
        for receiver, take in receivers.items():
            try:
                take(value)
            except Exception as error:  # noqa: BLE001 - one receiver's bug is nobody else's
                self._raised(receiver, error)

    def _make_ready(self, route: Route[R]) -> tuple[tuple[R, Take], ...]:
        # Under the lock: a tuple made beside a join would hide the newcomer for good.
        with self._lock:
            route.ready = ready = tuple(route.receivers.items())
            return ready

    def __contains__(self, key: K) -> bool:
        return key in self._routes

    def __bool__(self) -> bool:
        return bool(self._routes)


def expel(
    observer: abc.ObserverBase[T], error: Exception, tell: Callable[[Exception], None]
) -> None:
    """
    Send away an observer whose `on_next` raised.

    Its `on_error` is called with what it raised, so that its whole pipeline cleans up: timers, inner
    subscriptions. An observer without an `on_error` raises the same again, which is no news.

    :param tell: is told of each thing it raised
    """
    tell(error)
    try:
        observer.on_error(error)
    except Exception as again:  # noqa: BLE001 - its bug is nobody else's
        if again is not error:
            tell(again)
