"""Klines of all fifteen intervals, folded from trades (PROTOCOL 7.8)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from attrs import frozen

from rxdex.events.values import Interval
from rxdex.simulator.statistics import Stretch

__all__ = ["Kline", "KlineFold", "span"]

_MINUTE_MS = 60_000
_HOUR_MS = 60 * _MINUTE_MS
_DAY_MS = 24 * _HOUR_MS
_NS_PER_MS = 1_000_000

_LENGTH_MS = {
    Interval.MINUTE_1: _MINUTE_MS,
    Interval.MINUTE_3: 3 * _MINUTE_MS,
    Interval.MINUTE_5: 5 * _MINUTE_MS,
    Interval.MINUTE_15: 15 * _MINUTE_MS,
    Interval.MINUTE_30: 30 * _MINUTE_MS,
    Interval.HOUR_1: _HOUR_MS,
    Interval.HOUR_2: 2 * _HOUR_MS,
    Interval.HOUR_4: 4 * _HOUR_MS,
    Interval.HOUR_6: 6 * _HOUR_MS,
    Interval.HOUR_8: 8 * _HOUR_MS,
    Interval.HOUR_12: 12 * _HOUR_MS,
    Interval.DAY_1: _DAY_MS,
    Interval.DAY_3: 3 * _DAY_MS,
    Interval.WEEK_1: 7 * _DAY_MS,
}
#: The epoch was a Thursday; a week opens on Monday.
_FIRST_MONDAY_MS = 4 * _DAY_MS
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def span(interval: Interval, time_ms: int) -> tuple[int, int]:
    """
    Where the kline that holds that moment opens, and where the next one does, both in ms.

    Weeks open on Monday and months on their first day, 00:00 UTC; everything else is counted from
    the epoch.
    """
    if interval is Interval.MONTH_1:
        moment = _EPOCH + timedelta(milliseconds=time_ms)
        opening = moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        following = (opening + timedelta(days=31)).replace(day=1)
        return _milliseconds(opening), _milliseconds(following)
    length = _LENGTH_MS[interval]
    shift = _FIRST_MONDAY_MS if interval is Interval.WEEK_1 else 0
    opens = (time_ms - shift) // length * length + shift
    return opens, opens + length


def _milliseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(milliseconds=1)


@frozen
class Kline:
    """One kline as it stands; it ends with the ms `close_time_ms`."""

    interval: Interval
    open_time_ms: int
    close_time_ms: int
    trades: Stretch
    is_closed: bool


class KlineFold:
    """
    The present klines of one symbol.

    Every interval begins and ends with a minute, so a trade goes into the present minute alone, and
    a minute goes into the other intervals when it is over.
    """

    def __init__(self, time_ns: int, price: int) -> None:
        time_ms = time_ns // _NS_PER_MS
        self._minute = Stretch.still(price)
        self._minute_ends_ms = span(Interval.MINUTE_1, time_ms)[1]
        self._spans = {interval: span(interval, time_ms) for interval in Interval}
        self._whole_minutes = {interval: Stretch.still(price) for interval in Interval}

    def advance(self, time_ns: int) -> tuple[Kline, ...]:
        """Move on to that moment; gives the klines that ended by then, oldest first."""
        if time_ns < self._minute_ends_ms * _NS_PER_MS:
            return ()
        return tuple(self._ended(time_ns // _NS_PER_MS))

    def add(self, block: Stretch) -> None:
        """Take in the trades of a block, at the moment last advanced to."""
        self._minute = self._minute.then(block)

    def kline(self, interval: Interval) -> Kline:
        """The kline of that interval as it stands."""
        opens, ends = self._spans[interval]
        trades = self._whole_minutes[interval].then(self._minute)
        return Kline(interval, opens, ends - 1, trades, is_closed=False)

    def _ended(self, time_ms: int) -> Iterator[Kline]:
        while time_ms >= self._minute_ends_ms:
            boundary = self._minute_ends_ms
            last = Stretch.still(self._minute.close)
            for interval, (opens, ends) in self._spans.items():
                trades = self._whole_minutes[interval].then(self._minute)
                if ends > boundary:
                    self._whole_minutes[interval] = trades
                    continue
                yield Kline(interval, opens, ends - 1, trades, is_closed=True)
                self._whole_minutes[interval] = last
            self._spans = {
                interval: spanned if spanned[1] > boundary else span(interval, boundary)
                for interval, spanned in self._spans.items()
            }
            self._minute = last
            self._minute_ends_ms = boundary + _MINUTE_MS
