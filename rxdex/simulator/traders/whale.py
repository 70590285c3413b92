"""The whale, whose orders walk through a book."""

from random import Random

from rxdex.events.values import Side, TimeInForce
from rxdex.simulator.engine import UNIT, PlaceOrder
from rxdex.simulator.traders.desk import Desk, opposite

__all__ = ["Whale"]

_RISES_EVERY = 300
_LEVELS = (5, 14)


class Whale:
    """Once in a while takes several levels at a stroke, spending what it has more of."""

    def __init__(self, desk: Desk, owner: str, luck: Random) -> None:
        self._desk = desk
        self._owner = owner
        self._luck = luck

    def act(self) -> None:
        """Rise, seldom."""
        if self._luck.randrange(_RISES_EVERY):
            return
        symbol = self._luck.choice(self._desk.busy)
        side = self._side(symbol)
        count = self._luck.randint(*_LEVELS)
        levels = self._desk.chain.levels(symbol, opposite(side), count)
        if levels:
            order = PlaceOrder(
                owner=self._owner,
                symbol=symbol,
                side=side,
                price=levels[-1].price,
                quantity=sum(level.quantity for level in levels),
                time_in_force=TimeInForce.IOC,
            )
            self._desk.submit(order)

    def _side(self, symbol: str) -> Side:
        quote = self._desk.free(self._owner, self._desk.paid(symbol, Side.BUY))
        base = self._desk.free(self._owner, self._desk.paid(symbol, Side.SELL))
        is_rich = quote > base * self._desk.beliefs.price(symbol) // UNIT
        return Side.BUY if is_rich else Side.SELL
