"""After a line was lost: who is told what, and when it is tried again."""

from rxdex.backoff import Delays
from rxdex.connection.audience import Audience
from rxdex.connection.line import Line
from rxdex.connection.settings import LineSettings
from rxdex.errors import ConnectionLost, StaleConnection
from rxdex.events import GapReason

__all__ = ["Retries"]


class Retries:
    """
    The attempts of one session.

    :param audience: who listens
    :param settings: how long to wait, and how often to try
    """

    def __init__(self, audience: Audience, settings: LineSettings) -> None:
        #: Whether the line was ever up.
        self.was_up = False
        self._audience = audience
        self._settings = settings
        self._delays = Delays(settings.backoff)

    def after(self, lost: ConnectionLost, line: Line | None) -> float | None:
        """
        Tell who misses something, and who has waited long enough.

        :param line: the one that was lost; nothing more is to be had of it
        :return: seconds until the next attempt; None when nobody is left who waits for it
        """
        if line is not None:
            if line.is_open and line.age >= self._settings.stable_after:
                self._delays.reset()
            stale = isinstance(lost, StaleConnection)
            reason = GapReason.STALE if stale else GapReason.LINE_LOST
            self._audience.lose(reason, line.heard_ns, line.said)
            # The wait may be long.
            line.abort()
        # A lane that was up is tried for ever; one that never was, a few times.
        self._audience.dismiss(
            lambda who: who.tires(lost, self._settings.tries) and not self.was_up, lost
        )
        if self._audience.is_over:
            return None
        return max(self._delays.next(), lost.retry_after or 0.0)
