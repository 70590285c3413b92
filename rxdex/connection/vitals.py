"""How one line is, put together from what its parts know; from any thread, while its reader goes on."""

import threading
import time
from collections.abc import Callable

from rxdex.connection.hearing import Hearing
from rxdex.connection.line import Line
from rxdex.connection.status import LineStatus
from rxdex.events import LineState
from rxdex.health import LaneHealth

__all__ = ["Vitals"]


class Vitals:
    """
    What others may see of a session.

    :param name: of its lane
    :param thread: its reader
    :param status: where its line stands
    :param line: gives its socket, if it has one
    :param hearing: what its reader does with frames
    """

    def __init__(
        self,
        name: str,
        thread: threading.Thread,
        status: LineStatus,
        line: Callable[[], Line | None],
        hearing: Hearing,
    ) -> None:
        self.name = name
        self.thread = thread
        self._status = status
        self._line = line
        self._hearing = hearing

    @property
    def busy_since(self) -> float | None:
        """Since when its reader is with its subscribers, on the monotonic clock; None when it is not."""
        return self._hearing.audience.busy_since

    @property
    def is_over(self) -> bool:
        """Whether nobody listens any more, and nobody can come."""
        return self._hearing.audience.is_over

    @property
    def state(self) -> LineState:
        """Where its line stands."""
        return self._status.state

    def sample(self, now: float) -> None:
        """Remember how much has come, for the rates."""
        self._hearing.pulse.sample(now)

    def health(self) -> LaneHealth:
        """How it is now."""
        now = time.monotonic()
        state, line, pulse = self._status.state, self._line(), self._hearing.pulse
        counts = self._hearing.news.tally.of(self.name)
        socket = line if state is LineState.UP and line is not None and line.is_open else None
        listened = self._hearing.audience.wanted()
        return LaneHealth(
            lane=self.name,
            state=state,
            up_for=None if socket is None else socket.age,
            frame_age=None if socket is None else max(0.0, now - socket.heard_at),
            frames=pulse.frames,
            rate=pulse.rate(now),
            lag=self._hearing.lag,
            reconnects=counts.reconnects,
            renewals=counts.renewals,
            gaps=counts.gaps,
            faults=counts.faults,
            topics=pulse.topics(listened, now),
        )
