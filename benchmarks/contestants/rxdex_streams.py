"""Ours: every topic is subscribed on its own, and each event is counted in its `on_next`."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from benchmarks.contestants.laps import Heard, Job, compete
from rxdex import Dex, topics
from rxdex.events import Fault
from rxdex.topics import Topic

__all__ = ["listen", "topic"]

_BY_SYMBOL: dict[str, Callable[[str], Topic[object]]] = {
    "trades": topics.trades,
    "marketDiff": topics.depth_updates,
    "marketDepth": topics.depth,
    "kline_1m": lambda symbol: topics.kline(symbol, "1m"),
    "ticker": topics.ticker,
    "miniTicker": topics.mini_ticker,
}
_OF_ALL: dict[str, Callable[[], Topic[object]]] = {
    "allTickers": topics.tickers,
    "blockheight": topics.blocks,
}


def topic(stream: str, symbol: str) -> Topic[object]:
    """What the wire calls `stream` of `symbol`."""
    return _BY_SYMBOL[stream](symbol) if stream in _BY_SYMBOL else _OF_ALL[stream]()


@contextmanager
def listen(job: Job, heard: Heard) -> Iterator[None]:
    """Count events; a fault spoils the lap."""
    faults: list[Fault] = []
    with Dex(job.url) as dex, ExitStack() as stack:
        stack.enter_context(dex.faults.subscribe(faults.append))
        for stream, symbol in job.topics:
            stack.enter_context(dex.stream(topic(stream, symbol)).subscribe(heard))
        yield
    if faults:
        raise RuntimeError(f"a fault: {faults[0]}")


if __name__ == "__main__":
    needs = ("rxdex", "reactivex", "attrs", "msgspec", "websocket-client")
    compete(listen, counts="events", needs=needs)
