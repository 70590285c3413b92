"""The statistics of the last 24 hours, sliding over trades (PROTOCOL 7.9)."""

from collections import deque

from attrs import frozen

from rxdex.simulator.engine.records import UNIT
from rxdex.simulator.statistics import Stretch

__all__ = ["DAY_MS", "Day", "DayWindow"]

#: How long the window is, in ms: C - O of every captured ticker.
DAY_MS = 86_400_000

_NS_PER_MS = 1_000_000
#: The ratio is cut to four decimals and printed with eight.
_RATIO_STEPS = 10_000


@frozen(kw_only=True)
class Day:
    """
    One symbol's last 24 hours at one moment; prices and volumes in units, times in ms.

    A day without trades stands still at the last price ever and carries the id of that old trade,
    or none where there never was one.
    """

    open_time_ms: int
    close_time_ms: int
    open: int
    high: int
    low: int
    close: int
    before_last: int
    last_quantity: int
    volume: int
    quote_volume: int
    trade_count: int
    first_trade_id: str
    last_trade_id: str

    @property
    def change(self) -> int:
        """Close less open, in units of the quote asset."""
        return self.close - self.open

    @property
    def change_ratio(self) -> int:
        """The change as a fraction of the open, in units, cut to four decimals toward zero."""
        size = abs(self.change) * _RATIO_STEPS // self.open * (UNIT // _RATIO_STEPS)
        return size if self.change >= 0 else -size

    @property
    def average(self) -> int:
        """What one whole of the base cost on average, in units, rounded half up."""
        if not self.volume:
            return self.close
        return (2 * self.quote_volume * UNIT + self.volume) // (2 * self.volume)


class DayWindow:
    """
    The trades of one symbol that are younger than 24 hours.

    The trades of a block share their time, so a block is the smallest thing that enters or leaves.
    Highest and lowest prices are kept as two monotone queues: only a price that can still become
    the extreme is remembered.
    """

    def __init__(self, price: int) -> None:
        self._blocks: deque[tuple[int, Stretch]] = deque()
        self._highs: deque[tuple[int, int]] = deque()
        self._lows: deque[tuple[int, int]] = deque()
        self._volume = 0
        self._quote_volume = 0
        self._trade_count = 0
        self._ever = Stretch.still(price)

    def add(self, time_ns: int, block: Stretch) -> None:
        """Take in the trades of a block (at least one), which is later than all before."""
        self._drop(_opening_ns(time_ns))
        self._ever = self._ever.then(block)
        self._blocks.append((time_ns, block))
        while self._highs and self._highs[-1][1] <= block.high:
            self._highs.pop()
        self._highs.append((time_ns, block.high))
        while self._lows and self._lows[-1][1] >= block.low:
            self._lows.pop()
        self._lows.append((time_ns, block.low))
        self._volume += block.volume
        self._quote_volume += block.quote_volume
        self._trade_count += block.trade_count

    def day(self, time_ns: int) -> Day:
        """The 24 hours up to that moment, which is never earlier than one already named."""
        self._drop(_opening_ns(time_ns))
        ever = self._ever
        price = ever.close
        close_time_ms = time_ns // _NS_PER_MS
        is_alive = bool(self._blocks)
        first = self._blocks[0][1] if is_alive else None
        before_last = ever.before_last if is_alive else None
        return Day(
            open_time_ms=close_time_ms - DAY_MS,
            close_time_ms=close_time_ms,
            open=first.open if first else price,
            high=self._highs[0][1] if is_alive else price,
            low=self._lows[0][1] if is_alive else price,
            close=price,
            before_last=price if before_last is None else before_last,
            last_quantity=ever.last_quantity,
            volume=self._volume,
            quote_volume=self._quote_volume,
            trade_count=self._trade_count,
            first_trade_id=first.first_trade_id if first else ever.last_trade_id,
            last_trade_id=ever.last_trade_id,
        )

    def _drop(self, opening_ns: int) -> None:
        """Forget what happened at or before that moment."""
        blocks = self._blocks
        while blocks and blocks[0][0] <= opening_ns:
            _, old = blocks.popleft()
            self._volume -= old.volume
            self._quote_volume -= old.quote_volume
            self._trade_count -= old.trade_count
        for extremes in (self._highs, self._lows):
            while extremes and extremes[0][0] <= opening_ns:
                extremes.popleft()


def _opening_ns(closing_ns: int) -> int:
    """
    Where the window that closes then opens.

    It is a whole ms, as the wire says it: whoever compares O with the times of trades agrees.
    """
    return (closing_ns // _NS_PER_MS - DAY_MS) * _NS_PER_MS
