"""A block in the making."""

from attrs import define, field

from rxdex.simulator.engine.fees import Till
from rxdex.simulator.engine.matching import Fill
from rxdex.simulator.engine.orders import LiveOrder
from rxdex.simulator.engine.records import OrderRecord, Transaction, TransferRecord

__all__ = ["Draft"]


@define(kw_only=True, eq=False)
class Draft:
    """
    What has happened in a block so far, each list in the order it happened.

    `entries` are the orders accepted, and the records of those refused, in transaction order.
    `dropped` are the rests of IOC orders. `symbols` are those with a new order.
    """

    height: int
    time_ns: int
    till: Till
    is_breathe: bool = False
    entries: list[LiveOrder | OrderRecord] = field(factory=list["LiveOrder | OrderRecord"])
    fills: list[Fill] = field(factory=list[Fill])
    canceled: list[LiveOrder] = field(factory=list[LiveOrder])
    dropped: list[LiveOrder] = field(factory=list[LiveOrder])
    expired: list[LiveOrder] = field(factory=list[LiveOrder])
    transfers: list[TransferRecord] = field(factory=list[TransferRecord])
    failed: list[tuple[Transaction, str]] = field(factory=list["tuple[Transaction, str]"])
    touched: set[str] = field(factory=set[str])
    symbols: set[str] = field(factory=set[str])
