"""Everything a chain knows between two blocks."""

from rxdex.simulator.engine.genesis import Genesis
from rxdex.simulator.engine.ledger import Ledger
from rxdex.simulator.engine.market import Market, resize
from rxdex.simulator.engine.orders import LiveOrder
from rxdex.simulator.engine.rates import Rates
from rxdex.venues.binance_dex.bech32 import address_bytes

__all__ = ["State"]


class State:
    """
    Accounts, books and open orders.

    `orders` has every open order by id, `owned` the same by owner; both, and the book, change
    together in `enter`, `fill` and `leave`. `sequences` counts the successful transactions of
    each account.
    """

    def __init__(self, genesis: Genesis) -> None:
        self.genesis = genesis
        self.height = genesis.height
        self.ledger = Ledger(genesis.accounts)
        self.markets = {listing.symbol: Market(listing) for listing in genesis.listings}
        self.rates = Rates(genesis.listings, self._reference)
        self.orders: dict[str, LiveOrder] = {}
        self.owned: dict[str, dict[str, LiveOrder]] = {}
        self.sequences: dict[str, int] = {}
        self._hex: dict[str, str] = {}
        resize(tuple(self.markets.values()))

    def _reference(self, symbol: str) -> int:
        return self.markets[symbol].reference

    def address_hex(self, address: str) -> str:
        """
        The twenty bytes of an address, in upper-case hexadecimal digits.

        :raises ValueError: when it is no address of this network; the words say why
        """
        known = self._hex.get(address)
        if known is None:
            prefix, raw = address_bytes(address)
            if prefix != self.genesis.prefix:
                raise ValueError(
                    f"it is of another network; take one that begins with '{self.genesis.prefix}1'"
                )
            known = self._hex[address] = raw.hex().upper()
        return known

    def order_id(self, owner: str, ahead: int = 1) -> str:
        """The id of an order made by the transaction `ahead` of those an account made so far."""
        return f"{self.address_hex(owner)}-{self.sequences.get(owner, 0) + ahead}"

    def count(self, owner: str) -> None:
        """Count a successful transaction of an account."""
        self.sequences[owner] = self.sequences.get(owner, 0) + 1

    def enter(self, order: LiveOrder) -> None:
        """Lock what an order needs, and put it into its book."""
        self.ledger.lock(order.owner, order.locks, order.locked)
        self.orders[order.order_id] = order
        self.owned.setdefault(order.owner, {})[order.order_id] = order
        self.markets[order.symbol].book.side(order.side).add(order)

    def fill(self, order: LiveOrder, quantity: int) -> int:
        """Fill so much of an order; returns the units it no longer holds locked, now free."""
        locked = order.locked
        self.markets[order.symbol].book.side(order.side).fill(order, quantity)
        released = locked - order.locked
        self.ledger.unlock(order.owner, order.locks, released)
        if not order.open:
            self._forget(order)
        return released

    def leave(self, order: LiveOrder) -> None:
        """Take an order out of its book, and free what it still holds."""
        self.markets[order.symbol].book.side(order.side).remove(order)
        self.ledger.unlock(order.owner, order.locks, order.locked)
        self._forget(order)

    def _forget(self, order: LiveOrder) -> None:
        del self.orders[order.order_id]
        del self.owned[order.owner][order.order_id]
