"""One symbol's resting orders, kept by price and in queue order."""

from bisect import bisect_left, insort
from collections.abc import Iterator
from itertools import islice

from attrs import define, field

from rxdex.events.values import Side
from rxdex.simulator.engine.orders import LiveOrder
from rxdex.simulator.engine.records import BookLevel

__all__ = ["Book", "BookSide"]


@define(eq=False)
class _Queue:
    """The orders at one price, first come first, and what is open of them all."""

    orders: dict[str, LiveOrder] = field(factory=dict[str, LiveOrder])
    quantity: int = 0


class BookSide:
    """
    The bids or the asks of a symbol.

    The quantity of each price is kept as orders come, are filled and go, so that a level costs
    nothing to read.
    """

    __slots__ = ("_queues", "_ranks", "_sign")

    def __init__(self, side: Side) -> None:
        # Best first in a list that bisect understands: bids stand in it negated.
        self._sign = -1 if side is Side.BUY else 1
        self._ranks: list[int] = []
        self._queues: dict[int, _Queue] = {}

    def __len__(self) -> int:
        """How many prices there are."""
        return len(self._ranks)

    @property
    def best(self) -> int | None:
        """The best price, or None when the side is empty."""
        return self._ranks[0] * self._sign if self._ranks else None

    def add(self, order: LiveOrder) -> None:
        """Put an order at the end of the queue of its price."""
        queue = self._queues.get(order.price)
        if queue is None:
            queue = self._queues[order.price] = _Queue()
            insort(self._ranks, order.price * self._sign)
        queue.orders[order.order_id] = order
        queue.quantity += order.open

    def fill(self, order: LiveOrder, quantity: int) -> None:
        """Count `quantity` of an order as filled; it leaves when nothing is open any more."""
        order.filled += quantity
        queue = self._queues[order.price]
        queue.quantity -= quantity
        if not order.open:
            self._drop(order, queue)

    def remove(self, order: LiveOrder) -> None:
        """Take an order out, whatever is open of it."""
        queue = self._queues[order.price]
        queue.quantity -= order.open
        self._drop(order, queue)

    def _drop(self, order: LiveOrder, queue: _Queue) -> None:
        del queue.orders[order.order_id]
        if not queue.orders:
            del self._queues[order.price]
            del self._ranks[bisect_left(self._ranks, order.price * self._sign)]

    def quantity(self, price: int) -> int:
        """The open quantity at a price, base units."""
        queue = self._queues.get(price)
        return 0 if queue is None else queue.quantity

    def rank(self, price: int) -> int:
        """How many prices are better."""
        return bisect_left(self._ranks, price * self._sign)

    def levels(self, limit: int) -> tuple[BookLevel, ...]:
        """The best `limit` levels, best first."""
        prices = (rank * self._sign for rank in islice(self._ranks, limit))
        return tuple(BookLevel(price, self._queues[price].quantity) for price in prices)

    def until(self, price: int) -> tuple[BookLevel, ...]:
        """The levels at `price` or better, best first."""
        return self.levels(bisect_left(self._ranks, price * self._sign + 1))

    def orders(self, levels: int | None = None) -> Iterator[LiveOrder]:
        """The orders of the best `levels` prices (of all), best first, in queue order in each."""
        for rank in islice(self._ranks, levels):
            yield from self._queues[rank * self._sign].orders.values()


class Book:
    """Both sides of a symbol."""

    __slots__ = ("asks", "bids")

    def __init__(self) -> None:
        self.bids = BookSide(Side.BUY)
        self.asks = BookSide(Side.SELL)

    def side(self, side: Side) -> BookSide:
        """The side that orders to buy or to sell rest on."""
        return self.bids if side is Side.BUY else self.asks

    def overlap(self) -> tuple[tuple[BookLevel, ...], tuple[BookLevel, ...]]:
        """The bids and asks that reach into the other side; nothing when the book is uncrossed."""
        bid, ask = self.bids.best, self.asks.best
        if bid is None or ask is None or bid < ask:
            return (), ()
        return self.bids.until(ask), self.asks.until(bid)
