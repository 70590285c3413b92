"""What assets are worth in BNB, by the prices of the symbols (MATCHING 3, "Trade fee")."""

from collections.abc import Callable, Sequence

from attrs import frozen

from rxdex.simulator.engine.genesis import Listing
from rxdex.simulator.engine.records import UNIT
from rxdex.simulator.engine.units import NATIVE

__all__ = ["Rates"]

# The stablecoin prices are taken over where an asset does not trade against BNB (BEP-70).
_BRIDGE = "BUSD"


@frozen
class _Leg:
    """One symbol on the way to BNB; the asset before it is the base, or the quote."""

    symbol: str
    is_base: bool

    def forth(self, units: int, price: int) -> int:
        return units * price // UNIT if self.is_base else units * UNIT // price

    def back(self, units: int, price: int) -> int:
        return units * UNIT // price if self.is_base else units * price // UNIT


class Rates:
    """
    The way of each listed asset to BNB: by its own symbol with BNB, either way around, else by
    its symbol with BUSD.

    `price` tells the price of a symbol to go by, quote units. Every step is rounded down.
    """

    def __init__(self, listings: Sequence[Listing], price: Callable[[str], int]) -> None:
        self._price = price
        legs: dict[tuple[str, str], _Leg] = {}
        for listing in listings:
            legs.setdefault((listing.quote, listing.base), _Leg(listing.symbol, is_base=False))
        for listing in listings:
            legs[listing.base, listing.quote] = _Leg(listing.symbol, is_base=True)
        assets = dict.fromkeys(asset for pair in legs for asset in pair)
        bridges = [
            asset
            for asset in assets
            if asset.partition("-")[0] == _BRIDGE and (asset, NATIVE) in legs
        ]
        self._ways: dict[str, tuple[_Leg, ...]] = {NATIVE: ()}
        for asset in assets:
            if (asset, NATIVE) in legs:
                self._ways[asset] = (legs[asset, NATIVE],)
                continue
            for bridge in bridges:
                if (asset, bridge) in legs:
                    self._ways.setdefault(asset, (legs[asset, bridge], legs[bridge, NATIVE]))

    def price(self, asset: str) -> int | None:
        """What one whole asset costs, BNB units, or None when nothing tells."""
        return self.to_native(asset, UNIT) if asset in self._ways else None

    def to_native(self, asset: str, units: int) -> int:
        """What so much of an asset is worth, BNB units; zero when nothing tells."""
        if asset not in self._ways:
            return 0
        for leg in self._ways[asset]:
            units = leg.forth(units, self._price(leg.symbol))
        return units

    def from_native(self, asset: str, units: int) -> int:
        """How much of an asset so many BNB units are worth; zero when nothing tells."""
        if asset not in self._ways:
            return 0
        for leg in reversed(self._ways[asset]):
            units = leg.back(units, self._price(leg.symbol))
        return units
