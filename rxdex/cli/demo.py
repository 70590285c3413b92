"""
Show live pipelines on a simulated exchange for twenty seconds.

Sockets and topics are those the exchange counted, not those we believe in; subscribers are ours.
"""

import argparse
import sys
import threading
import time
from decimal import Decimal
from functools import partial

from reactivex.disposable import CompositeDisposable

from rxdex.cli.ending import FAILED, OK, ended, written
from rxdex.cli.pipelines import BNB, PIPELINES
from rxdex.cli.screen import COLOURS, Screen
from rxdex.cli.terminal import Terminal
from rxdex.dex import Dex
from rxdex.oneoff import first
from rxdex.simulator.exchange import Exchange

__all__ = ["add_arguments", "run"]

_LONGEST = 3600.0
_ONE_OFF = "one-off"
_EXCHANGE = "exchange"
_PACE = 5.0
_SOON = 1.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the length, the seed and the speed."""
    parser.add_argument("--seconds", type=_seconds, default=20.0, help="how long (%(default)s)")
    parser.add_argument("--seed", type=int, default=7, help="which market (%(default)s)")


def run(arguments: argparse.Namespace) -> int:
    """
    Show it.

    :return: 0 when every pipeline brought something, or nobody reads what is written; 1 when one did
        not; 130 after ctrl-C
    """
    return ended("demo", lambda: _demonstrate(arguments))


def _demonstrate(arguments: argparse.Namespace) -> int:
    names = [*(pipeline.name for pipeline in PIPELINES), _ONE_OFF, _EXCHANGE]
    terminal = Terminal()
    screen = Screen(dict(zip(names, [*COLOURS, "37"], strict=False)), terminal)
    with Dex.simulated(seed=arguments.seed) as dex:
        _introduce(screen, dex)
        _show(screen, dex, arguments.seconds, terminal.unheard)
    if terminal.unheard.is_set():
        return written("demo", terminal)
    silent = [name for name in names if not screen.counts[name]]
    screen.write()
    screen.write("What came from each pipeline, in lines:")
    screen.write("  " + ", ".join(f"{name} {screen.counts[name]}" for name in names[:-1]))
    if silent:
        sys.stderr.write(f"rxdex demo: nothing came from {', '.join(silent)}\n")
        return FAILED
    return OK


def _introduce(screen: Screen, dex: Dex) -> None:
    screen.head("rxdex: DEX streams as RxPY observables")
    screen.write("This market is simulated: no real prices, no real money.")
    screen.write(f"It can be reached at {dex.exchange.url}")
    screen.write()
    for pipeline in PIPELINES:
        screen.write(f"  {screen.name(pipeline.name)}  {pipeline.code}")
    screen.write(f"  {screen.name(_ONE_OFF)}  first(dex.blocks())")
    screen.write()


def _show(screen: Screen, dex: Dex, seconds: float, unheard: threading.Event) -> None:
    started = [pipeline.start(dex, partial(screen.say, pipeline.name)) for pipeline in PIPELINES]
    try:
        with CompositeDisposable(started):
            block = first(dex.blocks(), timeout=10)
            screen.say(_ONE_OFF, f"block {block.height:,} is made; nothing stays subscribed")
            _watch(screen, dex, seconds, unheard)
    finally:
        # After ctrl-C as well.
        hung_up = dex.exchange.wait_for(lambda it: not any(v.is_open for v in it.visits), 5)
        left = "0 sockets" if hung_up else "a socket is left"
        screen.say(_EXCHANGE, f"everybody has left: {left}")


def _watch(screen: Screen, dex: Dex, seconds: float, unheard: threading.Event) -> None:
    """Trade, and tell what is shared: soon, while the header is still to be seen, and again."""
    until = time.monotonic() + seconds
    pause = _SOON
    while (left := until - time.monotonic()) > 0 and not unheard.is_set():
        _trade(dex)
        unheard.wait(min(left, pause))
        _count(screen, dex.exchange)
        pause = _PACE


def _trade(dex: Dex) -> None:
    """Buy a little at a price that will do, so that there are fills to tell of."""
    best = first(dex.depth(BNB), timeout=10).asks[0]
    dex.exchange.buy(BNB, best.price, min(best.quantity, Decimal(1)), ioc=True)


def _count(screen: Screen, exchange: Exchange) -> None:
    """Tell what the exchange sees of us."""
    everything = [visit.subscriptions for visit in exchange.visits if visit.is_open]
    ours = [it for it in everything if any(entry.subject == exchange.user for entry in it)]
    market = [it for it in everything if it not in ours]
    subscribers, topics = sum(it.streams for it in PIPELINES), sum(map(len, market))
    share = (
        f"{subscribers} subscribers share {len(market)} socket and {topics} topics of the market"
    )
    screen.say(_EXCHANGE, share)
    screen.say(_EXCHANGE, f"our address has {len(ours)} socket of its own")


def _seconds(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number <= _LONGEST:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no length; take a number above 0, up to {_LONGEST:g}"
        )
    return number
