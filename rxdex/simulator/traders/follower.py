"""The follower of trends."""

from random import Random

from rxdex.events.values import Side
from rxdex.simulator.engine import UNIT
from rxdex.simulator.traders.desk import MILLION, Desk, opposite

__all__ = ["Follower"]

_LOOK_EVERY = 12
#: How far a price must have gone since the last look to be called a trend.
_TREND_PPM = 700
_WORTH = (60, 250)
_PATIENCE_PPM = 1_000


class Follower:
    """Buys what has risen since it last looked, and sells what has fallen."""

    def __init__(self, desk: Desk, owner: str, luck: Random) -> None:
        self._desk = desk
        self._owner = owner
        self._luck = luck
        self._seen: dict[str, int] = {}

    def act(self) -> None:
        """Look at one busy symbol, now and then."""
        if self._luck.randrange(_LOOK_EVERY):
            return
        symbol = self._luck.choice(self._desk.busy)
        price = self._desk.chain.market(symbol).last_price
        seen = self._seen.get(symbol, price)
        self._seen[symbol] = price
        change = (price - seen) * MILLION // seen
        if abs(change) < _TREND_PPM:
            return
        side = Side.BUY if change > 0 else Side.SELL
        best = self._desk.best(symbol, opposite(side))
        if best is not None:
            slack = best.price * _PATIENCE_PPM // MILLION
            price = best.price + slack if side is Side.BUY else best.price - slack
            worth = self._luck.randint(*_WORTH) * UNIT
            self._desk.take(self._owner, symbol, side, price, worth)
