"""Running a block's transactions, one by one; nothing is matched yet (MATCHING 0.2)."""

import json
from collections.abc import Iterable
from hashlib import sha256

from attrs import frozen

from rxdex.errors import SubmissionRefused
from rxdex.events.values import OrderStatus, Side, TimeInForce
from rxdex.simulator.engine.checks import check
from rxdex.simulator.engine.draft import Draft
from rxdex.simulator.engine.orders import LiveOrder
from rxdex.simulator.engine.records import (
    Cancel,
    OrderRecord,
    PlaceOrder,
    Send,
    Transaction,
    TransferRecord,
)
from rxdex.simulator.engine.state import State

__all__ = ["Queued", "execute", "transaction_hash"]


@frozen
class Queued:
    """A transaction that waits for the next block; `reference` is what its sender was told."""

    transaction: Transaction
    owner: str
    reference: str


def transaction_hash(send: Send, height: int, sequence: int) -> str:
    """
    What a send is known by: 64 upper-case hexadecimal digits.

    They are the SHA-256 of the transaction in JSON, with the height it was meant for and the
    sequence its sender could expect.
    """
    content = [send.sender, send.outputs, send.memo, height, sequence]
    return sha256(json.dumps(content, separators=(",", ":")).encode()).hexdigest().upper()


def execute(state: State, draft: Draft, queue: Iterable[Queued]) -> None:
    """
    Run the transactions in turn. One that fails changes nothing, and uses up no sequence.

    A failed order or cancel leaves a `FAILED_BLOCKING` record (MATCHING 3.4), a failed send none.
    """
    for queued in queue:
        transaction = queued.transaction
        try:
            check(state, transaction, ())
        except SubmissionRefused as refusal:
            draft.failed.append((transaction, str(refusal)))
            if not isinstance(transaction, Send):
                draft.entries.append(_failed(state, transaction))
            continue
        if isinstance(transaction, PlaceOrder):
            _place(state, draft, transaction)
        elif isinstance(transaction, Cancel):
            _cancel(state, draft, transaction)
        else:
            _send(state, draft, transaction, queued.reference)
        state.count(queued.owner)
        draft.touched.add(queued.owner)


def _failed(state: State, transaction: PlaceOrder | Cancel) -> OrderRecord:
    if isinstance(transaction, PlaceOrder):
        return OrderRecord(
            owner=transaction.owner,
            symbol=transaction.symbol,
            side=transaction.side,
            time_in_force=transaction.time_in_force,
            price=transaction.price,
            quantity=transaction.quantity,
            order_id=state.order_id(transaction.owner),
            status=OrderStatus.FAILED_BLOCKING,
        )
    return OrderRecord(
        owner=transaction.owner,
        symbol=transaction.symbol,
        side=Side.UNKNOWN,
        time_in_force=TimeInForce.UNKNOWN,
        price=0,
        quantity=0,
        order_id=transaction.order_id,
        status=OrderStatus.FAILED_BLOCKING,
    )


def _place(state: State, draft: Draft, place: PlaceOrder) -> None:
    listing = state.markets[place.symbol].listing
    order = LiveOrder(
        order_id=state.order_id(place.owner),
        owner=place.owner,
        symbol=place.symbol,
        base=listing.base,
        quote=listing.quote,
        side=place.side,
        price=place.price,
        quantity=place.quantity,
        time_in_force=place.time_in_force,
        created_ns=draft.time_ns,
        created_height=draft.height,
    )
    state.enter(order)
    draft.entries.append(order)
    draft.symbols.add(place.symbol)


def _cancel(state: State, draft: Draft, cancel: Cancel) -> None:
    order = state.orders[cancel.order_id]
    state.leave(order)
    draft.till.take_cancel(order)
    draft.canceled.append(order)


def _send(state: State, draft: Draft, send: Send, reference: str) -> None:
    draft.till.take_transfer(send.sender, sum(len(coins) for _, coins in send.outputs))
    for receiver, coins in send.outputs:
        for asset, units in coins:
            state.ledger.spend(send.sender, asset, units)
            state.ledger.earn(receiver, asset, units)
        draft.touched.add(receiver)
    draft.transfers.append(
        TransferRecord(
            transaction_hash=reference,
            sender=send.sender,
            outputs=send.outputs,
            memo=send.memo,
        )
    )
