"""How many bytes a subscription keeps, and what each operator on top adds."""

import gc
import tracemalloc

import reactivex
from reactivex import operators as ops
from reactivex.abc import DisposableBase

from benchmarks.frames import symbols
from benchmarks.measures.asked import when_asked
from benchmarks.measures.subscribing import audience
from rxdex.events import Trade

__all__ = ["bytes_a_subscription"]


def bytes_a_subscription(url: str, subscribers: int, operators: int) -> dict[str, float]:
    """
    As tracemalloc counts them, with what `subscribe` gave back.

    :param url: of a server
    :param subscribers: how many to average over
    :param operators: how many filters each has on top
    """
    with audience(url, 1, symbols(1)[0]) as trades:
        _subscribed(trades, 10, operators)
        gc.collect()
        tracemalloc.start()
        try:
            kept = _subscribed(trades, subscribers, operators)
            gc.collect()
            held, _ = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        return {"bytes": held / len(kept)}


def _subscribed(
    trades: reactivex.Observable[Trade], count: int, operators: int
) -> list[DisposableBase]:
    filters = [ops.filter(_always)] * operators
    return [trades.pipe(*filters).subscribe(_ignore) for _ in range(count)]


def _always(_: Trade) -> bool:
    return True


def _ignore(_: Trade) -> None:
    pass


if __name__ == "__main__":
    when_asked(bytes_a_subscription)
