"""The fumbler, thanks to whom transactions fail in blocks."""

from random import Random

from rxdex.events.values import Side
from rxdex.simulator.engine import UNIT
from rxdex.simulator.traders.desk import Desk

__all__ = ["Fumbler"]

_ERRS_EVERY = 60
#: It bids this much below the fair price, in parts of it: nobody will sell to it.
_BELOW = 5


class Fumbler:
    """
    Errs in the two ways that nobody notices before the block is made (MATCHING 3.4).

    It spends the same coins twice, so that the second order finds no funds; and it takes an order
    back twice, so that the second cancel finds no order.
    """

    def __init__(self, desk: Desk, owner: str, luck: Random) -> None:
        self._desk = desk
        self._owner = owner
        self._luck = luck

    def act(self) -> None:
        """Err, now and then."""
        if self._luck.randrange(_ERRS_EVERY):
            return
        orders = self._desk.chain.open_orders(self._owner)
        for order in orders:
            self._desk.cancel(self._owner, order.symbol, order.order_id)
            self._desk.cancel(self._owner, order.symbol, order.order_id)
        if not orders:
            self._spend_twice(self._luck.choice(self._desk.busy))

    def _spend_twice(self, symbol: str) -> None:
        beliefs = self._desk.beliefs
        asset = self._desk.paid(symbol, Side.BUY)
        # Two thirds of all it has: enough for one order, not for two.
        share = self._desk.free(self._owner, asset) * 2 // 3
        fair = beliefs.price(symbol)
        worth = share * UNIT // max(1, beliefs.units(asset, UNIT))
        price = fair - fair // _BELOW
        for _ in range(2):
            self._desk.place(self._owner, symbol, Side.BUY, price, worth)
