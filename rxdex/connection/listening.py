"""Observables over shared lines: to subscribe is to join, and to have a line opened if there is none."""

import time
from collections.abc import Sequence
from typing import Any, TypeVar

import reactivex
from reactivex import Observable, abc
from reactivex import operators as ops
from reactivex.disposable import Disposable
from reactivex.scheduler import ImmediateScheduler

from rxdex.connection.handover import handed_over
from rxdex.connection.listener import GapListener, Listener
from rxdex.connection.news import News
from rxdex.connection.rest import Questions
from rxdex.connection.shared import SharedConnection
from rxdex.errors import ConnectionLost
from rxdex.events import Gap, GapReason
from rxdex.patience import current_patience
from rxdex.stream import Stream, stream_of
from rxdex.topics import Topic
from rxdex.venue import Lane, Request, Venue

__all__ = ["Listening"]

T = TypeVar("T")

_CLOSED = "this Dex is closed; make a new one"


class Listening:
    """
    What can be subscribed to.

    :param venue: says which topic travels on which lane
    :param connection: has the lines
    :param questions: asks what is no stream
    :param news: is told of subscribers that raise, or are too slow
    """

    def __init__(
        self, venue: Venue, connection: SharedConnection, questions: Questions, news: News
    ) -> None:
        self._venue = venue
        self._connection = connection
        self._questions = questions
        self._news = news

    def stream(
        self, topics: Sequence[Topic[Any]], *, gaps: bool = False, takes_frames: bool = False
    ) -> Observable[Any]:
        """The events of the topics, or their frames; with gaps where some may be missing."""
        for topic in topics:
            if not isinstance(topic, Topic):  # pyright: ignore[reportUnnecessaryIsInstance] - callers are not all typed
                raise TypeError(f"{topic!r} is no topic; give one, such as topics.trades(symbol)")
        by_lane: dict[Lane, list[Topic[Any]]] = {}
        for topic in map(self._venue.normalise, topics):
            by_lane.setdefault(self._venue.lane(topic), []).append(topic)
        each = [
            self._listen_on(lane, tuple(topics), gaps=gaps, takes_frames=takes_frames)
            for lane, topics in by_lane.items()
        ]
        if len(each) == 1:
            return each[0]
        # `reactivex.merge` would subscribe when the scheduler gets to it: a virtual one may never do.
        lanes = reactivex.from_iterable(each, ImmediateScheduler.singleton())
        return stream_of(lanes.pipe(ops.merge_all()))

    def answer(self, request: Request[T]) -> Observable[T]:
        """The answer to one question, once, and complete."""

        def subscribe(
            observer: abc.ObserverBase[T], scheduler: abc.SchedulerBase | None = None
        ) -> abc.DisposableBase:
            return self._questions.ask(request, self._handed_over("rest", observer, scheduler))

        return Stream(subscribe)

    def on_loop(self, what: str, news: Observable[T]) -> Observable[T]:
        """News, on the asyncio loop of whoever subscribes with its scheduler."""

        def subscribe(
            observer: abc.ObserverBase[T], scheduler: abc.SchedulerBase | None = None
        ) -> abc.DisposableBase:
            return news.subscribe(self._handed_over(what, observer, scheduler))

        return Stream(subscribe)

    def _listen_on(
        self, lane: Lane, topics: tuple[Topic[Any], ...], *, gaps: bool, takes_frames: bool
    ) -> Observable[Any]:
        kind = GapListener if gaps else Listener

        def subscribe(
            observer: abc.ObserverBase[Any], scheduler: abc.SchedulerBase | None = None
        ) -> abc.DisposableBase:
            listener = kind(
                self._handed_over(str(lane), observer, scheduler, gaps=gaps),
                topics,
                current_patience(),
                takes_frames,
            )
            session = self._connection.subscribe(lane, listener)
            if session is None:
                observer.on_error(ConnectionLost(_CLOSED))
                return Disposable()
            return Disposable(lambda: session.leave(listener))

        return Stream(subscribe)

    def _handed_over(
        self,
        lane: str,
        observer: abc.ObserverBase[Any],
        scheduler: abc.SchedulerBase | None,
        *,
        gaps: bool = False,
    ) -> abc.ObserverBase[Any]:
        def raised(error: Exception) -> None:
            what = f"a subscriber on an asyncio loop raised {error!r}; it is out, the others go on"
            self._news.raised(lane, what, error)

        def overflowed(lost: int, since_ns: int) -> None:
            self._news.overflowed(
                lane,
                f"{lost} events lost for a subscriber whose loop is too slow; do less on the loop, "
                "or let fewer through (ops.sample, ops.throttle_first)",
            )
            if gaps:
                now = time.time_ns()
                reason = GapReason.OVERFLOW
                gap = Gap(topic=None, since_ns=since_ns, reason=reason, lost=lost, received_ns=now)
                observer.on_next(gap)

        return handed_over(observer, scheduler, raised, overflowed)
