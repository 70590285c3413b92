"""Attempts to connect, one after the other, so that a venue that bans bursts does not ban us."""

import threading
import time

__all__ = ["Turnstile"]


class Turnstile:
    """
    Where every attempt of every lane passes.

    :param spacing: seconds from one to the next; 0 lets everybody through at once
    """

    def __init__(self, spacing: float) -> None:
        self._spacing = spacing
        self._lock = threading.Lock()
        # Under the lock, on the monotonic clock: when the next one may pass.
        self._next = 0.0

    def turn(self) -> float:
        """Take one's turn: so many seconds from now."""
        with self._lock:
            now = time.monotonic()
            mine = max(now, self._next)
            self._next = mine + self._spacing
            return mine - now
