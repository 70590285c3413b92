"""
Where the time of a frame goes: reading, decoding, and the rest, which is handing over.

Clocked from outside, at the seams that any transport and any venue has. The clock itself costs about
0.1 us a frame.
"""

import threading
import time
from collections.abc import Sequence
from typing import Any

from benchmarks.contestants.laps import Job, Lap
from benchmarks.contestants.rxdex_streams import topic
from benchmarks.measures.asked import when_asked
from rxdex import Dex, LineSettings
from rxdex.connection.websocket import WebsocketTransport
from rxdex.venue import MARKET, Finding, Lane
from rxdex.venues import BinanceDex

__all__ = ["hops"]

_LONGEST = 30.0


class _Clock:
    """What was spent where, from the end of the first read that brought anything to the end of the last."""

    def __init__(self) -> None:
        self.began = self.ended = self.reading = self.decoding = 0.0
        self.frames = self.reads = 0
        # As they stood at the end of the last read.
        self.decoded_by_then = 0.0
        self.frames_by_then = 0
        self.has_something = threading.Event()


class _Transport(WebsocketTransport):
    def __init__(self, settings: LineSettings, clock: _Clock) -> None:
        super().__init__(settings)
        self._clock = clock

    def receive(self, timeout: float) -> Sequence[bytes]:
        clock, began = self._clock, time.perf_counter()
        frames = super().receive(timeout)
        if not frames:
            return frames
        clock.ended = time.perf_counter()
        clock.decoded_by_then, clock.frames_by_then = clock.decoding, clock.frames
        if clock.began:
            clock.reading += clock.ended - began
            clock.reads += 1
            clock.has_something.set()
        else:
            clock.began = clock.ended
        return frames


def _venue(url: str, clock: _Clock) -> BinanceDex:
    class Clocked(BinanceDex):
        def decode(
            self, frame: str | bytes | memoryview, lane: Lane = MARKET, received_ns: int = 0
        ) -> Sequence[Finding]:
            began = time.perf_counter()
            found = super().decode(frame, lane, received_ns)
            clock.decoding += time.perf_counter() - began
            clock.frames += 1
            return found

    return Clocked(url)


def hops(job: dict[str, Any], seconds: float) -> dict[str, float]:
    """
    Us a frame at each hop, and how many frames a read brought.

    :param job: what to listen to, and where
    :param seconds: for how long
    """
    task = Job(**job)
    clock = _Clock()
    lap = Lap(task.events, 0.0, seconds)
    settings = LineSettings(transport=lambda: _Transport(LineSettings(), clock))
    with Dex(_venue(task.url, clock), settings) as dex:
        heard = lap.by_one()
        for stream, symbol in task.topics:
            dex.stream(topic(stream, symbol)).subscribe(heard)
        if not (lap.done.wait(_LONGEST) and clock.has_something.wait(_LONGEST)):
            raise TimeoutError("nothing came")
    per_frame = 1e6 / clock.frames_by_then
    rest = clock.ended - clock.began - clock.reading - clock.decoded_by_then
    return {
        "read_us": clock.reading * per_frame,
        "decode_us": clock.decoded_by_then * per_frame,
        "deliver_us": rest * per_frame,
        "frames_a_read": clock.frames_by_then / clock.reads,
    }


if __name__ == "__main__":
    when_asked(hops)
