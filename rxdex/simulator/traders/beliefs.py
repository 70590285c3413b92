"""
What things are worth in truth, in a world where somebody knows.

One value per asset, so that symbols with an asset in common can only move together. Each value
takes small random steps around a trend that turns every few minutes, and is drawn back slowly to
where it began: after any number of blocks prices are still of the same order.
"""

from random import Random

from attrs import define

from rxdex.simulator.engine import UNIT, Listing

__all__ = ["Beliefs"]

_PPB = 1_000_000_000
#: Values count millionths of a unit of the first listing's quote, so that cheap assets move too.
_FINENESS = 1_000_000

_OWN_STEP_PPB = 70_000
_COMMON_STEP_PPB = 40_000
_TREND_PPB = 25_000
_TREND_BLOCKS = (150, 900)
#: How much of the distance to its origin a value would go back in a block, if nothing else moved it.
_RETURN = 30_000
#: A trend turns gradually.
_TURN = 32


@define
class _Value:
    now: int
    origin: int
    trend_ppb: int = 0
    aim_ppb: int = 0
    blocks_left: int = 0


class Beliefs:
    """The value of every asset that is listed, block after block."""

    def __init__(self, listings: tuple[Listing, ...], luck: Random) -> None:
        self._luck = luck
        self._sides = {listing.symbol: (listing.base, listing.quote) for listing in listings}
        self._measure, worths = _worths(listings)
        self._values = {asset: _Value(worth, worth) for asset, worth in worths.items()}

    def advance(self) -> None:
        """Let a block pass."""
        common = self._step(_COMMON_STEP_PPB)
        for asset, value in self._values.items():
            if asset != self._measure:
                self._move(value, common)

    def price(self, symbol: str) -> int:
        """The fair price, quote units for one whole base asset."""
        base, quote = self._sides[symbol]
        return self._values[base].now * UNIT // self._values[quote].now

    def units(self, asset: str, worth: int) -> int:
        """How many units of an asset are worth so many units of the first listing's quote."""
        return worth * _FINENESS * UNIT // self._values[asset].now

    def _move(self, value: _Value, common: int) -> None:
        luck = self._luck
        if not value.blocks_left:
            value.blocks_left = luck.randint(*_TREND_BLOCKS)
            value.aim_ppb = luck.randint(-_TREND_PPB, _TREND_PPB)
        value.blocks_left -= 1
        value.trend_ppb += (value.aim_ppb - value.trend_ppb) // _TURN
        step = common + value.trend_ppb + self._step(_OWN_STEP_PPB)
        value.now += value.now * step // _PPB + (value.origin - value.now) // _RETURN

    def _step(self, size: int) -> int:
        return self._luck.randint(-size, size) + self._luck.randint(-size, size)


def _worths(listings: tuple[Listing, ...]) -> tuple[str, dict[str, int]]:
    """The first quote, and what each asset is worth in it by the list prices."""
    measure = listings[0].quote
    worths = {measure: UNIT * _FINENESS}
    pending = list(listings)
    while pending:
        unknown: list[Listing] = []
        for listing in pending:
            if listing.quote in worths:
                worths.setdefault(listing.base, listing.price * worths[listing.quote] // UNIT)
            elif listing.base in worths:
                worths[listing.quote] = worths[listing.base] * UNIT // listing.price
            else:
                unknown.append(listing)
        if len(unknown) == len(pending):
            raise ValueError(
                f"no way from {unknown[0].symbol} to {measure}; list one that links them"
            )
        pending = unknown
    return measure, worths
