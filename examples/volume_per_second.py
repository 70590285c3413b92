"""
Volume per second: `buffer_with_time` gathers what came in each second, be it nothing.

The seconds are those of this machine's clock, counted from the subscription.
It ends after eight; `--count 100000` leaves it running until ctrl-C.
"""

import argparse
from contextlib import suppress
from decimal import Decimal

from reactivex import operators as ops

from rxdex import Dex, first
from rxdex.events import Trade


def show(trades: list[Trade]) -> str:
    volume = sum((trade.notional for trade in trades), Decimal(0))
    return f"{len(trades):>4} trades {volume:>16,.4f}"


def main(venue: str | None, seconds: float, count: int) -> None:
    with Dex(venue) if venue else Dex.simulated() as dex:
        symbol = first(dex.symbols())[0]
        print(f"{symbol}, every {seconds:g} s: trades, and their worth in {symbol.split('_')[1]}")
        batches = dex.trades(symbol).buffer_with_time(seconds).pipe(ops.take(count))
        batches.map(show).do_action(print).run()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--venue", help="base URL of a gateway or node; else a simulated exchange")
    parser.add_argument("--seconds", type=float, default=1.0, help="how long a batch is")
    parser.add_argument("--count", type=int, default=8, help="how many batches to wait for")
    args = parser.parse_args()
    if not 0.01 <= args.seconds <= 86_400:
        parser.error("--seconds must be 0.01 to 86400")
    if args.count < 1:
        parser.error("--count must be 1 or more")
    with suppress(KeyboardInterrupt):
        main(**vars(args))
