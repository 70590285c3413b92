"""
Blocks in, frames out.

1. Everything is derived from a block and from the chain right after it, so that the frames of one
   block agree with each other (MATCHING 7).
2. They leave in the order of the node's pipeline: orders and trades, accounts, books, transfers,
   height; then what time drives, when chain time has entered a new second (PROTOCOL 0 and 11).
3. What nobody wants costs no text. Being wanted or not never changes another frame: what has to be
   remembered from block to block is remembered in any case.

What the protocol leaves open is settled so: the envelope of a depth extension names the extension,
depth is pushed only when the block changed the book, `allTickers` holds every symbol, and transfers
leave in the order of their hashes, which is none.
"""

from collections.abc import Iterable, Iterator
from operator import attrgetter

from rxdex.events.values import Side
from rxdex.simulator import wire
from rxdex.simulator.changes import Prices, changed_levels, changed_prices
from rxdex.simulator.engine import Block, Chain, OrderRecord, TradeRecord
from rxdex.simulator.post import ALL, Post, Wanted, everything
from rxdex.simulator.summaries import Summaries

__all__ = ["Post", "Publisher", "everything"]

#: Levels a side that each depth topic shows (PROTOCOL 2).
_DEPTHS = {"marketDepth": 20, "marketDepth100": 100, "marketDepth500": 500, "marketDepth1000": 1000}
_BY_HASH = attrgetter("transaction_hash")


class Publisher:
    """
    Turns the blocks of one chain into frames.

    It must be given every block, right after it was made: statistics begin when the publisher does.
    """

    def __init__(self, chain: Chain) -> None:
        self._chain = chain
        self._summaries = Summaries(chain)

    def publish(self, block: Block, is_wanted: Wanted = everything) -> tuple[Post, ...]:
        """
        The frames of the block just made, in the order they are sent.

        :param is_wanted: whether anybody hears that topic about that subject; others get no frame
        """
        is_second = self._summaries.fold(block)
        posts = [
            *_orders(block, is_wanted),
            *_trades(block, is_wanted),
            *self._accounts(block, is_wanted),
            *self._books(block, is_wanted),
            *_transfers(block, is_wanted),
        ]
        if is_wanted("blockheight", ALL):
            posts.append(Post.of("blockheight", ALL, wire.block_height(block.height)))
        if is_second:
            posts += self._summaries.posts(block.time_ns, is_wanted)
        return tuple(posts)

    def _accounts(self, block: Block, is_wanted: Wanted) -> Iterator[Post]:
        for address in block.touched:
            if is_wanted("accounts", address):
                holdings = self._chain.account(address)
                yield Post.of("accounts", address, wire.account(holdings, block.height))

    def _books(self, block: Block, is_wanted: Wanted) -> Iterator[Post]:
        for symbol, prices in changed_prices(block.orders).items():
            if is_wanted("marketDiff", symbol):
                yield self._diff(block, symbol, prices)
            for topic, limit in _DEPTHS.items():
                if is_wanted(topic, symbol):
                    bids = self._chain.levels(symbol, Side.BUY, limit)
                    asks = self._chain.levels(symbol, Side.SELL, limit)
                    payload = wire.depth_snapshot(symbol, block.height, bids, asks)
                    yield Post.of(topic, symbol, payload)

    def _diff(self, block: Block, symbol: str, prices: Prices) -> Post:
        bids = changed_levels(self._chain, symbol, Side.BUY, prices)
        asks = changed_levels(self._chain, symbol, Side.SELL, prices)
        payload = wire.depth_update(symbol, block.time_ns, bids, asks)
        return Post.of("marketDiff", symbol, payload)


def _orders(block: Block, is_wanted: Wanted) -> Iterator[Post]:
    """One frame an address, with its records in the order of the block's."""
    by_owner: dict[str, list[OrderRecord]] = {}
    for record in block.orders:
        by_owner.setdefault(record.owner, []).append(record)
    for owner, records in by_owner.items():
        if is_wanted("orders", owner):
            reports = [wire.execution_report(it, block.height, block.time_ns) for it in records]
            yield Post.of("orders", owner, reports)


def _trades(block: Block, is_wanted: Wanted) -> Iterator[Post]:
    """One frame a symbol."""
    by_symbol: dict[str, list[TradeRecord]] = {}
    for record in block.trades:
        by_symbol.setdefault(record.symbol, []).append(record)
    for symbol, records in by_symbol.items():
        if is_wanted("trades", symbol):
            trades = [wire.trade(it, block.height, block.time_ns) for it in records]
            yield Post.of("trades", symbol, trades)


def _transfers(block: Block, is_wanted: Wanted) -> Iterator[Post]:
    """One frame a send, to its sender and to each receiver, to nobody twice (PROTOCOL 7.3)."""
    for record in sorted(block.transfers, key=_BY_HASH):
        concerned: Iterable[str] = (record.sender, *(receiver for receiver, _ in record.outputs))
        for address in dict.fromkeys(concerned):
            if is_wanted("transfers", address):
                yield Post.of("transfers", address, wire.transfer(record, block.height))
