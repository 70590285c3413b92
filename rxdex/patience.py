"""How long a subscriber waits for a line that never was up, told to whoever opens the line."""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar

from attrs import define

from rxdex.errors import ConnectionLost

__all__ = ["Patience", "current_patience", "patient"]


@define(eq=False)
class Patience:
    """
    What one subscriber bears.

    :param tries: failed attempts after which it is told, while the line never was up; None for the
        line's own number
    :param last_loss: the latest failure of its line; the line writes it here
    """

    tries: int | None = None
    last_loss: ConnectionLost | None = None


_current: ContextVar[Patience | None] = ContextVar("rxdex_patience", default=None)


@contextmanager
def patient(patience: Patience) -> Generator[None, None, None]:
    """Everything subscribed within, on this thread, has this patience."""
    token = _current.set(patience)
    try:
        yield
    finally:
        _current.reset(token)


def current_patience() -> Patience:
    """The patience of whoever is subscribing now on this thread."""
    return _current.get() or Patience()
