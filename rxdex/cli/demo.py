"""
Show live pipelines on a simulated exchange, some twenty seconds long.

Everything that is said of connections and topics is what the exchange counted, not what we believe.
"""

import argparse
import sys
import threading
import time
from decimal import Decimal
from functools import partial

from reactivex.disposable import CompositeDisposable

from rxdex.cli.pipelines import BNB, PIPELINES
from rxdex.cli.screen import COLOURS, Screen
from rxdex.dex import Dex
from rxdex.oneoff import first
from rxdex.simulator.exchange import Exchange

__all__ = ["add_arguments", "run"]

_INTERRUPTED = 130
_LONGEST = 3600.0
_ONE_OFF = "one-off"
_EXCHANGE = "exchange"
_PACE = 5.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the length, the seed and the speed."""
    parser.add_argument("--seconds", type=_seconds, default=20.0, help="how long (%(default)s)")
    parser.add_argument("--seed", type=int, default=7, help="which market (%(default)s)")


def run(arguments: argparse.Namespace) -> int:
    """
    Show it.

    :return: 0 when every pipeline brought something, 1 when one did not, 130 after ctrl-C
    """
    names = [*(pipeline.name for pipeline in PIPELINES), _ONE_OFF, _EXCHANGE]
    screen = Screen(dict(zip(names, [*COLOURS, "37"], strict=False)))
    with Dex.simulated(seed=arguments.seed) as dex:
        _introduce(screen, dex)
        try:
            _show(screen, dex, arguments.seconds)
        except KeyboardInterrupt:
            return _INTERRUPTED
    silent = [name for name in names if not screen.counts[name]]
    screen.write()
    screen.write("  ".join(f"{name}: {screen.counts[name]} lines" for name in names[:-1]))
    if silent:
        sys.stderr.write(f"rxdex demo: nothing came from {', '.join(silent)}\n")
        return 1
    return 0


def _introduce(screen: Screen, dex: Dex) -> None:
    screen.head("rxdex: DEX streams as RxPY observables")
    screen.write(f"This market is simulated: no real prices, no real money. {dex.exchange.url}")
    screen.write()
    for pipeline in PIPELINES:
        screen.write(f"  {screen.name(pipeline.name)}  {pipeline.code}")
    screen.write(f"  {screen.name(_ONE_OFF)}  first(dex.blocks())")
    screen.write()


def _show(screen: Screen, dex: Dex, seconds: float) -> None:
    never = threading.Event()
    started = [pipeline.start(dex, partial(screen.say, pipeline.name)) for pipeline in PIPELINES]
    with CompositeDisposable(started):
        block = first(dex.blocks(), timeout=10)
        screen.say(_ONE_OFF, f"block {block.height:,} is made; nothing stays subscribed for this")
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            _trade(dex)
            never.wait(min(left, _PACE))
            screen.say(_EXCHANGE, _count(dex.exchange))
    hung_up = dex.exchange.wait_for(lambda it: not any(v.is_open for v in it.visits), 5)
    screen.say(_EXCHANGE, "everybody has left: " + ("0 sockets" if hung_up else "a socket is left"))


def _trade(dex: Dex) -> None:
    """Buy a little at a price that will do, so that there are fills to tell of."""
    best = first(dex.depth(BNB), timeout=10).asks[0]
    dex.exchange.buy(BNB, best.price, min(best.quantity, Decimal(1)), ioc=True)


def _count(exchange: Exchange) -> str:
    """What the exchange sees of us."""
    of_the_market = [
        visit.subscriptions
        for visit in exchange.visits
        if visit.is_open and all(entry.subject != exchange.user for entry in visit.subscriptions)
    ]
    subscribers = sum(pipeline.streams for pipeline in PIPELINES)
    return (
        f"{subscribers} subscribers share {len(of_the_market)} socket and {sum(map(len, of_the_market))} "
        "topics of the market; our address has a socket of its own"
    )


def _seconds(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number <= _LONGEST:
        raise argparse.ArgumentTypeError(f"{text!r} is no length; take 1 to {_LONGEST:g} seconds")
    return number
