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

    def rest(self) -> float:
        """Pass, if one may: seconds to wait before asking again; 0 is to have passed."""
        with self._lock:
            now = time.monotonic()
            if now < self._next:
                return self._next - now
            self._next = now + self._spacing
            return 0.0
