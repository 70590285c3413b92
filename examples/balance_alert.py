"""
Balance alert: told when what an address has free of an asset falls below a level.

Nothing comes before the first change. It ends after one; `--count 100000` runs on until ctrl-C.
"""

import argparse
from contextlib import suppress
from decimal import Context, Decimal

from reactivex import operators as ops

from rxdex import Dex


def main(venue: str | None, address: str | None, asset: str, level: Decimal, count: int) -> None:
    def is_low(free: Decimal) -> bool:
        return free < level

    with Dex(venue) if venue else Dex.simulated() as dex:
        whose = address or dex.exchange.user
        print(f"{asset} of {whose}: less than {level:f} is low")
        free = dex.account(whose).map(lambda it: it.balance(asset).free)
        falls = free.pipe(ops.distinct_until_changed(is_low), ops.filter(is_low), ops.take(count))
        # The simulated user does nothing of itself; here it gives away 100 BNB a block.
        blocks = dex.blocks().pipe(ops.take(0 if address else 12))
        gifts = blocks.map(lambda _: dex.exchange.send(dex.exchange.wallets[0], "BNB", 100))
        with gifts.subscribe():
            falls.map(lambda it: f"LOW: {it:f}").do_action(print).run()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--venue", help="base URL of a gateway or node; else a simulated exchange")
    parser.add_argument("--address", help="whose balance")
    parser.add_argument("--asset", default="BNB", help="of which asset")
    parser.add_argument("--level", type=Context(traps=[]).create_decimal, default="1000")
    parser.add_argument("--count", type=int, default=1, help="how many alerts to wait for")
    args = parser.parse_args()
    if args.venue and not args.address:
        parser.error("--venue needs --address")
    if args.count < 1 or not args.level.is_finite():
        parser.error("--count must be 1 or more, --level a number")
    with suppress(KeyboardInterrupt):
        main(**vars(args))
