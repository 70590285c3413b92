"""A transport without a socket, for what a real one cannot be made to do at will."""

import threading
import time
from collections import deque
from collections.abc import Sequence

from rxdex.errors import ConnectionLost

#: Put in as a frame: the answer to a ping that was not answered at once.
PONG = b"the answer to a ping"


class FakeTransport:
    """Says what a test puts in, keeps what it is told."""

    def __init__(self, *, refuses: str = "", is_slow: bool = False) -> None:
        self.said: list[str] = []
        self.is_open = False
        self.is_closed = False
        self.is_aborted = threading.Event()
        self.is_opening = threading.Event()
        self.refuses_send = False
        self.heard_at = time.monotonic()
        self.pings = 0
        self.pongs = 0
        self.answers_pings = True
        self._refuses = refuses
        self._is_slow = is_slow
        self._frames: deque[bytes | ConnectionLost] = deque()
        self._changed = threading.Condition()
        self._is_woken = False

    def put(self, *frames: str | bytes | ConnectionLost) -> None:
        """Let these come over the line, in one read."""
        with self._changed:
            self._frames.extend(f.encode() if isinstance(f, str) else f for f in frames)
            self._changed.notify_all()

    def open(self, url: str) -> None:
        assert url.endswith("/ws")
        self.is_opening.set()
        if self._is_slow:
            self.is_aborted.wait(5)
            raise ConnectionLost("aborted")
        if self._refuses:
            raise ConnectionLost(self._refuses)
        self.is_open = True

    def receive(self, timeout: float) -> Sequence[bytes]:
        with self._changed:
            self._changed.wait_for(
                lambda: self._frames or self._is_woken or self.is_aborted.is_set(), timeout
            )
            self._is_woken = False
            if self.is_aborted.is_set():
                raise ConnectionLost("aborted")
            frames: list[bytes] = []
            while self._frames:
                frame = self._frames.popleft()
                if isinstance(frame, ConnectionLost):
                    if frames:
                        self._frames.appendleft(frame)
                        break
                    raise frame
                self.heard_at = time.monotonic()
                if frame == PONG:
                    self.pongs += 1
                else:
                    frames.append(frame)
            return frames

    def send(self, text: str) -> None:
        if self.refuses_send:
            raise ConnectionLost("the other side did not take a frame")
        with self._changed:
            self.said.append(text)
            self._changed.notify_all()

    def wait_said(self, count: int) -> bool:
        """Whether so many frames are said in time."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self.said) >= count, 5)

    def ping(self) -> None:
        with self._changed:
            self.pings += 1
            is_answered = self.answers_pings
            self._changed.notify_all()
        if is_answered:
            self.pongs += 1
            self.heard_at = time.monotonic()
            self.wake()

    def wait_pinged(self, count: int) -> bool:
        """Whether so many pings were sent in time."""
        with self._changed:
            return self._changed.wait_for(lambda: self.pings >= count, 5)

    def close(self) -> None:
        self.is_closed = True

    def wake(self) -> None:
        with self._changed:
            self._is_woken = True
            self._changed.notify_all()

    def abort(self) -> None:
        self.is_aborted.set()
        with self._changed:
            self._changed.notify_all()
