"""
One websocket, seen from the simulated exchange.

1. Sending never waits: frames go into the transport's buffer, all of one block at once.
2. That buffer has a limit, at which the transport itself speaks up (`pause_writing`): who reads too
   slowly for it is shown the door, and nobody else waits for them.
3. Every end is bounded: a close frame without an answer is followed by a cut, and so is a connection
   without a request.
4. Whatever is written passes here, in whole frames, and through the `outlet` while a fault is at work.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol

from websockets.asyncio.server import Server, ServerConnection
from websockets.frames import CloseCode
from websockets.protocol import State
from websockets.server import ServerProtocol

from rxdex.simulator.faults.outlet import Outlet
from rxdex.simulator.faults.plot import Subscribed
from rxdex.simulator.stream_names import Entry
from rxdex.simulator.subscriptions import Subscriptions
from rxdex.simulator.timings import Timings
from rxdex.simulator.visits import Page

__all__ = ["House", "Visitor"]

_LOG = logging.getLogger(__name__)

#: Between two looks at a buffer that is to be emptied, seconds; and how many may find no change.
_MOMENT = 0.01
_STALLED = 50
#: For a request to be there, seconds.
_OPENING = 10.0


class House(Protocol):
    """Who a visitor visits."""

    @property
    def timings(self) -> Timings:
        """How patient to be."""
        ...

    def arrived(self, visitor: "Visitor") -> None:
        """A TCP connection was made; nothing was said yet."""
        ...

    def left(self, visitor: "Visitor") -> None:
        """The TCP connection is no more."""
        ...


class Visitor(ServerConnection):
    """
    A connection with what it is subscribed to, and its deadlines.

    `subscriptions` is there from the request on, `page` once the websocket is open. `outlet` and
    `at_subscribe` are for faults.
    """

    def __init__(
        self, protocol: ServerProtocol, server: Server, *, house: House, **options: Any
    ) -> None:
        super().__init__(protocol, server, **options)
        self.subscriptions: Subscriptions | None = None
        self.page: Page | None = None
        self.outlet = Outlet(self._write)
        self.at_subscribe: list[Subscribed] = []
        self._house = house
        self._opening: asyncio.TimerHandle | None = None
        self._life: asyncio.TimerHandle | None = None
        self._patience: asyncio.TimerHandle | None = None
        self._cut: asyncio.TimerHandle | None = None
        self._stalled = 0
        # Whether our half of the TCP connection is closed.
        self._has_ended = False

    @property
    def end_code(self) -> int:
        """The code that began the end: theirs if they were first, else ours, 1006 without any."""
        sent, received = self.protocol.close_sent, self.protocol.close_rcvd
        first = received if self.protocol.close_rcvd_then_sent else sent or received
        return CloseCode.ABNORMAL_CLOSURE if first is None else first.code

    @property
    def number(self) -> int:
        """The place of its opening among all openings and closings; 0 before."""
        return 0 if self.page is None else self.page.opened

    @property
    def entries(self) -> frozenset[Entry]:
        """What it is subscribed to."""
        return frozenset() if self.subscriptions is None else self.subscriptions.entries

    def push(self, payloads: Iterable[bytes]) -> None:
        """Hand text frames to the buffer; a websocket that is not open takes none."""
        if self.protocol.state is not State.OPEN or self.transport.is_closing():
            return
        for payload in payloads:
            self.protocol.send_text(payload)
        writes = self.protocol.data_to_send()
        if self.outlet.is_clear:
            self.transport.writelines(writes)
        else:
            self._put(writes)

    def send_data(self) -> None:
        """Write what the websocket itself has to say: pings, answers, the end."""
        if self.outlet.is_clear:
            super().send_data()
            self._has_ended = self.protocol.eof_sent
        else:
            self._put(self.protocol.data_to_send())

    def say(self, data: bytes) -> None:
        """Put bytes between two frames, as they are; a websocket that is not open takes none."""
        if self.protocol.state is State.OPEN and not self.outlet.is_stalled:
            self._write((data,))

    def heal(self) -> None:
        """End every fault that is at work."""
        self.at_subscribe.clear()
        self.outlet.heal()
        self.ping_timeout = self._house.timings.ping

    def requested(self) -> None:
        """There is a request."""
        _cancel(self._opening)

    def subscribed(self, more: frozenset[Entry]) -> None:
        """Another subscribe was heard, and brought these."""
        self.at_subscribe = [hear for hear in self.at_subscribe if not hear(more)]

    def now(self) -> float:
        """Seconds on the clock of `later`."""
        return self.loop.time()

    def later(self, seconds: float, what: Callable[[], None]) -> None:
        """Do something in so many seconds."""
        self.loop.call_later(seconds, what)

    def cut(self) -> None:
        """Drop the line without a word."""
        self.transport.abort()

    def hang_up(self, code: int, reason: str) -> None:
        """Begin to close, without waiting; the line is cut if there is no answer in time."""
        if self.protocol.state is not State.OPEN:
            return
        if self.outlet.is_stalled:
            self.cut()
            return
        self.protocol.send_close(code, reason)
        self.send_data()
        self._cut_later()

    def live(self, seconds: float) -> None:
        """Close in so many seconds, unless this is called again before (PROTOCOL 5: keepAlive)."""
        _cancel(self._life)
        self._life = self._dismiss_in(seconds, "no keepAlive in time")

    def mind_subscriptions(self) -> None:
        """Close soon if there is no subscription, keepAlive or not (PROTOCOL 5)."""
        if self.subscriptions is not None and self.subscriptions.entries:
            _cancel(self._patience)
            self._patience = None
        elif self._patience is None:
            seconds = self._house.timings.unsubscribed
            self._patience = self._dismiss_in(seconds, "no subscriptions")

    async def catch_up(self, size: int) -> None:
        """
        Wait until at most `size` bytes wait to be sent, as long as the client takes some.

        A client found to take nothing for half a second is not waited for again.
        """
        left = self.transport.get_write_buffer_size()
        while left > size and self._stalled < _STALLED:
            await asyncio.sleep(_MOMENT)
            before, left = left, self.transport.get_write_buffer_size()
            self._stalled = 0 if left < before else self._stalled + 1

    def pause_writing(self) -> None:
        """The buffer is over its limit."""
        super().pause_writing()
        _LOG.warning("a client reads too slowly and is dropped: %s", self.remote_address)
        # Not at once: this is called in the midst of a write.
        self.loop.call_soon(self.hang_up, CloseCode.POLICY_VIOLATION, "too slow")

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The TCP connection stands."""
        super().connection_made(transport)
        self._opening = self.loop.call_later(_OPENING, self.transport.abort)
        self._house.arrived(self)

    def data_received(self, data: bytes) -> None:
        """Bytes came; a client that says goodbye and stays is cut off as well."""
        super().data_received(data)
        if self.protocol.state is State.CLOSING:
            self._cut_later()

    def connection_lost(self, exc: Exception | None) -> None:
        """The TCP connection is gone."""
        super().connection_lost(exc)
        for timer in (self._opening, self._life, self._patience, self._cut):
            _cancel(timer)
        self._house.left(self)

    def _put(self, writes: Sequence[bytes]) -> None:
        """Write what the faults at work leave of these."""
        self.outlet.put([data for data in writes if data])
        if not self.outlet.has_pings:
            # Who is not asked need not answer.
            self.ping_timeout = None
        if not self.outlet.is_stalled and not all(writes):
            # The empty one is the end.
            self.transport.close()

    def _write(self, frames: Sequence[bytes]) -> None:
        if frames and not (self._has_ended or self.transport.is_closing()):
            self.transport.writelines(frames)

    def _dismiss_in(self, seconds: float, reason: str) -> asyncio.TimerHandle:
        return self.loop.call_later(seconds, self.hang_up, CloseCode.POLICY_VIOLATION, reason)

    def _cut_later(self) -> None:
        if self._cut is None:
            goodbye = self._house.timings.goodbye
            self._cut = self.loop.call_later(goodbye, self.transport.abort)


def _cancel(timer: asyncio.TimerHandle | None) -> None:
    if timer is not None:
        timer.cancel()
