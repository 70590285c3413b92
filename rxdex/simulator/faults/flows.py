"""What becomes of the data frames of one websocket: lost, doubled, in reverse order, late. No I/O here."""

from collections import deque
from collections.abc import Callable, Sequence
from typing import Protocol

__all__ = ["Delaying", "Flow", "Losing", "Repeating", "Reversing"]

_MOST_HELD = 8 << 20
#: A timer may be that much early, seconds.
_GRAIN = 0.001


class Flow(Protocol):
    """What becomes of data frames."""

    @property
    def is_spent(self) -> bool:
        """Whether all further frames pass untouched."""
        ...

    def take(self, frame: bytes) -> Sequence[bytes]:
        """What is to be sent now that this one comes."""
        ...

    def due(self) -> Sequence[bytes]:
        """What was held back and is to be sent by now."""
        ...

    def rest(self) -> Sequence[bytes]:
        """All that is held back, which is forgotten here."""
        ...


class Losing:
    """The next so many frames never arrive."""

    def __init__(self, frames: int) -> None:
        self._left = frames

    @property
    def is_spent(self) -> bool:
        """Whether all further frames pass untouched."""
        return self._left == 0

    def take(self, frame: bytes) -> Sequence[bytes]:
        """Nothing; then the frame itself."""
        if self.is_spent:
            return (frame,)
        self._left -= 1
        return ()

    def due(self) -> Sequence[bytes]:
        """Nothing is held back."""
        return ()

    def rest(self) -> Sequence[bytes]:
        """Nothing is held back."""
        return ()


class Repeating(Losing):
    """The next so many frames arrive twice."""

    def take(self, frame: bytes) -> Sequence[bytes]:
        """The frame, and once more."""
        if self.is_spent:
            return (frame,)
        self._left -= 1
        return (frame, frame)


class Reversing:
    """The next so many frames are held back, then arrive in reverse order."""

    def __init__(self, frames: int) -> None:
        self._frames = frames
        self._held: list[bytes] = []

    @property
    def is_spent(self) -> bool:
        """Whether all further frames pass untouched."""
        return self._frames == 0

    def take(self, frame: bytes) -> Sequence[bytes]:
        """Nothing, until there are enough."""
        if self.is_spent:
            return (frame,)
        self._held.append(frame)
        if len(self._held) < self._frames:
            return ()
        self._frames = 0
        return self.rest()

    def due(self) -> Sequence[bytes]:
        """It does not look at the clock."""
        return ()

    def rest(self) -> Sequence[bytes]:
        """What is held back, last come first."""
        held, self._held = self._held[::-1], []
        return held


class Delaying:
    """
    The next so many frames arrive later; what comes behind them waits for them.

    Of more than eight megabytes the first are let go early.

    :param by: how much later, on the clock that `now` is
    :param held: is called for each frame that is held back, for a clock that does not call by itself
    """

    def __init__(
        self,
        frames: int,
        by: float,
        now: Callable[[], float],
        held: Callable[[], None] | None = None,
    ) -> None:
        self._left = frames
        self._by = by
        self._now = now
        self._tell = held
        self._held: deque[tuple[float, bytes]] = deque()
        self._size = 0

    @property
    def is_spent(self) -> bool:
        """Whether all further frames pass untouched."""
        return not self._left and not self._held

    def take(self, frame: bytes) -> Sequence[bytes]:
        """What must be let go early."""
        if self.is_spent:
            return (frame,)
        if self._left:
            self._left -= 1
            due = self._now() + self._by
            if self._tell is not None:
                self._tell()
        else:
            due, _ = self._held[-1]
        self._held.append((due, frame))
        self._size += len(frame)
        early: list[bytes] = []
        while self._size > _MOST_HELD:
            early.append(self._let_go())
        return early

    def due(self) -> Sequence[bytes]:
        """What was held back for long enough."""
        ready: list[bytes] = []
        now = self._now() + _GRAIN
        while self._held and self._held[0][0] <= now:
            ready.append(self._let_go())
        return ready

    def rest(self) -> Sequence[bytes]:
        """What is held back, in order."""
        return [self._let_go() for _ in range(len(self._held))]

    def _let_go(self) -> bytes:
        _, frame = self._held.popleft()
        self._size -= len(frame)
        return frame
