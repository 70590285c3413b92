"""Who owns what. Coins are moved here and nowhere else; none are made or lost."""

from collections import defaultdict
from collections.abc import Mapping

from attrs import define

from rxdex.simulator.engine.records import Holding

__all__ = ["Ledger"]


@define(eq=False)
class _Purse:
    free: int = 0
    locked: int = 0


class Ledger:
    """
    The accounts, each with its free and its locked units of every asset.

    Whoever moves coins has made sure that they are there; a movement that would make a balance
    negative is a bug, and raises `AssertionError`.
    """

    def __init__(self, accounts: Mapping[str, Mapping[str, int]]) -> None:
        self._accounts: dict[str, defaultdict[str, _Purse]] = {}
        for address, assets in accounts.items():
            purses = self._purses(address)
            for asset, units in assets.items():
                purses[asset].free = units

    def _purses(self, address: str) -> defaultdict[str, _Purse]:
        purses = self._accounts.get(address)
        if purses is None:
            purses = self._accounts[address] = defaultdict(_Purse)
        return purses

    @property
    def addresses(self) -> tuple[str, ...]:
        """Every address with an account, oldest first."""
        return tuple(self._accounts)

    def free(self, address: str, asset: str) -> int:
        """What an address can spend of an asset, units."""
        purses = self._accounts.get(address)
        purse = None if purses is None else purses.get(asset)
        return 0 if purse is None else purse.free

    def earn(self, address: str, asset: str, units: int) -> None:
        """Give free units to an address; they must have been spent by another."""
        self._purses(address)[asset].free += units

    def spend(self, address: str, asset: str, units: int) -> None:
        """Take free units from an address."""
        purse = self._purses(address)[asset]
        _enough(purse.free, units, address, asset)
        purse.free -= units

    def lock(self, address: str, asset: str, units: int) -> None:
        """Move free units of an address to what its orders hold."""
        purse = self._purses(address)[asset]
        _enough(purse.free, units, address, asset)
        purse.free -= units
        purse.locked += units

    def unlock(self, address: str, asset: str, units: int) -> None:
        """Move units its orders held back to what an address can spend."""
        purse = self._purses(address)[asset]
        _enough(purse.locked, units, address, asset)
        purse.locked -= units
        purse.free += units

    def account(self, address: str) -> dict[str, Holding]:
        """
        What an address holds, without assets it has nothing of.

        Assets with free units come first, then those that are only locked, each in ASCII order
        (MATCHING 7.5); nothing is ever frozen here.
        """
        purses = self._accounts.get(address)
        if purses is None:
            return {}
        holdings = {
            asset: Holding(free=purse.free, locked=purse.locked)
            for asset, purse in purses.items()
            if purse.free or purse.locked
        }
        return dict(sorted(holdings.items(), key=lambda item: (item[1].free == 0, item[0])))

    def supply(self) -> dict[str, int]:
        """How much there is of each asset over all accounts, in ASCII order of the assets."""
        totals: defaultdict[str, int] = defaultdict(int)
        for purses in self._accounts.values():
            for asset, purse in purses.items():
                totals[asset] += purse.free + purse.locked
        return {asset: units for asset, units in sorted(totals.items()) if units}


def _enough(there: int, units: int, address: str, asset: str) -> None:
    if not 0 <= units <= there:
        raise AssertionError(f"{address} cannot move {units} of {there} units of {asset}")
