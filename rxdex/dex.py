"""The streams of a living venue, or of the simulated exchange."""

import time
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar, overload

from reactivex import Observable

from rxdex.connection import LineSettings, News, SharedConnection
from rxdex.connection.listening import Listening
from rxdex.connection.rest import Questions
from rxdex.events import Fault, Frame, Gap, LineState, Status
from rxdex.health import Health
from rxdex.streams import Streams
from rxdex.topics import Topic
from rxdex.venue import Request, Venue
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
        self._simulated_here: Exchange | None = None
        settings = line or LineSettings()
        self._news = News(_standing(self._venue.name))
        self._connection = SharedConnection(self._venue, settings, self._news)
        self._questions = Questions(settings, self._news)
        self._listening = Listening(self._venue, self._connection, self._questions, self._news)

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
        dex._simulated_here = exchange
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
        if self._simulated_here is None:
            raise AttributeError(
                f"{self._venue.name} has no exchange to look into, only Dex.simulated() makes one; "
                "first(dex.symbols()) has the symbols of any venue"
            )
        return self._simulated_here

    @property
    def status(self) -> Observable[Status]:
        """
        Where the lines stand: the latest, then each change. Completes with `close`.

        How an old line of a lane ends is not told once a new one has begun.
        """
        return self._listening.on_loop("status", self._news.status.observable())

    @property
    def faults(self) -> Observable[Fault]:
        """
        What was refused or dropped, or went wrong on our side. Completes with `close`.

        A `SUBSCRIBER` fault ended that subscriber, a `BUG` every stream of its line, the others
        nothing.
        """
        return self._listening.on_loop("faults", self._news.faults.observable())

    @overload
    def stream(
        self, topic: Topic[E], *more: Topic[E], gaps: Literal[False] = False
    ) -> Observable[E]: ...
    @overload
    def stream(
        self, topic: Topic[E], *more: Topic[E], gaps: Literal[True]
    ) -> Observable[E | Gap]: ...
    def stream(self, topic: Topic[Any], *more: Topic[Any], gaps: bool = False) -> Observable[Any]:
        """The events of a topic, or of several, in the order of the wire where they share a line."""
        return self._listening.stream([topic, *more], gaps=gaps)

    def frames(self, topic: Topic[object], *more: Topic[object]) -> Observable[Frame]:
        """The frames of a topic as they came, each once for the topic, however many events it holds."""
        return self._listening.stream([topic, *more], takes_frames=True)

    def snapshot(self, request: Request[T]) -> Observable[T]:
        """The answer to one question, once, and complete."""
        return self._listening.answer(request)

    def renew(self) -> None:
        """
        Have every open line replaced by a new one, without a loss; `status` tells when that is done.

        The new socket opens first and both are heard for a while, what comes twice is told once.
        """
        self._connection.renew()

    def health(self) -> Health:
        """How every line and topic is that somebody listens to: state, ages, rates, what went wrong."""
        return self._connection.health()

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
        if self._simulated_here is not None:
            # Its own goodbyes take a moment, also when a slow subscriber has used up all the time.
            self._simulated_here.close(max(1.0, until - time.monotonic()))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _standing(what: str) -> Status:
    """Where a venue stands as a whole, before any line of it is open."""
    return Status(lane=None, state=LineState.CLOSED, what=what, received_ns=time.time_ns())
