"""
In asyncio: a pipeline that ends can be awaited, and a subscription can run on the loop.

With the loop's scheduler `show` is called on the loop's own thread, where tasks and queues are.
It ends after ten blocks; `--count 100000` leaves it running until ctrl-C.
"""

import argparse
import asyncio
from contextlib import suppress

from reactivex import operators as ops
from reactivex.scheduler.eventloop import AsyncIOScheduler

from rxdex import Dex
from rxdex.events import Trade


def show(trade: Trade) -> None:
    print(f"{trade.time:%X}  {trade.quantity:>16f} at {trade.price:>16f}")


async def main(venue: str | None, count: int) -> None:
    with Dex(venue) if venue else Dex.simulated() as dex:
        symbol = (await dex.symbols())[0]
        block = await dex.blocks().pipe(ops.first())
        print(f"block {block.height}; the trades of {symbol} until {count} more are made:")

        scheduler = AsyncIOScheduler(asyncio.get_running_loop())
        with dex.trades(symbol).subscribe(show, scheduler=scheduler):
            block = await dex.blocks().pipe(ops.take(count))
        print(f"block {block.height}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--venue", help="base URL of a gateway or node; else a simulated exchange")
    parser.add_argument("--count", type=int, default=10, help="how many blocks to listen for")
    args = parser.parse_args()
    if args.count < 1:
        parser.error("--count must be 1 or more")
    with suppress(KeyboardInterrupt):
        asyncio.run(main(**vars(args)))
