"""What `rxdex watch` can show: every stream of a `Dex`, by the name it has on the command line."""

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from types import MappingProxyType
from typing import Any

from attrs import frozen
from reactivex import Observable

from rxdex.dex import Dex
from rxdex.events import (
    AccountUpdate,
    BlockHeight,
    DepthSnapshot,
    DepthUpdate,
    Event,
    Interval,
    Kline,
    MiniTicker,
    OrderUpdate,
    Ticker,
    Trade,
    Transfer,
)

__all__ = ["WATCHED", "Request", "Subject", "Watched"]


class Subject(Enum):
    """What a stream is about."""

    SYMBOL = "symbol"
    ADDRESS = "address"
    VENUE = "venue"


@frozen
class Request:
    """
    What somebody wants to watch.

    :param subjects: the symbols or addresses
    :param interval: of klines
    :param levels: of depth
    """

    subjects: Sequence[str] = ()
    interval: str = Interval.MINUTE_1
    levels: int = 20


@frozen
class Watched:
    """
    One stream.

    :param what: it shows, in a line
    :param about: whether it takes symbols, an address, or neither
    :param events: the kinds of event it brings
    :param start: the stream itself
    :param options: which of the options that not all streams have
    """

    what: str
    about: Subject
    events: tuple[type[Event], ...]
    start: Callable[[Dex, Request], Observable[Any]]
    options: frozenset[str] = frozenset()


#: In the order in which they are shown.
WATCHED: Mapping[str, Watched] = MappingProxyType(
    {
        "trades": Watched(
            "every trade", Subject.SYMBOL, (Trade,), lambda dex, it: dex.trades(it.subjects)
        ),
        "depth": Watched(
            "the best bid and ask of the book, whenever it changed",
            Subject.SYMBOL,
            (DepthSnapshot,),
            lambda dex, it: dex.depth(it.subjects, it.levels),
            frozenset({"levels"}),
        ),
        "depth-updates": Watched(
            "the levels of the book that changed",
            Subject.SYMBOL,
            (DepthUpdate,),
            lambda dex, it: dex.depth_updates(it.subjects),
        ),
        "kline": Watched(
            "the kline of now, every second",
            Subject.SYMBOL,
            (Kline,),
            lambda dex, it: dex.kline(it.subjects, it.interval),
            frozenset({"interval"}),
        ),
        "ticker": Watched(
            "the last 24 hours of a symbol, every second",
            Subject.SYMBOL,
            (Ticker,),
            lambda dex, it: dex.ticker(it.subjects),
        ),
        "tickers": Watched(
            "the same of the whole market", Subject.VENUE, (Ticker,), lambda dex, _: dex.tickers()
        ),
        "mini-ticker": Watched(
            "the last 24 hours of a symbol in short, every second",
            Subject.SYMBOL,
            (MiniTicker,),
            lambda dex, it: dex.mini_ticker(it.subjects),
        ),
        "mini-tickers": Watched(
            "the same of the whole market",
            Subject.VENUE,
            (MiniTicker,),
            lambda dex, _: dex.mini_tickers(),
        ),
        "blocks": Watched(
            "the height of every block", Subject.VENUE, (BlockHeight,), lambda dex, _: dex.blocks()
        ),
        "orders": Watched(
            "what becomes of an address's orders",
            Subject.ADDRESS,
            (OrderUpdate,),
            lambda dex, it: dex.orders(it.subjects),
        ),
        "account": Watched(
            "an address's balances, whenever one changed",
            Subject.ADDRESS,
            (AccountUpdate,),
            lambda dex, it: dex.account(it.subjects),
        ),
        "transfers": Watched(
            "what an address sends and gets",
            Subject.ADDRESS,
            (Transfer,),
            lambda dex, it: dex.transfers(it.subjects),
        ),
        "activity": Watched(
            "orders, balances and transfers of an address",
            Subject.ADDRESS,
            (OrderUpdate, AccountUpdate, Transfer),
            lambda dex, it: dex.activity(it.subjects),
        ),
    }
)
