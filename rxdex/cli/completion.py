"""
Print what makes a shell complete commands, streams and options.

For bash or zsh put `eval "$(rxdex completion bash)"`, or zsh, into `~/.bashrc` or, behind `compinit`, into
`~/.zshrc`; for fish write what is printed to `~/.config/fish/completions/rxdex.fish`.
"""

import argparse

from rxdex.cli.ending import written
from rxdex.cli.terminal import Terminal

__all__ = ["add_arguments", "run"]

_SHELLS = ("bash", "zsh", "fish", "tcsh")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the shell."""
    parser.add_argument("shell", choices=_SHELLS, metavar="SHELL", help=", ".join(_SHELLS))


def run(arguments: argparse.Namespace) -> int:
    """
    Print it.

    :return: 0; 1 when it cannot be written
    """
    # Nobody else needs it.
    import shtab  # noqa: PLC0415

    terminal = Terminal()
    terminal.write(shtab.complete(arguments.root, arguments.shell).rstrip())
    return written("completion", terminal)
