"""Clients for the tests of the server side: bare ones, so that nothing of ours tests itself."""

import contextlib
import http.client
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

import websocket

from rxdex.simulator.exchange import Exchange
from rxdex.simulator.stream_names import Entry

PATIENCE = 10.0

_UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


@contextlib.contextmanager
def connected(url: str, **options: Any) -> Iterator[websocket.WebSocket]:
    """A websocket that is gone afterwards."""
    client = websocket.create_connection(url, timeout=PATIENCE, **options)
    try:
        yield client
    finally:
        client.close(timeout=0)
        # After a close by the server, `close` does nothing and the socket stays.
        drop(client)


def drop(client: websocket.WebSocket) -> None:
    """Give up the socket without a word."""
    client.shutdown()  # type: ignore[no-untyped-call]


def say(client: websocket.WebSocket, **message: Any) -> None:
    client.send(json.dumps(message))


def frame(client: websocket.WebSocket) -> dict[str, Any]:
    """The next frame as an object; a close is a failure."""
    text = client.recv()
    assert text, "closed"
    value: dict[str, Any] = json.loads(text)
    return value


def frame_of(client: websocket.WebSocket, stream: str) -> dict[str, Any]:
    """The next frame of a stream, within the patience."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        found = frame(client)
        if found.get("stream") == stream:
            return found
    raise AssertionError(f"no frame of {stream}")


def closing(client: websocket.WebSocket) -> tuple[int, str]:
    """Read on to the close frame: its code and reason."""
    while True:
        opcode, data = client.recv_data(control_frame=True)
        if opcode == websocket.ABNF.OPCODE_CLOSE:
            return int.from_bytes(data[:2], "big"), data[2:].decode()


def get(
    url: str, method: str = "GET", headers: Mapping[str, str] = MappingProxyType({})
) -> tuple[int, str, Any]:
    """Status, content type and the JSON of an answer."""
    parts = urlsplit(url)
    line = http.client.HTTPConnection(parts.netloc, timeout=PATIENCE)
    try:
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        line.request(method, target, headers=dict(headers))
        answer = line.getresponse()
        body = answer.read()
        return answer.status, answer.getheader("Content-Type", ""), json.loads(body)
    finally:
        line.close()


def refusal(url: str) -> tuple[int, str]:
    """
    The status and the words with which a handshake is refused.

    websocket-client leaves its socket to the garbage collector then, so this is by hand.
    """
    status, _, body = get(url, headers=_UPGRADE)
    return status, body["message"]


def subscribed(exchange: Exchange, *entries: tuple[str, str]) -> None:
    """Wait until the newest socket has exactly these subscriptions."""
    wanted = frozenset(Entry(*entry) for entry in entries)
    assert exchange.wait_for(lambda it: it.visits[-1].subscriptions == wanted, PATIENCE)


def eventually(exchange: Exchange, condition: Callable[[Exchange], bool]) -> None:
    assert exchange.wait_for(condition, PATIENCE)


def exchange_threads() -> list[str]:
    return [it.name for it in threading.enumerate() if it.name.startswith("rxdex:exchange")]


def handshake(url: str) -> tuple[int, dict[str, str]]:
    """Status and headers of the answer to a handshake."""
    parts = urlsplit(url)
    line = http.client.HTTPConnection(parts.netloc, timeout=PATIENCE)
    try:
        line.request("GET", parts.path, headers=_UPGRADE)
        answer = line.getresponse()
        return answer.status, dict(answer.getheaders())
    finally:
        line.close()


@contextlib.contextmanager
def knocking(url: str) -> Iterator[socket.socket]:
    """A connection on which a handshake was begun, and nothing read yet."""
    parts = urlsplit(url)
    head = [f"GET {parts.path} HTTP/1.1", f"Host: {parts.netloc}"]
    head += [f"{name}: {value}" for name, value in _UPGRADE.items()]
    with socket.create_connection((parts.hostname or "", parts.port or 80), PATIENCE) as sock:
        sock.sendall("\r\n".join([*head, "", ""]).encode())
        yield sock


def raw(client: websocket.WebSocket, size: int) -> bytes:
    """So many bytes of what comes, as they are; fewer where the line ends."""
    assert client.sock is not None
    data = b""
    while len(data) < size and (more := client.sock.recv(size - len(data))):
        data += more
    return data


def is_silent(client: websocket.WebSocket, seconds: float) -> bool:
    """Whether nothing at all comes for so long."""
    assert client.sock is not None
    client.sock.settimeout(seconds)
    try:
        # The end of a line is something, too.
        client.sock.recv(1)
    except TimeoutError:
        return True
    finally:
        client.sock.settimeout(PATIENCE)
    return False


def heights(client: websocket.WebSocket, count: int) -> list[int]:
    """So many heights, as they come."""
    return [frame_of(client, "blockheight")["data"]["h"] for _ in range(count)]
