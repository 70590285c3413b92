"""Matching a block's symbols, and what follows from the fills (MATCHING 0.3, 0.4)."""

from collections import defaultdict

from rxdex.events.values import TimeInForce
from rxdex.simulator.engine.auction import conclude
from rxdex.simulator.engine.draft import Draft
from rxdex.simulator.engine.fees import Swap
from rxdex.simulator.engine.market import Market
from rxdex.simulator.engine.matching import Fill, match
from rxdex.simulator.engine.orders import LiveOrder
from rxdex.simulator.engine.state import State
from rxdex.simulator.engine.units import notional

__all__ = ["settle"]


def settle(state: State, draft: Draft) -> None:
    """
    Match every symbol that got a new order, settle, drop what is left of IOC orders, take fees.

    All symbols are matched and all funds moved before the first fee is computed: fees go by the
    prices and the free funds after the whole block's trades.
    """
    swaps: defaultdict[str, list[Swap]] = defaultdict(list)
    if draft.symbols:
        for symbol, market in state.markets.items():
            if symbol in draft.symbols:
                for fill in _round(market, draft.height):
                    _move(state, fill, swaps)
                    draft.fills.append(fill)
    for order in draft.entries:
        if isinstance(order, LiveOrder) and _is_rest(state, order):
            state.leave(order)
            draft.dropped.append(order)
    for owner, trades in swaps.items():
        draft.till.take_trades(owner, trades)
    draft.till.take_expiries(draft.dropped)


def _round(market: Market, height: int) -> tuple[Fill, ...]:
    """One symbol's fills; its prices are moved, its orders not yet."""
    bids, asks = market.book.overlap()
    conclusion = conclude(bids, asks, market.reference)
    if conclusion is None:
        return ()
    fills = match(
        tuple(market.book.bids.orders(len(bids))),
        tuple(market.book.asks.orders(len(asks))),
        price=conclusion.price,
        height=height,
        lot=market.lot,
    )
    market.reference = conclusion.price
    market.last_price = fills[-1].price
    return fills


def _move(state: State, fill: Fill, swaps: defaultdict[str, list[Swap]]) -> None:
    """Let the two orders of a fill exchange their coins (MATCHING 5)."""
    base, quote = fill.buy.base, fill.buy.quote
    buyer, seller = fill.buy.owner, fill.sell.owner
    cost = notional(fill.price, fill.quantity)
    state.fill(fill.buy, fill.quantity)
    state.fill(fill.sell, fill.quantity)
    state.ledger.spend(buyer, quote, cost)
    state.ledger.spend(seller, base, fill.quantity)
    state.ledger.earn(buyer, base, fill.quantity)
    state.ledger.earn(seller, quote, cost)
    swaps[buyer].append(Swap(base, fill.quantity, quote, cost))
    swaps[seller].append(Swap(quote, cost, base, fill.quantity))


def _is_rest(state: State, order: LiveOrder) -> bool:
    return order.time_in_force is TimeInForce.IOC and order.order_id in state.orders
