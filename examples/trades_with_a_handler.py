"""
A handler on trades: a function that is called with each of them.

Subscribing does not wait: the handler runs on the connection's thread while this one sleeps, and is
called no more once the inner `with` is left. `--seconds 3600` listens for an hour, or until ctrl-C.
"""

import argparse
import time
from contextlib import suppress

from rxdex import Dex, first
from rxdex.events import Trade


def show(trade: Trade) -> None:
    taker = trade.taker.value if trade.taker else "-"
    print(f"{trade.time:%X}  {taker:<4}  {trade.quantity:>16f} at {trade.price:>16f}")


def main(venue: str | None, seconds: float) -> None:
    with Dex(venue) if venue else Dex.simulated() as dex:
        symbol = first(dex.symbols())[0]
        print(f"trades of {symbol}: time on the chain, who took, quantity, price")
        with dex.trades(symbol).subscribe(show):
            time.sleep(seconds)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--venue", help="base URL of a gateway or node; else a simulated exchange")
    parser.add_argument("--seconds", type=float, default=5.0, help="how long to listen")
    args = parser.parse_args()
    if not 0.01 <= args.seconds <= 86_400:
        parser.error("--seconds must be 0.01 to 86400")
    with suppress(KeyboardInterrupt):
        main(**vars(args))
