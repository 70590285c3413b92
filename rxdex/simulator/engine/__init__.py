"""
The chain of the simulated exchange: seeded, deterministic, without I/O or a clock.

A `Genesis` says how it begins, `Chain.submit` takes transactions, `Chain.step` makes the next
block of them. Everything is computed in whole units of 1e-8; the same genesis and the same
submissions give equal blocks.

It behaves as the chain did after BEP-67: periodic auctions with makers and takers, GTE and IOC
orders, cancels, expiry, fees, plain transfers. It has no mini-token symbols (MATCHING 3.7), no
listing or delisting on the way, no freezing, swaps or time locks, and no matching as it was before
BEP-19.
"""

from rxdex.simulator.engine.chain import Chain
from rxdex.simulator.engine.genesis import FeeSchedule, Genesis, Listing
from rxdex.simulator.engine.market import MarketView
from rxdex.simulator.engine.orders import OpenOrder
from rxdex.simulator.engine.records import (
    UNIT,
    Block,
    BookLevel,
    Cancel,
    Holding,
    OrderRecord,
    PlaceOrder,
    Send,
    TradeRecord,
    Transaction,
    TransferRecord,
)

__all__ = [
    "UNIT",
    "Block",
    "BookLevel",
    "Cancel",
    "Chain",
    "FeeSchedule",
    "Genesis",
    "Holding",
    "Listing",
    "MarketView",
    "OpenOrder",
    "OrderRecord",
    "PlaceOrder",
    "Send",
    "TradeRecord",
    "Transaction",
    "TransferRecord",
]
