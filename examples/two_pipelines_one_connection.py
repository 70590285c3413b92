"""
Two pipelines, one connection: whoever listens to the market shares its websocket.

Each is subscribed to by itself, yet the venue is asked for the trades once. The socket opens with the
first subscriber and closes with the last. It ends after eight; `--count 100000` runs on until ctrl-C.
"""

import argparse
from contextlib import suppress

from reactivex import operators as ops

from rxdex import Dex, first
from rxdex.events import LineState, Status


def is_up(status: Status) -> bool:
    return status.state is LineState.UP


def main(venue: str | None, count: int) -> None:
    with Dex(venue) if venue else Dex.simulated() as dex:
        opened: list[Status] = []
        dex.status.pipe(ops.filter(is_up)).subscribe(opened.append)

        trades = dex.trades(first(dex.symbols())[0]).pipe(ops.take(count))
        texts = trades.map(lambda it: f"trade {it.quantity:>16f} at {it.price:>16f}")
        totals = trades.map(lambda it: it.quantity).scan(lambda total, one: total + one)
        with texts.subscribe(print):
            totals.map(lambda it: f"total {it:>16f}").do_action(print).run()

        print(f"websockets opened: {len(opened)}")
        if not venue:
            print("said on them:", *(text for it in dex.exchange.visits for text in it.said))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--venue", help="base URL of a gateway or node; else a simulated exchange")
    parser.add_argument("--count", type=int, default=8, help="how many trades to add up")
    args = parser.parse_args()
    if args.count < 1:
        parser.error("--count must be 1 or more")
    with suppress(KeyboardInterrupt):
        main(**vars(args))
