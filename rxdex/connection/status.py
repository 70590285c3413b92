"""The states of a line, as a table."""

import time

from rxdex.events import LineState, Status
from rxdex.venue import Lane

__all__ = ["NEXT", "LineStatus"]

#: Which state may follow which. A line that nobody listens to is closed.
NEXT = {
    LineState.CLOSED: {LineState.CONNECTING},
    LineState.CONNECTING: {LineState.UP, LineState.WAITING, LineState.CLOSED},
    LineState.UP: {LineState.WAITING, LineState.CLOSING, LineState.CLOSED},
    LineState.WAITING: {LineState.CONNECTING, LineState.CLOSED},
    LineState.CLOSING: {LineState.CLOSED},
}


class LineStatus:
    """
    Where one line stands.

    :param lane: whose
    """

    def __init__(self, lane: Lane) -> None:
        self.state = LineState.CLOSED
        self._lane = str(lane)
        self._down_since: float | None = None

    def to(
        self,
        state: LineState,
        what: str,
        *,
        error: Exception | None = None,
        retry_in: float | None = None,
    ) -> Status:
        """
        Move to a state, and the news of it.

        :raises AssertionError: when the table does not know that step
        """
        if state not in NEXT[self.state]:
            raise AssertionError(f"a line does not go from {self.state.value} to {state.value}")
        down_for: float | None = None
        if state is LineState.WAITING and self._down_since is None:
            self._down_since = time.monotonic()
        elif state is LineState.UP and self._down_since is not None:
            down_for, self._down_since = time.monotonic() - self._down_since, None
            what = f"{what}, after {down_for:.1f} s"
        self.state = state
        return Status(
            lane=self._lane,
            state=state,
            what=what,
            error=error,
            retry_in=retry_in,
            down_for=down_for,
            received_ns=time.time_ns(),
        )
