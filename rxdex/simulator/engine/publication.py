"""A finished block as records, in the order they are published (MATCHING 3.9)."""

from collections.abc import Iterator

from rxdex.events.values import OrderStatus
from rxdex.simulator.engine.draft import Draft
from rxdex.simulator.engine.orders import LiveOrder
from rxdex.simulator.engine.records import Block, OrderRecord, TradeRecord
from rxdex.simulator.engine.units import notional

__all__ = ["publish"]


def publish(draft: Draft, fees: tuple[tuple[str, int], ...]) -> Block:
    """
    The block of a draft to which nothing will be added; `fees` is what its proposer earned.

    Records are made only now since each says how its order stands at the end of the block.
    """
    partial: list[OrderRecord] = []
    full: list[OrderRecord] = []
    for record in _fills(draft):
        (full if record.status is OrderStatus.FULL_FILL else partial).append(record)
    orders = (*_entries(draft), *partial, *_closures(draft), *full)
    involved = {order.owner for order in orders if order.status is not OrderStatus.FAILED_BLOCKING}
    return Block(
        height=draft.height,
        time_ns=draft.time_ns,
        orders=orders,
        trades=tuple(_trades(draft)),
        transfers=tuple(draft.transfers),
        touched=tuple(sorted(draft.touched | involved)),
        failed=tuple(draft.failed),
        fees=fees,
        is_breathe=draft.is_breathe,
    )


def _record(order: LiveOrder, status: OrderStatus, fee: str = "") -> OrderRecord:
    return OrderRecord(
        owner=order.owner,
        symbol=order.symbol,
        side=order.side,
        time_in_force=order.time_in_force,
        price=order.price,
        quantity=order.quantity,
        order_id=order.order_id,
        status=status,
        cumulative=order.filled,
        fee=fee,
        created_ns=order.created_ns,
    )


def _entries(draft: Draft) -> Iterator[OrderRecord]:
    for entry in draft.entries:
        if isinstance(entry, OrderRecord):
            yield entry
        else:
            yield _record(entry, OrderStatus.ACK)


def _fills(draft: Draft) -> Iterator[OrderRecord]:
    for index, fill in enumerate(draft.fills):
        for order in (fill.buy, fill.sell):
            yield OrderRecord(
                owner=order.owner,
                symbol=order.symbol,
                side=order.side,
                time_in_force=order.time_in_force,
                price=order.price,
                quantity=order.quantity,
                order_id=order.order_id,
                status=OrderStatus.PARTIAL_FILL if order.open else OrderStatus.FULL_FILL,
                last_price=fill.price,
                last_quantity=fill.quantity,
                cumulative=order.filled,
                fee=draft.till.text(order.owner),
                trade_index=index,
                created_ns=order.created_ns,
            )


def _closures(draft: Draft) -> Iterator[OrderRecord]:
    """The orders that ended otherwise; the first of each owner carries the fees."""
    told: set[str] = set()
    for order, status in _closed(draft):
        fee = "" if order.owner in told else draft.till.text(order.owner)
        told.add(order.owner)
        yield _record(order, status, fee)


def _closed(draft: Draft) -> Iterator[tuple[LiveOrder, OrderStatus]]:
    for order in draft.canceled:
        yield order, OrderStatus.CANCELED
    for order in draft.dropped:
        yield order, OrderStatus.IOC_EXPIRE if order.filled else OrderStatus.IOC_NO_FILL
    for order in draft.expired:
        yield order, OrderStatus.EXPIRED


def _trades(draft: Draft) -> Iterator[TradeRecord]:
    for index, fill in enumerate(draft.fills):
        yield TradeRecord(
            symbol=fill.buy.symbol,
            index=index,
            price=fill.price,
            quantity=fill.quantity,
            quote=notional(fill.price, fill.quantity),
            buyer=fill.buy.owner,
            seller=fill.sell.owner,
            buy_order_id=fill.buy.order_id,
            sell_order_id=fill.sell.order_id,
            tick=fill.tick,
        )
