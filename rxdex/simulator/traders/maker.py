"""Makers, who hold a ladder of orders on both sides of what they believe is fair."""

from collections.abc import Mapping
from random import Random

from attrs import frozen

from rxdex.events.values import Side
from rxdex.simulator.engine import UNIT, OpenOrder
from rxdex.simulator.traders.desk import MILLION, Desk

__all__ = ["Ladder", "Maker"]

#: How far a maker with nothing left of the base asset, or twice as much as at first, leans.
_LEAN_PPM = 2_000
_MOST_LEAN_PPM = 300
#: A ladder may be so many rungs too long before its end is taken back.
_SLACK = 3
#: A rung this much further out is one and a half times as large.
_GROWTH = 8


@frozen(kw_only=True)
class Ladder:
    """
    How a maker quotes.

    The rungs stand on a grid of prices that does not move, `spacing_ppm` of the list price apart,
    the first one at least `gap_ppm` from the fair price. The best of them is worth something
    between the two numbers of `worth`, in BUSD; further out they grow. Of `pace` blocks, one is
    spent on looking after one symbol.
    """

    rungs: int
    gap_ppm: int
    spacing_ppm: int
    worth: tuple[int, int]
    pace: int
    shift: int = 0

    def prices(self, side: Side, fair: int, tick: int, list_price: int) -> list[int]:
        """Where the rungs of one side belong, best first, and `_SLACK` more."""
        spacing = max(1, list_price * self.spacing_ppm // MILLION // tick) * tick
        shift = self.shift * tick % spacing
        gap = fair * self.gap_ppm // MILLION
        count = self.rungs + _SLACK
        if side is Side.BUY:
            best = (fair - gap - shift) // spacing * spacing + shift
            return [best - rung * spacing for rung in range(count) if best > rung * spacing]
        best = -(-(fair + gap - shift) // spacing) * spacing + shift
        return [best + rung * spacing for rung in range(count)]


class Maker:
    """
    Looks after its ladders symbol by symbol, on all of them in its first block.

    With more of the base asset than at first it asks and bids a little less, with less a little
    more: so the others bring back what it misses.
    """

    def __init__(self, desk: Desk, owner: str, ladders: Mapping[str, Ladder], luck: Random) -> None:
        self._desk = desk
        self._owner = owner
        self._luck = luck
        self._ladders = ladders
        self._turns = list(ladders)
        self._has_quoted = False
        self._at_first = {
            asset: desk.fortune(owner, asset)
            for symbol in ladders
            for asset in (desk.paid(symbol, Side.BUY), desk.paid(symbol, Side.SELL))
        }

    def act(self) -> None:
        """Bring the ladder of a symbol into place, if it is time."""
        if not self._has_quoted:
            self._has_quoted = True
            for symbol in self._turns:
                self._look_after(symbol)
            return
        symbol = self._turns[0]
        if not self._luck.randrange(self._ladders[symbol].pace):
            self._turns.append(self._turns.pop(0))
            self._look_after(symbol)

    def _look_after(self, symbol: str) -> None:
        view = self._desk.chain.market(symbol)
        ladder = self._ladders[symbol]
        fair = self._leaning(symbol, self._desk.beliefs.price(symbol))
        orders = self._desk.chain.open_orders(self._owner, symbol)
        if orders and not self._luck.randrange(3):
            orders = self._without_one(symbol, orders)
        missing: list[tuple[Side, int, int]] = []
        for side in (Side.BUY, Side.SELL):
            prices = ladder.prices(side, fair, view.tick, view.list_price)
            kept = self._tidied(symbol, [order for order in orders if order.side is side], prices)
            missing += [
                (side, rung, price)
                for rung, price in enumerate(prices[: ladder.rungs])
                if price not in kept
            ]
        # Cancels come first: in the block to come, nothing old stands in the way of the new rungs.
        for side, rung, price in missing:
            self._place(symbol, side, rung, price)

    def _leaning(self, symbol: str, fair: int) -> int:
        base = self._desk.paid(symbol, Side.SELL)
        at_first = max(1, self._at_first[base])
        excess = self._desk.fortune(self._owner, base) - at_first
        lean = excess * _LEAN_PPM // at_first
        lean = max(-_MOST_LEAN_PPM, min(_MOST_LEAN_PPM, lean))
        return fair - fair * lean // MILLION

    def _without_one(self, symbol: str, orders: tuple[OpenOrder, ...]) -> tuple[OpenOrder, ...]:
        """Take one order back at random, to have it anew in another size."""
        chosen = self._luck.choice(orders)
        self._desk.cancel(self._owner, symbol, chosen.order_id)
        return tuple(order for order in orders if order is not chosen)

    def _tidied(self, symbol: str, orders: list[OpenOrder], prices: list[int]) -> set[int]:
        """Take back what stands where no rung belongs; gives the prices of the others."""
        kept: set[int] = set()
        for order in orders:
            if order.price in prices and order.price not in kept:
                kept.add(order.price)
            else:
                self._desk.cancel(self._owner, symbol, order.order_id)
        return kept

    def _place(self, symbol: str, side: Side, rung: int, price: int) -> None:
        ladder = self._ladders[symbol]
        worth = self._luck.randint(*ladder.worth) * UNIT * (2 * _GROWTH + rung) // (2 * _GROWTH)
        self._desk.place(self._owner, symbol, side, price, worth)
