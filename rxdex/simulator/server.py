"""
The server of the simulated exchange: websockets and snapshots on one port (PROTOCOL 1 to 5, 8).

Everything here runs on one asyncio loop. Whoever makes the blocks asks `is_wanted` which frames
somebody hears, and hands them to `deliver`, which never waits.
"""

import asyncio
import functools
import ipaddress
import logging
import random
import socket
from collections.abc import Iterable
from http import HTTPStatus
from typing import cast

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.frames import CloseCode
from websockets.http11 import Request, Response
from websockets.protocol import State

from rxdex.simulator.faults.plot import Plot
from rxdex.simulator.listeners import Listeners
from rxdex.simulator.post import Post
from rxdex.simulator.reception import Reception
from rxdex.simulator.routes import Routes
from rxdex.simulator.timings import Timings
from rxdex.simulator.visitor import Visitor
from rxdex.simulator.visits import VisitorsBook

__all__ = ["ExchangeServer"]

#: The library logs every frame where its logger is at DEBUG, so it has one that is not.
_WIRE = logging.getLogger(f"{__name__}.wire")
_WIRE.setLevel(logging.WARNING)

_SWITCHING = HTTPStatus.SWITCHING_PROTOCOLS
_MAX_MESSAGE = 64 * 1024
_MAX_BUFFERED = 8 * 1024 * 1024


class ExchangeServer:
    """
    Serves one exchange to any number of clients.

    :param routes: what stands at which path
    :param book: where visits are noted
    :param timings: how patient to be
    :param plot: which faults there are to be
    :param seed: decides how long sockets without keepAlive live
    :param max_buffered: bytes that may wait for one client before it is dropped
    """

    def __init__(
        self,
        routes: Routes,
        book: VisitorsBook,
        timings: Timings,
        plot: Plot,
        *,
        seed: int = 0,
        max_buffered: int = _MAX_BUFFERED,
    ) -> None:
        self.timings = timings
        self._reception = Reception(routes, plot)
        self._book = book
        self._plot = plot
        self._max_buffered = max_buffered
        self._lifetimes = random.Random(seed)  # noqa: S311 - no secret
        self._visitors: set[Visitor] = set()
        self._listeners: Listeners[Visitor] = Listeners()
        self._server: Server | None = None

    async def bind(self, host: str, port: int) -> str:
        """
        Take an address, without letting anybody in yet.

        :param port: 0 takes a free one
        :return: where it is to be found from this machine, as `127.0.0.1:8765`
        :raises OSError: the address cannot be had
        """
        self._server = await serve(
            self._attend,
            host,
            port,
            process_request=self._reception.receive,
            process_response=self._admit,
            # The visitor sees to that: who is never answered would else be let go.
            open_timeout=None,
            ping_interval=self.timings.ping,
            ping_timeout=self.timings.ping,
            close_timeout=self.timings.goodbye,
            max_size=_MAX_MESSAGE,
            write_limit=self._max_buffered,
            logger=_WIRE,
            server_header="rxdex",
            # A factory serves as well as a class, though the signature says class.
            create_connection=cast(
                "type[ServerConnection]", functools.partial(Visitor, house=self)
            ),
            start_serving=False,
        )
        return _place(self._server.sockets[0])

    async def open(self) -> None:
        """
        Let clients in; `bind` came before.

        :raises OSError: somebody else was faster
        """
        if self._server is not None:
            await self._server.start_serving()

    def is_wanted(self, topic: str, subject: str) -> bool:
        """Whether any socket is subscribed to that."""
        return bool(self._listeners.of(topic, subject))

    def deliver(self, posts: Iterable[Post]) -> None:
        """Hand each frame to the sockets that want it, in order, without waiting for any."""
        bags: dict[Visitor, list[bytes]] = {}
        for post in posts:
            listeners = self._listeners.of(post.topic, post.subject)
            if listeners:
                self._plot.past.append(post)
                payload = post.text.encode()
                for visitor in listeners:
                    bags.setdefault(visitor, []).append(payload)
        for visitor, payloads in bags.items():
            visitor.push(payloads)

    async def settle(self) -> None:
        """
        Let the loop do what is due, and readers who are far behind catch up if they do read.

        For blocks that are made faster than any client can read them.
        """
        await asyncio.sleep(0)
        for visitor in tuple(self._visitors):
            await visitor.catch_up(self._max_buffered // 2)

    def hang_up(self, code: int, reason: str) -> None:
        """Begin to close every websocket."""
        for visitor in tuple(self._visitors):
            visitor.hang_up(code, reason)

    async def close(self) -> None:
        """Stop listening and close every socket; nothing is left of any afterwards."""
        if self._server is None:
            return
        self._server.close(close_connections=False)
        self.hang_up(CloseCode.GOING_AWAY, "the simulated exchange closes")
        leaving = {it.connection_lost_waiter for it in self._visitors if it.state is State.CLOSING}
        if leaving:
            await asyncio.wait(leaving, timeout=self.timings.goodbye)
        for visitor in tuple(self._visitors):
            visitor.transport.abort()
        await self._server.wait_closed()

    def arrived(self, visitor: Visitor) -> None:
        """See `rxdex.simulator.visitor.House`."""
        self._visitors.add(visitor)

    def left(self, visitor: Visitor) -> None:
        """See `rxdex.simulator.visitor.House`."""
        self._visitors.discard(visitor)
        if visitor.page is not None and visitor.subscriptions is not None:
            self._plot.closed(visitor)
            self._listeners.move(visitor, visitor.subscriptions.entries, frozenset())
            self._book.closed(visitor.page, visitor.end_code)

    def _admit(self, connection: ServerConnection, request: Request, response: Response) -> None:
        """
        Note a visit just before the handshake is answered.

        So whoever has an open websocket finds it in the book, and gets the frames of every block
        made from then on.
        """
        visitor = cast("Visitor", connection)
        if visitor.subscriptions is not None and response.status_code == _SWITCHING:
            entries = visitor.subscriptions.entries
            visitor.page = self._book.opened(request.path, entries)
            self._listeners.move(visitor, frozenset(), entries)

    async def _attend(self, connection: ServerConnection) -> None:
        """Listen to one websocket until it ends; `left` does the rest."""
        visitor = cast("Visitor", connection)
        timings = self.timings
        visitor.live(self._lifetimes.uniform(timings.keepalive, timings.longest_keepalive))
        visitor.mind_subscriptions()
        self._plot.opened(visitor)
        try:
            async for message in visitor:
                self._hear(visitor, message)
        except ConnectionClosed:
            return  # it is in the visitors' book, with its code

    def _hear(self, visitor: Visitor, message: str | bytes) -> None:
        """Note what a message says, and do it; a socket that is being closed moves no more."""
        if visitor.subscriptions is None or visitor.page is None:
            return
        said = message if isinstance(message, str) else message.decode(errors="replace")
        if visitor.state is not State.OPEN:
            # It may have come in one piece with the client's goodbye.
            self._book.heard(visitor.page, said, visitor.subscriptions.entries)
            return
        before = visitor.subscriptions.entries
        heard = visitor.subscriptions.hear(message)
        after = visitor.subscriptions.entries
        self._listeners.move(visitor, before, after)
        self._book.heard(visitor.page, said, after)
        if heard.method == "subscribe":
            visitor.subscribed(after - before)
        if heard.notice is not None:
            visitor.push((heard.notice.encode(),))
        if heard.method == "close":
            visitor.hang_up(CloseCode.NORMAL_CLOSURE, "as you asked")
        elif heard.method == "keepAlive":
            visitor.live(self.timings.keepalive)
        visitor.mind_subscriptions()


def _place(listener: socket.socket) -> str:
    name = listener.getsockname()
    address = ipaddress.ip_address(name[0])
    if address.version == 6:
        return f"[{'::1' if address.is_unspecified else address}]:{name[1]}"
    return f"{'127.0.0.1' if address.is_unspecified else address}:{name[1]}"
