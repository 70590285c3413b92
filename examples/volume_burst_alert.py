"""
Volume burst alert: told when a second saw several times what was usual in the five before.

`buffer_with_count(6, 1)` puts each volume behind the five before it.
It ends after one; `--count 100000` leaves it running.
"""

import argparse
from decimal import Decimal

from reactivex import operators as ops

from rxdex import Dex, first
from rxdex.events import Trade


def worth(trades: list[Trade]) -> Decimal:
    return sum((trade.notional for trade in trades), Decimal(0))


def main(venue: str | None, seconds: float, times: int, count: int) -> None:
    def is_burst(volumes: list[Decimal]) -> bool:
        return volumes[-1] > times * sum(volumes[:-1]) / 5

    with Dex(venue) if venue else Dex.simulated() as dex:
        symbol = first(dex.symbols())[0]
        print(f"trades of {symbol}: {times} times their usual worth in {seconds:g} s is a burst")
        volumes = dex.trades(symbol).buffer_with_time(seconds).map(worth)
        bursts = volumes.pipe(ops.buffer_with_count(6, 1), ops.filter(is_burst), ops.take(count))
        texts = bursts.map(lambda it: f"BURST of {it[-1]:,.2f}, usual {sum(it[:-1]) / 5:,.2f}")
        texts.do_action(print).run()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--venue", help="base URL of a gateway or node; else a simulated exchange")
    parser.add_argument("--seconds", type=float, default=1.0, help="how long a volume is gathered")
    parser.add_argument("--times", type=int, default=3, help="the usual, for a burst")
    parser.add_argument("--count", type=int, default=1, help="how many alerts to wait for")
    main(**vars(parser.parse_args()))
