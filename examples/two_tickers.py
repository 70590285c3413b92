"""
Two tickers: `combine_latest` has the latest of both whenever either has changed.

It shows how far two symbols have come in 24 hours, and by how much the first is ahead.
It ends after five changes; `--count 100000` leaves it running until ctrl-C.
"""

import argparse
from contextlib import suppress
from decimal import Decimal

import reactivex
from reactivex import Observable
from reactivex import operators as ops

from rxdex import Dex, first
from rxdex.events import MiniTicker


def gain(ticker: MiniTicker) -> Decimal:
    return (ticker.last_price / ticker.open - 1) * 100 if ticker.open else Decimal(0)


def main(venue: str | None, count: int) -> None:
    with Dex(venue) if venue else Dex.simulated() as dex:
        one, other = first(dex.symbols())[:2]

        def gains(symbol: str) -> Observable[Decimal]:
            return dex.mini_ticker(symbol).map(gain).pipe(ops.distinct_until_changed())

        both = reactivex.combine_latest(gains(one), gains(other)).pipe(ops.take(count))
        lines = both.map(lambda it: f"{it[0]:>+17.2f} % {it[1]:>+17.2f} % {it[0] - it[1]:>+9.2f} %")
        print(f"{one:>19} {other:>19} {'ahead by':>11}")
        lines.do_action(print).run()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--venue", help="base URL of a gateway or node; else a simulated exchange")
    parser.add_argument("--count", type=int, default=5, help="how many changes to wait for")
    args = parser.parse_args()
    if args.count < 1:
        parser.error("--count must be 1 or more")
    with suppress(KeyboardInterrupt):
        main(**vars(args))
