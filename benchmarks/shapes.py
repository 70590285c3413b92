"""What the firehose can send: one row of the table a shape."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from benchmarks.frames import Market, frame, symbols

__all__ = ["BY_TOPICS", "SHAPES", "SILENCE", "SPOT", "Cycle", "Shape", "TopicName"]

#: A stream's name and its symbol, as the wire has them.
TopicName = tuple[str, str]

_ALL = "$all"
_WATCHED = 20
_BLOCKS = 5


class Said(NamedTuple):
    """One frame, for whom it is, and how many events a typed client makes of it."""

    topic: TopicName
    text: bytes
    events: int = 1


class Cycle(NamedTuple):
    """Frames that are sent over and over."""

    topics: tuple[TopicName, ...]
    frames: tuple[bytes, ...]
    events: int


class Shape(NamedTuple):
    """
    A kind of traffic.

    :param name: what to call it
    :param about: what it is, in words
    :param say: its frames, from a market
    """

    name: str
    about: str
    say: Callable[[Market], Iterator[Said]]

    def cycle(self) -> Cycle:
        """Its frames and who they are for; the same on every run."""
        said = list(self.say(Market()))
        return Cycle(
            tuple(dict.fromkeys(one.topic for one in said)),
            tuple(one.text for one in said),
            sum(one.events for one in said),
        )


def _trades(a_frame: int, frames: int, of: int) -> Callable[[Market], Iterator[Said]]:
    def say(market: Market) -> Iterator[Said]:
        names = symbols(of)
        for number in range(frames):
            market.next_block()
            symbol = names[number % of]
            text = frame("trades", market.trades(symbol, a_frame))
            yield Said(("trades", symbol), text, a_frame)

    return say


def _spot_trades(market: Market) -> Iterator[Said]:
    symbol = "BTCUSDT"
    for _ in range(200):
        market.next_block()
        stream = f"{symbol.lower()}@aggTrade"
        text = frame(stream, market.spot_trade(symbol))
        yield Said(("aggTrade", symbol.lower()), text)


def _each(stream: str, row: Callable[[Market, str], object]) -> Callable[[Market], Iterator[Said]]:
    """One frame a block, about one of twenty symbols in turn."""

    def say(market: Market) -> Iterator[Said]:
        for symbol in symbols(_WATCHED) * 5:
            market.next_block()
            yield Said((stream, symbol), frame(stream, row(market, symbol)))

    return say


def _all_tickers(market: Market) -> Iterator[Said]:
    for _ in range(2):
        market.next_block()
        rows = [market.ticker(symbol) for symbol in symbols(200)]
        yield Said(("allTickers", _ALL), frame("allTickers", rows))


def _blocks(market: Market) -> Iterator[Said]:
    for _ in range(200):
        market.next_block()
        yield Said(("blockheight", _ALL), frame("blockheight", market.block_height()))


def _mix(market: Market) -> Iterator[Said]:
    """
    Two seconds, which are five blocks, of twenty symbols with every stream of theirs (PROTOCOL 11).

    A block trades a quarter of them and changes half of the books; the statistics come every second.
    The arrays of the whole market are left out: they would be most of the bytes.
    """
    names = symbols(_WATCHED)
    for block in range(_BLOCKS):
        market.next_block()
        for symbol in names[block::4]:
            trades = market.trades(symbol, 1 + block % 3)
            yield Said(("trades", symbol), frame("trades", trades), len(trades))
        for symbol in names[block % 2 :: 2]:
            yield Said(("marketDiff", symbol), frame("marketDiff", market.depth_update(symbol)))
            yield Said(("marketDepth", symbol), frame("marketDepth", market.depth(symbol)))
        yield Said(("blockheight", _ALL), frame("blockheight", market.block_height()))
        if block in {1, 3}:
            for symbol in names:
                yield Said(("kline_1m", symbol), frame("kline_1m", market.kline(symbol)))
                yield Said(("ticker", symbol), frame("ticker", market.ticker(symbol)))
                yield Said(("miniTicker", symbol), frame("miniTicker", market.mini_ticker(symbol)))


#: What every contestant hears.
SHAPES = (
    Shape("trades x1", "one trade a frame, 20 symbols", _trades(1, 200, _WATCHED)),
    Shape("trades x20", "20 trades a frame, 20 symbols", _trades(20, 40, _WATCHED)),
    Shape("marketDiff", "1 to 6 changed levels", _each("marketDiff", Market.depth_update)),
    Shape("marketDepth", "20 levels a side", _each("marketDepth", Market.depth)),
    Shape("kline", "one minute's", _each("kline_1m", Market.kline)),
    Shape("ticker", "the last 24 hours", _each("ticker", Market.ticker)),
    Shape("allTickers", "200 symbols a frame", _all_tickers),
    Shape("blockheight", "the smallest frame", _blocks),
    Shape("mix", "all streams of 20 symbols in their proportions", _mix),
)

#: The same frames for one topic, and for many, each with a subscriber of its own.
BY_TOPICS = (
    Shape("1 topic", "one trade a frame, 1 symbol", _trades(1, 500, 1)),
    Shape("20 topics", "one trade a frame, 20 symbols", _trades(1, 500, 20)),
    Shape("100 topics", "one trade a frame, 100 symbols", _trades(1, 500, 100)),
    Shape("500 topics", "one trade a frame, 500 symbols", _trades(1, 500, 500)),
)

#: What those hear who speak Binance's spot wire.
SPOT = Shape("spot trades", "one trade a frame, on Binance's spot wire, 1 symbol", _spot_trades)

#: A server that never says a word.
SILENCE = Shape("silence", "nothing at all", lambda _: iter(()))
