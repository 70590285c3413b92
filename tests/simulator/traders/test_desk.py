"""The traders' way to the chain."""

from collections import Counter

import pytest

from rxdex.events.values import OrderStatus, Side, TimeInForce
from rxdex.simulator.engine import Send
from rxdex.simulator.traders.chance import chance
from rxdex.simulator.traders.desk import opposite
from tests.simulator.traders.bench import SYMBOL, Bench


def test_the_other_side() -> None:
    assert (opposite(Side.BUY), opposite(Side.SELL)) == (Side.SELL, Side.BUY)


def test_quiet_symbols_come_up_seldom() -> None:
    desk = Bench().desk
    luck = chance(7, "lottery")
    drawn = Counter(desk.any_symbol(luck) for _ in range(20_000))
    assert set(drawn) == set(desk.chain.symbols)
    assert drawn[SYMBOL] > drawn["RUNE-B1A_BNB"] > 50 * drawn["AWC-986_BNB"] > 0


@pytest.mark.parametrize(("side", "price"), [(Side.BUY, 1_400_000_000), (Side.SELL, 1_400_010_000)])
def test_a_price_is_brought_onto_the_grid(side: Side, price: int) -> None:
    bench = Bench()
    owner = bench.world.user
    assert bench.desk.place(owner, SYMBOL, side, 1_400_003_210, 14_000_000_000)
    bench.chain.step()
    (order,) = bench.chain.open_orders(owner)
    assert (order.price, order.time_in_force) == (price, TimeInForce.GTE)
    # 140 BUSD at 15.7126 are 8.91004 BNB, and a lot is 0.001.
    assert order.quantity == 891_000_000


def test_at_least_a_lot_and_a_tick() -> None:
    bench = Bench()
    owner = bench.world.user
    bench.desk.place(owner, SYMBOL, Side.BUY, 1, 1)
    bench.chain.step()
    (order,) = bench.chain.open_orders(owner)
    assert (order.price, order.quantity) == (10_000, 100_000)


def test_what_is_taken_does_not_stay() -> None:
    bench = Bench()
    assert bench.desk.take(bench.world.user, SYMBOL, Side.BUY, 1_500_000_000, 10**9)
    statuses = [record.status for record in bench.chain.step().orders]
    assert statuses == [OrderStatus.ACK, OrderStatus.IOC_NO_FILL]


def test_an_order_is_taken_back() -> None:
    bench = Bench()
    owner = bench.world.user
    bench.desk.place(owner, SYMBOL, Side.BUY, 1_400_000_000, 10**9)
    bench.chain.step()
    (order,) = bench.chain.open_orders(owner)
    assert bench.desk.cancel(owner, SYMBOL, order.order_id)
    bench.chain.step()
    assert not bench.desk.cancel(owner, SYMBOL, order.order_id), "refused, and nothing happens"


def test_a_refusal_is_no_drama() -> None:
    bench = Bench()
    far_too_much = ((bench.world.whale, (("BNB", 10**17),)),)
    assert not bench.desk.submit(Send(sender=bench.world.user, outputs=far_too_much))
    assert not bench.chain.step().failed


def test_a_look_at_the_book() -> None:
    bench = Bench()
    assert bench.desk.best(SYMBOL, Side.BUY) is None
    bench.with_books()
    best = bench.desk.best(SYMBOL, Side.BUY)
    assert best is not None
    assert best == bench.chain.levels(SYMBOL, Side.BUY, 5)[0]


def test_a_look_at_the_purse() -> None:
    bench = Bench()
    owner, desk = bench.world.user, bench.desk
    had = desk.free(owner, "BUSD-BD1")
    assert had == desk.fortune(owner, "BUSD-BD1") == 20_000 * 10**8
    desk.place(owner, SYMBOL, Side.BUY, 1_400_000_000, 10**9)
    bench.chain.step()
    assert desk.free(owner, "BUSD-BD1") < had == desk.fortune(owner, "BUSD-BD1")
    assert desk.free(owner, "NONE-000") == desk.fortune(owner, "NONE-000") == 0
