"""The streams of a living venue, or of the simulated exchange."""

import time
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

import reactivex
from reactivex import Observable, abc
from reactivex import operators as ops
from reactivex.disposable import Disposable
from reactivex.scheduler import ImmediateScheduler

from rxdex.connection import LineSettings, Listener, News, SharedConnection
from rxdex.connection.handover import handed_over
from rxdex.connection.rest import Questions
from rxdex.errors import ConnectionLost
from rxdex.events import Fault, Frame, LineState, Status
from rxdex.patience import current_patience
from rxdex.streams import Streams
from rxdex.topics import Topic
from rxdex.venue import Lane, Request, Venue
from rxdex.venues import BinanceDex

if TYPE_CHECKING:
    from rxdex.simulator.exchange import Exchange

__all__ = ["Dex"]

E = TypeVar("E")
T = TypeVar("T")

_WAYS = (
    "Dex needs a venue: Dex.simulated() for an exchange of our own, "
    'Dex("wss://my-gateway/api") or Dex(BinanceDex("wss://my-gateway/api")) for a gateway or a node of yours'
)
_CLOSED = "this Dex is closed; make a new one"


class Dex(Streams):
    """
    The streams of one venue, over as few connections as can be.

    Nothing is connected until somebody subscribes, and nothing stays connected once nobody does. Use it in a
    `with`, or `close` it.

    :param venue: which, or the base URL of whoever speaks the wire of Binance DEX
    :param line: how its lines behave
    :raises TypeError: without a venue; the text names the ways to have one
    :raises InvalidSubject: when the URL cannot be
    """

    def __init__(self, venue: Venue | str = "", line: LineSettings | None = None) -> None:
        if not venue:
            raise TypeError(_WAYS)
        if isinstance(venue, type) or not (isinstance(venue, str) or hasattr(venue, "endpoint")):
            raise TypeError(f"{venue!r} is no venue. {_WAYS}")
        if line is not None and not isinstance(line, LineSettings):  # pyright: ignore[reportUnnecessaryIsInstance] - callers are not all typed
            raise TypeError(f"line is {line!r}, which is no LineSettings; give LineSettings(...)")
        self._venue = BinanceDex(venue) if isinstance(venue, str) else venue
        self._exchange: Exchange | None = None
        settings = line or LineSettings()
        self._news = News(_standing(self._venue.name))
        self._connection = SharedConnection(self._venue, settings, self._news)
        self._questions = Questions(settings, self._news)

    @classmethod
    def simulated(
        cls,
        seed: int = 7,
        *,
        block_time: float = 0.4,
        speed: float | None = 1.0,
        line: LineSettings | None = None,
    ) -> "Dex":
        """
        The streams of a simulated exchange of its own, on a loopback websocket.

        It is small and honest: a real matching engine, real balances, traders who trade by chance; and busier
        than the real chain ever was. What happens is decided by the seed; its time is the chain's own,
        years behind the clock's.

        :param seed: the same seed, the same market
        :param block_time: seconds of chain time between two blocks
        :param speed: how much faster than the clock the chain runs; None: only `exchange.step` makes blocks
        :param line: how its lines behave
        """
        # A third of what importing rxdex would cost, and nothing to who listens to a living venue.
        from rxdex.simulator.exchange import Exchange  # noqa: PLC0415

        exchange = Exchange(seed=seed, block_time=block_time, speed=speed)
        try:
            dex = cls(BinanceDex(exchange.url, prefix="bnb"), line)
        except BaseException:
            exchange.close()
            raise
        dex._exchange = exchange
        what = f"simulated exchange (seed {seed}) at {exchange.url}: no real market"
        dex._news.tell(_standing(what))
        return dex

    @property
    def venue(self) -> Venue:
        """What is spoken."""
        return self._venue

    @property
    def exchange(self) -> "Exchange":
        """
        The simulated exchange, to look into and to trade on.

        :raises AttributeError: when the venue is a living one
        """
        if self._exchange is None:
            raise AttributeError(
                f"{self._venue.name} has no exchange to look into; only Dex.simulated() makes one"
            )
        return self._exchange

    @property
    def status(self) -> Observable[Status]:
        """
        Where the lines stand: the latest, then each change. Completes with `close`.

        How an old line of a lane ends is not told once a new one has begun.
        """
        return self._on_loop("status", self._news.status.observable())

    @property
    def faults(self) -> Observable[Fault]:
        """
        What was refused or dropped, or went wrong on our side. Completes with `close`.

        A `SUBSCRIBER` fault ended that subscriber, a `BUG` every stream of its line, the others
        nothing.
        """
        return self._on_loop("faults", self._news.faults.observable())

    def stream(self, topic: Topic[E], *more: Topic[E]) -> Observable[E]:
        """The events of a topic, or of several, in the order of the wire where they share a line."""
        return self._listen([topic, *more], takes_frames=False)

    def frames(self, topic: Topic[object], *more: Topic[object]) -> Observable[Frame]:
        """The frames of a topic as they came, each once for the topic, however many events it holds."""
        return self._listen([topic, *more], takes_frames=True)

    def snapshot(self, request: Request[T]) -> Observable[T]:
        """The answer to one question, once, and complete."""

        def subscribe(
            observer: abc.ObserverBase[T], scheduler: abc.SchedulerBase | None = None
        ) -> abc.DisposableBase:
            return self._questions.ask(request, self._handed_over("rest", observer, scheduler))

        return Observable(subscribe)

    def close(self, timeout: float = 5.0) -> None:
        """
        Complete every stream and hang up; from any thread, as often as you like.

        It returns in time even if the other side does not answer. No socket is left then; a thread whose
        subscriber is still busy ends as soon as that returns.

        :param timeout: seconds
        """
        until = time.monotonic() + timeout
        self._connection.close(timeout)
        self._questions.close(max(0.0, until - time.monotonic()))
        self._news.complete()
        if self._exchange is not None:
            # Its own goodbyes take a moment, also when a slow subscriber has used up all the time.
            self._exchange.close(max(1.0, until - time.monotonic()))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _listen(self, topics: list[Topic[Any]], *, takes_frames: bool) -> Observable[Any]:
        for topic in topics:
            if not isinstance(topic, Topic):  # pyright: ignore[reportUnnecessaryIsInstance] - callers are not all typed
                raise TypeError(f"{topic!r} is no topic; give one, such as topics.trades(symbol)")
        by_lane: dict[Lane, list[Topic[Any]]] = {}
        for topic in map(self._venue.normalise, topics):
            by_lane.setdefault(self._venue.lane(topic), []).append(topic)
        each = [
            self._listen_on(lane, tuple(topics), takes_frames=takes_frames)
            for lane, topics in by_lane.items()
        ]
        if len(each) == 1:
            return each[0]
        # `reactivex.merge` would subscribe when the scheduler gets to it: a virtual one may never do.
        return reactivex.from_iterable(each, ImmediateScheduler.singleton()).pipe(ops.merge_all())

    def _listen_on(
        self, lane: Lane, topics: tuple[Topic[Any], ...], *, takes_frames: bool
    ) -> Observable[Any]:
        def subscribe(
            observer: abc.ObserverBase[Any], scheduler: abc.SchedulerBase | None = None
        ) -> abc.DisposableBase:
            listener = Listener(
                self._handed_over(str(lane), observer, scheduler),
                topics,
                current_patience(),
                takes_frames,
            )
            session = self._connection.subscribe(lane, listener)
            if session is None:
                observer.on_error(ConnectionLost(_CLOSED))
                return Disposable()
            return Disposable(lambda: session.leave(listener))

        return Observable(subscribe)

    def _on_loop(self, what: str, news: Observable[T]) -> Observable[T]:
        def subscribe(
            observer: abc.ObserverBase[T], scheduler: abc.SchedulerBase | None = None
        ) -> abc.DisposableBase:
            return news.subscribe(self._handed_over(what, observer, scheduler))

        return Observable(subscribe)

    def _handed_over(
        self, lane: str, observer: abc.ObserverBase[Any], scheduler: abc.SchedulerBase | None
    ) -> abc.ObserverBase[Any]:
        def raised(error: Exception) -> None:
            what = f"a subscriber on an asyncio loop raised {error!r}; it is out, the others go on"
            self._news.raised(lane, what, error)

        def overflowed(lost: int) -> None:
            self._news.overflowed(
                lane,
                f"{lost} events lost for a subscriber whose loop is too slow; do less on the loop, "
                "or let fewer through (ops.sample, ops.throttle_first)",
            )

        return handed_over(observer, scheduler, raised, overflowed)


def _standing(what: str) -> Status:
    """Where a venue stands as a whole, before any line of it is open."""
    return Status(lane=None, state=LineState.CLOSED, what=what, received_ns=time.time_ns())
