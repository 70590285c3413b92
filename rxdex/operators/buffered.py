"""A subscriber moved to a thread of its own, with a bound on what waits for it."""

import logging
from collections.abc import Callable, Hashable
from typing import Any, Literal, TypeVar, overload

from reactivex import Observable, abc
from reactivex.disposable import Disposable

from rxdex.events import Gap
from rxdex.operators.backlog import Backlog, Conflation, Queue
from rxdex.operators.buffer import Buffer
from rxdex.operators.overflow import Overflow, check_bound
from rxdex.operators.workplace import workplace

__all__ = ["buffered"]

E = TypeVar("E")
T = TypeVar("T")

_log = logging.getLogger(__name__)


@overload
def buffered(
    capacity: int,
    overflow: Literal[Overflow.BLOCK, Overflow.FAIL],
    *,
    key: None = None,
    scheduler: abc.SchedulerBase | None = None,
) -> Callable[[Observable[T]], Observable[T]]: ...
@overload
def buffered(
    capacity: int,
    overflow: Overflow = Overflow.DROP_OLDEST,
    *,
    key: None = None,
    scheduler: abc.SchedulerBase | None = None,
) -> Callable[[Observable[T]], Observable[T | Gap]]: ...
@overload
def buffered(
    capacity: int,
    overflow: Literal[Overflow.LATEST],
    *,
    key: Callable[[E], Hashable],
    scheduler: abc.SchedulerBase | None = None,
) -> Callable[[Observable[E] | Observable[E | Gap]], Observable[E | Gap]]: ...
def buffered(
    capacity: int,
    overflow: Overflow = Overflow.DROP_OLDEST,
    *,
    key: Callable[[Any], Hashable] | None = None,
    scheduler: abc.SchedulerBase | None = None,
) -> Callable[[Observable[Any]], Observable[Any]]:
    """
    Let a subscriber be slow: it runs on a thread of its own, and at most `capacity` events wait for it.

    The line goes on, and so do the others who listen to it. Where events were dropped the subscriber gets
    one `Gap` in their place, with how many they were: reason `OVERFLOW`, the topic None. A gap of the source
    that was dropped too is part of it, and then nobody knows how many. `without_gaps` leaves them all out.

    The thread, called `rxdex-buffered`, is there for each subscription from subscribe to its end; `first` may
    be called on it. With a `scheduler`, with one of an asyncio loop given to `subscribe`, or in virtual time,
    there is none: then what waits is delivered there, in batches. The source does not get the scheduler of a
    loop, but stays on its own thread; operators that know time belong behind `buffered`, then.

    Errors and the end come behind what waits. After a dispose nothing more comes; what is in the subscriber's
    `on_next` at that moment is finished. A subscriber that raises is out: its error is logged, its `on_error`
    is called, and the source is let go. `Dex.faults`, which is the line's, does not hear of it.

    mypy does not see through a type that is "T or a gap" to the next operator: let this one be the last of a
    `pipe`, and what follows be in another, as in ``stream.pipe(buffered(100)).pipe(without_gaps())``.

    :param capacity: events that may wait, besides the one that the subscriber has
    :param overflow: what becomes of those for which there is no room
    :param key: with `Overflow.LATEST`, what tells events apart of which the newest is kept each, such as
        ``lambda ticker: ticker.symbol``
    :param scheduler: where the subscriber runs, in place of a thread of its own. With `Overflow.BLOCK` it is
        to be one of another thread than the source's
    :raises TypeError: when an argument is of the wrong type
    :raises ValueError: when the capacity is below 1, or a key is given without `Overflow.LATEST`
    """
    _check_call(capacity, overflow, key, scheduler)

    def backlog(now_ns: Callable[[], int]) -> Backlog[Any]:
        if overflow is not Overflow.LATEST:
            return Queue(capacity, now_ns, overflow)
        if key is None:
            return Conflation(1, now_ns, lambda _: None)
        return Conflation(capacity, now_ns, key)

    def operator(source: Observable[Any]) -> Observable[Any]:
        def subscribe(
            observer: abc.ObserverBase[Any], subscribed: abc.SchedulerBase | None = None
        ) -> abc.DisposableBase:
            place, upward = workplace(scheduler, subscribed)
            fails = overflow is Overflow.FAIL
            buffer = Buffer(observer, backlog(place.now_ns), place, _report, fails=fails)
            try:
                buffer.source.disposable = source.subscribe(buffer, scheduler=upward)
            except BaseException:
                buffer.dispose()
                raise
            return Disposable(buffer.dispose)

        return Observable(subscribe)

    return operator


def _report(what: str, error: Exception) -> None:
    _log.error("a subscriber behind buffered %s", what, exc_info=error)


def _check_call(capacity: object, overflow: Overflow, key: object, scheduler: object) -> None:
    check_bound(capacity, overflow)
    if key is not None and not callable(key):
        raise TypeError(f"key is {key!r}; give a function of an event, or None")
    if key is not None and overflow is not Overflow.LATEST:
        raise ValueError(
            f"key is given, and overflow is {overflow.name}; a key is for Overflow.LATEST alone"
        )
    if scheduler is not None and not isinstance(scheduler, abc.SchedulerBase):
        raise TypeError(
            f"scheduler is {scheduler!r}; give a scheduler of RxPY, or None for a thread"
        )
