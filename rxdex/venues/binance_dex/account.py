"""What the frames about an address say, as events (PROTOCOL 7.1 to 7.3)."""

from rxdex.events import (
    AccountUpdate,
    Balance,
    Coin,
    Fee,
    Notice,
    OrderUpdate,
    Output,
    Transfer,
)
from rxdex.topics import Kind
from rxdex.venue import Delivery, Lane
from rxdex.venues.binance_dex.amounts import amount, fees
from rxdex.venues.binance_dex.rows import AccountRow, OrderRow, TransferRow
from rxdex.venues.binance_dex.words import (
    ORDER_TYPES,
    SIDES,
    STATUSES,
    TIMES_IN_FORCE,
    Found,
    interned,
    meaning,
)

__all__ = ["ADDRESS_LANE", "read_account", "read_orders", "read_transfer"]

#: The lane of one address: a second one on its socket would silence it (PROTOCOL 4).
ADDRESS_LANE = "address"


def _nobodys(lane: Lane, stream: str) -> Found:
    what = (
        f"a frame of {stream} on the lane {lane.name!r}: it does not say whose it is; it is dropped"
    )
    return [Notice(what=what, text=stream)]


def _fees(text: str, found: Found) -> tuple[Fee, ...]:
    try:
        return fees(text)
    except ValueError as error:
        found.append(
            Notice(
                what="a fee we cannot read, which is in the fault's text; the order is told without it",
                text=str(error),
            )
        )
        return ()


def _order(row: OrderRow, address: str, received_ns: int, found: Found) -> OrderUpdate:
    return OrderUpdate(
        received_ns=received_ns,
        address=address,
        symbol=row.symbol,
        side=meaning(SIDES, row.side, found),
        order_type=meaning(ORDER_TYPES, row.order_type, found),
        time_in_force=meaning(TIMES_IN_FORCE, row.time_in_force, found),
        quantity=amount(row.quantity),
        price=amount(row.price),
        execution_type=row.execution_type,
        status=meaning(STATUSES, row.status, found),
        order_id=row.order_id,
        last_quantity=amount(row.last_quantity),
        last_price=amount(row.last_price),
        cumulative_quantity=amount(row.cumulative_quantity),
        fees=_fees(row.fee, found),
        trade_id=row.trade_id or None,
        time_ns=row.time_ns,
        created_ns=row.created_ns,
        block_height=row.block_height,
    )


def read_orders(rows: list[OrderRow], lane: Lane, received_ns: int) -> Found:
    """The changes of an address's orders in one block."""
    if lane.name != ADDRESS_LANE:
        return _nobodys(lane, "orders")
    found: Found = []
    topic = interned(Kind.ORDERS, lane.subject)
    for row in rows:
        found.append(Delivery(topic, _order(row, lane.subject, received_ns, found)))
    return found


def read_account(data: AccountRow | list[AccountRow], lane: Lane, received_ns: int) -> Found:
    """The balances of an address, whole."""
    if lane.name != ADDRESS_LANE:
        return _nobodys(lane, "accounts")
    topic = interned(Kind.ACCOUNT, lane.subject)
    return [
        Delivery(
            topic,
            AccountUpdate(
                received_ns=received_ns,
                address=lane.subject,
                balances=tuple(
                    [
                        Balance(b.asset, amount(b.free), amount(b.frozen), amount(b.locked))
                        for b in row.balances
                    ]
                ),
                block_height=row.block_height,
            ),
        )
        for row in (data if isinstance(data, list) else [data])
    ]


def read_transfer(row: TransferRow, lane: Lane, received_ns: int) -> Found:
    """One transfer from or to an address."""
    if lane.name != ADDRESS_LANE:
        return _nobodys(lane, "transfers")
    outputs = [
        Output(
            output.receiver, tuple([Coin(coin.asset, amount(coin.amount)) for coin in output.coins])
        )
        for output in row.outputs
    ]
    transfer = Transfer(
        received_ns=received_ns,
        address=lane.subject,
        sender=row.sender,
        outputs=tuple(outputs),
        transaction_hash=row.transaction_hash,
        memo=row.memo,
        block_height=row.block_height,
    )
    return [Delivery(interned(Kind.TRANSFERS, lane.subject), transfer)]
