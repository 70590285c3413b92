"""Makers and their ladders."""

from hypothesis import given, settings
from hypothesis import strategies as st

from rxdex.events.values import OrderStatus, Side
from rxdex.simulator.engine import Send
from rxdex.simulator.traders.chance import chance
from rxdex.simulator.traders.maker import Ladder, Maker
from tests.simulator.town import SIDES
from tests.simulator.traders.bench import LADDER, SYMBOL, Bench


@settings(deadline=None)
@given(
    st.builds(
        Ladder,
        rungs=st.integers(1, 30),
        gap_ppm=st.integers(0, 50_000),
        spacing_ppm=st.integers(1, 20_000),
        worth=st.just((1, 2)),
        pace=st.just(1),
        shift=st.integers(0, 20),
    ),
    st.sampled_from([1, 10, 1000]),
    st.integers(1, 10**7),
    st.integers(60, 150),
)
def test_rungs(ladder: Ladder, tick: int, list_ticks: int, percent: int) -> None:
    list_price = tick * list_ticks
    fair = max(1, list_price * percent // 100)
    bids = ladder.prices(Side.BUY, fair, tick, list_price)
    asks = ladder.prices(Side.SELL, fair, tick, list_price)
    gap = fair * ladder.gap_ppm // 1_000_000
    assert bids == sorted(set(bids), reverse=True)
    assert asks == sorted(set(asks))
    assert len(asks) == ladder.rungs + 3 >= len(bids)
    assert all(price % tick == 0 and 0 < price <= fair - gap for price in bids)
    assert all(price % tick == 0 and price >= fair + gap for price in asks)


def test_the_grid_does_not_move_with_the_price() -> None:
    some = LADDER.prices(Side.BUY, 1_571_260_000, 10_000, 1_571_260_000)
    later = LADDER.prices(Side.BUY, 1_573_000_000, 10_000, 1_571_260_000)
    assert len(set(some) & set(later)) >= len(some) - 4


def maker(bench: Bench, seed: int = 1) -> Maker:
    ladders = dict.fromkeys(bench.chain.symbols, LADDER)
    return Maker(bench.desk, bench.world.makers[0], ladders, chance(seed, "maker"))


def test_the_first_block_sees_all_ladders() -> None:
    bench = Bench()
    maker(bench).act()
    block = bench.chain.step()
    assert not block.trades
    assert not block.failed
    for symbol in bench.chain.symbols:
        fair = bench.beliefs.price(symbol)
        bids, asks = (bench.chain.levels(symbol, side, 100) for side in SIDES)
        assert (len(bids), len(asks)) == (LADDER.rungs, LADDER.rungs)
        assert bids[0].price < fair < asks[0].price
        assert sum(level.quantity for level in asks[-5:]) > sum(
            level.quantity for level in asks[:5]
        )


def test_ladders_follow_the_price() -> None:
    bench = Bench()
    it = maker(bench)
    for _ in range(600):
        bench.beliefs.advance()
        it.act()
        assert not bench.chain.step().trades, "nobody else is here, and it does not meet itself"
    for symbol in bench.chain.symbols:
        bids, asks = (bench.chain.levels(symbol, side, 100) for side in SIDES)
        fair = bench.beliefs.price(symbol)
        assert fair * 995 // 1000 < bids[0].price < asks[0].price < fair * 1005 // 1000
        assert LADDER.rungs <= len(bids) <= LADDER.rungs + 4


def test_what_was_taken_comes_back() -> None:
    bench = Bench()
    it = maker(bench)
    it.act()
    bench.chain.step()
    asks = bench.chain.levels(SYMBOL, Side.SELL, 5)
    worth = sum(level.quantity for level in asks) * 16
    bench.desk.take(bench.world.whale, SYMBOL, Side.BUY, asks[-1].price, worth)
    bench.chain.step()
    assert bench.chain.levels(SYMBOL, Side.SELL, 1)[0].price > asks[-1].price
    for _ in range(2 * len(bench.chain.symbols)):
        it.act()
        bench.chain.step()
    assert len(bench.chain.levels(SYMBOL, Side.SELL, 100)) >= LADDER.rungs


def test_orders_are_taken_back_and_placed_anew() -> None:
    bench = Bench()
    it = maker(bench)
    seen: set[OrderStatus] = set()
    for _ in range(60):
        it.act()
        seen |= {record.status for record in bench.chain.step().orders}
    assert seen == {OrderStatus.ACK, OrderStatus.CANCELED}


def test_too_much_of_a_thing_makes_it_cheaper() -> None:
    tops: list[int] = []
    for gift in (-60_000, 0, 60_000):
        bench = Bench()
        one, other = bench.world.makers[:2]
        fine = Ladder(rungs=3, gap_ppm=500, spacing_ppm=10, worth=(40, 160), pace=1)
        it = Maker(bench.desk, one, {SYMBOL: fine}, chance(1, "maker"))
        if gift:
            giver, receiver = (one, other) if gift < 0 else (other, one)
            outputs = ((receiver, (("BNB", abs(gift) * 10**8),)),)
            bench.chain.submit(Send(sender=giver, outputs=outputs))
            bench.chain.step()
        it.act()
        bench.chain.step()
        tops.append(bench.chain.levels(SYMBOL, Side.BUY, 1)[0].price)
    assert tops[0] > tops[1] > tops[2]


def test_a_double_is_taken_back() -> None:
    bench = Bench()
    it = maker(bench)
    it.act()
    bench.chain.step()
    owner = bench.world.makers[0]
    mine = bench.chain.open_orders(owner, SYMBOL)
    bid = next(order for order in mine if order.side is Side.BUY)
    bench.desk.place(owner, SYMBOL, Side.BUY, bid.price, 10**9)
    bench.chain.step()
    for _ in range(2 * len(bench.chain.symbols)):
        it.act()
        bench.chain.step()
    prices = [it.price for it in bench.chain.open_orders(owner, SYMBOL) if it.side is Side.BUY]
    assert len(prices) == len(set(prices))
