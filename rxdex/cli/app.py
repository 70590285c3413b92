"""`rxdex`: which commands there are, and what the process ends with."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from types import MappingProxyType
from typing import Protocol

from rxdex.cli import demo, serve

__all__ = ["COMMANDS", "Command", "main"]


class Command(Protocol):
    """What the module of a command holds; the first line of its docstring is its help."""

    __doc__: str | None

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Say which arguments there are."""
        ...

    def run(self, arguments: argparse.Namespace) -> int:
        """Do it; the result is the exit code of the process."""
        ...


#: Every command by its name.
COMMANDS: Mapping[str, Command] = MappingProxyType({"demo": demo, "serve": serve})


def main(argv: Sequence[str] | None = None) -> int:
    """
    Run one command.

    :param argv: the arguments; `None` takes those of the process
    :return: 0 when all went well, 1 when something could not be had, 2 for a bad call
    """
    parser = _parser()
    try:
        arguments = parser.parse_args(argv)
    except SystemExit as end:
        # argparse has said what is wrong, or what was asked: usage, version.
        return end.code if isinstance(end.code, int) else 0
    name: str | None = arguments.command
    if name is None:
        parser.print_help(sys.stderr)
        return 2
    return COMMANDS[name].run(arguments)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="rxdex", description="DEX streams as cold observables.")
    parser.add_argument("--version", action="version", version=f"rxdex {version('rxdex')}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name, command in COMMANDS.items():
        said = (command.__doc__ or "").strip().partition("\n")[0]
        command.add_arguments(commands.add_parser(name, help=said, description=said))
    return parser
