"""
Run the simulated exchange until ctrl-C.

The first line on stdout is the base URL, and nothing else is written there; what a person may want
to know goes to stderr.
"""

import argparse
import math
import signal
import sys
import threading
from types import FrameType

from rxdex.simulator.exchange import Exchange

__all__ = ["add_arguments", "run"]

_PORT = 8765
_PORTS = 65_535
#: Seconds. Where a wait cannot be interrupted, as on Windows, signals are seen in between.
_WAKE = 1.0
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add host, port, seed, block time and speed."""
    parser.add_argument("--host", default="127.0.0.1", help="to listen at (%(default)s)")
    parser.add_argument(
        "--port", type=_port, default=_PORT, metavar="P", help="0 takes a free one (%(default)s)"
    )
    parser.add_argument(
        "--seed",
        type=int,
        default=7,
        metavar="N",
        help="decides everything that happens (%(default)s)",
    )
    parser.add_argument(
        "--block-time",
        type=_above_zero,
        default=0.4,
        metavar="S",
        help="chain seconds a block (%(default)s)",
    )
    parser.add_argument(
        "--speed",
        type=_above_zero,
        default=1.0,
        metavar="X",
        help="2 is twice as fast (%(default)s)",
    )


def run(arguments: argparse.Namespace) -> int:
    """
    Serve until SIGINT or SIGTERM; to be called on the main thread.

    :return: 0 after a signal, 1 when the host or port cannot be had, 2 for numbers that cannot be
    """
    stop = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        stop.set()

    former = {number: signal.signal(number, end) for number in _SIGNALS}
    try:
        return _serve(arguments, stop)
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


def _serve(arguments: argparse.Namespace, stop: threading.Event) -> int:
    try:
        exchange = Exchange(
            host=arguments.host,
            port=arguments.port,
            seed=arguments.seed,
            block_time=arguments.block_time,
            speed=arguments.speed,
        )
    except OSError as error:
        sys.stderr.write(f"rxdex serve: {error.strerror}\n")
        return 1
    except ValueError as error:
        sys.stderr.write(f"rxdex serve: {error}\n")
        return 2
    with exchange:
        sys.stdout.write(f"{exchange.url}\n")
        sys.stdout.flush()
        sys.stderr.write(_welcome(exchange))
        # Ended by the signal's handler, which runs on this very thread.
        while not stop.wait(_WAKE):
            pass
    return 0


def _welcome(exchange: Exchange) -> str:
    symbols = exchange.symbols
    return (
        "A simulated market: made-up orders, real wire format of Binance DEX.\n"
        f"symbols  {' '.join(symbols)}\n"
        f"stream   {exchange.url}/ws/{symbols[0]}@trades\n"
        f"account  {exchange.url}/ws/{exchange.addresses[0]}\n"
        f"snapshot {exchange.rest_url}/depth?symbol={symbols[0]}&limit=5\n"
        "ctrl-C ends it.\n"
    )


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > _PORTS:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; take one from 0 to {_PORTS}")
    return int(text)


def _above_zero(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not (math.isfinite(number) and number > 0):
        raise argparse.ArgumentTypeError(f"{text!r} is no number above zero")
    return number
