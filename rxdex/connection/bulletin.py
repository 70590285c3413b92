"""News for everybody, one at a time and in order, whichever threads they come from."""

import threading
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Generic, TypeVar

from reactivex import Observable, abc
from reactivex.disposable import Disposable

from rxdex.errors import RxdexError
from rxdex.fanout import expel

__all__ = ["Bulletin"]

T = TypeVar("T")

_REMEMBERED = 10_000


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
