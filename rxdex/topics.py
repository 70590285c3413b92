"""What can be listened to: one factory per stream, each typed by the event it brings."""

from enum import StrEnum
from typing import Generic, NamedTuple, TypeVar

from rxdex.events import (
    AccountUpdate,
    BlockHeight,
    DepthSnapshot,
    DepthUpdate,
    Interval,
    Kline,
    MiniTicker,
    OrderUpdate,
    Ticker,
    Trade,
    Transfer,
)
from rxdex.events.values import of_a_list

__all__ = [
    "Kind",
    "Topic",
    "account",
    "blocks",
    "depth",
    "depth_updates",
    "kline",
    "mini_ticker",
    "mini_tickers",
    "orders",
    "ticker",
    "tickers",
    "trades",
    "transfers",
]

E_co = TypeVar("E_co", covariant=True)


class Kind(StrEnum):
    """What a stream tells."""

    TRADES = "trades"
    DEPTH_UPDATES = "depth_updates"
    DEPTH = "depth"
    KLINE = "kline"
    TICKER = "ticker"
    MINI_TICKER = "mini_ticker"
    TICKERS = "tickers"
    MINI_TICKERS = "mini_tickers"
    BLOCKS = "blocks"
    ORDERS = "orders"
    ACCOUNT = "account"
    TRANSFERS = "transfers"


@of_a_list
class Topic(NamedTuple, Generic[E_co]):
    """
    One stream of one venue: what it tells, about whom, in which grain.

    :param kind: what it tells
    :param subject: a symbol or an address; empty where the stream is about the whole venue
    :param detail: an interval or a number of levels; empty where there is none
    """

    kind: Kind
    subject: str = ""
    detail: str = ""

    def __str__(self) -> str:
        return " ".join(part for part in self if part)


def trades(symbol: str) -> Topic[Trade]:
    """The trades of a symbol."""
    return Topic(Kind.TRADES, symbol)


def depth_updates(symbol: str) -> Topic[DepthUpdate]:
    """The changed levels of a symbol's book, block by block."""
    return Topic(Kind.DEPTH_UPDATES, symbol)


def depth(symbol: str, levels: int = 20) -> Topic[DepthSnapshot]:
    """The best `levels` of each side of a symbol's book, whole each time."""
    return Topic(Kind.DEPTH, symbol, str(levels))


def kline(symbol: str, interval: str | Interval) -> Topic[Kline]:
    """
    The klines of a symbol.

    :raises InvalidSubject: when there is no such interval
    """
    return Topic(Kind.KLINE, symbol, Interval.parse(interval).value)


def ticker(symbol: str) -> Topic[Ticker]:
    """The last 24 hours of a symbol, every second."""
    return Topic(Kind.TICKER, symbol)


def mini_ticker(symbol: str) -> Topic[MiniTicker]:
    """The last 24 hours of a symbol in short, every second."""
    return Topic(Kind.MINI_TICKER, symbol)


def tickers() -> Topic[tuple[Ticker, ...]]:
    """The last 24 hours of every symbol, every second."""
    return Topic(Kind.TICKERS)


def mini_tickers() -> Topic[tuple[MiniTicker, ...]]:
    """The last 24 hours of every symbol in short, every second."""
    return Topic(Kind.MINI_TICKERS)


def blocks() -> Topic[BlockHeight]:
    """The blocks of the chain."""
    return Topic(Kind.BLOCKS)


def orders(address: str) -> Topic[OrderUpdate]:
    """What becomes of an address's orders."""
    return Topic(Kind.ORDERS, address)


def account(address: str) -> Topic[AccountUpdate]:
    """An address's balances, whole each time."""
    return Topic(Kind.ACCOUNT, address)


def transfers(address: str) -> Topic[Transfer]:
    """The transfers from and to an address."""
    return Topic(Kind.TRANSFERS, address)
