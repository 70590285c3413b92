"""
What a transaction must satisfy (MATCHING 3.3).

The same checks are made twice: when it is submitted, against what the last block left, and when
it is executed, against what the transactions before it left. They raise `SubmissionRefused`.
"""

from collections import defaultdict
from collections.abc import Container

from rxdex.errors import SubmissionRefused
from rxdex.events.values import Side, TimeInForce
from rxdex.simulator.engine.fees import transfer_fee
from rxdex.simulator.engine.market import Market
from rxdex.simulator.engine.records import UNIT, Cancel, PlaceOrder, Send, Transaction
from rxdex.simulator.engine.state import State
from rxdex.simulator.engine.units import LARGEST, LONGEST_MEMO, NATIVE, decimal_text, notional

__all__ = ["check"]


def check(state: State, transaction: Transaction, queued: Container[tuple[str, str, str]]) -> None:
    """
    Make sure that a transaction could be executed now.

    `queued` are the orders still to come in this block, as `(owner, symbol, order_id)`: they may
    be canceled too.

    :raises SubmissionRefused: otherwise; the text names what is wrong and what would do
    """
    if isinstance(transaction, PlaceOrder):
        _check_address(state, transaction.owner)
        _check_order(state, transaction)
    elif isinstance(transaction, Cancel):
        _check_address(state, transaction.owner)
        _check_cancel(state, transaction, queued)
    else:
        _check_address(state, transaction.sender)
        _check_send(state, transaction)


def _market(state: State, symbol: str) -> Market:
    market = state.markets.get(symbol)
    if market is None:
        raise SubmissionRefused(f"{symbol!r} is not listed; take one of {' '.join(state.markets)}")
    return market


def _check_address(state: State, address: str) -> None:
    if not isinstance(address, str):  # pyright: ignore[reportUnnecessaryIsInstance] - callers are not all typed
        raise SubmissionRefused(f"{address!r} is no address; give text")
    try:
        state.address_hex(address)
    except ValueError as fault:
        raise SubmissionRefused(f"{address!r} is no address here: {fault}") from None


def _check_order(state: State, order: PlaceOrder) -> None:
    market = _market(state, order.symbol)
    if order.side is Side.UNKNOWN:
        raise SubmissionRefused("the side is UNKNOWN; take Side.BUY or Side.SELL")
    if order.time_in_force is TimeInForce.UNKNOWN:
        raise SubmissionRefused("the time in force is UNKNOWN; take TimeInForce.GTE or .IOC")
    _check_steps("quantity", order.quantity, market.lot, "lot")
    _check_steps("price", order.price, market.tick, "tick")
    value = notional(order.price, order.quantity)
    if not value:
        lots = -(-UNIT // (order.price * market.lot))
        raise SubmissionRefused(
            f"the order is worth less than {decimal_text(1)} {market.listing.quote};"
            f" take a quantity from {decimal_text(lots * market.lot)} on"
        )
    if value > LARGEST:
        raise SubmissionRefused(
            f"the order is worth {decimal_text(value)} {market.listing.quote}, more than can be counted;"
            " take a smaller quantity"
        )
    is_buy = order.side is Side.BUY
    asset = market.listing.quote if is_buy else market.listing.base
    _check_funds(state, order.owner, asset, value if is_buy else order.quantity)
    total = market.book.side(order.side).quantity(order.price) + order.quantity
    if total > LARGEST:
        raise SubmissionRefused(
            f"{decimal_text(total)} at one price is more than can be counted; take another price"
        )


def _check_steps(what: str, units: int, step: int, name: str) -> None:
    if not 0 < units <= LARGEST:
        raise SubmissionRefused(
            f"the {what} is {units} units of 1e-8; take one between {decimal_text(step)} and"
            f" {decimal_text(LARGEST)}"
        )
    if units % step:
        below = units - units % step
        nearest = [decimal_text(near) for near in (below, below + step) if near]
        raise SubmissionRefused(
            f"{what} {decimal_text(units)} is no multiple of the {name} {decimal_text(step)};"
            f" the nearest: {' and '.join(nearest)}"
        )


def _check_funds(state: State, owner: str, asset: str, units: int) -> None:
    free = state.ledger.free(owner, asset)
    if units > free:
        raise SubmissionRefused(
            f"{decimal_text(units)} {asset} are needed, and {owner} has {decimal_text(free)} free;"
            " take less, or send it some first"
        )


def _check_cancel(state: State, cancel: Cancel, queued: Container[tuple[str, str, str]]) -> None:
    _market(state, cancel.symbol)
    order = state.orders.get(cancel.order_id)
    if order is None:
        known = (cancel.owner, cancel.symbol, cancel.order_id) in queued
    else:
        known = (order.owner, order.symbol) == (cancel.owner, cancel.symbol)
    if not known:
        raise SubmissionRefused(
            f"{cancel.owner} has no open order {cancel.order_id!r} in {cancel.symbol}, as it may be"
            " filled, canceled, expired or another's; chain.open_orders(owner) tells which are"
        )


def _check_send(state: State, send: Send) -> None:
    needed: defaultdict[str, int] = defaultdict(int)
    coins = 0
    if not send.outputs:
        raise SubmissionRefused("the send has no output; give one receiver at least")
    _check_memo(send.memo)
    for receiver, output in send.outputs:
        _check_address(state, receiver)
        assets = [asset for asset, _ in output]
        if not assets or len(set(assets)) < len(assets):
            raise SubmissionRefused(
                f"the output to {receiver} has no coins, or an asset twice; give each asset once"
            )
        for asset, units in output:
            if units <= 0:
                raise SubmissionRefused(f"{units} units of {asset} cannot be sent; take 1 or more")
            needed[asset] += units
            coins += 1
    needed[NATIVE] += transfer_fee(coins, state.genesis.fees)
    for asset, units in needed.items():
        _check_funds(state, send.sender, asset, units)


def _check_memo(memo: str) -> None:
    if not isinstance(memo, str):  # pyright: ignore[reportUnnecessaryIsInstance] - as above
        raise SubmissionRefused(f"the memo is {memo!r}, which is no text; give text")
    try:
        size = len(memo.encode())
    except UnicodeEncodeError as fault:
        raise SubmissionRefused(
            f"the memo {memo!r} cannot be UTF-8 ({fault.reason}); leave that character out"
        ) from None
    if size > LONGEST_MEMO:
        raise SubmissionRefused(f"the memo has {size} bytes; take {LONGEST_MEMO} at most")
