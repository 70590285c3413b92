"""What the library logs, on stderr, for as long as a command runs."""

import logging
from collections.abc import Generator
from contextlib import contextmanager
from typing import TextIO

from rxdex.cli.terminal import Terminal
from rxdex.dex import Dex
from rxdex.events import LineState, Status

__all__ = ["logged"]

_SILENT = logging.CRITICAL + 1
_FORM = "%(asctime)s  %(message)s"
_CLOCK = "%H:%M:%S"


class _Handler(logging.StreamHandler[TextIO]):
    """Past the last line of a terminal."""

    def __init__(self, terminal: Terminal) -> None:
        super().__init__()
        self._terminal = terminal

    def emit(self, record: logging.LogRecord) -> None:
        with self._terminal.aside():
            super().emit(record)


@contextmanager
def logged(dex: Dex, terminal: Terminal, *, verbose: bool) -> Generator[None, None, None]:
    """
    Write to stderr what goes wrong once a line was up: before, the command itself says why it ends.

    :param terminal: makes room, where it keeps a last line
    :param verbose: everything, from the beginning
    """
    logger = logging.getLogger("rxdex")
    handler = _Handler(terminal)
    handler.setFormatter(logging.Formatter(_FORM, _CLOCK))
    handler.setLevel(logging.INFO if verbose else _SILENT)
    former = logger.level
    if verbose:
        logger.setLevel(logging.INFO)

    def listen(status: Status) -> None:
        if status.state is LineState.UP and not verbose:
            handler.setLevel(logging.WARNING)

    logger.addHandler(handler)
    try:
        with dex.status.subscribe(listen):
            yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(former)
