"""What the library logs, on stderr, for as long as a command runs."""

import logging
from collections.abc import Generator
from contextlib import contextmanager

from rxdex.dex import Dex
from rxdex.events import LineState, Status

__all__ = ["logged"]

_SILENT = logging.CRITICAL + 1
_FORM = "%(asctime)s  %(message)s"
_CLOCK = "%H:%M:%S"


@contextmanager
def logged(dex: Dex, *, verbose: bool) -> Generator[None, None, None]:
    """
    Write to stderr what goes wrong once a line was up: before, the command itself says why it ends.

    :param verbose: everything, from the beginning
    """
    logger = logging.getLogger("rxdex")
    handler = logging.StreamHandler()
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
