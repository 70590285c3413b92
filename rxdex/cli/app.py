"""`rxdex`: which commands there are, and what the process ends with."""

import argparse
import difflib
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from types import MappingProxyType
from typing import NoReturn, Protocol

from rxdex.cli import completion, demo, serve, symbols, watch
from rxdex.cli.ending import BAD_CALL

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
COMMANDS: Mapping[str, Command] = MappingProxyType(
    {
        "watch": watch,
        "symbols": symbols,
        "demo": demo,
        "serve": serve,
        "completion": completion,
    }
)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(BAD_CALL, f"{self.prog}: {message}; `{self.prog} --help` says more\n")


def main(argv: Sequence[str] | None = None) -> int:
    """
    Run one command.

    :param argv: the arguments; `None` takes those of the process
    :return: 0 when all went well, 1 when something could not be had, 2 for a bad call
    """
    parser = _parser()
    try:
        arguments, rest = parser.parse_known_args(argv)
        if rest and ("symbols" not in arguments or any(word.startswith("-") for word in rest)):
            _refuse(arguments, rest)
    except SystemExit as end:
        # argparse has said what is wrong, or what was asked: usage, version.
        return end.code if isinstance(end.code, int) else 0
    if rest:
        # argparse wants all symbols in one place; people put options between them.
        arguments.symbols = [*arguments.symbols, *rest]
    name: str | None = arguments.command
    if name is None:
        parser.print_help(sys.stderr)
        return BAD_CALL
    return COMMANDS[name].run(arguments)


def _refuse(arguments: argparse.Namespace, rest: Sequence[str]) -> NoReturn:
    """Words that nobody knows: say so where the help is that would tell."""
    parser: argparse.ArgumentParser = arguments.parser
    known = [name for action in parser._actions for name in action.option_strings]
    near = difflib.get_close_matches(rest[0], known, n=1)
    meant = f"; did you mean {near[0]}?" if near else ""
    parser.error(f"nobody knows what {' '.join(rest)} means{meant}")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="rxdex",
        description="DEX market and account streams, on the command line.",
        epilog=f"examples:\n{watch.EXAMPLES}\n`rxdex COMMAND --help` says more.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    # What `completion` is about; and whose call it is.
    parser.set_defaults(root=parser, parser=parser)
    parser.add_argument("--version", action="version", version=f"rxdex {version('rxdex')}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name, command in COMMANDS.items():
        said = (command.__doc__ or "").strip().partition("\n")[0]
        its_own = commands.add_parser(name, help=said, description=said)
        its_own.set_defaults(parser=its_own)
        command.add_arguments(its_own)
    return parser
