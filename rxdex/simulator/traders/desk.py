"""What every trader needs: a view of the market, and somebody who takes its transactions."""

from random import Random
from typing import Protocol

from rxdex.errors import SubmissionRefused
from rxdex.events.values import Side, TimeInForce
from rxdex.simulator.engine import BookLevel, Cancel, Chain, PlaceOrder, Transaction
from rxdex.simulator.traders.beliefs import Beliefs

__all__ = ["MILLION", "Desk", "Trader", "opposite"]

#: Parts per million are the measure of all distances between prices.
MILLION = 1_000_000

#: A busy symbol gets so many orders while a quiet one gets one.
_BUSY_WEIGHT = 60
#: Earlier listings are traded more.
_FAVOUR = (3, 2, 1)


class Trader(Protocol):
    """Somebody who acts before each block."""

    def act(self) -> None:
        """Submit what shall be in the next block."""
        ...


def opposite(side: Side) -> Side:
    """The other side of a book."""
    return Side.SELL if side is Side.BUY else Side.BUY


class Desk:
    """
    The traders' way to the chain.

    What the chain refuses is dropped: books and balances may have changed since a trader looked,
    not least by orders of users, and a trader who meant it will try again.
    """

    def __init__(self, chain: Chain, beliefs: Beliefs, quiet: frozenset[str]) -> None:
        self.chain = chain
        self.beliefs = beliefs
        self.quiet = quiet
        self.busy = tuple(symbol for symbol in chain.symbols if symbol not in quiet)
        views = {symbol: chain.market(symbol) for symbol in chain.symbols}
        self._assets = {symbol: (view.base, view.quote) for symbol, view in views.items()}
        self._lottery = [
            symbol
            for place, symbol in enumerate(self.busy)
            for _ in range(_BUSY_WEIGHT * _FAVOUR[min(place, len(_FAVOUR) - 1)])
        ]
        self._lottery += sorted(quiet)

    def any_symbol(self, luck: Random) -> str:
        """A symbol to trade; quiet ones come up seldom."""
        return luck.choice(self._lottery)

    def paid(self, symbol: str, side: Side) -> str:
        """The asset an order on that side pays with."""
        base, quote = self._assets[symbol]
        return quote if side is Side.BUY else base

    def submit(self, transaction: Transaction) -> bool:
        """Hand in a transaction; says whether the chain took it."""
        try:
            self.chain.submit(transaction)
        except SubmissionRefused:
            return False
        return True

    def cancel(self, owner: str, symbol: str, order_id: str) -> bool:
        """Take an order back."""
        return self.submit(Cancel(owner=owner, symbol=symbol, order_id=order_id))

    def take(self, owner: str, symbol: str, side: Side, price: int, worth: int) -> bool:
        """Trade at once up to that price, or not at all."""
        return self.place(owner, symbol, side, price, worth, TimeInForce.IOC)

    def place(
        self,
        owner: str,
        symbol: str,
        side: Side,
        price: int,
        worth: int,
        time_in_force: TimeInForce = TimeInForce.GTE,
    ) -> bool:
        """
        Place an order of about that worth, at least one lot.

        The price is brought onto the tick grid, a bid downwards and an ask upwards.
        """
        view = self.chain.market(symbol)
        ticks = price // view.tick if side is Side.BUY else -(-price // view.tick)
        quantity = self.beliefs.units(view.base, worth) // view.lot * view.lot
        order = PlaceOrder(
            owner=owner,
            symbol=symbol,
            side=side,
            price=max(1, ticks) * view.tick,
            quantity=max(view.lot, quantity),
            time_in_force=time_in_force,
        )
        return self.submit(order)

    def best(self, symbol: str, side: Side) -> BookLevel | None:
        """The best level of a side, if there is any."""
        return next(iter(self.chain.levels(symbol, side, 1)), None)

    def free(self, owner: str, asset: str) -> int:
        """What an owner can use of an asset, in units."""
        holding = self.chain.account(owner).get(asset)
        return holding.free if holding else 0

    def fortune(self, owner: str, asset: str) -> int:
        """All that an owner has of an asset, in units."""
        holding = self.chain.account(owner).get(asset)
        return holding.free + holding.frozen + holding.locked if holding else 0
