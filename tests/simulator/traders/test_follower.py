"""The follower of trends."""

import pytest

from rxdex.events.values import Side
from rxdex.simulator.traders.chance import chance
from rxdex.simulator.traders.follower import Follower
from tests.simulator.traders.bench import SYMBOL, Bench


def printed(bench: Bench, price: int) -> None:
    """Have a trade printed at that price."""
    makers = bench.world.makers
    bench.desk.place(makers[1], SYMBOL, Side.SELL, price, 10**9)
    bench.chain.step()
    bench.desk.take(makers[2], SYMBOL, Side.BUY, price, 10**9)
    assert bench.chain.step().trades


@pytest.mark.parametrize(
    ("prices", "side"),
    [
        ((1_560_000_000, 1_575_000_000), Side.BUY),
        ((1_575_000_000, 1_560_000_000), Side.SELL),
    ],
)
def test_it_runs_after_the_price(prices: tuple[int, int], side: Side) -> None:
    bench = Bench()
    it = Follower(bench.desk, bench.world.follower, chance(1, "follower"))
    printed(bench, prices[0])
    for _ in range(300):
        it.act()
        assert not bench.chain.step().orders
    printed(bench, prices[1])
    bench.with_books()
    block = bench.until_it_acts(it)
    own = [record for record in block.orders if record.owner == bench.world.follower]
    assert {record.side for record in own} == {side}


def test_it_does_not_run_where_there_is_nothing() -> None:
    bench = Bench()
    it = Follower(bench.desk, bench.world.follower, chance(1, "follower"))
    printed(bench, 1_560_000_000)
    for _ in range(300):
        it.act()
    printed(bench, 1_575_000_000)
    for _ in range(300):
        it.act()
        assert not bench.chain.step().orders
