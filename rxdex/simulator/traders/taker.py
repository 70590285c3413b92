"""Takers, who want to trade now."""

from random import Random

from rxdex.events.values import Side
from rxdex.simulator.engine import UNIT
from rxdex.simulator.traders.desk import MILLION, Desk, opposite

__all__ = ["Taker"]

_WORTH = (5, 90)
#: One order in so many is several times as large.
_LARGE = 8
_TIMES = 4
#: How much worse a price a taker puts up with, at most.
_PATIENCE_PPM = 1_500
#: Of so many orders, one rests if it is not filled, and one asks for a price nobody quotes.
_RESTING = 4
_HOPELESS = 15


class Taker:
    """
    Places at most one order a block, mostly one that fills at once or is gone.

    It buys below the fair price and sells above; where the book tells it nothing, it spends what it
    has more of, so that in the long run it comes back to where it began.
    """

    def __init__(self, desk: Desk, owner: str, luck: Random) -> None:
        self._desk = desk
        self._owner = owner
        self._luck = luck

    def act(self) -> None:
        """Trade, in two blocks out of five; take back what rests, now and then."""
        if self._luck.randrange(5) < 2:
            self._trade(self._desk.any_symbol(self._luck))
        if not self._luck.randrange(20):
            for order in self._desk.chain.open_orders(self._owner):
                self._desk.cancel(self._owner, order.symbol, order.order_id)

    def _trade(self, symbol: str) -> None:
        luck = self._luck
        side = self._side(symbol)
        best = self._desk.best(symbol, opposite(side))
        if best is None:
            return
        worth = luck.randint(*_WORTH) * UNIT
        if not luck.randrange(_LARGE):
            worth *= _TIMES
        slack = best.price * luck.randint(0, _PATIENCE_PPM) // MILLION
        if not luck.randrange(_HOPELESS):
            slack = -slack
        if not luck.randrange(_RESTING):
            self._desk.place(self._owner, symbol, side, best.price, worth)
            return
        price = best.price + slack if side is Side.BUY else best.price - slack
        self._desk.take(self._owner, symbol, side, price, worth)

    def _side(self, symbol: str) -> Side:
        fair = self._desk.beliefs.price(symbol)
        ask = self._desk.best(symbol, Side.SELL)
        if ask is not None and ask.price < fair:
            return Side.BUY
        bid = self._desk.best(symbol, Side.BUY)
        if bid is not None and bid.price > fair:
            return Side.SELL
        quote = self._desk.free(self._owner, self._desk.paid(symbol, Side.BUY))
        base = self._desk.free(self._owner, self._desk.paid(symbol, Side.SELL))
        worth = base * fair // UNIT
        return Side.BUY if self._luck.randrange(max(1, quote + worth)) < quote else Side.SELL
