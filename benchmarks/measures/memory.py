"""How many bytes an event keeps, as tracemalloc counts them; beside it the least that its values need."""

import gc
import json
import tracemalloc
from collections.abc import Callable
from decimal import Decimal

from benchmarks.measures.asked import when_asked
from benchmarks.shapes import SHAPES
from rxdex.events import Notice, TickType
from rxdex.venues import BinanceDex

__all__ = ["bytes_an_event"]

_SHAPES = {shape.name: shape for shape in SHAPES}


class _Plain:
    """A trade's values, and nothing else."""

    __slots__ = (
        "block_height", "buyer_address", "buyer_order_id", "price", "quantity", "received_ns",
        "seller_address", "seller_order_id", "symbol", "tick", "time_ns", "trade_id",
    )  # fmt: skip

    def __init__(self, row: dict[str, str | int]) -> None:
        self.received_ns = 1
        self.symbol, self.trade_id, self.time_ns = row["s"], row["t"], row["T"]
        self.price, self.quantity = Decimal(row["p"]), Decimal(row["q"])
        self.block_height, self.tick = row["E"], TickType.NEUTRAL
        self.buyer_order_id, self.seller_order_id = row["b"], row["a"]
        self.buyer_address, self.seller_address = row["ba"], row["sa"]


def bytes_an_event(shape: str, *, plain: bool = False) -> dict[str, float]:
    """
    Of a shape's events, decoded and kept, without the list that keeps them.

    :param shape: its name
    :param plain: take plain slotted objects with a trade's values instead
    """
    frames = _SHAPES[shape].cycle().frames
    venue = BinanceDex("ws://localhost/api")
    return _kept((lambda: _plain(frames)) if plain else (lambda: _events(venue, frames)))


def _kept(make: Callable[[], list[object]]) -> dict[str, float]:
    # The first time fills what is shared: interned topics, classes, enums.
    count = len(make())
    kept: list[object] = [None] * count
    gc.collect()
    tracemalloc.start()
    try:
        kept[:] = make()
        gc.collect()
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return {"bytes": held / count, "events": count}


def _plain(frames: tuple[bytes, ...]) -> list[object]:
    return [_Plain(row) for frame in frames for row in json.loads(frame)["data"]]


def _events(venue: BinanceDex, frames: tuple[bytes, ...]) -> list[object]:
    events: list[object] = []
    for frame in frames:
        # A frame of its own, as a read brings it: what an event keeps of it is the event's.
        for found in venue.decode(bytes(bytearray(frame)), received_ns=1):
            if isinstance(found, Notice):
                raise TypeError(f"no event: {found}")
            events += found.events
    return events


if __name__ == "__main__":
    when_asked(bytes_an_event)
