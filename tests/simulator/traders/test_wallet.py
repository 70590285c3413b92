"""Wallets, and those who even things out."""

from collections import Counter

from rxdex.events.values import Side
from rxdex.simulator.engine import PlaceOrder, Send, TransferRecord
from rxdex.simulator.traders.chance import chance
from rxdex.simulator.traders.wallet import Redistribution, Wallets
from tests.simulator.traders.bench import Bench


def test_sends_of_all_kinds() -> None:
    bench = Bench()
    who = bench.world
    it = Wallets(bench.desk, who.wallets, (*who.wallets, *who.takers), chance(1, "wallets"))
    records: list[TransferRecord] = []
    for _ in range(1_500):
        it.act()
        records += bench.chain.step().transfers
    assert 180 < len(records) < 330
    assert {record.sender for record in records} == set(who.wallets)
    assert any(record.memo == "" for record in records)
    assert any(not record.memo.isascii() for record in records)
    assert all(len(record.memo.encode()) <= 128 for record in records)
    assert Counter(len(record.outputs) for record in records).keys() == {1, 2}
    coins = [coins for record in records for _, coins in record.outputs]
    assert Counter(len(several) for several in coins).keys() == {1, 2}
    for record in records:
        assert record.sender not in [receiver for receiver, _ in record.outputs]


def test_a_gain_is_shared() -> None:
    bench = Bench()
    who, desk = bench.world, bench.desk
    owners = (*who.takers, who.whale)
    it = Redistribution(desk, owners, chance(1, "redistribution"))
    loser, winner = who.takers[0], who.whale
    lost = desk.free(loser, "RUNE-B1A") * 9 // 10
    bench.chain.submit(Send(sender=loser, outputs=((winner, (("RUNE-B1A", lost),)),)))
    bench.chain.step()
    block = bench.until_it_acts(it)
    (transfer,) = block.transfers
    assert transfer.sender == winner
    assert transfer.outputs == ((loser, (("RUNE-B1A", lost // 2),)),)
    for _ in range(5_000):
        it.act()
        bench.chain.step()
    assert desk.free(loser, "RUNE-B1A") > lost * 9 // 10


def test_nothing_is_shared_where_nobody_gained() -> None:
    bench = Bench()
    it = Redistribution(bench.desk, bench.world.takers, chance(1, "redistribution"))
    for _ in range(500):
        it.act()
        assert not bench.chain.step().transfers


def test_nothing_is_shared_that_is_not_free() -> None:
    bench = Bench()
    who, desk = bench.world, bench.desk
    loser, winner = who.takers[0], who.whale
    lot = bench.chain.market("RUNE-B1A_BNB").lot
    had = desk.free(winner, "RUNE-B1A")
    lost = desk.free(loser, "RUNE-B1A") * 9 // 10
    lost -= (had + lost) % lot
    it = Redistribution(desk, (loser, winner), chance(1, "redistribution"))
    bench.chain.submit(Send(sender=loser, outputs=((winner, (("RUNE-B1A", lost),)),)))
    bench.chain.step()
    order = PlaceOrder(
        owner=winner,
        symbol="RUNE-B1A_BNB",
        side=Side.SELL,
        price=5_000_000,
        quantity=had + lost,
    )
    bench.chain.submit(order)
    bench.chain.step()
    for _ in range(1_000):
        it.act()
        assert not bench.chain.step().transfers
