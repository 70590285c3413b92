"""Streams in asyncio: all that comes, by `async for`; one answer, by `await`."""

from rxdex.aio.iteration import Iteration, iterate
from rxdex.aio.oneoff import first

__all__ = ["Iteration", "first", "iterate"]
