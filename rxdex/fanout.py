"""Who listens to what. Delivering takes no lock; each observer stands behind a fence of its own."""

import threading
from collections import deque
from collections.abc import Callable, Hashable, Iterable
from functools import partial
from typing import Generic, Protocol, TypeVar

from reactivex import Observable, abc
from reactivex.disposable import Disposable

from rxdex.errors import RxdexError

__all__ = ["Bulletin", "Fanout", "Raised", "Receiver", "expel"]

T = TypeVar("T")
T_contra = TypeVar("T_contra", contravariant=True)

_REMEMBERED = 10_000


class Receiver(Protocol[T_contra]):
    """Whoever takes events."""

    def on_next(self, value: T_contra, /) -> None:
        """Take one."""


K = TypeVar("K", bound=Hashable)
R = TypeVar("R", bound=Receiver[object])

#: What to do with a receiver that raised: it is out, and somebody shall hear of it.
Raised = Callable[[R, Exception], None]


class Fanout(Generic[K, R]):
    """
    Receivers by key, where a key is a topic.

    :param raised: is told of a receiver whose `on_next` raised; the others get the event all the same
    """

    def __init__(self, raised: Raised[R]) -> None:
        self._raised = raised
        # Joining and leaving are O(1) on the dict; the tuple that delivery walks is made when needed.
        self._receivers: dict[K, dict[R, None]] = {}
        self._ready: dict[K, tuple[R, ...]] = {}
        self._lock = threading.Lock()

    def join(self, key: K, receiver: R) -> bool:
        """Add a receiver; whether it is the first of its key."""
        with self._lock:
            receivers = self._receivers.setdefault(key, {})
            receivers[receiver] = None
            self._ready.pop(key, None)
            return len(receivers) == 1

    def leave(self, key: K, receiver: R) -> bool:
        """Take a receiver out, if it is there; whether nobody is left of its key."""
        with self._lock:
            receivers = self._receivers.get(key)
            if receivers is None:
                return False
            receivers.pop(receiver, None)
            self._ready.pop(key, None)
            if not receivers:
                del self._receivers[key]
            return not receivers

    def keys(self) -> frozenset[K]:
        """Every key somebody listens to."""
        with self._lock:
            return frozenset(self._receivers)

    def deliver(self, key: K, value: object) -> None:
        """Hand a value to everybody who asked for its key."""
        receivers = self._ready.get(key)
        if receivers is None:
            receivers = self._make_ready(key)
        for receiver in receivers:
            try:
                receiver.on_next(value)
            except Exception as error:  # noqa: BLE001 - one receiver's bug is nobody else's
                self._raised(receiver, error)

    def deliver_once(self, keys: Iterable[K], value: object) -> None:
        """Hand a value to everybody who asked for one of the keys, or for several: once."""
        receivers = dict.fromkeys(
            receiver for key in keys for receiver in self._ready.get(key) or self._make_ready(key)
        )
        for receiver in receivers:
            self._hand(receiver, value)

    def _hand(self, receiver: R, value: object) -> None:
        try:
            receiver.on_next(value)
        except Exception as error:  # noqa: BLE001 - one receiver's bug is nobody else's
            self._raised(receiver, error)

    def _make_ready(self, key: K) -> tuple[R, ...]:
        # Under the lock: a tuple made beside a join would hide the newcomer for good.
        with self._lock:
            receivers = self._receivers.get(key)
            if receivers is None:
                # Nothing is kept for a key nobody wants, or the wire could fill the memory.
                return ()
            self._ready[key] = ready = tuple(receivers)
            return ready

    def __bool__(self) -> bool:
        return bool(self._receivers)


class Bulletin(Generic[T]):
    """
    News for everybody, one at a time and in order, whichever threads they come from.

    A newcomer first hears the latest. Who tells while another thread is telling leaves the news to it and
    goes on, so no lock is held while an observer runs. More than 10,000 news that an observer is
    too slow for push out the oldest.

    :param latest: what a newcomer hears until there is news; nothing if there is none
    :param raised: is told of an observer that raised, which then is out
    """

    def __init__(self, *latest: T, raised: Callable[[Exception], None]) -> None:
        self._latest: tuple[T, ...] = latest
        self._raised = raised
        self._observers: dict[abc.ObserverBase[T], None] = {}
        self._queue: deque[tuple[abc.ObserverBase[T], Callable[[], None]]] = deque(
            maxlen=_REMEMBERED
        )
        self._is_telling = False
        self._is_over = False
        self._lock = threading.Lock()

    def tell(self, value: T, *, remember: bool = False) -> None:
        """Tell everybody; `remember` keeps it for newcomers."""
        with self._lock:
            if self._is_over:
                return
            if remember:
                self._latest = (value,)
            for observer in self._observers:
                self._queue.append((observer, partial(observer.on_next, value)))
        self._drain()

    def complete(self) -> None:
        """There will be no more news."""
        with self._lock:
            self._is_over = True
            for observer in self._observers:
                self._queue.append((observer, observer.on_completed))
            self._observers.clear()
        self._drain()

    def observable(self) -> Observable[T]:
        """The news as a stream."""

        def subscribe(
            observer: abc.ObserverBase[T], _: abc.SchedulerBase | None = None
        ) -> abc.DisposableBase:
            with self._lock:
                for value in self._latest:
                    self._queue.append((observer, partial(observer.on_next, value)))
                if self._is_over:
                    self._queue.append((observer, observer.on_completed))
                else:
                    self._observers[observer] = None
            self._drain()
            return Disposable(lambda: self._forget(observer))

        return Observable(subscribe)

    def _forget(self, observer: abc.ObserverBase[T]) -> None:
        with self._lock:
            self._observers.pop(observer, None)

    def _drain(self) -> None:
        with self._lock:
            if self._is_telling:
                return
            self._is_telling = True
        try:
            while True:
                with self._lock:
                    if not self._queue:
                        self._is_telling = False
                        return
                    observer, call = self._queue.popleft()
                try:
                    call()
                except Exception as error:  # noqa: BLE001 - one observer's bug is nobody else's
                    self._forget(observer)
                    expel(observer, error, self._raised)
                except BaseException as ending:
                    if threading.current_thread() is threading.main_thread():
                        # Ctrl-C, most likely: not ours to stop.
                        raise
                    # A line's thread has others to tell.
                    self._forget(observer)
                    self._raised(RxdexError(f"ended by {ending!r}"))
        except BaseException:
            self._is_telling = False
            raise


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
