"""List the symbols of a venue, one a line."""

import argparse
import json

from rxdex.cli.ending import ended, written
from rxdex.cli.table import printable
from rxdex.cli.terminal import Terminal
from rxdex.cli.venue import add_venue, opened
from rxdex.oneoff import first

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add where, and in which form."""
    add_venue(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


def run(arguments: argparse.Namespace) -> int:
    """
    List them.

    :return: 0; 1 when the venue does not answer; 2 for a venue that cannot be; 130 after ctrl-C
    """
    return ended("symbols", lambda: _list(arguments.venue, in_json=arguments.json))


def _list(venue: str, *, in_json: bool) -> int:
    with opened(venue) as dex:
        symbols = first(dex.symbols())
    form = _as_json if in_json else printable
    terminal = Terminal()
    terminal.write(*map(form, symbols))
    return written("symbols", terminal)


def _as_json(symbol: str) -> str:
    base, _, quote = symbol.partition("_")
    return json.dumps({"symbol": symbol, "base": base, "quote": quote}, separators=(",", ":"))
