"""Attempts to connect, one after the other, so that a venue that bans bursts does not ban us."""

import threading
import time
from typing import Protocol

__all__ = ["Patient", "Turnstile"]


class Patient(Protocol):
    """Who can wait, and be told meanwhile that it is all over: an audience."""

    is_over: bool

    def wait_over(self, timeout: float) -> bool:
        """Wait so many seconds at most; whether it is."""
        ...


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

    def pass_with(self, waiting: Patient) -> bool:
        """Wait for the turn, and pass; whether it is all over meanwhile."""
        while (rest := self.rest()) > 0:
            if waiting.wait_over(rest):
                return True
        return waiting.is_over
