"""
Big trades: `filter` keeps those that are worth enough.

Worth is price times quantity, in the quote asset; the times are the chain's own.
It ends after four; `--count 100000` leaves it running until ctrl-C.
"""

import argparse
from contextlib import suppress

from reactivex import operators as ops

from rxdex import Dex, first
from rxdex.events import Trade


def show(trade: Trade) -> str:
    terms = f"{trade.quantity:>16f} at {trade.price:>16f}"
    return f"{trade.time:%X}  {terms} = {trade.notional:>12,.4f}"


def main(venue: str | None, worth: int, count: int) -> None:
    def is_big(trade: Trade) -> bool:
        return trade.notional >= worth

    with Dex(venue) if venue else Dex.simulated() as dex:
        symbol = first(dex.symbols())[0]
        print(f"trades of {symbol} worth {worth} or more")
        big = dex.trades(symbol).pipe(ops.filter(is_big), ops.take(count))
        big.map(show).do_action(print).run()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--venue", help="base URL of a gateway or node; else a simulated exchange")
    parser.add_argument("--worth", type=int, default=50, help="in the quote asset")
    parser.add_argument("--count", type=int, default=4, help="how many to wait for")
    args = parser.parse_args()
    if args.count < 1:
        parser.error("--count must be 1 or more")
    with suppress(KeyboardInterrupt):
        main(**vars(args))
