"""The option `--venue`, and the `Dex` it means."""

import argparse
from collections.abc import Generator
from contextlib import contextmanager

from rxdex.dex import Dex
from rxdex.venues import BinanceDex

__all__ = ["SIMULATED", "add_venue", "dex_at", "opened"]

#: What `--venue` says for the simulated exchange, and when nobody says anything.
SIMULATED = "sim"
#: Seconds.
_GOODBYE = 1.5


def add_venue(parser: argparse.ArgumentParser) -> None:
    """Add the option."""
    parser.add_argument(
        "--venue",
        default=SIMULATED,
        metavar="V",
        help="sim (the simulated exchange), testnet, mainnet, or the base URL of a gateway or node, "
        "such as wss://my-gateway/api (%(default)s)",
    )


def dex_at(venue: str) -> Dex:
    """
    The streams of what `--venue` names.

    :raises InvalidSubject: when it is neither a name nor a base URL
    """
    match venue:
        case _ if venue == SIMULATED:
            return Dex.simulated()
        case "testnet":
            return Dex(BinanceDex.testnet())
        case "mainnet":
            return Dex(BinanceDex.mainnet())
        case _:
            return Dex(BinanceDex(venue))


@contextmanager
def opened(venue: str) -> Generator[Dex, None, None]:
    """
    The same, to be closed behind it, soon: nobody waits for a line whose output is stuck.

    :raises InvalidSubject: when it is neither a name nor a base URL
    """
    dex = dex_at(venue)
    try:
        yield dex
    finally:
        dex.close(_GOODBYE)
