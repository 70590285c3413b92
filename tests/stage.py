"""
A stage for diagrams: a stepped exchange and a `Dex`, with nothing under way between two moments.

The exchange steps only when asked to, and its answer has been heard, and everything said has arrived, before
anything is looked at. The sockets are real; each tells when its reader has nothing left to do.
"""

import threading
from collections.abc import Sequence

from rxdex import Dex, LineSettings
from rxdex.backoff import Backoff
from rxdex.connection.websocket import WebsocketTransport
from rxdex.errors import ConnectionLost
from rxdex.simulator.exchange import Exchange
from rxdex.simulator.stream_names import Entry
from rxdex.simulator.visits import Visit
from tests.conftest import eventually

DEADLINE = 5.0
AT_ONCE = Backoff(start=0.001, ceiling=0.001)


class Watched(WebsocketTransport):
    """
    A websocket that knows whether it is at rest, and is only opened while the gate is open.

    :param gate: what a connect waits for
    """

    def __init__(self, settings: LineSettings, gate: threading.Event) -> None:
        super().__init__(settings)
        self._gate = gate
        # Set whenever the gate is or the socket is dropped.
        self._dropped = threading.Event()
        self._lock = threading.Lock()
        self._rung = 0
        self._heeded = 0
        self.is_waiting = False
        self.is_gone = False
        self.received = 0
        self.said = 0

    @property
    def is_open(self) -> bool:
        """Whether the reader waits for frames, all it was asked for being done."""
        with self._lock:
            return self.is_waiting and self._rung == self._heeded

    @property
    def is_at_the_gate(self) -> bool:
        """Whether it waits until it may connect."""
        return not self._gate.is_set()

    def open(self, url: str) -> None:
        while not self._gate.wait(0.001):
            if self._dropped.is_set():
                raise ConnectionLost("nobody waits any more")
        super().open(url)

    def receive(self, timeout: float) -> Sequence[bytes]:
        self.is_waiting = True
        try:
            frames = super().receive(timeout)
        finally:
            with self._lock:
                # Whatever was rung for until now, the reader looks at next.
                self.is_waiting, self._heeded = False, self._rung
        self.received += len(frames)
        return frames

    def send(self, text: str) -> None:
        super().send(text)
        self.said += 1

    def wake(self) -> None:
        with self._lock:
            self._rung += 1
        super().wake()

    def abort(self) -> None:
        self._dropped.set()
        self.is_gone = True
        super().abort()


class Stage:
    """
    An exchange on which nobody trades, and a `Dex` that listens to it.

    :param linger: of its lines, in seconds
    """

    def __init__(self, exchange: Exchange, linger: float = 0.0) -> None:
        self.exchange = exchange
        self.symbol = exchange.symbols[0]
        self._before = len(exchange.visits)
        self._gate = threading.Event()
        self._gate.set()
        self._sockets: list[Watched] = []
        self._sent = 0
        # What the sockets do, but for `linger`, which is the line's.
        inner = LineSettings()

        def transport() -> Watched:
            socket = Watched(inner, self._gate)
            self._sockets.append(socket)
            return socket

        line = LineSettings(linger=linger, backoff=AT_ONCE, transport=transport)
        self.dex = Dex(exchange.url, line)

    @property
    def visits(self) -> tuple[Visit, ...]:
        """The sockets the exchange has seen since the stage was set."""
        return self.exchange.visits[self._before :]

    @property
    def open_visits(self) -> tuple[Visit, ...]:
        """Those that stand."""
        return tuple(visit for visit in self.visits if visit.is_open)

    @property
    def topics(self) -> frozenset[str]:
        """What is asked for, by the names of the wire."""
        return frozenset(entry.topic for visit in self.open_visits for entry in visit.subscriptions)

    def cut(self) -> None:
        """Break every line, and let none come back."""
        self._gate.clear()
        for socket in self._sockets:
            if not socket.is_gone:
                socket.abort()

    def mend(self) -> None:
        """Let lines come back."""
        self._gate.set()

    def make_block(self, *, trade: bool = False, transfer: bool = False) -> None:
        """A block, and in it what is asked for: a trade of the symbol, a transfer of the user."""
        exchange = self.exchange
        if trade:
            exchange.buy(self.symbol, "15", "1")
            exchange.sell(self.symbol, "15", "1", owner=exchange.addresses[0])
        if transfer:
            exchange.send(exchange.addresses[0], "BNB", "1")
        happens = {
            Entry("blockheight", "$all"): True,
            Entry("trades", self.symbol): trade,
            Entry("transfers", exchange.user): transfer,
        }
        self._sent += sum(happens[it] for visit in self.open_visits for it in visit.subscriptions)
        exchange.step()

    def settles(self) -> bool:
        """Whether everything comes to rest in time."""
        return eventually(self._is_at_rest, DEADLINE)

    def close(self) -> None:
        """Clear the stage."""
        self.mend()
        self.dex.close()
        assert eventually(lambda: not self.open_visits)

    def _is_at_rest(self) -> bool:
        """
        Whether nothing is under way; the order of the questions matters.

        Who has received all that was sent, and waits for more after that, has passed it on. Who waits has
        said all there is to say, so what was said counts after that.
        """
        names = [thread.name for thread in threading.enumerate()]
        readers = [it for it in names if it.startswith(("rxdex:market", "rxdex:address"))]
        if sum(it.received for it in self._sockets) != self._sent:
            return False
        sockets = [socket for socket in self._sockets if not socket.is_gone]
        waiting = [socket for socket in sockets if socket.is_open]
        if len(sockets) != len(readers) or len(waiting) != len(self.open_visits):
            # A line that is about to have a socket, or a socket that its other end has not heard of.
            return False
        if not all(socket in waiting or socket.is_at_the_gate for socket in sockets):
            return False
        return sum(it.said for it in self._sockets) == sum(len(it.said) for it in self.visits)
