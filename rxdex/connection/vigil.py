"""One thread's wait for a socket, which another thread can end."""

import selectors
import socket
from contextlib import suppress

__all__ = ["Vigil"]

_LONGEST = 3600.0


class Vigil:
    """
    A selector that lasts as long as its socket, and a bell beside it.

    One thread waits; `ring` and `end` are for the others, one at a time.
    """

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        try:
            self._bell, self._ear = socket.socketpair()
        except OSError:
            self._selector.close()
            raise
        self._bell.settimeout(0)
        self._ear.settimeout(0)
        self._selector.register(self._ear, selectors.EVENT_READ)
        # What it looks at, besides the ear.
        self._watched: tuple[socket.socket, int] | None = None

    def ring(self) -> None:
        """End the wait, this one or the next."""
        self._bell.send(b"!")

    def end(self) -> None:
        """End every wait from now on."""
        self._bell.close()

    def wait(self, sock: socket.socket, event: int, seconds: float) -> tuple[bool, bool]:
        """Wait until the socket is ready, the bell rings or the time is up; whether each of the first two."""
        if self._watched != (sock, event):
            if self._watched is not None:
                self._selector.unregister(self._watched[0])
                self._watched = None
            self._selector.register(sock, event)
            self._watched = sock, event
        # The system counts in few bits: who waits for longer waits again.
        fired = {key.fileobj for key, _ in self._selector.select(min(seconds, _LONGEST))}
        return sock in fired, self._ear in fired

    def empty(self) -> None:
        """Forget what was rung: an ear that rings on would end every wait."""
        # A wait that heeded none may have done it.
        with suppress(BlockingIOError):
            self._ear.recv(16)

    def close(self) -> None:
        """Drop what it waits with; nobody waits any more."""
        self._selector.close()
        self._ear.close()
