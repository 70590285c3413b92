"""
Price alert: told when the price crosses a level, not of every trade beyond it.

A price at the level is on neither side. Without `--level` that is the middle of the book.
It ends after three; `--count 100000` leaves it running until ctrl-C.
"""

import argparse
from contextlib import suppress
from decimal import Context, Decimal

from reactivex import operators as ops

from rxdex import Dex, first


def main(venue: str | None, level: Decimal | None, count: int) -> None:
    with Dex(venue) if venue else Dex.simulated() as dex:
        now = first(dex.ticker(first(dex.symbols())[0]))
        mark = (now.best_bid_price + now.best_ask_price) / 2 if level is None else level
        print(f"{now.symbol} was last traded at {now.last_price:f}; the level is {mark:f}")

        def above(price: Decimal) -> bool:
            return price > mark

        # The last price is no crossing, it tells on which side we begin: hence `skip`.
        prices = (
            dex.trades(now.symbol).map(lambda it: it.price).pipe(ops.start_with(now.last_price))
        )
        sides = prices.pipe(ops.filter(lambda it: it != mark), ops.distinct_until_changed(above))
        turns = sides.pipe(ops.skip(1), ops.take(count))
        turns.map(lambda it: f"{'UP' if above(it) else 'DOWN'}: {it:f}").do_action(print).run()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--venue", help="base URL of a gateway or node; else a simulated exchange")
    decimal = Context(traps=[]).create_decimal  # Makes NaN of what is no number.
    parser.add_argument("--level", type=decimal, help="a price, in the quote asset")
    parser.add_argument("--count", type=int, default=3, help="how many alerts to wait for")
    args = parser.parse_args()
    if args.count < 1 or not (args.level is None or args.level.is_finite()):
        parser.error("--count must be 1 or more, --level a number")
    with suppress(KeyboardInterrupt):
        main(**vars(args))
