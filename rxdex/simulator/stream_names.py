"""Which streams there are, and what they can be about (PROTOCOL 2, 4 and 10)."""

from collections.abc import Container
from typing import NamedTuple

from rxdex.errors import InvalidSubject, UnsupportedTopic
from rxdex.events.values import Interval
from rxdex.simulator.post import ALL
from rxdex.venues.binance_dex.bech32 import address_bytes

__all__ = [
    "USER_TOPICS",
    "Entry",
    "check_address",
    "check_subject",
    "check_symbol",
    "check_topic",
]

#: What there is about an address; by path it is all three or none.
USER_TOPICS = ("orders", "accounts", "transfers")

_WHOLE_TOPICS = frozenset({"allTickers", "allMiniTickers", "blockheight"})
_COMPRESSED = "marketDepth1000"
_KLINES = frozenset(f"kline_{interval}" for interval in Interval)
_PLAIN_TOPICS = frozenset(
    {
        "trades",
        "marketDiff",
        "marketDepth",
        "marketDepth100",
        "marketDepth500",
        _COMPRESSED,
        "ticker",
        "miniTicker",
        *_WHOLE_TOPICS,
        *USER_TOPICS,
    }
)
_NETWORKS = ("bnb", "tbnb")


class Entry(NamedTuple):
    """One thing a socket can be subscribed to: a topic of a symbol, of an address or of `$all`."""

    topic: str
    subject: str


def check_topic(topic: str, *, is_compressed: bool = True) -> str:
    """
    `topic` itself, if there is such a one.

    :param is_compressed: whether the client offered permessage-deflate, without which there is no
        `marketDepth1000` (PROTOCOL 2)
    :raises UnsupportedTopic: there is none, or not for this client; the text says what to take
    """
    if topic == _COMPRESSED and not is_compressed:
        raise UnsupportedTopic(
            f"{topic} is for clients that offer permessage-deflate (RFC 7692); take marketDepth500"
        )
    if topic in _PLAIN_TOPICS or topic in _KLINES:
        return topic
    if topic == "marketDepth20":
        raise UnsupportedTopic(f"no topic {topic!r}: take marketDepth, which has twenty levels")
    if topic.startswith("kline"):
        raise UnsupportedTopic(f"no topic {topic!r}: take kline_ and one of {' '.join(Interval)}")
    known = " ".join(sorted(_PLAIN_TOPICS))
    raise UnsupportedTopic(f"no topic {topic!r}: take one of {known} or kline_<interval>")


def check_subject(topic: str, subject: str, symbols: Container[str]) -> str:
    """`subject` itself, if a market topic can be about it; else raises `InvalidSubject`."""
    if topic not in _WHOLE_TOPICS:
        return check_symbol(subject, symbols)
    if subject != ALL:
        raise InvalidSubject(f"{topic} cannot be about {subject!r}; take {ALL!r}")
    return subject


def check_symbol(symbol: str, symbols: Container[str]) -> str:
    """`symbol` itself, if it is among those listed; else raises `InvalidSubject`."""
    if symbol in symbols:
        return symbol
    hint = (
        "write it in upper case" if symbol.upper() in symbols else "/api/v1/markets tells which are"
    )
    raise InvalidSubject(f"no symbol {symbol!r} is listed; {hint}")


def check_address(address: str) -> str:
    """`address` itself, if it is one of mainnet or testnet; else raises `InvalidSubject`."""
    try:
        network, _ = address_bytes(address)
    except ValueError as fault:
        raise InvalidSubject(f"no address {address!r}: {fault}") from None
    if network not in _NETWORKS:
        raise InvalidSubject(f"no address {address!r}: take one that begins with bnb1 or tbnb1")
    return address
