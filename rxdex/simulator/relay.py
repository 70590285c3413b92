"""
One connection through a bad network: two pumps, one for each direction.

All of it lives on one asyncio loop. What waits in a pump is bounded; whoever sends more has to wait.
"""

import asyncio
import contextlib
import random
import socket
import struct
from collections.abc import Awaitable, Callable
from enum import Enum

from attrs import frozen

__all__ = ["LIMIT", "Relay", "Road", "Side", "Weather"]

#: Bytes that a side may be ahead of its pump.
LIMIT = 16 * 1024
_CHUNKS = 16
#: Where the bandwidth is limited, so many pieces a second.
_PIECES_A_SECOND = 50
_RESET = struct.pack("ii", 1, 0)


class _End(Enum):
    """How one side ends."""

    HUNG_UP = "hung up"
    BROKE_OFF = "broke off"


class Side(Enum):
    """An end of a connection."""

    CLIENT = "client"
    VENUE = "venue"


@frozen(kw_only=True)
class Weather:
    """
    What a network does to bytes, each way.

    :param latency: how long they are on their way, seconds
    :param jitter: how much longer at most, as chance decides, seconds; none overtakes another
    :param bandwidth: bytes a second; None: no limit
    :param piece: bytes that arrive at once at most; None: no limit
    """

    latency: float = 0.0
    jitter: float = 0.0
    bandwidth: int | None = None
    piece: int | None = None


class Road:
    """What all connections through one network have in common."""

    def __init__(self) -> None:
        self.weather = Weather()
        #: Set while anything passes.
        self.is_open = asyncio.Event()
        self.is_open.set()


class _Pump:
    """
    One direction.

    :param road: what it goes over
    :param chance: draws the jitter
    :param reader: where it comes from
    """

    def __init__(self, road: Road, chance: random.Random, reader: asyncio.StreamReader) -> None:
        self._road = road
        self._chance = chance
        self._reader = reader
        self._way: asyncio.Queue[tuple[float, bytes | _End]] = asyncio.Queue(_CHUNKS)
        #: Whether what comes is swallowed, its end too.
        self.is_loose = False
        #: Whether nothing more comes.
        self.is_over = False

    async def read(self) -> None:
        """Take what one side sends, and its end."""
        clock = asyncio.get_running_loop().time
        due = 0.0
        while not self.is_over:
            try:
                data: bytes | _End = await self._reader.read(LIMIT) or _End.HUNG_UP
            except OSError:
                data = _End.BROKE_OFF
            self.is_over = isinstance(data, _End)
            weather = self._road.weather
            # None overtakes another.
            due = max(due, clock() + weather.latency + self._chance.random() * weather.jitter)
            await self._way.put((due, data))

    async def write(self, writer: asyncio.StreamWriter) -> None:
        """Hand it to the other side, when it is time."""
        clock = asyncio.get_running_loop().time
        while True:
            due, data = await self._way.get()
            await asyncio.sleep(max(0.0, due - clock()))
            await self._road.is_open.wait()
            if isinstance(data, _End):
                if not self.is_loose:
                    _end(writer, data)
                return
            # A side that takes no more has an end of its own to tell, the other way.
            with contextlib.suppress(OSError):
                await self._hand_over(data, writer)

    async def _hand_over(self, data: bytes, writer: asyncio.StreamWriter) -> None:
        weather = self._road.weather
        size = min(len(data), weather.piece or len(data))
        if weather.bandwidth is not None:
            size = min(size, max(1, weather.bandwidth // _PIECES_A_SECOND))
        for begin in range(0, len(data), size):
            if self.is_loose or writer.is_closing():
                return
            writer.write(data[begin : begin + size])
            await writer.drain()
            await asyncio.sleep(size / weather.bandwidth if weather.bandwidth else 0)


class Relay:
    """
    One connection.

    :param road: what it goes over
    :param chance: draws the jitter
    """

    def __init__(self, road: Road, chance: random.Random) -> None:
        self._road = road
        self._chance = chance
        self._writers: dict[Side, asyncio.StreamWriter] = {}
        self._pumps: list[_Pump] = []

    async def run(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        connect: Callable[[], Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]],
    ) -> None:
        """
        Join the client to the venue, until both have hung up.

        :param connect: opens the connection to the venue
        """
        self._writers[Side.CLIENT] = writer
        try:
            await self._join(reader, writer, connect)
            for it in self._writers.values():
                it.close()
                with contextlib.suppress(OSError):
                    await it.wait_closed()
        finally:
            for it in self._writers.values():
                it.transport.abort()

    async def _join(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        connect: Callable[[], Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]],
    ) -> None:
        there = _Pump(self._road, self._chance, reader)
        async with asyncio.TaskGroup() as tasks:
            reading = tasks.create_task(there.read())
            if not self._road.is_open.is_set():
                await self._road.is_open.wait()
                if there.is_over:
                    # The venue never hears of who gave up meanwhile.
                    reading.cancel()
                    return
            try:
                venue, self._writers[Side.VENUE] = await connect()
            except OSError:
                reading.cancel()
                return
            back = _Pump(self._road, self._chance, venue)
            self._pumps += [there, back]
            tasks.create_task(back.read())
            tasks.create_task(there.write(self._writers[Side.VENUE]))
            tasks.create_task(back.write(writer))

    def lose(self, gone: Side) -> None:
        """One side is gone, and the other is not told."""
        self._loosen()
        if gone in self._writers:
            self._writers[gone].transport.abort()

    def cut(self) -> None:
        """Break off, with a RST to either side."""
        self._loosen()
        for writer in self._writers.values():
            _end(writer, _End.BROKE_OFF)

    def _loosen(self) -> None:
        for pump in self._pumps:
            pump.is_loose = True


def _end(writer: asyncio.StreamWriter, end: _End) -> None:
    """Tell one side of the other's end."""
    if writer.is_closing():
        return
    if end is _End.BROKE_OFF:
        sock: socket.socket = writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        writer.transport.abort()
    elif writer.can_write_eof():
        # It may be gone already, and the loop not know.
        with contextlib.suppress(OSError):
            writer.write_eof()
    else:
        # TLS knows no half of a goodbye.
        writer.close()
