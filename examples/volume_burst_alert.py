"""
Volume burst alert: told when a second saw several times what was usual in the five before.

After silence nothing is usual, and nothing a burst. While the line is down its seconds count too,
as empty ones: the usual sinks, and what follows may look like a burst; `--least` is against that.
It ends after one; `--count 100000` leaves it running until ctrl-C.
"""

import argparse
from contextlib import suppress
from decimal import Decimal

from reactivex import operators as ops

from rxdex import Dex, first


def main(venue: str | None, seconds: float, times: int, least: int, count: int) -> None:
    def is_burst(volumes: list[Decimal]) -> bool:
        usual = sum(volumes[:-1]) / 5
        return usual > 0 and volumes[-1] > max(times * usual, least)

    with Dex(venue) if venue else Dex.simulated() as dex:
        symbol = first(dex.symbols())[0]
        print(f"trades of {symbol}: {times} times their usual worth in {seconds:g} s is a burst")
        batches = dex.trades(symbol).buffer_with_time(seconds)
        volumes = batches.map(lambda batch: sum((it.notional for it in batch), Decimal(0)))
        # `buffer_with_count(6, 1)` puts each volume behind the five before it.
        bursts = volumes.pipe(ops.buffer_with_count(6, 1), ops.filter(is_burst), ops.take(count))
        texts = bursts.map(lambda it: f"BURST of {it[-1]:,.2f}, usual {sum(it[:-1]) / 5:,.2f}")
        texts.do_action(print).run()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--venue", help="base URL of a gateway or node; else a simulated exchange")
    parser.add_argument("--seconds", type=float, default=1.0, help="how long a volume is gathered")
    parser.add_argument("--times", type=int, default=3, help="the usual, for a burst")
    parser.add_argument("--least", type=int, default=50, help="a burst is worth more than that")
    parser.add_argument("--count", type=int, default=1, help="how many alerts to wait for")
    args = parser.parse_args()
    if min(args.times, args.count) < 1 or not 0.01 <= args.seconds <= 86_400:
        parser.error("--times and --count must be 1 or more, --seconds 0.01 to 86400")
    with suppress(KeyboardInterrupt):
        main(**vars(args))
