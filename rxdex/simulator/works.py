"""
The works of the simulated exchange: chain, traders, publisher and server, on one asyncio loop.

1. All of it is touched by the loop's thread alone, block by block.
2. Neither the wall clock nor any socket decides what a block holds: the same seed, steps and
   submissions give the same frames, byte for byte.
3. A block is made in one go; whatever else is asked happens between two of them.
"""

import asyncio
import errno
import logging
import math
import os

from websockets.frames import CloseCode

from rxdex.simulator.engine import Chain
from rxdex.simulator.faults.plot import Plot
from rxdex.simulator.publisher import Publisher
from rxdex.simulator.replies import Replies
from rxdex.simulator.routes import Routes
from rxdex.simulator.server import ExchangeServer
from rxdex.simulator.timings import Timings
from rxdex.simulator.traders import Traders
from rxdex.simulator.visits import VisitorsBook
from rxdex.simulator.world import World

__all__ = ["Works", "check_opening"]

_LOG = logging.getLogger(__name__)

_PORTS = 65_535
#: Blocks that are made up for at once when the pace could not be kept; more are let go.
_BACKLOG = 3
#: What is wrong with the port; everything else is wrong with the host.
_PORT_FAULTS = frozenset({errno.EADDRINUSE, errno.EACCES})


class Works:
    """
    What makes blocks and sends their frames.

    :param world: how the chain begins
    :param book: where visits are noted
    :param timings: the server's patience
    :param seed: of the traders, and of what the server draws
    :param traders: whether anybody trades by themselves
    """

    def __init__(
        self, world: World, book: VisitorsBook, timings: Timings, *, seed: int, traders: bool
    ) -> None:
        self.chain = Chain(world.genesis)
        self._publisher = Publisher(self.chain)
        self._traders = Traders(self.chain, seed, world) if traders else None
        self._height = self.chain.height
        self._book = book
        self.plot = Plot(book.touch)
        self.plot.tick(self.chain.height, self.chain.time_ns)
        routes = Routes(Replies(self.chain), frozenset(self.chain.symbols))
        self._server = ExchangeServer(routes, book, timings, self.plot, seed=seed)
        self._pacer: asyncio.Task[None] | None = None

    @property
    def height(self) -> int:
        """The height of the last block; from any thread."""
        return self._height

    async def open(self, host: str, port: int, warm_up: int, pause: float | None) -> str:
        """
        Take the port, make the first blocks, and only then let clients in.

        :param pause: seconds of the wall clock from block to block; `None`: none by themselves
        :return: where it is to be found, as `127.0.0.1:8765`
        :raises OSError: the host or the port cannot be had; the text names the remedy
        """
        try:
            place = await self._server.bind(host, port)
            for _ in range(warm_up):
                self.make_block()
            await self._server.open()
        except (OSError, UnicodeError) as error:
            # A name that is too long to be looked up is a UnicodeError.
            number = error.errno if isinstance(error, OSError) else None
            # The system's words alone, where it has some: asyncio's repeat the place.
            words = getattr(error, "strerror", None) or str(error)
            fault = os.strerror(number or 0) if number in errno.errorcode else words
            is_port = number in _PORT_FAULTS
            remedy = "port, or 0 for a free one" if is_port else "host, such as 127.0.0.1"
            reason = f"cannot listen at {host}:{port}, {fault}; take another {remedy}"
            raise OSError(number, reason) from error
        if pause is not None:
            self._pacer = asyncio.create_task(self._pace(pause))
        return place

    def make_block(self) -> None:
        """Make one block, and hand its frames to the sockets that want them."""
        if self._traders is not None:
            self._traders.act()
        block = self.chain.step()
        self._height = block.height
        self.plot.tick(block.height, block.time_ns)
        self._server.deliver(self._publisher.publish(block, self._server.is_wanted))
        self._book.touch()

    async def make_blocks(self, blocks: int) -> None:
        """Make so many blocks as fast as it goes, but not faster than clients read them."""
        for _ in range(blocks):
            self.make_block()
            await self._server.settle()

    async def close(self) -> None:
        """Make no more blocks and close every socket."""
        if self._pacer is not None:
            self._pacer.cancel()
        await self._server.close()

    async def _pace(self, pause: float) -> None:
        clock = asyncio.get_running_loop().time
        due = clock() + pause
        try:
            while True:
                await asyncio.sleep(max(0.0, due - clock()))
                self.make_block()
                due = max(due + pause, clock() - _BACKLOG * pause)
        except Exception:  # noqa: BLE001 - nobody awaits this task: the log and all clients are told
            _LOG.exception("no more blocks: one could not be made")
            self._server.hang_up(CloseCode.INTERNAL_ERROR, "no more blocks")


def check_opening(*, speed: object, port: object, warm_up: object) -> None:
    """Raise `ValueError` for what no exchange can be opened with; the text names the remedy."""
    if speed is not None and not (
        isinstance(speed, int | float) and math.isfinite(speed) and speed > 0
    ):
        raise ValueError(f"speed is {speed!r}; take a number above zero, or None for step() alone")
    if not (isinstance(port, int) and 0 <= port <= _PORTS):
        raise ValueError(f"port is {port!r}; take one from 1 to {_PORTS}, or 0 for a free one")
    if not (isinstance(warm_up, int) and warm_up >= 0):
        raise ValueError(f"warm_up is {warm_up!r} blocks; take 0 or more")
