"""Binance DEX: which topic travels where, and what to say."""

from collections.abc import Iterable, Iterator
from typing import TypeVar, cast
from urllib.parse import urlsplit

import msgspec
from attrs import field, frozen

from rxdex.errors import InvalidSubject, UnsupportedTopic, VenueGone
from rxdex.events import Interval
from rxdex.topics import Kind, Topic
from rxdex.venue import MARKET, Keepalive, Lane, Request
from rxdex.venues.binance_dex.account import ADDRESS_LANE
from rxdex.venues.binance_dex.decode import decode
from rxdex.venues.binance_dex.grammar import PREFIXES, as_address, as_base_url, as_levels, as_symbol
from rxdex.venues.binance_dex.market import DEPTH_LANE, PLAIN_LEVELS
from rxdex.venues.binance_dex.rest import MARKETS_PATH, parse_markets
from rxdex.venues.binance_dex.words import interned

__all__ = ["BinanceDex"]

TopicT = TypeVar("TopicT", bound=Topic[object])

_WHOLE_MARKET = "$all"
_SYMBOLS_A_FRAME = 200

#: What each kind is called on the wire, before its detail.
_WIRE = {
    Kind.TRADES: "trades",
    Kind.DEPTH_UPDATES: "marketDiff",
    Kind.DEPTH: "marketDepth",
    Kind.KLINE: "kline_",
    Kind.TICKER: "ticker",
    Kind.MINI_TICKER: "miniTicker",
    Kind.TICKERS: "allTickers",
    Kind.MINI_TICKERS: "allMiniTickers",
    Kind.BLOCKS: "blockheight",
    Kind.ORDERS: "orders",
    Kind.ACCOUNT: "accounts",
    Kind.TRANSFERS: "transfers",
}

_OF_AN_ADDRESS = frozenset({Kind.ORDERS, Kind.ACCOUNT, Kind.TRANSFERS})
#: Seconds; generous, since a venue that is busy is late.
_TICKS = {
    Kind.BLOCKS: 30.0,
    Kind.TICKER: 15.0,
    Kind.MINI_TICKER: 15.0,
    Kind.TICKERS: 15.0,
    Kind.MINI_TICKERS: 15.0,
}

_OF_ALL = frozenset({Kind.TICKERS, Kind.MINI_TICKERS, Kind.BLOCKS})

_HERE = frozenset({"127.0.0.1", "::1", "localhost"})

#: The public hosts, dead for good.
_SHUT_DOWN = {
    "dex.binance.org": "The mainnet",
    "dex-atlantic.binance.org": "The mainnet",
    "dex-asiapacific.binance.org": "The mainnet",
    "dex-european.binance.org": "The mainnet",
    "testnet-dex.binance.org": "The testnet",
    "testnet-dex-atlantic.binance.org": "The testnet",
    "testnet-dex-asiapacific.binance.org": "The testnet",
}

_GONE = "{network} of Binance DEX was shut down in 2023 and its chain halted in 2024: nobody answers at {url}"
_INSTEAD = (
    "Take Dex.simulated() for an exchange of our own that speaks the same wire, or "
    'Dex("wss://your-gateway/api") for a gateway or a replay server of yours'
)


def _message(method: str, **rest: object) -> str:
    return msgspec.json.encode({"method": method, **rest}).decode()


def _same(topic: TopicT, subject: str = "", detail: str = "") -> TopicT:
    """The topic as deliveries carry it, the very object: a plain one, found faster than one that is equal."""
    return cast("TopicT", interned(topic.kind, subject, detail))


@frozen
class BinanceDex:
    """
    The order book of the BNB Beacon Chain, or whoever speaks its wire.

    :param url: the base of its websocket face, such as `wss://my-gateway/api`; a gateway, a replay
        server, the simulated exchange
    :param prefix: what its addresses begin with, `bnb` or `tbnb`; None accepts both
    :raises InvalidSubject: when the URL or the prefix cannot be
    """

    url: str = field(converter=as_base_url)
    prefix: str | None = field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if self.prefix is not None and self.prefix not in PREFIXES:
            raise InvalidSubject(
                f"prefix is {self.prefix!r}, and no network's addresses begin so; take "
                f"{' or '.join(map(repr, PREFIXES))}, or None for both"
            )

    @classmethod
    def mainnet(cls) -> "BinanceDex":
        """The public mainnet, as it was: every subscribe gets `VenueGone`."""
        return cls("wss://dex.binance.org/api", prefix="bnb")

    @classmethod
    def testnet(cls) -> "BinanceDex":
        """The public testnet, as it was: every subscribe gets `VenueGone`."""
        return cls("wss://testnet-dex.binance.org/api", prefix="tbnb")

    @property
    def name(self) -> str:
        """What to call it towards people."""
        return f"Binance DEX at {self.url}"

    @property
    def keepalive(self) -> Keepalive:
        """It hangs up after 30 to 60 minutes; each keepAlive buys 30 (PROTOCOL 5)."""
        return Keepalive(_message("keepAlive"), every=25 * 60)

    @property
    def silence(self) -> float:
        """It pings every 30 s: two pings missed, and some."""
        return 75.0

    @property
    def spacing(self) -> float:
        """Sockets that were opened too fast were refused (PROTOCOL 5); on this machine nobody minds."""
        return 0.0 if urlsplit(self.url).hostname in _HERE else 0.5

    @property
    def max_age(self) -> float | None:
        """None: whoever says keepAlive may stay (PROTOCOL 5)."""
        return None

    def ticks_within(self, topic: Topic[object]) -> float | None:
        """Blocks tick every second or two, tickers every second (PROTOCOL 5, 11); all else may be quiet."""
        return _TICKS.get(topic.kind)

    def normalise(self, topic: TopicT) -> TopicT:
        """
        The topic as the venue spells it: symbols in upper case, depth in its own levels.

        :raises UnsupportedTopic: for depth with 1000 levels
        :raises InvalidSubject: for a symbol, an address, an interval or levels that cannot be
        """
        kind, subject, detail = topic
        if not isinstance(kind, Kind):  # pyright: ignore[reportUnnecessaryIsInstance] - callers are not all typed
            raise UnsupportedTopic(
                f"Binance DEX has no stream {kind!r}; take one of rxdex.topics, such as topics.trades"
            )
        if kind in _OF_ALL:
            return _same(topic)
        if kind in _OF_AN_ADDRESS:
            return _same(topic, as_address(subject, self.prefix))
        fine = {Kind.DEPTH: as_levels, Kind.KLINE: Interval.parse}.get(kind)
        return _same(topic, as_symbol(subject), str(fine(detail)) if fine else "")

    def lane(self, topic: Topic[object]) -> Lane:
        """
        The market's lane, or one of its own for each address and for each deeper depth.

        :raises UnsupportedTopic: for depth with 1000 levels
        :raises InvalidSubject: for a symbol, an address, an interval or levels that cannot be
        """
        kind, subject, detail = self.normalise(topic)
        if kind in _OF_AN_ADDRESS:
            return Lane(ADDRESS_LANE, subject)
        if kind is Kind.DEPTH and detail != PLAIN_LEVELS:
            return Lane(DEPTH_LANE, detail)
        return MARKET

    def endpoint(self, lane: Lane) -> str:
        """
        Where the method protocol is spoken; the same for every lane.

        :raises VenueGone: for the public networks
        """
        return f"{self._base()}/ws"

    def subscribe(self, topics: Iterable[Topic[object]]) -> Iterator[str]:
        """One frame a stream, with all its symbols; large sets in frames of 200."""
        return self._say("subscribe", topics)

    def unsubscribe(self, topics: Iterable[Topic[object]]) -> Iterator[str]:
        """The same, the other way round."""
        return self._say("unsubscribe", topics)

    #: What a frame says. The function itself: it needs no venue, and a call less counts for each frame.
    decode = staticmethod(decode)

    def symbols(self) -> Request[tuple[str, ...]]:
        """
        How to ask which symbols are listed.

        :raises VenueGone: for the public networks
        """
        return Request("http" + self._base().removeprefix("ws") + MARKETS_PATH, parse_markets)

    def _base(self) -> str:
        network = _SHUT_DOWN.get(urlsplit(self.url).hostname or "")
        if network is not None:
            raise VenueGone(_GONE.format(network=network, url=self.url), _INSTEAD)
        return self.url

    def _say(self, method: str, topics: Iterable[Topic[object]]) -> Iterator[str]:
        by_stream: dict[str, list[str]] = {}
        for kind, subject, detail in topics:
            if kind in _OF_AN_ADDRESS:
                # Leaving names the topic alone: the socket has but one address (PROTOCOL 4).
                address = {"address": subject} if method == "subscribe" else {}
                yield _message(method, topic=_WIRE[kind], **address)
                continue
            suffix = "" if kind is Kind.DEPTH and detail == PLAIN_LEVELS else detail
            by_stream.setdefault(_WIRE[kind] + suffix, []).append(subject or _WHOLE_MARKET)
        for stream, symbols in by_stream.items():
            for start in range(0, len(symbols), _SYMBOLS_A_FRAME):
                yield _message(
                    method, topic=stream, symbols=symbols[start : start + _SYMBOLS_A_FRAME]
                )
