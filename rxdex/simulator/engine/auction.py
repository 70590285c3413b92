"""The price a round of matching concludes with (MATCHING 1)."""

from collections.abc import Sequence

from attrs import frozen

from rxdex.simulator.engine.records import BookLevel

__all__ = ["Conclusion", "conclude"]

# A one-sided surplus may move the price five per cent away from the reference, in exact integers.
_WHOLE = 100
_PRESSURE = 5


@frozen(kw_only=True)
class Conclusion:
    """
    How an auction ends.

    All it executes could be traded at `price`; `executed` is that quantity, base units. `surplus`
    is by how much the bids at or above the price exceed the asks at or below it: negative when
    there is more to sell.
    """

    price: int
    executed: int
    surplus: int


@frozen
class _Candidate:
    price: int
    bids: int
    asks: int

    @property
    def executed(self) -> int:
        return min(self.bids, self.asks)

    @property
    def surplus(self) -> int:
        return self.bids - self.asks


def conclude(
    bids: Sequence[BookLevel], asks: Sequence[BookLevel], reference: int
) -> Conclusion | None:
    """
    How an auction over two sides of a book ends, each best first; None if they do not cross.

    `reference` is the price of the last round that traded, or the list price. The outcome may be a
    price where no order rests, off the tick grid even: between two candidates that are equally
    good any price is, and the one nearest to the market is taken (MATCHING 1.7).
    """
    if not bids or not asks or bids[0].price < asks[0].price:
        return None
    candidates = _candidates(bids, asks)
    most = max(candidate.executed for candidate in candidates)
    candidates = [candidate for candidate in candidates if candidate.executed == most]
    least = min(abs(candidate.surplus) for candidate in candidates)
    candidates = [candidate for candidate in candidates if abs(candidate.surplus) == least]
    price = _choice(candidates, reference)
    demand = sum(level.quantity for level in bids if level.price >= price)
    supply = sum(level.quantity for level in asks if level.price <= price)
    return Conclusion(price=price, executed=min(demand, supply), surplus=demand - supply)


def _candidates(bids: Sequence[BookLevel], asks: Sequence[BookLevel]) -> list[_Candidate]:
    """Every price with an order in the range where the sides overlap, highest first."""
    wanted = {level.price: level.quantity for level in bids if level.price >= asks[0].price}
    offered = {level.price: level.quantity for level in asks if level.price <= bids[0].price}
    demand, supply = 0, sum(offered.values())
    candidates: list[_Candidate] = []
    for price in sorted(wanted.keys() | offered.keys(), reverse=True):
        demand += wanted.get(price, 0)
        candidates.append(_Candidate(price, demand, supply))
        supply -= offered.get(price, 0)
    return candidates


def _choice(candidates: list[_Candidate], reference: int) -> int:
    """The price among candidates, highest first, that execute and leave over the same."""
    highest, lowest = candidates[0], candidates[-1]
    # The surplus falls as the price rises, so the two ends tell the sign of all.
    if highest.surplus > 0:
        wish = -(-reference * (_WHOLE + _PRESSURE) // _WHOLE)
    elif lowest.surplus < 0:
        wish = reference * (_WHOLE - _PRESSURE) // _WHOLE
    else:
        wish = reference
    return max(lowest.price, min(wish, highest.price))
