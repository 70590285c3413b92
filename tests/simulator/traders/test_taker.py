"""Takers."""

from collections import Counter

import pytest

from rxdex.events.values import OrderStatus, Side, TimeInForce
from rxdex.simulator.traders.chance import chance
from rxdex.simulator.traders.taker import Taker
from tests.simulator.traders.bench import SYMBOL, Bench


def test_without_a_book_there_is_nothing_to_take() -> None:
    bench = Bench()
    it = Taker(bench.desk, bench.world.takers[0], chance(1, "taker"))
    for _ in range(50):
        it.act()
        assert not bench.chain.step().orders


def test_orders_of_all_kinds() -> None:
    bench = Bench().with_books()
    owner = bench.world.takers[0]
    it = Taker(bench.desk, owner, chance(1, "taker"))
    statuses: Counter[OrderStatus] = Counter()
    kinds: Counter[tuple[Side, TimeInForce]] = Counter()
    for _ in range(400):
        it.act()
        own = [record for record in bench.chain.step().orders if record.owner == owner]
        statuses.update(record.status for record in own)
        kinds.update((record.side, record.time_in_force) for record in own)
    assert 100 < statuses[OrderStatus.ACK] < 220
    assert {OrderStatus.FULL_FILL, OrderStatus.IOC_NO_FILL, OrderStatus.CANCELED} <= set(statuses)
    assert len(kinds) == 4


@pytest.mark.parametrize(
    ("bid", "ask", "side"),
    [
        (1_390_000_000, 1_400_000_000, Side.BUY),
        (1_700_000_000, 1_710_000_000, Side.SELL),
    ],
)
def test_what_is_cheap_is_bought_and_what_is_dear_is_sold(bid: int, ask: int, side: Side) -> None:
    bench = Bench()
    bench.desk.place(bench.world.makers[0], SYMBOL, Side.BUY, bid, 10**13)
    bench.desk.place(bench.world.makers[0], SYMBOL, Side.SELL, ask, 10**13)
    bench.chain.step()
    owner = bench.world.takers[0]
    it = Taker(bench.desk, owner, chance(1, "taker"))
    for _ in range(10):
        block = bench.until_it_acts(it)
        assert {record.side for record in block.orders if record.owner == owner} == {side}
