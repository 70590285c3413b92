"""A second dialect on the same house: the trades of Binance's spot market, as a venue of one stream."""

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any, ClassVar, TypeVar

import msgspec
from attrs import frozen

from rxdex.errors import MalformedFrame, UnsupportedTopic, VenueGone
from rxdex.events import TickType, Trade
from rxdex.events.draft import draft
from rxdex.events.late import LateFields
from rxdex.topics import Kind, Topic, trades
from rxdex.venue import MARKET, Delivery, Finding, Lane, Request

__all__ = ["BinanceSpot"]

TopicT = TypeVar("TopicT", bound=Topic[object])

_NS_PER_MS = 1_000_000


class _Row(msgspec.Struct, gc=False):
    s: str
    a: int
    p: str
    q: str
    T: int
    m: bool

    late: ClassVar = LateFields(
        Trade, 0, trade_id=("a", str), price=("p", Decimal), quantity=("q", Decimal)
    )


class _Frame(msgspec.Struct, gc=False):
    data: _Row | None = None


_late = _Row.late
_DECODER = msgspec.json.Decoder(_Frame)
_topic = lru_cache(4096)(trades)
_are_amounts = re.compile(r"[0-9]{1,20}+\.[0-9]{1,18}+,[0-9]{1,20}+\.[0-9]{1,18}+").fullmatch
_TradeDraft = draft(Trade)


@frozen
class BinanceSpot:
    """
    What Binance's spot market calls aggregated trades.

    :param url: the base of its websocket face
    """

    url: str
    name = "Binance's spot market"
    keepalive = None
    silence = 75.0
    spacing = 0.0
    max_age = None

    def ticks_within(self, topic: Topic[object]) -> float | None:
        """Trades may be quiet."""
        return None

    def normalise(self, topic: TopicT) -> TopicT:
        """In upper case, as the frames have it."""
        if topic.kind is not Kind.TRADES:
            raise UnsupportedTopic(f"there is no {topic.kind} here; take topics.trades")
        return topic._replace(subject=topic.subject.upper())

    def lane(self, topic: Topic[object]) -> Lane:
        """One for all."""
        self.normalise(topic)
        return MARKET

    def endpoint(self, lane: Lane) -> str:
        """The combined streams, of which none is named yet."""
        return f"{self.url}/stream"

    def subscribe(self, topics: Iterable[Topic[object]]) -> Iterator[str]:
        """One frame for all."""
        yield self._say("SUBSCRIBE", topics)

    def unsubscribe(self, topics: Iterable[Topic[object]]) -> Iterator[str]:
        """The same, the other way round."""
        yield self._say("UNSUBSCRIBE", topics)

    def _say(self, method: str, topics: Iterable[Topic[object]]) -> str:
        streams = [f"{topic.subject.lower()}@aggTrade" for topic in topics]
        return msgspec.json.encode({"method": method, "params": streams, "id": 1}).decode()

    def decode(
        self, frame: str | bytes | memoryview, lane: Lane = MARKET, received_ns: int = 0
    ) -> Sequence[Finding]:
        """A trade, or nothing: replies are no data."""
        try:
            row = _DECODER.decode(frame).data
        except (ValueError, RecursionError, BufferError) as error:
            text = frame if isinstance(frame, str) else bytes(frame).decode("utf-8", "replace")
            raise MalformedFrame(f"the frame is no trade ({error})", text) from None
        if row is None:
            return ()
        if _are_amounts(f"{row.p},{row.q}") is None:
            raise MalformedFrame("a price or a quantity is no amount", str(frame)[:200])
        return (Delivery(_topic(row.s), _trade(row, received_ns)),)

    def symbols(self) -> Request[tuple[str, ...]]:
        """Nobody asks."""
        raise VenueGone("only trades are measured here", "Ask Binance")


def _trade(row: _Row, received_ns: int) -> Trade:
    trade: Any = _TradeDraft()
    trade.received_ns = received_ns
    trade.symbol = row.s
    if _late.are_read and _late.at_once():
        trade.trade_id = str(row.a)
        trade.price = Decimal(row.p)
        trade.quantity = Decimal(row.q)
    else:
        trade._source = row
    trade.time_ns = row.T * _NS_PER_MS
    trade.block_height = trade.buyer_order_id = trade.seller_order_id = None
    trade.buyer_address = trade.seller_address = None
    trade.tick = TickType.SELL_TAKER if row.m else TickType.BUY_TAKER
    trade.__class__ = Trade
    whole: Trade = trade
    return whole
