"""Who trades with whom, at which price, once an auction is concluded (MATCHING 2)."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from attrs import define, frozen

from rxdex.events.values import TickType
from rxdex.simulator.engine.orders import LiveOrder
from rxdex.simulator.engine.rationing import ration

__all__ = ["Fill", "match"]


@frozen(kw_only=True)
class Fill:
    """One trade between two orders: `quantity` base units at `price`."""

    buy: LiveOrder
    sell: LiveOrder
    price: int
    quantity: int
    tick: TickType


@define(eq=False)
class _Portion:
    """What of an order is still to be traded in this round."""

    order: LiveOrder
    left: int


@frozen
class _Deal:
    making: LiveOrder
    taking: LiveOrder
    price: int
    quantity: int


def match(
    bids: Sequence[LiveOrder], asks: Sequence[LiveOrder], *, price: int, height: int, lot: int
) -> tuple[Fill, ...]:
    """
    The fills of a round that concluded with `price` (see `conclude`), in the order of printing.

    `bids` and `asks` hold the open orders, best price first and in queue order within a price;
    those that `price` is too dear or too cheap for are passed over. Orders from before `height`
    are makers and get their own price; the others are new. No order is changed.
    """
    buys = [_Portion(order, order.open) for order in bids if order.price >= price]
    sells = [_Portion(order, order.open) for order in asks if order.price <= price]
    if not buys or not sells:
        return ()
    surplus = sum(part.left for part in buys) - sum(part.left for part in sells)
    if surplus:
        _trim(buys if surplus > 0 else sells, abs(surplus), lot)
    # Before this block the book was uncrossed, so makers can be on one side only.
    if any(part.order.created_height < height for part in buys):
        return tuple(
            Fill(
                buy=deal.making,
                sell=deal.taking,
                price=deal.price,
                quantity=deal.quantity,
                tick=_tick(deal, height, surplus, TickType.SELL_TAKER),
            )
            for deal in _deals(buys, sells, price, height, lot)
        )
    return tuple(
        Fill(
            buy=deal.taking,
            sell=deal.making,
            price=deal.price,
            quantity=deal.quantity,
            tick=_tick(deal, height, surplus, TickType.BUY_TAKER),
        )
        for deal in _deals(sells, buys, price, height, lot)
    )


def _tick(deal: _Deal, height: int, surplus: int, taker: TickType) -> TickType:
    if deal.making.created_height < height:
        return taker
    if surplus == 0:
        return TickType.NEUTRAL
    return TickType.BUY_SURPLUS if surplus > 0 else TickType.SELL_SURPLUS


def _trim(parts: list[_Portion], surplus: int, lot: int) -> None:
    """Take `surplus` out of the level nearest the price, the youngest block first (2.2, 2.3)."""
    # The level is in queue order, so its blocks are together and the oldest comes first.
    nearest = parts[-1].order.price
    level = [part for part in parts if part.order.price == nearest]
    keep = sum(part.left for part in level) - surplus
    for _, block in groupby(level, key=lambda part: part.order.created_height):
        peers = list(block)
        rooms = [part.left for part in peers]
        shares = ration(min(keep, sum(rooms)), rooms, rooms, lot)
        for part, share in zip(peers, shares, strict=True):
            part.left = share
        keep -= sum(shares)


def _deals(
    makers: list[_Portion], takers: list[_Portion], price: int, height: int, lot: int
) -> Iterator[_Deal]:
    """Both rounds: makers inside the price share out the takers, then the rest at the price."""
    line = _line(takers)
    weights = [part.left for part in line]
    for level_price, level in groupby(makers, key=lambda part: part.order.price):
        old = [part for part in level if part.order.created_height < height]
        if level_price == price or not old:
            continue
        rooms = [part.left for part in line]
        shares = ration(sum(part.left for part in old), weights, rooms, lot)
        seats = [_Portion(part.order, share) for part, share in zip(line, shares, strict=True)]
        for part, share in zip(line, shares, strict=True):
            part.left -= share
        yield from _meet(old, seats, level_price)
    yield from _meet(makers, line, price)


def _line(takers: list[_Portion]) -> list[_Portion]:
    """Takers as they are served: best price, then the larger original quantity, then the queue."""
    # They come best price first, and sorting is stable.
    return [
        part
        for _, level in groupby(takers, key=lambda part: part.order.price)
        for part in sorted(level, key=lambda part: -part.order.quantity)
    ]


def _meet(makers: list[_Portion], takers: list[_Portion], price: int) -> Iterator[_Deal]:
    """Each maker in turn against the takers in turn, until one side has nothing left."""
    waiting = iter(takers)
    taker = next(waiting)
    for maker in makers:
        while maker.left:
            while not taker.left:
                taker = next(waiting)
            quantity = min(maker.left, taker.left)
            maker.left -= quantity
            taker.left -= quantity
            yield _Deal(maker.order, taker.order, price, quantity)
