"""Ours: every topic is subscribed on its own, and each event is counted in its `on_next`."""

import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from benchmarks.contestants.competing import compete
from benchmarks.contestants.laps import Heard, Job
from benchmarks.contestants.spot_venue import BinanceSpot
from rxdex import Dex, LineSettings, topics
from rxdex.events import Fault
from rxdex.topics import Topic

__all__ = ["dex", "listen", "topic"]

_BY_SYMBOL: dict[str, Callable[[str], Topic[object]]] = {
    "trades": topics.trades,
    "marketDiff": topics.depth_updates,
    "marketDepth": topics.depth,
    "kline_1m": lambda symbol: topics.kline(symbol, "1m"),
    "ticker": topics.ticker,
    "miniTicker": topics.mini_ticker,
    "aggTrade": topics.trades,
}
_OF_ALL: dict[str, Callable[[], Topic[object]]] = {
    "allTickers": topics.tickers,
    "blockheight": topics.blocks,
}


def topic(stream: str, symbol: str) -> Topic[object]:
    """What the wire calls `stream` of `symbol`."""
    return _BY_SYMBOL[stream](symbol) if stream in _BY_SYMBOL else _OF_ALL[stream]()


def dex(job: Job) -> Dex:
    """For the wire of the job; whom TLS trusts is said in the environment."""
    settings = LineSettings(ssl=ssl.create_default_context())
    is_spot = any(stream == "aggTrade" for stream, _ in job.topics)
    return Dex(BinanceSpot(job.url) if is_spot else job.url, settings)


@contextmanager
def listen(job: Job, heard: Heard) -> Iterator[None]:
    """Count events; a fault spoils the lap."""
    faults: list[Fault] = []
    with dex(job) as ours, ExitStack() as stack:
        stack.enter_context(ours.faults.subscribe(faults.append))
        for stream, symbol in job.topics:
            stack.enter_context(ours.stream(topic(stream, symbol)).subscribe(heard))
            for _ in range(1, job.subscribers):
                stack.enter_context(ours.stream(topic(stream, symbol)).subscribe(_ignore))
        yield
    if faults:
        raise RuntimeError(f"a fault: {faults[0]}")


def _ignore(_: object) -> None:
    pass


if __name__ == "__main__":
    compete(
        listen,
        counts="events",
        needs=("rxdex", "reactivex", "attrs", "msgspec", "websocket-client"),
        stamp=lambda trade: int(trade.time_ns),
    )
