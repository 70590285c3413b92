"""All traders together."""

from collections import Counter

import pytest

from rxdex.errors import SubmissionRefused
from rxdex.events.values import OrderStatus, Side, TimeInForce
from rxdex.simulator.engine import Block, PlaceOrder
from rxdex.simulator.traders.chance import chance
from tests.simulator.town import SIDES, Town

# Trades in a hundred blocks, that is in forty seconds.
FEWEST, MOST = 70, 320


class Watch:
    """Sees to it that a town stays as it should, block by block."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.supply = dict(town.chain.supply())
        self.statuses: Counter[OrderStatus] = Counter()
        self.transfers = 0
        self.recent: list[int] = []
        self.traded: Counter[str] = Counter()

    def see(self, block: Block) -> None:
        chain = self.town.chain
        assert dict(chain.supply()) == self.supply
        self.statuses.update(record.status for record in block.orders)
        self.transfers += len(block.transfers)
        self.traded.update(trade.symbol for trade in block.trades)
        assert self.town.world.user not in block.touched, "users are left alone"
        self.recent.append(len(block.trades))
        if len(self.recent) == 100:
            assert FEWEST < sum(self.recent) < MOST
            self.recent.clear()
            self.see_books()

    def see_books(self) -> None:
        town = self.town
        for symbol in town.chain.symbols:
            bids, asks = (town.chain.levels(symbol, side, 1_000) for side in SIDES)
            fewest = 1 if symbol in town.world.quiet else 30
            assert fewest <= len(bids) < 100
            assert fewest <= len(asks) < 100
            assert bids[0].price < asks[0].price

    def see_all(self, blocks: int) -> None:
        assert self.transfers > blocks // 20
        assert set(self.statuses) == {
            OrderStatus.ACK,
            OrderStatus.PARTIAL_FILL,
            OrderStatus.FULL_FILL,
            OrderStatus.CANCELED,
            OrderStatus.IOC_NO_FILL,
            OrderStatus.IOC_EXPIRE,
            OrderStatus.FAILED_BLOCKING,
        }
        for symbol in self.town.chain.symbols:
            if symbol in self.town.world.quiet:
                assert self.traded[symbol] < blocks // 50
            else:
                assert self.traded[symbol] > blocks // 10


def run(town: Town, blocks: int) -> Watch:
    watch = Watch(town)
    for _ in range(blocks):
        watch.see(town.step())
    watch.see_all(blocks)
    return watch


def test_it_stays_lively() -> None:
    run(Town(), 1_500)


@pytest.mark.parametrize("seed", [0, 2**63])
def test_any_seed_does(seed: int) -> None:
    run(Town(seed), 400)


@pytest.mark.soak
def test_it_stays_lively_for_half_a_day() -> None:
    town = Town()
    watch = run(town, 100_000)
    assert watch.traded["AWC-986_BNB"] > 100
    for listing in town.world.genesis.listings:
        last = town.chain.market(listing.symbol).last_price
        assert listing.price // 2 < last < listing.price * 2


def test_related_symbols_agree() -> None:
    town = Town()
    for _ in range(400):
        town.step()
        bnb, btcb, cross = (
            sum(town.chain.levels(symbol, side, 1)[0].price for side in SIDES)
            for symbol in ("BNB_BUSD-BD1", "BTCB-1DE_BUSD-BD1", "BNB_BTCB-1DE")
        )
        assert abs(bnb * 10**8 // btcb * 2 - cross) * 200 < cross


def test_users_are_welcome() -> None:
    town = Town()
    luck = chance(1, "user")
    statuses: Counter[OrderStatus] = Counter()
    user = town.world.user
    for _ in range(400):
        symbol = luck.choice(town.chain.symbols)
        view = town.chain.market(symbol)
        order = PlaceOrder(
            owner=user,
            symbol=symbol,
            side=luck.choice(SIDES),
            price=max(1, view.last_price * luck.randint(90, 110) // 100 // view.tick) * view.tick,
            quantity=view.lot * luck.randint(1, 100_000),
            time_in_force=luck.choice((TimeInForce.GTE, TimeInForce.IOC)),
        )
        try:
            town.chain.submit(order)
        except SubmissionRefused:
            continue
        block = town.step()
        statuses.update(record.status for record in block.orders if record.owner == user)
    assert statuses[OrderStatus.FULL_FILL] > 20
    for symbol in town.chain.symbols:
        for side in SIDES:
            assert town.chain.levels(symbol, side, 1)


def test_a_swept_book_fills_again() -> None:
    town = Town()
    for _ in range(50):
        town.step()
    symbol = "BNB_BUSD-BD1"
    asks = town.chain.levels(symbol, Side.SELL, 1_000)
    view = town.chain.market(symbol)
    everything = sum(level.quantity for level in asks)
    rich = town.world.makers[0]
    order = PlaceOrder(
        owner=rich,
        symbol=symbol,
        side=Side.BUY,
        price=asks[-1].price,
        quantity=everything // view.lot * view.lot,
        time_in_force=TimeInForce.IOC,
    )
    town.chain.submit(order)
    town.step()
    assert len(town.chain.levels(symbol, Side.SELL, 1_000)) < 20
    for _ in range(200):
        town.step()
    assert len(town.chain.levels(symbol, Side.SELL, 1_000)) > 40
