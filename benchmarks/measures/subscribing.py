"""What one more subscriber of a topic costs, and its leaving, beside some that stay."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median

import reactivex
from reactivex import operators as ops

from benchmarks.frames import symbols
from benchmarks.measures.asked import when_asked
from rxdex import Dex, first
from rxdex.events import LineState, Status, Trade

__all__ = ["audience", "cost_of_one_more"]

_PATIENCE = 10.0


def cost_of_one_more(url: str, subscribers: int, runs: int) -> dict[str, float]:
    """
    In us, the median of some runs.

    :param url: of a server
    :param subscribers: who are there, and stay
    :param runs: how often one comes and goes
    """
    coming: list[float] = []
    leaving: list[float] = []
    with audience(url, subscribers, symbols(1)[0]) as trades:
        for _ in range(runs):
            began = time.perf_counter()
            newcomer = trades.subscribe(_ignore)
            there = time.perf_counter()
            newcomer.dispose()
            gone = time.perf_counter()
            coming.append(there - began)
            leaving.append(gone - there)
    return {"subscribe_us": median(coming) * 1e6, "dispose_us": median(leaving) * 1e6}


@contextmanager
def audience(url: str, subscribers: int, symbol: str) -> Iterator[reactivex.Observable[Trade]]:
    """The trades of a symbol on a line that is up, with some subscribers already."""
    with Dex(url) as dex:
        trades = dex.trades(symbol)
        for _ in range(subscribers):
            trades.subscribe(_ignore)
        first(dex.status.pipe(ops.filter(_is_up)), timeout=_PATIENCE)
        yield trades


def _is_up(status: Status) -> bool:
    return status.state is LineState.UP


def _ignore(_: Trade) -> None:
    pass


if __name__ == "__main__":
    when_asked(cost_of_one_more)
