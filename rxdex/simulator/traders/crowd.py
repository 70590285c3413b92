"""
All traders together.

They are far busier than the real venue ever was: there a symbol traded once in several minutes
(MATCHING 6), here several trades are made every second, since who watches wants to see something.
Everything they do follows from the seed and from the chain.
"""

from rxdex.simulator.engine import Chain
from rxdex.simulator.traders.beliefs import Beliefs
from rxdex.simulator.traders.chance import chance
from rxdex.simulator.traders.desk import Desk, Trader
from rxdex.simulator.traders.follower import Follower
from rxdex.simulator.traders.fumbler import Fumbler
from rxdex.simulator.traders.maker import Ladder, Maker
from rxdex.simulator.traders.taker import Taker
from rxdex.simulator.traders.wallet import Redistribution, Wallets
from rxdex.simulator.traders.whale import Whale
from rxdex.simulator.world import World

__all__ = ["Traders"]

#: From the tight and quick to the wide and slow: together some fifty levels a side.
_LADDERS = (
    Ladder(rungs=14, gap_ppm=400, spacing_ppm=300, worth=(40, 160), pace=1),
    Ladder(rungs=18, gap_ppm=900, spacing_ppm=900, worth=(60, 240), pace=3, shift=3),
    Ladder(rungs=22, gap_ppm=2_000, spacing_ppm=2_200, worth=(80, 320), pace=6, shift=7),
)
_QUIET_LADDER = Ladder(rungs=5, gap_ppm=20_000, spacing_ppm=11_000, worth=(10, 60), pace=6)


class Traders:
    """
    The crowd of a world.

    `act` before each `Chain.step`: what is submitted there goes into the block to come, after what
    was submitted earlier, such as orders of users.
    """

    def __init__(self, chain: Chain, seed: int, world: World) -> None:
        self._beliefs = Beliefs(world.genesis.listings, chance(seed, "beliefs"))
        desk = Desk(chain, self._beliefs, world.quiet)
        traders = (world.follower, world.whale, *world.makers, *world.takers)
        sharers = (*traders, world.fumbler, *world.wallets, world.proposer)
        self._traders: tuple[Trader, ...] = (
            *_makers(desk, seed, world),
            *(Taker(desk, owner, chance(seed, owner)) for owner in world.takers),
            Follower(desk, world.follower, chance(seed, "follower")),
            Whale(desk, world.whale, chance(seed, "whale")),
            Fumbler(desk, world.fumbler, chance(seed, "fumbler")),
            Wallets(desk, world.wallets, (*world.wallets, *traders), chance(seed, "wallets")),
            Redistribution(desk, sharers, chance(seed, "redistribution")),
        )

    def act(self) -> None:
        """Submit what all of them want in the next block."""
        self._beliefs.advance()
        for trader in self._traders:
            trader.act()


def _makers(desk: Desk, seed: int, world: World) -> list[Maker]:
    """The makers, on ladders in turn; the last one keeps the quiet symbols, too."""
    makers: list[Maker] = []
    for number, owner in enumerate(world.makers):
        ladders = dict.fromkeys(desk.busy, _LADDERS[number % len(_LADDERS)])
        if owner == world.makers[-1]:
            ladders |= dict.fromkeys(sorted(world.quiet), _QUIET_LADDER)
        makers.append(Maker(desk, owner, ladders, chance(seed, owner)))
    return makers
