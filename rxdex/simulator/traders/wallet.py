"""Wallets, which send coins about, and see to it that nobody runs dry."""

from collections.abc import Mapping
from random import Random

from rxdex.simulator.engine import UNIT, Send
from rxdex.simulator.traders.desk import Desk

__all__ = ["Redistribution", "Wallets"]

_SENDS_EVERY = 6
_WORTH = (1, 40)
_MEMOS = (
    "",
    "",
    "104672913",
    "deposit 7731",
    "rent",
    "SWAP:BNB.RUNE-B1A",
    "thanks for the coffee \N{HOT BEVERAGE}",
    'quoted "memo" \\ with a slash',
)
#: One send in so many has several receivers, or several coins for one.
_MANY = 8

_LEVELS_EVERY = 40
#: Differences smaller than this, in hundredths of what one had at first, are left alone.
_UNEVEN = 10


class Wallets:
    """Small sends, with memos of all kinds, from the wallets to each other and to the traders."""

    def __init__(
        self, desk: Desk, owners: tuple[str, ...], receivers: tuple[str, ...], luck: Random
    ) -> None:
        self._desk = desk
        self._owners = owners
        self._receivers = receivers
        self._luck = luck
        self._assets = tuple(
            dict.fromkeys(asset for owner in owners for asset in desk.chain.account(owner))
        )

    def act(self) -> None:
        """Send something, every few blocks."""
        luck = self._luck
        if luck.randrange(_SENDS_EVERY):
            return
        sender = luck.choice(self._owners)
        count = 1 if luck.randrange(_MANY) else 2
        others = [address for address in self._receivers if address != sender]
        receivers = luck.sample(others, min(count, len(others)))
        coins = 1 if luck.randrange(_MANY) else 2
        outputs = tuple((receiver, self._coins(coins)) for receiver in receivers)
        self._desk.submit(Send(sender=sender, outputs=outputs, memo=luck.choice(_MEMOS)))

    def _coins(self, count: int) -> tuple[tuple[str, int], ...]:
        chosen = sorted(self._luck.sample(self._assets, min(count, len(self._assets))))
        worth = self._luck.randint(*_WORTH) * UNIT
        return tuple((asset, max(1, self._desk.beliefs.units(asset, worth))) for asset in chosen)


class Redistribution:
    """
    Every now and then, whoever gained most of an asset gives half of the gain to whoever lost most.

    Gains and losses are measured by what one had at first. Fees collect with the proposer and
    spreads with the makers: without this the others would be poor after some days.
    """

    def __init__(self, desk: Desk, owners: tuple[str, ...], luck: Random) -> None:
        self._desk = desk
        self._luck = luck
        self._at_first: dict[str, Mapping[str, int]] = {}
        for owner in owners:
            for asset in desk.chain.account(owner):
                fortune = desk.fortune(owner, asset)
                self._at_first[asset] = {**self._at_first.get(asset, {}), owner: fortune}

    def act(self) -> None:
        """Even out one asset, now and then."""
        if self._luck.randrange(_LEVELS_EVERY):
            return
        asset = self._luck.choice(list(self._at_first))
        at_first = self._at_first[asset]
        gains = {owner: self._desk.fortune(owner, asset) - had for owner, had in at_first.items()}
        shares = {owner: gains[owner] * 100 // max(1, had) for owner, had in at_first.items()}
        rich, poor = max(shares, key=shares.__getitem__), min(shares, key=shares.__getitem__)
        if shares[rich] - shares[poor] < _UNEVEN:
            return
        amount = min(max(gains[rich], -gains[poor]) // 2, self._desk.free(rich, asset) // 2)
        if amount > 0:
            outputs = ((poor, ((asset, amount),)),)
            self._desk.submit(Send(sender=rich, outputs=outputs, memo="settlement"))
