"""A reading loop on a thread, for contestants that would otherwise keep the main one."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

__all__ = ["LISTENING", "reading", "staying"]

#: The thread whose end is the end of a lap.
LISTENING = "listening"

_PARTING = 5.0


@contextmanager
def reading(read: Callable[[], None], hang_up: Callable[[], None]) -> Iterator[None]:
    """
    Let `read` run while the block does, and not an instant longer.

    :param read: returns, or raises, once the line is gone
    :param hang_up: makes the line go
    """

    def run() -> None:
        with suppress(Exception):
            read()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        hang_up()
        thread.join(_PARTING)
        if thread.is_alive():
            raise RuntimeError("it reads on")


@contextmanager
def staying(read: Callable[[], object]) -> Iterator[None]:
    """
    Let `read` run from now on: it ends with the process. If it returns before, the lap has failed.

    :param read: listens for ever
    """

    def run() -> None:
        read()
        raise RuntimeError("the client returned")

    threading.Thread(target=run, name=LISTENING, daemon=True).start()
    yield
