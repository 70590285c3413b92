"""What a command ends with, and the one line that says why."""

import sys
from collections.abc import Callable
from contextlib import suppress

from rxdex.cli.terminal import Terminal
from rxdex.errors import InvalidSubject, RxdexError, UnsupportedTopic, VenueGone

__all__ = ["BAD_CALL", "FAILED", "INTERRUPTED", "OK", "ended", "tell", "written"]

OK = 0
#: The line, or what was asked over it.
FAILED = 1
BAD_CALL = 2
INTERRUPTED = 130

_ELSEWHERE = (
    "leave --venue out for the simulated exchange, or name a gateway or a node of yours: "
    "--venue wss://my-gateway/api"
)


def ended(command: str, run: Callable[[], int]) -> int:
    """
    Run a command, and turn what it raises into a line on stderr and an exit code.

    :param command: its name, with which the line begins
    """
    try:
        return run()
    except KeyboardInterrupt:
        return INTERRUPTED
    except (InvalidSubject, UnsupportedTopic) as error:
        tell(command, error)
        return BAD_CALL
    except VenueGone as error:
        tell(command, f"{error.what}; {_ELSEWHERE}")
        return FAILED
    except (RxdexError, TimeoutError) as error:
        tell(command, error)
        return FAILED


def tell(command: str, what: object) -> None:
    """One line on stderr, where there is one."""
    # Who closed it, or whose disk is full, wants no traceback instead.
    with suppress(OSError, AttributeError):
        sys.stderr.write(f"rxdex {command}: {what}\n")


def written(command: str, terminal: Terminal) -> int:
    """What a command ends with that had all to show: whether it could be written."""
    if terminal.failure is None:
        return OK
    tell(command, f"cannot write: {terminal.failure.strerror}")
    return FAILED
