"""
One-offs: `first` waits for one answer, hangs up and returns it; no subscription is left to end.

If nothing comes in time, it raises TimeoutError and says what may be the matter.
"""

import argparse
from contextlib import suppress

from rxdex import Dex, first


def main(venue: str | None, timeout: float) -> None:
    with Dex(venue) if venue else Dex.simulated() as dex:
        symbols = first(dex.symbols())
        print("symbols:", *symbols)
        print("block:  ", first(dex.blocks(), timeout=5).height)

        ticker = first(dex.ticker(symbols[0]))
        print(f"bid:     {ticker.best_bid_quantity:f} at {ticker.best_bid_price:f}")
        print(f"asked:   {ticker.best_ask_quantity:f} at {ticker.best_ask_price:f}")

        for symbol in (symbols[0], symbols[-1]):
            try:
                trade = first(dex.trades(symbol), timeout)
            except TimeoutError as late:
                print(f"{symbol}: {late}")
            else:
                print(f"{symbol}: {trade.quantity:f} at {trade.price:f}, {trade.time:%X}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--venue", help="base URL of a gateway or node; else a simulated exchange")
    parser.add_argument("--timeout", type=float, default=3.0, help="seconds to wait for a trade")
    args = parser.parse_args()
    if not 0.01 <= args.timeout <= 86_400:
        parser.error("--timeout must be 0.01 to 86400")
    with suppress(KeyboardInterrupt):
        main(**vars(args))
