"""
Fill alert: told of each fill of an address's orders, which is each update with a trade id.

The status is the order's at the end of the block. It ends after five; `--count 100000`
runs on until ctrl-C.
"""

import argparse
from contextlib import suppress

from reactivex import operators as ops

from rxdex import Dex
from rxdex.events import OrderUpdate


def is_fill(order: OrderUpdate) -> bool:
    return order.trade_id is not None


def show(order: OrderUpdate) -> str:
    what = f"{order.side.value:<4} {order.last_quantity:>16f} {order.symbol:<18}"
    return f"{order.time:%X}  {what} at {order.last_price:>16f}  {order.status.value}"


def main(venue: str | None, address: str | None, count: int) -> None:
    with Dex(venue) if venue else Dex.simulated() as dex:
        whose = address or dex.exchange.addresses[0]
        print(f"fills of {whose}")
        fills = dex.orders(whose).pipe(ops.filter(is_fill), ops.take(count))
        fills.map(show).do_action(print).run()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--venue", help="base URL of a gateway or node; else a simulated exchange")
    parser.add_argument("--address", help="whose orders")
    parser.add_argument("--count", type=int, default=5, help="how many fills to wait for")
    args = parser.parse_args()
    if args.venue and not args.address:
        parser.error("--venue needs --address")
    if args.count < 1:
        parser.error("--count must be 1 or more")
    with suppress(KeyboardInterrupt):
        main(**vars(args))
