"""How one line is, put together from what its parts know; from any thread, while its reader goes on."""

import time

from rxdex.connection.hearing import Hearing
from rxdex.connection.line import Line
from rxdex.connection.pulse import Pulse
from rxdex.connection.tally import Tally
from rxdex.events import LineState
from rxdex.health import LaneHealth

__all__ = ["lane_health"]


def lane_health(
    lane: str, state: LineState, line: Line | None, hearing: Hearing, pulse: Pulse, tally: Tally
) -> LaneHealth:
    """
    How a line is now.

    :param line: its socket, if it has one
    """
    now = time.monotonic()
    is_up = state is LineState.UP and line is not None and line.is_open
    counts = tally.of(lane)
    return LaneHealth(
        lane=lane,
        state=state,
        up_for=line.age if is_up and line is not None else None,
        frame_age=max(0.0, now - line.heard_at) if is_up and line is not None else None,
        frames=pulse.frames,
        rate=pulse.rate(now),
        lag=hearing.lag,
        reconnects=counts.reconnects,
        renewals=counts.renewals,
        gaps=counts.gaps,
        faults=counts.faults,
        topics=pulse.topics(now),
    )
