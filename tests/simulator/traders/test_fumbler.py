"""The fumbler."""

from rxdex.events.values import OrderStatus, Side
from rxdex.simulator.traders.chance import chance
from rxdex.simulator.traders.fumbler import Fumbler
from tests.simulator.traders.bench import Bench


def test_it_errs_in_two_ways() -> None:
    bench = Bench()
    it = Fumbler(bench.desk, bench.world.fumbler, chance(1, "fumbler"))
    for _ in range(5):
        spent, taken_back = bench.until_it_acts(it), bench.until_it_acts(it)
        assert sorted(record.status.value for record in spent.orders) == ["ack", "failed blocking"]
        assert {record.side for record in spent.orders} == {Side.BUY}
        assert [record.status for record in taken_back.orders] == [
            *(OrderStatus.FAILED_BLOCKING, OrderStatus.CANCELED)
        ]
        assert len(spent.failed) == len(taken_back.failed) == 1
