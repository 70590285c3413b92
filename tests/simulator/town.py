"""A default world in motion, and records made by hand, for the tests beside this file."""

from typing import Any

from attrs import evolve, frozen

from rxdex.events.values import OrderStatus, Side, TickType, TimeInForce
from rxdex.simulator.engine import Block, BookLevel, Chain, OrderRecord, TradeRecord
from rxdex.simulator.post import Post, Wanted, everything
from rxdex.simulator.publisher import Publisher
from rxdex.simulator.traders import Traders
from rxdex.simulator.world import world

SIDES = (Side.BUY, Side.SELL)
# The first block to come is 100 blocks before midnight (UTC).
BEFORE_MIDNIGHT = 100_008_000 - 100

Books = dict[tuple[str, Side], dict[int, int]]


@frozen
class Moment:
    """A block, its frames, and all books before and after it."""

    block: Block
    posts: tuple[Post, ...]
    before: Books
    after: Books


class Town:
    def __init__(self, seed: int = 7, *, height: int = 100_000_000) -> None:
        self.world = world(seed, height=height)
        self.chain = Chain(self.world.genesis)
        self.traders = Traders(self.chain, seed, self.world)
        self.publisher = Publisher(self.chain)

    def step(self) -> Block:
        self.traders.act()
        return self.chain.step()

    def publish(self, is_wanted: Wanted = everything) -> tuple[Block, tuple[Post, ...]]:
        block = self.step()
        return block, self.publisher.publish(block, is_wanted)

    def moments(self, count: int) -> list[Moment]:
        moments: list[Moment] = []
        before = books(self.chain)
        for _ in range(count):
            block, posts = self.publish()
            after = books(self.chain)
            moments.append(Moment(block, posts, before, after))
            before = after
        return moments


def books(chain: Chain) -> Books:
    return {
        (symbol, side): {level.price: level.quantity for level in levels(chain, symbol, side)}
        for symbol in chain.symbols
        for side in SIDES
    }


def levels(chain: Chain, symbol: str, side: Side) -> tuple[BookLevel, ...]:
    return chain.levels(symbol, side, 1_000_000)


_TRADE = TradeRecord(
    symbol="BNB_BUSD-BD1",
    index=0,
    price=1_500_000_000,
    quantity=200_000_000,
    quote=3_000_000_000,
    buyer="bnb1buyer",
    seller="bnb1seller",
    buy_order_id="B-1",
    sell_order_id="S-1",
    tick=TickType.BUY_TAKER,
)


def a_trade(index: int = 0, price: int = 1_500_000_000, quantity: int = 200_000_000) -> TradeRecord:
    quote = price * quantity // 100_000_000
    return evolve(_TRADE, index=index, price=price, quantity=quantity, quote=quote)


_ORDER = OrderRecord(
    owner="bnb1buyer",
    symbol="BNB_BUSD-BD1",
    side=Side.BUY,
    time_in_force=TimeInForce.GTE,
    price=1_500_000_000,
    quantity=1_000,
    order_id="B-1",
    status=OrderStatus.ACK,
)


def an_order(status: OrderStatus = OrderStatus.ACK, **changes: Any) -> OrderRecord:
    return evolve(_ORDER, status=status, **changes)
