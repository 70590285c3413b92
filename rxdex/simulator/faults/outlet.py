"""
What lies between a websocket of the exchange and its TCP connection while faults are at work.

No I/O here: an `Outlet` is given whole frames, and hands on what is left of them. Where no fault is at
work it `is_clear`, and nothing passes through it at all.
"""

from collections.abc import Callable, Iterable, Sequence

from rxdex.simulator.faults.flows import Flow
from rxdex.simulator.faults.oddities import CLOSE, DATA, PING

__all__ = ["Outlet"]


class Outlet:
    """
    The way out of one websocket.

    :param write: puts bytes on the wire
    """

    def __init__(self, write: Callable[[Sequence[bytes]], None]) -> None:
        self._write = write
        self._withheld: set[int] = set()
        self._flows: list[Flow] = []
        self._half: bytes | None = None
        #: Whether nothing at all goes out.
        self.is_stalled = False

    @property
    def is_clear(self) -> bool:
        """Whether no fault is at work."""
        return not (self.is_stalled or self._withheld or self._flows)

    @property
    def has_pings(self) -> bool:
        """Whether pings go out."""
        return not self.is_stalled and PING not in self._withheld

    def put(self, frames: Iterable[bytes]) -> None:
        """Send what is left of these, each a whole frame."""
        if self.is_stalled:
            return
        passing: list[bytes] = []
        for frame in frames:
            opcode = frame[0] & 15
            if opcode == CLOSE:
                # Nothing may come behind it, so what is held back is lost.
                self._flows.clear()
            if opcode not in self._withheld:
                passing += self._through(frame) if opcode in DATA else (frame,)
        self._write(passing)

    def flow(self, flow: Flow) -> None:
        """Do this to data frames from now on, behind what is done to them already."""
        self._flows.append(flow)

    def withhold(self, *opcodes: int) -> None:
        """Let frames of these kinds go nowhere."""
        self._withheld.update(opcodes)

    def stall(self, frame: bytes = b"") -> None:
        """Send half of this, and then nothing more."""
        if not self.is_stalled:
            half = len(frame) // 2
            self._write([frame[:half]])
            self._half = frame[half:]
            self.is_stalled = True

    def release(self) -> None:
        """Send what was held back for long enough."""
        due = [frame for flow in self._flows for frame in flow.due()]
        self._flows = [flow for flow in self._flows if not flow.is_spent]
        if due and not self.is_stalled:
            self._write(due)

    def heal(self) -> None:
        """Send what is held back, and everything from now on; what was lost stays lost."""
        held = [frame for flow in self._flows for frame in flow.rest()]
        self._write([*([self._half] if self._half else ()), *held])
        self._withheld.clear()
        self._flows.clear()
        self._half = None
        self.is_stalled = False

    def _through(self, frame: bytes) -> Sequence[bytes]:
        passing: Sequence[bytes] = (frame,)
        for flow in self._flows:
            passing = [after for before in passing for after in flow.take(before)]
        self._flows = [flow for flow in self._flows if not flow.is_spent]
        return passing
