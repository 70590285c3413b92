"""An order as long as it lives."""

from attrs import define, frozen

from rxdex.events.values import Side, TimeInForce
from rxdex.simulator.engine.units import notional

__all__ = ["LiveOrder", "OpenOrder"]


@frozen(kw_only=True)
class OpenOrder:
    """
    An order that rests in a book, as its owner may see it.

    `price`, `quantity` (original) and `filled` are units; `created_ns` and `created_height` are of
    the block that accepted it.
    """

    order_id: str
    owner: str
    symbol: str
    side: Side
    price: int
    quantity: int
    filled: int
    time_in_force: TimeInForce
    created_ns: int
    created_height: int


@define(kw_only=True, eq=False)
class LiveOrder:
    """An order inside the engine; only `filled` ever changes."""

    order_id: str
    owner: str
    symbol: str
    base: str
    quote: str
    side: Side
    price: int
    quantity: int
    time_in_force: TimeInForce
    created_ns: int
    created_height: int
    filled: int = 0

    @property
    def open(self) -> int:
        """What is still to be filled, base units."""
        return self.quantity - self.filled

    @property
    def locks(self) -> str:
        """The asset this order holds locked: quote for a buy, base for a sell."""
        return self.quote if self.side is Side.BUY else self.base

    @property
    def locked(self) -> int:
        """What it holds locked now, units of `locks` (the invariant of MATCHING 5)."""
        if self.side is Side.SELL:
            return self.open
        return notional(self.price, self.quantity) - notional(self.price, self.filled)

    def view(self) -> OpenOrder:
        """What the owner may see of it now."""
        return OpenOrder(
            order_id=self.order_id,
            owner=self.owner,
            symbol=self.symbol,
            side=self.side,
            price=self.price,
            quantity=self.quantity,
            filled=self.filled,
            time_in_force=self.time_in_force,
            created_ns=self.created_ns,
            created_height=self.created_height,
        )
