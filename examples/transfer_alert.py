"""
Transfer alert: told when an address sends coins, or receives some.

A transfer may have several receivers: of one that comes in, only the address's part is shown.
It ends after three; `--count 100000` leaves it running until ctrl-C.
"""

import argparse
from contextlib import suppress

from reactivex import operators as ops

from rxdex import Dex
from rxdex.events import Transfer


def show(transfer: Transfer) -> str:
    sent = transfer.sender == transfer.address
    parts = [it for it in transfer.outputs if sent or it.receiver == transfer.address]
    coins = [f"{coin.amount:f} {coin.asset} to {it.receiver}" for it in parts for coin in it.coins]
    return f"{'SENT' if sent else f'RECEIVED from {transfer.sender}'}: {', '.join(coins)}"


def main(venue: str | None, address: str | None, count: int) -> None:
    with Dex(venue) if venue else Dex.simulated() as dex:
        whose = address or dex.exchange.wallets[0]
        print(f"transfers of {whose}")
        dex.transfers(whose).pipe(ops.take(count)).map(show).do_action(print).run()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--venue", help="base URL of a gateway or node; else a simulated exchange")
    parser.add_argument("--address", help="whose transfers")
    parser.add_argument("--count", type=int, default=3, help="how many transfers to wait for")
    args = parser.parse_args()
    if args.venue and not args.address:
        parser.error("--venue needs --address")
    if args.count < 1:
        parser.error("--count must be 1 or more")
    with suppress(KeyboardInterrupt):
        main(**vars(args))
