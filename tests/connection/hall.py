"""A real websocket server whose conversations a test writes."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

Script = Callable[[ServerConnection], None]


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

    def receive(self, guest: ServerConnection) -> None:
        """Run one conversation."""
        with self._lock:
            number = self.guests
            self.guests += 1
            heard: list[str] = []
            self.heard.append(heard)
        script = self._scripts[min(number, len(self._scripts) - 1)]
        try:
            script(_Noted(guest, heard))  # type: ignore[arg-type] - it forwards everything
        except ConnectionClosed:
            # The guest left: a script need not know when.
            return


class _Noted:
    """A connection that writes down what it hears."""

    def __init__(self, guest: ServerConnection, heard: list[str]) -> None:
        self._guest = guest
        self._heard = heard

    def recv(self, timeout: float | None = 10.0) -> str:
        text = self._guest.recv(timeout=timeout)
        assert isinstance(text, str)
        self._heard.append(text)
        return text

    def __getattr__(self, name: str) -> object:
        return getattr(self._guest, name)


def linger(guest: ServerConnection) -> None:
    """Listen until the guest leaves."""
    while True:
        guest.recv(timeout=10.0)


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
