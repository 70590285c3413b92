"""What is received is what the exchange's own engine holds, block by block."""

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal

import pytest

from rxdex import Dex, LineSettings, topics
from rxdex.events import BlockHeight, DepthSnapshot, Frame, Level, Side
from rxdex.simulator.engine import UNIT, BookLevel, Chain
from rxdex.simulator.exchange import Exchange
from tests.connection.recorder import Recorder

BLOCKS = 1_000
TOP = 20

Sides = tuple[tuple[Level, ...], tuple[Level, ...]]


def test_depth_is_the_engine_s_own_top_at_every_block_and_no_asset_is_lost() -> None:
    with Exchange(seed=21, speed=None, warm_up=10) as exchange, Dex(exchange.url) as dex:
        snapshots: Recorder[DepthSnapshot] = Recorder()
        blocks: Recorder[BlockHeight] = Recorder()
        supply = exchange.inspect(lambda chain: dict(chain.supply()))
        truth: dict[int, dict[str, Sides]] = {}
        with dex.depth(exchange.symbols).subscribe(snapshots), dex.blocks().subscribe(blocks):
            assert exchange.wait_for(
                lambda it: bool(it.visits) and len(it.visits[0].subscriptions) == 6
            )
            for _ in range(BLOCKS):
                exchange.step()
                height, tops, held = exchange.inspect(
                    lambda chain: (chain.height, tops_of(chain), dict(chain.supply()))
                )
                truth[height] = tops
                assert held == supply
            # The height of a block comes behind its depth, on the same socket.
            last = BlockHeight(height=max(truth))
            assert blocks.wait(lambda it: it.values[-1:] == [last], 20)
        compare(snapshots.values, truth)


def tops_of(chain: Chain) -> dict[str, Sides]:
    """The best levels of every symbol, as an event would show them."""
    return {
        symbol: (
            levels(chain.levels(symbol, Side.BUY, TOP)),
            levels(chain.levels(symbol, Side.SELL, TOP)),
        )
        for symbol in chain.symbols
    }


def levels(found: tuple[BookLevel, ...]) -> tuple[Level, ...]:
    return tuple(Level(Decimal(it.price) / UNIT, Decimal(it.quantity) / UNIT) for it in found)


def compare(received: list[DepthSnapshot], truth: Mapping[int, Mapping[str, Sides]]) -> None:
    """Each snapshot equals the engine at its block; a block without one changed nothing."""
    by_height: dict[int, dict[str, DepthSnapshot]] = defaultdict(dict)
    for snapshot in received:
        assert snapshot.block_height is not None
        by_height[snapshot.block_height][snapshot.symbol] = snapshot
    assert len(received) > BLOCKS
    known: dict[str, Sides] = {}
    compared = 0
    for height in sorted(truth):
        for symbol, sides in truth[height].items():
            if symbol in by_height[height]:
                changed = by_height[height][symbol]
                known[symbol] = (changed.bids, changed.asks)
            if symbol in known:
                assert known[symbol] == sides, f"{symbol} at block {height}"
                compared += 1
    assert compared > 4 * BLOCKS


@pytest.mark.parametrize("seed", [4])
def test_two_runs_with_one_seed_say_the_same_frames_over_the_wire(seed: int) -> None:
    assert digest(seed) == digest(seed)
    assert digest(seed) != digest(seed + 1)


def digest(seed: int) -> str:
    """Of every frame of the market's streams in 100 blocks."""
    with (
        Exchange(seed=seed, speed=None, warm_up=5) as exchange,
        Dex(exchange.url, LineSettings()) as dex,
    ):
        symbols = exchange.symbols
        every = [
            *(topics.trades(symbol) for symbol in symbols),
            *(topics.depth(symbol) for symbol in symbols),
            *(topics.depth_updates(symbol) for symbol in symbols),
            *(topics.kline(symbol, "1m") for symbol in symbols),
            topics.tickers(),
            topics.mini_tickers(),
            topics.blocks(),
        ]
        frames: Recorder[Frame] = Recorder()
        blocks: Recorder[object] = Recorder()
        with dex.frames(*every).subscribe(frames), dex.blocks().subscribe(blocks):
            assert exchange.wait_for(
                lambda it: bool(it.visits) and len(it.visits[0].subscriptions) == len(every)
            )
            exchange.step(100)
            assert blocks.wait(lambda it: len(it.values) == 100, 20)
        texts = [frame.text for frame in frames.values]
        # What is said of the last block behind its height may still be on its way.
        last = max(i for i, text in enumerate(texts) if '"blockheight"' in text)
        text = "\n".join(texts[: last + 1])
        return hashlib.sha256(text.encode()).hexdigest()
