"""
What goes into a block, and what comes out of it.

Amounts and prices are whole numbers of 1e-8 of their asset, as on the chain ("units").
"""

from attrs import field, frozen

from rxdex.events.values import OrderStatus, Side, TickType, TimeInForce

__all__ = [
    "UNIT",
    "Block",
    "BookLevel",
    "Cancel",
    "Holding",
    "OrderRecord",
    "PlaceOrder",
    "Send",
    "TradeRecord",
    "Transaction",
    "TransferRecord",
]

#: Units in one whole asset.
UNIT = 100_000_000


@frozen(kw_only=True)
class PlaceOrder:
    """A transaction that puts a limit order into a book."""

    owner: str
    symbol: str
    side: Side
    price: int
    quantity: int
    time_in_force: TimeInForce = TimeInForce.GTE


@frozen(kw_only=True)
class Cancel:
    """A transaction that takes an order out of its book."""

    owner: str
    symbol: str
    order_id: str


@frozen(kw_only=True)
class Send:
    """A transaction that moves coins; one output a receiver, each `(asset, units)` pairs."""

    sender: str
    outputs: tuple[tuple[str, tuple[tuple[str, int], ...]], ...]
    memo: str = ""


Transaction = PlaceOrder | Cancel | Send


@frozen(kw_only=True)
class TradeRecord:
    """One trade; its id on the wire is `<height>-<index>`, the index counted over all symbols."""

    symbol: str
    index: int
    price: int
    quantity: int
    quote: int
    buyer: str
    seller: str
    buy_order_id: str
    sell_order_id: str
    tick: TickType


@frozen(kw_only=True)
class OrderRecord:
    """
    One change of one order, in the shape an execution report has.

    `last_price` and `last_quantity` are zero, and `trade_index` is None, where it is no fill;
    `cumulative` is what was filled at the end of the block; `fee` is the fee text of the wire
    (MATCHING: "String n"), with 8-decimal amounts.
    """

    owner: str
    symbol: str
    side: Side
    time_in_force: TimeInForce
    price: int
    quantity: int
    order_id: str
    status: OrderStatus
    last_price: int = 0
    last_quantity: int = 0
    cumulative: int = 0
    fee: str = ""
    trade_index: int | None = None
    created_ns: int = 0


@frozen(kw_only=True)
class TransferRecord:
    """A plain send that succeeded. `transaction_hash` is 64 upper-case hexadecimal digits."""

    transaction_hash: str
    sender: str
    outputs: tuple[tuple[str, tuple[tuple[str, int], ...]], ...]
    memo: str


@frozen
class BookLevel:
    """One price of a book, and the open quantity of all orders there."""

    price: int
    quantity: int


@frozen
class Holding:
    """What an account has of one asset."""

    free: int = 0
    frozen: int = 0
    locked: int = 0


@frozen(kw_only=True)
class Block:
    """
    Everything one block brought about.

    `orders` are in the order of publication, `touched` are the accounts that get an account frame
    (sorted), `failed` are the refused transactions with the reason.
    """

    height: int
    time_ns: int
    orders: tuple[OrderRecord, ...]
    trades: tuple[TradeRecord, ...]
    transfers: tuple[TransferRecord, ...]
    touched: tuple[str, ...]
    failed: tuple[tuple[Transaction, str], ...] = field(default=())
    fees: tuple[tuple[str, int], ...] = field(default=())
    is_breathe: bool = False
