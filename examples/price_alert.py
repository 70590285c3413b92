"""
Price alert: told when the price crosses a level, not of every trade beyond it.

Without `--level` that is the middle of the book. It ends after three; `--count 100000` runs on.
"""

import argparse
from decimal import Decimal

from reactivex import operators as ops

from rxdex import Dex, first
from rxdex.events import Trade


def main(venue: str | None, level: Decimal | None, count: int) -> None:
    with Dex(venue) if venue else Dex.simulated() as dex:
        now = first(dex.ticker(first(dex.symbols())[0]))
        mark = level or (now.best_bid_price + now.best_ask_price) / 2
        print(f"{now.symbol} was last traded at {now.last_price:f}; the level is {mark:f}")

        def is_off(trade: Trade) -> bool:
            return trade.price != mark

        def above(trade: Trade) -> bool:
            return trade.price > mark

        sides = dex.trades(now.symbol).pipe(ops.filter(is_off), ops.distinct_until_changed(above))
        # The first one is no crossing: it tells on which side we begin.
        turns = sides.pipe(ops.skip(1), ops.take(count))
        news = turns.map(lambda it: f"{it.time:%X}  {'UP' if above(it) else 'DOWN'}: {it.price:f}")
        news.do_action(print).run()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--venue", help="base URL of a gateway or node; else a simulated exchange")
    parser.add_argument("--level", type=Decimal, help="a price, in the quote asset")
    parser.add_argument("--count", type=int, default=3, help="how many alerts to wait for")
    main(**vars(parser.parse_args()))
