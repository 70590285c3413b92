"""A reading loop on a thread, for contestants that would otherwise keep the main one."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

__all__ = ["reading"]

_PARTING = 5.0


@contextmanager
def reading(read: Callable[[], None], hang_up: Callable[[], None]) -> Iterator[None]:
    """
    Let `read` run while the block does, and not an instant longer: it would slow the next lap.

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
