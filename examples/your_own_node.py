"""
Your own node: its URL, how the line to it behaves, and how to watch that line.

Without `--venue` an exchange on a port of this machine stands in for the node.
"""

import argparse
import ssl
from contextlib import suppress

from reactivex import operators as ops

from rxdex import Dex, LineSettings, first
from rxdex.simulator.exchange import Exchange


def listen(url: str, authority: str | None, key: str) -> None:
    line = LineSettings(
        headers={"X-Api-Key": key} if key else {},
        ssl=ssl.create_default_context(cafile=authority),
        open_timeout=5.0,
        silence=60.0,
    )
    with Dex(url, line) as dex:
        dex.status.subscribe(lambda it: print(f"status of {it.lane or 'venue'}: {it.what}"))
        dex.faults.subscribe(lambda it: print(f"fault of {it.lane or 'venue'}: {it.what}"))
        print("symbols:", *first(dex.symbols()))
        dex.blocks().pipe(ops.take(3)).map(lambda it: f"block {it.height}").do_action(print).run()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--venue", help="base URL, such as wss://my-node/api; else a stand-in")
    parser.add_argument("--authority", help="file with the certificate that signed the node's own")
    parser.add_argument("--key", default="", help="sent as the header X-Api-Key")
    args = parser.parse_args()
    with suppress(KeyboardInterrupt):
        if args.venue:
            listen(args.venue, args.authority, args.key)
        else:
            with Exchange() as stand_in:
                listen(stand_in.url, args.authority, args.key)
