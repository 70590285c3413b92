"""Events of one address: its orders, its balances, its transfers."""

from datetime import datetime
from decimal import Decimal

from attrs import frozen

from rxdex.events.event import Event, moment
from rxdex.events.values import Balance, Fee, OrderStatus, OrderType, Output, Side, TimeInForce

__all__ = ["AccountUpdate", "OrderUpdate", "Transfer"]


@frozen(kw_only=True, weakref_slot=False)
class OrderUpdate(Event):
    """
    One change of one order.

    An order completed by three trades has three of these, all `FULL_FILL`: count fills by
    `trade_id`, sum `last_quantity`.

    :param address: whose order
    :param symbol: what it trades, `BASE_QUOTE` [``s``]
    :param side: buy or sell [``S``]
    :param order_type: limit, always, so far [``o``]
    :param time_in_force: how long it waits [``f``]
    :param quantity: of the base asset, as ordered [``q``]
    :param price: its limit, in the quote asset [``p``]
    :param execution_type: as the venue sends it: always ``NEW``, and useless [``x``]
    :param status: what happened [``X``]
    :param order_id: unique at one venue [``i``]
    :param last_quantity: of this fill; zero where this is no fill [``l``]
    :param last_price: of this fill, may be better than the limit; zero where this is no fill
        [``L``: the price, not the cumulative quantity]
    :param cumulative_quantity: filled at the **end of the block**, so an acknowledgement may already show
        it whole; never to be summed [``z``]
    :param fees: the owner's fees of the **whole block**, repeated on each of its orders: charged once,
        never to be summed over updates [``n``]
    :param trade_id: of this fill, None where this is no fill [``t``]
    :param time_ns: time of the block of this change, ns since the Unix epoch [``T``]
    :param created_ns: time of the block that accepted the order; zero where none did [``O``]
    :param block_height: the block of this change [``E``: a height, though its name says a time]
    """

    address: str
    symbol: str
    side: Side
    order_type: OrderType
    time_in_force: TimeInForce
    quantity: Decimal
    price: Decimal
    execution_type: str | None
    status: OrderStatus
    order_id: str
    last_quantity: Decimal
    last_price: Decimal
    cumulative_quantity: Decimal
    fees: tuple[Fee, ...]
    trade_id: str | None
    time_ns: int
    created_ns: int
    block_height: int | None = None

    @property
    def time(self) -> datetime:
        """`time_ns` as a moment in UTC."""
        return moment(self.time_ns)

    @property
    def created(self) -> datetime:
        """`created_ns` as a moment in UTC."""
        return moment(self.created_ns)


@frozen(kw_only=True, weakref_slot=False)
class AccountUpdate(Event):
    """
    All balances of an account, after a block that concerned it.

    It is whole, not a change: an asset that is missing has gone to zero. Nothing is sent on
    subscribing, and unchanged balances may be sent again.

    :param address: whose balances; the wire does not say, the socket does
    :param balances: every asset held [``B``]
    :param block_height: after which block [``E``: a height, though its name says a time]
    """

    address: str
    balances: tuple[Balance, ...]
    block_height: int | None = None

    def balance(self, asset: str) -> Balance:
        """What is held of `asset`, however its case: zeros where it is not among the balances."""
        wanted = asset.upper()
        for balance in self.balances:
            if balance.asset.upper() == wanted:
                return balance
        zero = Decimal(0)
        return Balance(asset, zero, zero, zero)


@frozen(kw_only=True, weakref_slot=False)
class Transfer(Event):
    """
    Coins were sent, by or to an address.

    :param address: the address that was listened to: the sender or one of the receivers
    :param sender: who sent [``f``: the first input, where there are several]
    :param outputs: who received what [``t``]
    :param transaction_hash: 64 upper-case hexadecimal digits [``H``]
    :param memo: what the sender wrote; empty when nothing, None before there were memos [``M``]
    :param block_height: the block that held it [``E``: a height, though its name says a time]
    """

    address: str
    sender: str
    outputs: tuple[Output, ...]
    transaction_hash: str
    memo: str | None = None
    block_height: int | None = None
