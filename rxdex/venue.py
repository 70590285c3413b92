"""What a venue is to the rest of the house: a pure value between topics and text."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Generic, NamedTuple, Protocol, TypeVar

from attrs import frozen
from msgspec import Struct

from rxdex.events import Event, Notice
from rxdex.topics import Topic

__all__ = [
    "MARKET",
    "Deliveries",
    "Delivery",
    "Finding",
    "Keepalive",
    "Lane",
    "Request",
    "Value",
    "Venue",
]

#: What a stream brings: an event, or several that belong to one moment.
Value = Event | tuple[Event, ...]

T = TypeVar("T")
TopicT = TypeVar("TopicT", bound=Topic[object])


class Lane(NamedTuple):
    """
    Topics that may share one websocket.

    :param name: what the topics have in common
    :param subject: of whom or how deep, where several such lanes can be open at a time
    """

    name: str
    subject: str = ""

    def __str__(self) -> str:
        return f"{self.name}:{self.subject}" if self.subject else self.name


#: The lane of everything that is nobody's own.
MARKET = Lane("market")


class Delivery(Struct, frozen=True, gc=False):
    """
    An event, and the topic it was sent for.

    :param topic: what was asked for
    :param event: what it brings
    """

    topic: Topic[Value]
    event: Value

    @property
    def events(self) -> Sequence[Value]:
        """The event, for who takes one delivery as the other."""
        return (self.event,)


class Deliveries(Struct, frozen=True, gc=False):
    """
    Several events of one topic, in order: the same as a `Delivery` of each, and handed over in one go.

    :param topic: what was asked for
    :param events: what they bring, one at least; nobody changes it any more
    """

    topic: Topic[Value]
    events: Sequence[Value]


#: One thing that a frame may say.
Finding = Delivery | Deliveries | Notice


@frozen
class Keepalive:
    """
    What we owe a venue that we still listen.

    :param text: the frame to say
    :param every: seconds from one to the next
    """

    text: str
    every: float


@frozen
class Request(Generic[T]):
    """
    One question to a venue's REST face.

    :param url: what to GET
    :param parse: the reply's bytes to its meaning; raises `MalformedFrame`
    """

    url: str
    parse: Callable[[bytes], T]


class Venue(Protocol):
    """
    A dialect: how one venue names streams, and what its frames say.

    A venue holds no socket, clock, thread or logger. Whatever it is asked, it answers from its
    arguments alone, from any thread.
    """

    @property
    def name(self) -> str:
        """What to call it towards people."""
        ...

    @property
    def keepalive(self) -> Keepalive | None:
        """What we owe it, or None."""
        ...

    @property
    def silence(self) -> float:
        """Seconds without any frame at all, pings included, after which a line is dead."""
        ...

    @property
    def spacing(self) -> float:
        """Seconds from one attempt to connect to the next, of whichever lanes; 0 where there is no need."""
        ...

    @property
    def max_age(self) -> float | None:
        """Seconds after which it hangs up on any socket, less some; None where it does not."""
        ...

    def ticks_within(self, topic: Topic[object]) -> float | None:
        """
        Seconds of silence of this topic alone after which something is wrong with it.

        :return: None where a topic may be quiet for any time, as trades are
        """
        ...

    def normalise(self, topic: TopicT) -> TopicT:
        """
        The topic as the venue itself spells it: what its deliveries carry.

        :raises UnsupportedTopic: when the venue has no such stream
        :raises InvalidSubject: when its symbol, address, interval or levels cannot be
        """
        ...

    def lane(self, topic: Topic[object]) -> Lane:
        """
        The lane the topic travels on.

        :raises UnsupportedTopic: when the venue has no such stream
        :raises InvalidSubject: when its symbol, address, interval or levels cannot be
        """
        ...

    def endpoint(self, lane: Lane) -> str:
        """
        Where the lane's websocket is.

        :raises VenueGone: when it has been shut down for good
        """
        ...

    def subscribe(self, topics: Iterable[Topic[object]]) -> Iterator[str]:
        """The frames that ask for `topics`, all of one lane: few, and large."""
        ...

    def unsubscribe(self, topics: Iterable[Topic[object]]) -> Iterator[str]:
        """The frames that take `topics` back."""
        ...

    def decode(
        self, frame: str | bytes | memoryview, lane: Lane = MARKET, received_ns: int = 0
    ) -> Sequence[Finding]:
        """
        What a frame says; total: nothing but `MalformedFrame` is ever raised.

        :param frame: the text, or its bytes
        :param lane: where it came from; some frames do not say whom they concern
        :param received_ns: when it came, for the events' `received_ns`
        :raises MalformedFrame: when it is not what the venue's protocol says
        """
        ...

    def symbols(self) -> Request[tuple[str, ...]]:
        """
        How to ask which symbols are listed.

        :raises VenueGone: when there is nobody to ask any more
        """
        ...
