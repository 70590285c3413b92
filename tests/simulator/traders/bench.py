"""A desk without a crowd, for the tests beside this file."""

from rxdex.simulator.engine import Block, Chain
from rxdex.simulator.traders.beliefs import Beliefs
from rxdex.simulator.traders.chance import chance
from rxdex.simulator.traders.desk import Desk, Trader
from rxdex.simulator.traders.maker import Ladder, Maker
from rxdex.simulator.world import world

SYMBOL = "BNB_BUSD-BD1"
LADDER = Ladder(rungs=20, gap_ppm=500, spacing_ppm=400, worth=(40, 160), pace=1)


class Bench:
    def __init__(self, seed: int = 7) -> None:
        self.world = world(seed)
        self.chain = Chain(self.world.genesis)
        self.beliefs = Beliefs(self.world.genesis.listings, chance(seed, "beliefs"))
        self.desk = Desk(self.chain, self.beliefs, self.world.quiet)

    def with_books(self) -> "Bench":
        """The same, once a maker has put its ladders up."""
        ladders = dict.fromkeys(self.chain.symbols, LADDER)
        Maker(self.desk, self.world.makers[0], ladders, chance(1, "maker")).act()
        self.chain.step()
        return self

    def until_it_acts(self, trader: Trader, most: int = 5_000) -> Block:
        """Blocks, until one has something in it."""
        for _ in range(most):
            trader.act()
            block = self.chain.step()
            if block.orders or block.transfers:
                return block
        raise AssertionError(f"nothing in {most} blocks")
