"""The frames that time drives: tickers and klines, once a second (PROTOCOL 7.8-7.10 and 11)."""

from collections.abc import Iterator

from rxdex.events.values import Interval, Side
from rxdex.simulator import wire_statistics
from rxdex.simulator.engine import Block, BookLevel, Chain
from rxdex.simulator.klines import Kline, KlineFold
from rxdex.simulator.post import ALL, Post, Wanted
from rxdex.simulator.statistics import stretches
from rxdex.simulator.tickers import Day, DayWindow
from rxdex.simulator.wire import Payload

__all__ = ["Summaries"]

_NS_PER_SECOND = 1_000_000_000
_KLINE_TOPICS = {interval: f"kline_{interval.value}" for interval in Interval}


class Summaries:
    """
    The statistics of every symbol of a chain, from now on.

    Intervals end with whole seconds, so the block that ends one is always one that is due.
    """

    def __init__(self, chain: Chain) -> None:
        self._chain = chain
        self._second = chain.time_ns // _NS_PER_SECOND
        self._days: dict[str, DayWindow] = {}
        self._klines: dict[str, KlineFold] = {}
        self._ended: dict[str, tuple[Kline, ...]] = {}
        for symbol in chain.symbols:
            price = chain.market(symbol).last_price
            self._days[symbol] = DayWindow(price)
            self._klines[symbol] = KlineFold(chain.time_ns, price)

    def fold(self, block: Block) -> bool:
        """Take in the block just made; says whether it opens a new second, so that frames are due."""
        self._ended = {symbol: fold.advance(block.time_ns) for symbol, fold in self._klines.items()}
        for symbol, stretch in stretches(block.trades, block.height).items():
            self._days[symbol].add(block.time_ns, stretch)
            self._klines[symbol].add(stretch)
        second = block.time_ns // _NS_PER_SECOND
        is_due = second > self._second
        self._second = second
        return is_due

    def posts(self, time_ns: int, is_wanted: Wanted) -> Iterator[Post]:
        """The frames of a second, at the time of the block last taken in."""
        yield from self._tickers(time_ns, is_wanted)
        for symbol in self._klines:
            yield from self._kline_posts(symbol, time_ns, is_wanted)

    def _tickers(self, time_ns: int, is_wanted: Wanted) -> Iterator[Post]:
        is_all, is_all_mini = is_wanted("allTickers", ALL), is_wanted("allMiniTickers", ALL)
        every: list[Payload] = []
        every_mini: list[Payload] = []
        for symbol, window in self._days.items():
            is_one, is_mini = is_wanted("ticker", symbol), is_wanted("miniTicker", symbol)
            if not (is_one or is_mini or is_all or is_all_mini):
                continue
            day = window.day(time_ns)
            ticker = self._ticker(symbol, time_ns, day)
            mini = wire_statistics.mini_ticker(symbol, time_ns, day)
            if is_one:
                yield Post.of("ticker", symbol, ticker)
            if is_mini:
                yield Post.of("miniTicker", symbol, mini)
            every.append(ticker)
            every_mini.append(mini)
        if is_all:
            yield Post.of("allTickers", ALL, every)
        if is_all_mini:
            yield Post.of("allMiniTickers", ALL, every_mini)

    def _ticker(self, symbol: str, time_ns: int, day: Day) -> Payload:
        bid, ask = self._best(symbol, Side.BUY), self._best(symbol, Side.SELL)
        return wire_statistics.ticker(symbol, time_ns, day, bid, ask)

    def _best(self, symbol: str, side: Side) -> BookLevel | None:
        return next(iter(self._chain.levels(symbol, side, 1)), None)

    def _kline_posts(self, symbol: str, time_ns: int, is_wanted: Wanted) -> Iterator[Post]:
        fold = self._klines[symbol]
        ended: dict[Interval, list[Kline]] = {}
        for kline in self._ended[symbol]:
            ended.setdefault(kline.interval, []).append(kline)
        for interval, topic in _KLINE_TOPICS.items():
            if is_wanted(topic, symbol):
                for kline in (*ended.get(interval, ()), fold.kline(interval)):
                    yield Post.of(topic, symbol, wire_statistics.kline(symbol, time_ns, kline))
