"""What the first block of a UTC day does besides: new ticks and lots, and expiry (MATCHING 0.5)."""

from collections.abc import Iterator

from rxdex.events.values import Side
from rxdex.simulator.engine.book import BookSide
from rxdex.simulator.engine.draft import Draft
from rxdex.simulator.engine.genesis import Genesis
from rxdex.simulator.engine.market import resize
from rxdex.simulator.engine.orders import LiveOrder
from rxdex.simulator.engine.state import State

__all__ = ["breathe", "breathe_height", "is_breathe"]

_DAY_NS = 86_400 * 10**9

# Orders at the best so many prices of a side live longer (BEP-67).
_KEPT_LEVELS = 500


def is_breathe(genesis: Genesis, height: int) -> bool:
    """Whether the block at `height` is the first of a UTC day."""
    day, before = genesis.block_time(height) // _DAY_NS, genesis.block_time(height - 1) // _DAY_NS
    return day > before


def breathe_height(genesis: Genesis, day: int) -> int:
    """The height of the first block on or after `day`, days since the Unix epoch."""
    return -((genesis.time_ns - day * _DAY_NS) // genesis.block_time_ns)


def breathe(state: State, draft: Draft) -> None:
    """
    Set ticks and lots anew, where there are samples enough, and expire old orders.

    On day d an order goes that was made before the breathe block of day d - `expiry_days`; beyond
    the best 500 prices of its side, as the side stood before, of day d - `deep_expiry_days`
    (MATCHING 3.6). Orders never filled are charged, after all of them have been unlocked.
    """
    genesis = state.genesis
    resize(tuple(state.markets.values()))
    day = draft.time_ns // _DAY_NS
    shallow = breathe_height(genesis, day - genesis.expiry_days)
    deep = breathe_height(genesis, day - genesis.deep_expiry_days)
    for market in state.markets.values():
        for side in (Side.BUY, Side.SELL):
            draft.expired += _overdue(market.book.side(side), shallow, deep)
    for order in draft.expired:
        state.leave(order)
    draft.till.take_expiries(draft.expired)


def _overdue(side: BookSide, shallow: int, deep: int) -> Iterator[LiveOrder]:
    for order in side.orders():
        limit = shallow if side.rank(order.price) < _KEPT_LEVELS else deep
        if order.created_height < limit:
            yield order
