"""Which levels of a book a block changed (MATCHING 7.3)."""

from collections.abc import Iterable
from zlib import crc32

from rxdex.events.values import OrderStatus, Side
from rxdex.simulator.engine import BookLevel, Chain, OrderRecord

__all__ = ["VISIBLE_LEVELS", "Prices", "changed_levels", "changed_prices"]

#: How deep the exchange looks when it tells the changes of a book: a level further down is told
#: to be empty although it is not (PROTOCOL 8).
VISIBLE_LEVELS = 100

#: Side and order price of the levels of one symbol that changed.
Prices = frozenset[tuple[Side, int]]

_LEFT = frozenset(
    {
        OrderStatus.CANCELED,
        OrderStatus.EXPIRED,
        OrderStatus.IOC_NO_FILL,
        OrderStatus.IOC_EXPIRE,
        OrderStatus.FAILED_MATCHING,
    }
)
_FILLS = frozenset({OrderStatus.PARTIAL_FILL, OrderStatus.FULL_FILL})


def changed_prices(records: Iterable[OrderRecord]) -> dict[str, Prices]:
    """
    The levels of each book that hold more or less than before the block, by order price.

    What came and went within the block leaves no trace, and a book without any change is left out.
    """
    sums: dict[str, dict[tuple[Side, int], int]] = {}
    for record in records:
        net = _net(record)
        if net:
            levels = sums.setdefault(record.symbol, {})
            level = record.side, record.price
            levels[level] = levels.get(level, 0) + net
    changed = {
        symbol: frozenset(level for level, net in levels.items() if net)
        for symbol, levels in sums.items()
    }
    return {symbol: prices for symbol, prices in changed.items() if prices}


def _net(record: OrderRecord) -> int:
    """How much one record adds to the level at its order's price, base units."""
    if record.status is OrderStatus.ACK:
        return record.quantity
    if record.status in _FILLS:
        return -record.last_quantity
    if record.status in _LEFT:
        return record.cumulative - record.quantity
    return 0


def changed_levels(chain: Chain, symbol: str, side: Side, prices: Prices) -> tuple[BookLevel, ...]:
    """
    What the changed levels of one side hold after the block.

    Their order means nothing on the wire, and looks it: a consumer who takes the first for the best
    shall learn of it here.
    """
    own = sorted((price for changed, price in prices if changed is side), key=_shuffled)
    return tuple(
        BookLevel(price, chain.level_quantity(symbol, side, price, VISIBLE_LEVELS)) for price in own
    )


def _shuffled(price: int) -> tuple[int, int]:
    return crc32(b"%d" % price), price
