"""A lap at a fixed rate: how long each message was under way, from the server's clock to here."""

import threading
import time
from collections.abc import Callable
from typing import Any

from benchmarks.contestants.laps import Heard

__all__ = ["Delays", "Stamp"]

_NS = 10**9
_NEVER = 1 << 63

#: The moment a message was sent, ns since the Unix epoch, as the server wrote it into the trade.
Stamp = Callable[[Any], int]


class Delays:
    """
    Notes how old each message is.

    :param stamp: when it was sent
    :param warm: seconds before messages count
    :param seconds: for which they count then
    """

    def __init__(self, stamp: Stamp, warm: float, seconds: float) -> None:
        self._stamp = stamp
        self._warm_ns = int(warm * _NS)
        self._seconds_ns = int(seconds * _NS)
        self._delays: list[int] = []
        self._cpu = (0.0, 0.0)
        self.done = threading.Event()

    def heard(self) -> Heard:
        """Notes a message each time it is called."""
        keep, stamp, now_ns = self._delays.append, self._stamp, time.time_ns
        begin = end = 0

        def heard(message: object) -> None:
            nonlocal begin, end
            now = now_ns()
            if begin < now and end:
                keep(now - stamp(message))
                if now >= end:
                    begin = _NEVER
                    self._cpu = (self._cpu[0], time.process_time())
                    self.done.set()
            elif not end:
                begin, end = now + self._warm_ns, now + self._warm_ns + self._seconds_ns
                self._cpu = (time.process_time(), 0.0)

        return heard

    def result(self) -> dict[str, float]:
        """Us at which half of them had come, and all but one in a hundred; messages and processor time."""
        found = sorted(self._delays)
        cpu = self._cpu[1] - self._cpu[0]
        share = cpu * _NS / (self._warm_ns + self._seconds_ns)
        return {
            "frames": len(found),
            "p50_us": found[len(found) // 2] / 1000,
            "p99_us": found[len(found) * 99 // 100] / 1000,
            "core": share,
        }
