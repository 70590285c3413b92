"""A new socket beside the old one, heard but not yet told, until the old one can go without a loss."""

import threading
import time
from collections.abc import Callable

from rxdex.connection.changes import UNSEEN, Change, Topics
from rxdex.connection.line import Line
from rxdex.errors import RxdexError
from rxdex.topics import Topic

__all__ = ["Renewal"]

#: Bytes that may wait to be told.
_MOST = 64 * 1024 * 1024
#: Seconds for its thread to come back from a socket that was woken.
_HANDOVER = 1.0


class Renewal:
    """
    A line that is going to take the place of another.

    Its own thread opens and reads it, until the reader of the old one takes it over.

    :param line: the new one, not open yet
    :param first: what the old one was asked for
    :param change: what is to be said beyond what was, by what that is and where it stands
    :param wait_turn: waits for the turn to connect; whether it is all over meanwhile
    :param ring: has the reader of the old line look here
    """

    def __init__(
        self,
        line: Line,
        first: Topics,
        change: Callable[[Topics, int], Change | None],
        wait_turn: Callable[[], bool],
        ring: Callable[[], None],
        name: str,
    ) -> None:
        self.line = line
        #: Why it cannot be; None while it may.
        self.failure: Exception | None = None
        #: What came, and when (ns since the Unix epoch).
        self.batches: list[tuple[list[bytes], int]] = []
        self._first = first
        self._change = change
        self._wait_turn = wait_turn
        self._ring = ring
        self._size = 0
        #: Since when the venue has surely heard all that is asked for, on the monotonic clock.
        self.asked_at: float | None = None
        #: The topics it has surely heard of, each since when; to be read once its thread has let go.
        self.sure: dict[Topic[object], float] = {}
        self._is_pinged = False
        self._is_taken = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    @property
    def overlap(self) -> float:
        """Seconds since the venue had heard what is asked for on the new line; 0 before."""
        return 0.0 if self.asked_at is None else time.monotonic() - self.asked_at

    def wake(self) -> None:
        """What is wanted has changed."""
        if self.line.is_open:
            self.line.wake()

    def take_over(self) -> bool:
        """Have its thread let go of the line; whether it did."""
        self._is_taken.set()
        self.line.wake()
        self._thread.join(_HANDOVER)
        return not self._thread.is_alive() and self.failure is None

    def cancel(self) -> None:
        """Drop the new line."""
        self._is_taken.set()
        self.line.abort()
        if self._thread.is_alive():
            self._thread.join(_HANDOVER)

    def _run(self) -> None:
        try:
            if not self._wait_turn():
                self.line.open()
                self._listen()
        except Exception as error:  # noqa: BLE001 - the reader of the old line tells of it
            # Why it was dropped says more than that it was.
            self.failure = self.failure or error
        finally:
            self._ring()

    def _listen(self) -> None:
        # Who lingers wants what the old one was asked for, also where that is nothing.
        self._say(Change(self._first, frozenset(), UNSEEN))
        self._ping()
        while not self._is_taken.is_set():
            change = self._change(self.line.said, self.line.seen)
            if change is not None:
                self._say(change)
                if change.more or change.less:
                    self._ping()
            self.line.keep_alive()
            if self._is_pinged and self.line.is_answered:
                self._is_pinged, now = False, time.monotonic()
                self.sure = {topic: self.sure.get(topic, now) for topic in self.line.said}
                if self.asked_at is None:
                    self.asked_at = now
                    self._ring()
            if self._is_taken.is_set():
                return
            frames = list(self.line.receive(float("inf")))
            if frames:
                self.batches.append((frames, time.time_ns()))
                self._size += sum(map(len, frames))
            if self._size > _MOST:
                raise RxdexError(f"more than {_MOST} bytes came before the old line could go")

    def _say(self, change: Change) -> None:
        for topic in change.less:
            # What is taken back and asked for again has to be heard of again.
            self.sure.pop(topic, None)
        self.line.say(change)

    def _ping(self) -> None:
        self.line.ping()
        self._is_pinged = True
