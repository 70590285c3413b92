"""How long a venue that is asked too often wants to be left alone."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

__all__ = ["respite"]

#: 418 is what Binance says to who went on after a 429.
_TOO_OFTEN = frozenset({418, 429})
#: Seconds, where the venue does not say how many.
_USUAL = 60.0
#: Seconds. Nobody comes back to a line that waits for longer.
_LONGEST = 86_400.0


def respite(status: int | None, headers: Mapping[str, str], now: datetime) -> float | None:
    """
    Seconds to wait before the next attempt, where an HTTP answer says so.

    :param headers: their names in lower case
    :return: None where there is nothing to be respected
    """
    said = headers.get("retry-after", "").strip()
    if said:
        seconds = _seconds(said, now)
        if seconds is not None:
            return min(max(seconds, 0.0), _LONGEST)
    return _USUAL if status in _TOO_OFTEN else None


def _seconds(said: str, now: datetime) -> float | None:
    """A number of seconds, or a date (RFC 9110, 10.2.3)."""
    if said.isascii() and said.isdigit():
        # So many digits are for ever.
        return float(said[:12])
    try:
        until = parsedate_to_datetime(said)
    except ValueError:
        return None
    return (until.replace(tzinfo=until.tzinfo or UTC) - now).total_seconds()
