"""How many bytes an event keeps, as tracemalloc counts them."""

import gc
import tracemalloc

from benchmarks.measures.asked import when_asked
from benchmarks.shapes import SHAPES
from rxdex.events import Notice
from rxdex.venue import Value
from rxdex.venues import BinanceDex

__all__ = ["bytes_an_event"]

_SHAPES = {shape.name: shape for shape in SHAPES}


def bytes_an_event(shape: str) -> dict[str, float]:
    """Of a shape's events, decoded and kept, without the list that keeps them."""
    frames = _SHAPES[shape].cycle().frames
    venue = BinanceDex("ws://localhost/api")
    # The first time fills what is shared: interned topics, classes, enums.
    count = len(_events(venue, frames))
    kept: list[Value] = [()] * count
    gc.collect()
    tracemalloc.start()
    try:
        kept[:] = _events(venue, frames)
        gc.collect()
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return {"bytes": held / count, "events": count}


def _events(venue: BinanceDex, frames: tuple[bytes, ...]) -> list[Value]:
    events: list[Value] = []
    for frame in frames:
        for found in venue.decode(frame, received_ns=1):
            if isinstance(found, Notice):
                raise TypeError(f"no event: {found}")
            events.append(found.event)
    return events


if __name__ == "__main__":
    when_asked(bytes_an_event)
