# ruff: noqa: FBT001, FBT002 - arguments have the old client's order, the booleans among them too
"""The face of `binance_dex.sockets` on top of the streams: a script for it needs another import and a URL."""

import re
import sys
import warnings
from collections.abc import Callable, Iterable
from typing import Protocol

from reactivex import Observable

from rxdex import topics
from rxdex.connection.inbox import Inbox
from rxdex.dex import Dex
from rxdex.errors import InvalidSubject, VenueGone
from rxdex.events import Frame, Interval
from rxdex.oneoff import first
from rxdex.patience import Patience, patient
from rxdex.topics import Topic
from rxdex.venue import MARKET
from rxdex.venues import BinanceDex

__all__ = ["BinanceChainSocket", "KLine", "OpenStream", "api_types_instance"]

# Right behind the two slashes it would be the host.
_SOCKET = re.compile(r"(?<!/)/ws/*$")
_REMEDY = (
    "Take BinanceChainSocket(url=...), or base_ws_url = ... on the one you have, with the URL of a gateway, "
    "or the one that `rxdex serve` prints for an exchange of your own"
)
_NEVER_CALLED = (
    "callback_function is not called with one_off=True, which is the default: the call returns one frame; "
    "give one_off=False to have it called with every frame"
)
_HINT = "No callback_function was given, so every frame is written here.\n"


class KLine:
    """The intervals by the old client's names. Its five minutes were `4m`; these are `5m`."""

    interval_1min = Interval.MINUTE_1.value
    interval_3min = Interval.MINUTE_3.value
    interval_5min = Interval.MINUTE_5.value
    interval_15min = Interval.MINUTE_15.value
    interval_30min = Interval.MINUTE_30.value
    interval_1hour = Interval.HOUR_1.value
    interval_2hour = Interval.HOUR_2.value
    interval_4hour = Interval.HOUR_4.value
    interval_6hour = Interval.HOUR_6.value
    interval_8hour = Interval.HOUR_8.value
    interval_12hour = Interval.HOUR_12.value
    interval_1day = Interval.DAY_1.value
    interval_3day = Interval.DAY_3.value
    interval_1week = Interval.WEEK_1.value
    interval_1month = Interval.MONTH_1.value


class _Types:
    KLine = KLine


#: Where the old client's scripts find the intervals: `api_types_instance.KLine().interval_1min`.
api_types_instance = _Types()


class OpenStream(Protocol):
    """What a callback gets beside the frame: the way to end the call."""

    def close(self) -> None:
        """Have the call return, from any thread; nothing is called any more."""
        ...


_Callback = Callable[[OpenStream, str], object]
_Some = str | Iterable[str] | None


class BinanceChainSocket:
    """
    The old client's seven methods, with its names and its order of arguments.

    With `one_off`, a call returns the next frame: its text, as it stood on the wire. Without, the call blocks
    and every frame is given to the callback, on the calling thread, until that calls `ws.close()` (the call
    returns None) or raises (the call raises the same). Without a callback the frames are written to standard
    output, behind a line that says so once. A line that breaks is opened again. Nothing is left after a call.

    A symbol may be given as `trading_pair` or `trading_pairs`; it may be several, and so may an address.

    :param is_test_net: the testnet in place of the mainnet; both are gone, which every call on them says
    :param url: of a gateway or an exchange of your own, with or without its `/ws/`, in place of both
    :param timeout: for a call with `one_off`, s; None waits for ever, as the old client did
    :raises VenueGone: (each call) on the public networks
    :raises ConnectionLost: (each call) when the first attempt to connect fails
    :raises TimeoutError: (each call with `one_off`) when nothing came in time
    :raises InvalidSubject: (each call) for a symbol, an address, an interval or a URL that cannot be
    :raises TypeError: (each call) without a symbol, or with both words for it
    """

    def __init__(
        self, is_test_net: object = False, *, url: str | None = None, timeout: float | None = None
    ) -> None:
        host = "testnet-dex.binance.org" if is_test_net else "dex.binance.org"
        #: As `url`; may be assigned.
        self.base_ws_url = f"wss://{host}/api/ws/" if url is None else url
        #: As the argument; may be assigned.
        self.timeout = timeout

    def fetch_account_updates(
        self,
        user_address: str | Iterable[str],
        one_off: bool = True,
        callback_function: _Callback | None = None,
    ) -> str | None:
        """Orders, balances and transfers of an address; with `one_off` whichever comes first."""
        kinds = (topics.orders, topics.account, topics.transfers)
        wanted = [kind(address) for address in _each(user_address, "address") for kind in kinds]
        return self._fetch(wanted, one_off, callback_function)

    def fetch_block_height_updates(
        self, one_off: bool = True, callback_function: _Callback | None = None
    ) -> str | None:
        """The blocks of the chain."""
        return self._fetch([topics.blocks()], one_off, callback_function)

    def fetch_trades_updates(
        self,
        trading_pairs: _Some = None,
        one_off: bool = True,
        callback_function: _Callback | None = None,
        *,
        trading_pair: _Some = None,
    ) -> str | None:
        """The trades."""
        symbols = _symbols(trading_pairs, trading_pair)
        return self._fetch(map(topics.trades, symbols), one_off, callback_function)

    def fetch_market_diff_stream(
        self,
        trading_pairs: _Some = None,
        one_off: bool = True,
        callback_function: _Callback | None = None,
        *,
        trading_pair: _Some = None,
    ) -> str | None:
        """The levels of the book that changed."""
        symbols = _symbols(trading_pairs, trading_pair)
        return self._fetch(map(topics.depth_updates, symbols), one_off, callback_function)

    def fetch_market_depth_stream(
        self,
        trading_pairs: _Some = None,
        one_off: bool = True,
        callback_function: _Callback | None = None,
        *,
        trading_pair: _Some = None,
    ) -> str | None:
        """The twenty best levels of each side of the book."""
        symbols = _symbols(trading_pairs, trading_pair)
        return self._fetch(map(topics.depth, symbols), one_off, callback_function)

    def fetch_kline_updates(
        self,
        trading_pair: _Some = None,
        interval: str | None = None,
        one_off: bool = True,
        callback_function: _Callback | None = None,
        *,
        trading_pairs: _Some = None,
    ) -> str | None:
        """The klines of an interval, such as `1m` or one of `KLine`."""
        symbols = _symbols(trading_pair, trading_pairs)
        if interval is None:
            raise TypeError("give interval, such as '1m'")
        wanted = [topics.kline(symbol, interval) for symbol in symbols]
        return self._fetch(wanted, one_off, callback_function)

    def fetch_ticker_streams(
        self,
        trading_pair: _Some = None,
        is_full_data: bool = True,
        one_off: bool = True,
        callback_function: _Callback | None = None,
        *,
        trading_pairs: _Some = None,
    ) -> str | None:
        """The last 24 hours, in full or in short; without a symbol, of the whole market."""
        if trading_pair or trading_pairs:
            symbols = _symbols(trading_pair or None, trading_pairs or None)
            wanted = map(topics.ticker if is_full_data else topics.mini_ticker, symbols)
            return self._fetch(wanted, one_off, callback_function)
        market = topics.tickers() if is_full_data else topics.mini_tickers()
        return self._fetch([market], one_off, callback_function)

    def _fetch(
        self, wanted: Iterable[Topic[object]], one_off: bool, callback: _Callback | None
    ) -> str | None:
        if one_off and callback is not None:
            warnings.warn(_NEVER_CALLED, stacklevel=3)
        topic, *more = wanted
        with Dex(_venue(self.base_ws_url)) as dex:
            frames = dex.frames(topic, *more)
            if one_off:
                return first(frames, self.timeout).text
            _listen(frames, callback)
        return None


def _venue(url: str) -> BinanceDex:
    venue = BinanceDex(_SOCKET.sub("", str(url)))
    try:
        venue.endpoint(MARKET)
    except VenueGone as gone:
        raise VenueGone(gone.what, _REMEDY) from None
    return venue


def _listen(frames: Observable[Frame], callback: _Callback | None) -> None:
    """Call back for each frame, on this thread."""
    if callback is None:
        callback = _show
        sys.stdout.write(_HINT)
    with Inbox[Frame]() as inbox:
        with patient(Patience(tries=1)):
            subscription = frames.subscribe(inbox)
        with subscription:
            for frame in inbox:
                callback(inbox, frame.text)


def _show(_: OpenStream, text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _symbols(one: _Some, other: _Some) -> list[str]:
    given = other if one is None else one
    if given is None or (one is not None and other is not None):
        raise TypeError("give one of trading_pair and trading_pairs: a symbol, or several")
    return _each(given, "symbol")


def _each(given: str | Iterable[str], what: str) -> list[str]:
    if isinstance(given, str) or not isinstance(given, Iterable):  # pyright: ignore[reportUnnecessaryIsInstance] - callers are not all typed
        return [given]
    several = list(given)
    if not several:
        raise InvalidSubject(f"no {what} given; name one, or several")
    return several
