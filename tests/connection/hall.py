"""A real websocket server whose conversations a test writes."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve


class Guest:
    """One conversation; what the guest says is written down."""

    def __init__(self, connection: ServerConnection, heard: list[str]) -> None:
        self._connection = connection
        self._heard = heard
        self.send = connection.send
        self.ping = connection.ping
        self.close = connection.close

    def recv(self, timeout: float = 10.0) -> str:
        """The next frame."""
        text = self._connection.recv(timeout=timeout)
        assert isinstance(text, str)
        self._heard.append(text)
        return text


Script = Callable[[Guest], None]


class Hall:
    """
    Conversations on loopback, each on a thread of its own.

    The n-th guest gets the n-th script, further ones the last.
    """

    def __init__(self, scripts: tuple[Script, ...]) -> None:
        self.guests = 0
        self.heard: list[list[str]] = []
        self.url = ""
        self._scripts = scripts
        self._lock = threading.Lock()

    def receive(self, connection: ServerConnection) -> None:
        """Run one conversation."""
        with self._lock:
            number = self.guests
            self.guests += 1
            heard: list[str] = []
            self.heard.append(heard)
        script = self._scripts[min(number, len(self._scripts) - 1)]
        try:
            script(Guest(connection, heard))
        except ConnectionClosed:
            # The guest left: a script need not know when.
            return


def linger(guest: Guest) -> None:
    """Listen until the guest leaves."""
    while True:
        guest.recv()


@contextmanager
def hall(*scripts: Script) -> Iterator[Hall]:
    """A server that runs these scripts until the block is left."""
    room = Hall(scripts)
    with serve(room.receive, "127.0.0.1", 0, ping_interval=None, close_timeout=1) as server:
        host, port = server.socket.getsockname()[:2]
        room.url = f"ws://{host}:{port}/api"
        thread = threading.Thread(target=server.serve_forever, name="hall", daemon=True)
        thread.start()
        try:
            yield room
        finally:
            server.shutdown()
            thread.join(5)
