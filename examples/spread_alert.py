"""
Spread alert: told how the spread stands, when it becomes too wide, and when it is narrow again.

An empty side makes it infinite. It ends after three; `--count 100000` runs on until ctrl-C.
"""

import argparse
from contextlib import suppress
from decimal import Decimal

from reactivex import operators as ops

from rxdex import Dex, first
from rxdex.events import DepthSnapshot


def spread(book: DepthSnapshot) -> Decimal:
    if not (book.bids and book.asks):
        return Decimal("Infinity")
    bid, ask = book.bids[0].price, book.asks[0].price
    return (ask - bid) / (ask + bid) * 20_000


def main(venue: str | None, limit: int, count: int) -> None:
    def wide(points: Decimal) -> bool:
        return points > limit

    with Dex(venue) if venue else Dex.simulated() as dex:
        symbol = first(dex.symbols())[0]
        print(f"spread of {symbol} in basis points; more than {limit} is too wide")
        news = dex.depth(symbol).map(spread).pipe(ops.distinct_until_changed(wide), ops.take(count))
        texts = news.map(lambda it: f"{it:>8.2f}  {'TOO WIDE' if wide(it) else 'narrow'}")
        texts.do_action(print).run()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--venue", help="base URL of a gateway or node; else a simulated exchange")
    parser.add_argument("--limit", type=int, default=13, help="in basis points")
    parser.add_argument("--count", type=int, default=3, help="how many lines to wait for")
    args = parser.parse_args()
    if args.count < 1:
        parser.error("--count must be 1 or more")
    with suppress(KeyboardInterrupt):
        main(**vars(args))
