"""
A bad network between a client and a venue: a TCP proxy on loopback that can be told to misbehave.

It knows nothing of what passes. It runs in the thread `rxdex:partition`, which ends at `close`, and so do all
connections through it.
"""

import asyncio
import itertools
import logging
import random
import socket
import ssl
from collections.abc import Callable
from typing import Literal, Self
from urllib.parse import urlsplit

from rxdex.simulator.faults.checks import check_count, check_duration, check_seed
from rxdex.simulator.loop_thread import LoopThread
from rxdex.simulator.relay import LIMIT, Relay, Road, Side, Weather
from rxdex.venues.binance_dex.venue import BinanceDex

__all__ = ["Partition"]

_LOG = logging.getLogger(__name__)

_HERE = "127.0.0.1"
_DEFAULT_PORT = {"ws": 80, "wss": 443}
_MOST = 1 << 31


class Partition:
    """
    A network of your own in front of a venue: point a `Dex` at its `url`.

    It is there when the constructor returns, and until `close`; use it in a `with`. It begins as a good one.

    :param url: the base URL of the venue, such as `exchange.url`
    :param seed: decides the jitter
    :param tls: makes it speak TLS to its clients, whatever the venue speaks; its `url` is one of `wss` then
    :raises InvalidSubject: the URL cannot be
    :raises TypeError: the seed is no whole number
    """

    def __init__(self, url: str, *, seed: int = 0, tls: ssl.SSLContext | None = None) -> None:
        check_seed(seed)
        parts = urlsplit(BinanceDex(url).url)
        host, port = parts.hostname or "", parts.port or _DEFAULT_PORT[parts.scheme]
        self._network = _Network(host, port, seed, tls)
        self._thread = LoopThread("rxdex:partition", self._network.close)
        try:
            here = self._thread.wait(self._network.open)
        except BaseException:
            self.close()
            raise
        scheme = parts.scheme if tls is None else "wss"
        self._url = f"{scheme}://{_HERE}:{here}{parts.path}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def url(self) -> str:
        """The base URL of the venue, as it is reached through here."""
        return self._url

    @property
    def connections(self) -> int:
        """How many clients are connected, as far as is known here."""
        return self._thread.call(lambda: len(self._network.relays))

    def partition(self) -> None:
        """
        Let nothing through either way, without a word, until `heal`.

        What is sent meanwhile waits, as lost packets do that are sent again, and so does a hang-up. A new
        connection is taken and gets no answer.
        """
        self._thread.call(self._network.road.is_open.clear)

    def heal(self) -> None:
        """Let everything through again, first what waited. The weather stays as it is."""
        self._thread.call(self._network.road.is_open.set)

    def half_open(self, gone: Literal["client", "venue"] = "venue") -> int:
        """
        Take one side of every connection away without telling the other, for good; new connections are well.

        :param gone: which; it finds its connection closed, while what the other one says goes nowhere
        :return: how many connections there were
        :raises ValueError: there is no such side
        """
        if gone not in {side.value for side in Side}:
            raise ValueError(f"{gone!r} is no side; give 'client' or 'venue'")
        side = Side(gone)
        return self._thread.call(lambda: self._network.each(lambda relay: relay.lose(side)))

    def cut(self) -> int:
        """
        Break off every connection, with a RST to both sides.

        :return: how many connections there were
        """
        return self._thread.call(lambda: self._network.each(Relay.cut))

    def shape(
        self,
        *,
        latency: float | None = None,
        jitter: float | None = None,
        bandwidth: int | None = None,
        piece: int | None = None,
    ) -> None:
        """
        Set what happens to all bytes from now on, each way; what is not given is as in a good network.

        :param latency: how long they are on their way, seconds
        :param jitter: how much longer at most, as the seed decides, seconds; none overtakes another
        :param bandwidth: bytes a second
        :param piece: bytes that arrive at once at most; 1 is byte by byte
        :raises ValueError: a number that cannot be
        """
        for name, seconds in (("latency", latency), ("jitter", jitter)):
            if seconds is not None:
                check_duration(name, seconds)
        for name, count in (("bandwidth", bandwidth), ("piece", piece)):
            if count is not None:
                check_count(name, count, _MOST)
        weather = Weather(
            latency=latency or 0.0, jitter=jitter or 0.0, bandwidth=bandwidth, piece=piece
        )

        def change() -> None:
            self._network.road.weather = weather

        self._thread.call(change)

    def close(self, timeout: float = 5.0) -> None:
        """
        Break off what is connected and end the thread; from any thread, any number of times.

        :param timeout: seconds to wait for the end; a warning is logged when it takes longer
        """
        self._thread.close(timeout)


class _Network:
    """The proxy itself, on its loop."""

    def __init__(self, host: str, port: int, seed: int, tls: ssl.SSLContext | None) -> None:
        self.road = Road()
        self.relays: dict[asyncio.Task[None], Relay] = {}
        self._host = host
        self._port = port
        self._seed = seed
        self._tls = tls
        self._listener = socket.socket()
        self._accepting: asyncio.Task[None] | None = None

    async def open(self) -> int:
        """Take a port, and return it."""
        self._listener.bind((_HERE, 0))
        self._listener.listen()
        self._listener.settimeout(0)
        self._accepting = asyncio.create_task(self._accept())
        port: int = self._listener.getsockname()[1]
        return port

    def each(self, what: Callable[[Relay], None]) -> int:
        """Do this to every connection; how many that were."""
        relays = tuple(self.relays.values())
        for relay in relays:
            what(relay)
        return len(relays)

    async def close(self) -> None:
        """Break everything off."""
        ending = [*self.relays, *([self._accepting] if self._accepting else ())]
        for task in ending:
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)
        self._listener.close()

    async def _accept(self) -> None:
        loop = asyncio.get_running_loop()
        for number in itertools.count():
            sock, _ = await loop.sock_accept(self._listener)
            relay = Relay(self.road, random.Random(f"{self._seed} {number}"))  # noqa: S311 - no secret
            task = loop.create_task(self._serve(sock, relay))
            self.relays[task] = relay
            task.add_done_callback(self.relays.pop)

    async def _serve(self, sock: socket.socket, relay: Relay) -> None:
        try:
            if self._tls is not None:
                # From here on it is not only bytes that are passed on.
                await self.road.is_open.wait()
            reader, writer = await self._welcome(sock)
            await relay.run(reader, writer, self._connect)
        except OSError as error:
            _LOG.info("a client could not be taken in: %s", error)
        finally:
            sock.close()

    async def _welcome(
        self, sock: socket.socket
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader(limit=LIMIT)
        protocol = asyncio.StreamReaderProtocol(reader)
        transport, _ = await loop.connect_accepted_socket(lambda: protocol, sock, ssl=self._tls)
        return reader, asyncio.StreamWriter(transport, protocol, reader, loop)

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection(self._host, self._port, limit=LIMIT)
