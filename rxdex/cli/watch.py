"""
Show one stream as it comes, for people or, with --json, for programs.

Lines go to stdout, all else to stderr. The time in a row is when the event arrived, by the clock of
this machine; a JSON object has the venue's own times too, by the names the fields have in Python.
"""

import argparse
import re
from collections.abc import Mapping, Sequence
from typing import Any

from rxdex.cli.columns import COLUMNS
from rxdex.cli.ending import BAD_CALL, ended, tell
from rxdex.cli.log import logged
from rxdex.cli.objects import as_json
from rxdex.cli.table import Column, Table
from rxdex.cli.terminal import CYAN, Terminal
from rxdex.cli.venue import SIMULATED, add_venue, opened
from rxdex.cli.watched import WATCHED, Request, Subject, Watched
from rxdex.cli.watching import Limits, Show, Watching
from rxdex.dex import Dex
from rxdex.errors import ConnectionLost, InvalidSubject
from rxdex.events import Event, Interval
from rxdex.oneoff import first

__all__ = ["EXAMPLES", "add_arguments", "run"]

_COMMAND = "watch"
#: Seconds for a venue to say what it lists.
_PATIENCE = 10.0
_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86_400}
_SHOWN = 40
_COUNT = re.compile(r"0*[1-9]\d{0,11}", re.ASCII)
_DURATION = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)([smhd]?)", re.ASCII)

EXAMPLES = """\
  rxdex watch trades                              every symbol of the simulated exchange
  rxdex watch trades BNB_BUSD-BD1 --count 5       five trades of one symbol, then the end
  rxdex watch kline BNB_BUSD-BD1 --interval 5m
  rxdex watch activity                            somebody who trades there
  rxdex watch orders --address bnb1... --venue wss://my-gateway/api
  rxdex watch blocks --first --json               one answer, as one line of JSON
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the stream, what it is about, where, and how much of it."""
    width = max(map(len, WATCHED))
    streams = "\n".join(f"  {name:<{width}}  {it.what}" for name, it in WATCHED.items())
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = f"streams:\n{streams}\n\nexamples:\n{EXAMPLES}"
    parser.add_argument(
        "stream", nargs="?", choices=WATCHED, metavar="STREAM", help="which; see below"
    )
    parser.add_argument(
        "symbols", nargs="*", metavar="SYMBOL", help="such as BNB_BUSD-BD1; all that are listed"
    )
    parser.add_argument(
        "--address",
        action="append",
        metavar="A",
        help="whose orders, account, transfers or activity; may be repeated",
    )
    parser.add_argument(
        "--interval",
        choices=[it.value for it in Interval],
        metavar="I",
        help="of kline: 1m, 5m, 1h, ... (1m)",
    )
    parser.add_argument(
        "--levels", type=int, metavar="L", help="of depth: 20, 100 or 500 a side (20)"
    )
    add_venue(parser)
    parser.add_argument(
        "--count", type=_count, metavar="N", help="end after so many events; of tickers: moments"
    )
    parser.add_argument(
        "--for", dest="seconds", type=_duration, metavar="T", help="end after 10s, 5m, 1h"
    )
    parser.add_argument(
        "--first", dest="count", action="store_const", const=1, help="the same as --count 1"
    )
    _add_forms(parser)


def run(arguments: argparse.Namespace) -> int:
    """
    Watch.

    :return: 0 when there was enough, or nobody reads on; 1 when the line cannot be had, or is down when
        the time is over, when too little came or it cannot be written; 2 for a call that cannot be; 130
        after ctrl-C
    """
    if arguments.stream is None:
        tell(_COMMAND, f"which stream? Take one of {', '.join(WATCHED)}")
        return BAD_CALL
    return ended(_COMMAND, lambda: _watch(arguments, WATCHED[arguments.stream]))


def _add_forms(parser: argparse.ArgumentParser) -> None:
    """Add how it is shown."""
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument(
        "--no-status", action="store_true", help="no line below that says how the connection is"
    )
    parser.add_argument("-v", "--verbose", action="store_true", help="tell what the lines do")


def _watch(arguments: argparse.Namespace, watched: Watched) -> int:
    unfit = _unfit(arguments, watched)
    if unfit:
        tell(_COMMAND, unfit)
        return BAD_CALL
    terminal = Terminal()
    with opened(arguments.venue) as dex, logged(dex, terminal, verbose=arguments.verbose):
        request = Request(
            subjects=_subjects(dex, arguments, watched),
            interval=arguments.interval or Interval.MINUTE_1,
            levels=20 if arguments.levels is None else arguments.levels,
        )
        stream = watched.start(dex, request)
        if arguments.venue == SIMULATED:
            tell(_COMMAND, _made_up(arguments, watched, request))
        show = _objects if arguments.json else _rows(watched, request, terminal)
        has_status = not (arguments.json or arguments.no_status)
        watching = Watching(dex, arguments.symbols, show, terminal, has_status=has_status)
        return watching.run(stream, Limits(arguments.count, arguments.seconds))


def _made_up(arguments: argparse.Namespace, watched: Watched, request: Request) -> str:
    """What a person must know who did not say where to look, nor at whom."""
    where = "simulated exchange, no real market: --venue names another"
    if watched.about is not Subject.ADDRESS or arguments.address:
        return where
    return f"{where}; of {request.subjects[0]}, who is busy there: --address names another"


def _unfit(arguments: argparse.Namespace, watched: Watched) -> str:
    """What was asked for that this stream has not; nothing when all fits."""
    name = arguments.stream
    if arguments.symbols and watched.about is not Subject.SYMBOL:
        instead = "give --address" if watched.about is Subject.ADDRESS else "leave them out"
        return f"{name} takes no symbols ({' '.join(arguments.symbols)}); {instead}"
    if arguments.address and watched.about is not Subject.ADDRESS:
        return f"{name} takes no --address; it is for {_names_about(Subject.ADDRESS)}"
    for option in ("interval", "levels"):
        if getattr(arguments, option) is not None and option not in watched.options:
            those = ", ".join(it for it, other in WATCHED.items() if option in other.options)
            return f"{name} takes no --{option}; it is for {those}"
    return ""


def _names_about(subject: Subject) -> str:
    return ", ".join(name for name, it in WATCHED.items() if it.about is subject)


def _subjects(dex: Dex, arguments: argparse.Namespace, watched: Watched) -> Sequence[str]:
    """What was asked for, or else all symbols, or somebody of the simulated exchange."""
    if watched.about is Subject.SYMBOL:
        return arguments.symbols or _listed(dex, arguments.seconds)
    if watched.about is Subject.VENUE or arguments.address:
        return arguments.address or ()
    if arguments.venue != SIMULATED:
        raise InvalidSubject(f"whose {arguments.stream}? Say it with --address bnb1...")
    exchange = dex.exchange
    return [(exchange.wallets if arguments.stream == "transfers" else exchange.addresses)[0]]


def _listed(dex: Dex, seconds: float | None) -> Sequence[str]:
    """All symbols of the venue that can be listened to."""
    try:
        listed = first(dex.symbols(), timeout=min(_PATIENCE, seconds or _PATIENCE))
    except TimeoutError:
        raise ConnectionLost(
            f"{dex.venue.name} does not say which symbols it lists; name those you want"
        ) from None
    found = [symbol for symbol in listed if _can_be(dex, symbol)]
    if not found:
        raise ConnectionLost(f"{dex.venue.name} lists no symbol that can be listened to")
    return found


def _can_be(dex: Dex, symbol: str) -> bool:
    try:
        dex.trades(symbol)
    except InvalidSubject as error:
        tell(_COMMAND, f"listed, but left out: {error}")
        return False
    return True


def _rows(watched: Watched, request: Request, terminal: Terminal) -> Show:
    table = Table(_columns(watched, request), terminal)
    if watched.about is Subject.SYMBOL:
        table.expect("symbol", request.subjects)
    return table.rows


def _objects(events: Sequence[Event]) -> Sequence[str]:
    return [as_json(event) for event in events]


def _columns(watched: Watched, request: Request) -> Mapping[type, Sequence[Column[Any]]]:
    """Those of the kinds of event, and before them what tells kinds and addresses apart."""
    apart: list[Column[Any]] = []
    if watched.about is Subject.ADDRESS and len(request.subjects) > 1:
        apart.append(Column("address", lambda it: f"{it.address[:8]}…{it.address[-4:]}", _cyan))
    if len(watched.events) > 1:
        apart.append(Column("", lambda it: f"{_KINDS[type(it).__name__]:<8}", _cyan))
    return {kind: [*apart, *COLUMNS[kind]] for kind in watched.events}


_KINDS = {"OrderUpdate": "order", "AccountUpdate": "balances", "Transfer": "transfer"}


def _cyan(_: object) -> str:
    return CYAN


def _count(text: str) -> int:
    if not _COUNT.fullmatch(text):
        raise argparse.ArgumentTypeError(
            f"{text[:_SHOWN]!r} is no count; take a whole number from 1 to 999999999999"
        )
    return int(text)


def _duration(text: str) -> float:
    found = _DURATION.fullmatch(text)
    seconds = float(found[1]) * _SECONDS[found[2]] if found else 0.0
    if not seconds:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no length of time; take seconds (10 or 10s), minutes (5m), hours (1h) or days (1d)"
        )
    return seconds
