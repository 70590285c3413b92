"""The whale."""

from rxdex.events.values import Side
from rxdex.simulator.traders.chance import chance
from rxdex.simulator.traders.whale import Whale
from tests.simulator.traders.bench import Bench


def test_it_walks_through_a_book() -> None:
    bench = Bench().with_books()
    it = Whale(bench.desk, bench.world.whale, chance(1, "whale"))
    sides: set[Side] = set()
    for _ in range(6):
        block = bench.until_it_acts(it)
        own = [record for record in block.orders if record.owner == bench.world.whale]
        sides |= {record.side for record in own}
        assert len({trade.price for trade in block.trades}) >= 3
        assert own[-1].cumulative == own[-1].quantity, "it takes what it saw"
        bench.with_books()
    assert sides == {Side.BUY, Side.SELL}


def test_it_does_not_rise_in_an_empty_sea() -> None:
    bench = Bench()
    it = Whale(bench.desk, bench.world.whale, chance(1, "whale"))
    for _ in range(2_000):
        it.act()
    assert not bench.chain.step().orders
