"""A socket with its hands shaken and its topics subscribed, for the yardsticks."""

import json
import socket
import ssl
from urllib.parse import urlsplit

from benchmarks.contestants.laps import Job

__all__ = ["connect", "subscriptions"]

_KEY = "dGhlIHNhbXBsZSBub25jZQ=="


def subscriptions(job: Job) -> list[str]:
    """What to say to hear the topics: a message a stream."""
    by_stream: dict[str, list[str]] = {}
    for stream, symbol in job.topics:
        by_stream.setdefault(stream, []).append(symbol)
    return [
        json.dumps({"method": "subscribe", "topic": stream, "symbols": symbols})
        for stream, symbols in by_stream.items()
    ]


def connect(job: Job) -> tuple[socket.socket, bytes]:
    """The socket, and what came behind the handshake already."""
    url = urlsplit(job.url)
    sock = socket.create_connection((url.hostname or "", url.port or 80))
    if url.scheme == "wss":
        context = ssl.create_default_context()
        sock = context.wrap_socket(sock, server_hostname=url.hostname)
    sock.sendall(
        f"GET {url.path}/ws HTTP/1.1\r\nHost: {url.netloc}\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Key: {_KEY}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    head = b""
    while b"\r\n\r\n" not in head:
        head += sock.recv(4096)
    sock.sendall(b"".join(map(_masked, subscriptions(job))))
    return sock, head.partition(b"\r\n\r\n")[2]


def _masked(text: str) -> bytes:
    """A text frame under the mask of four zeros, which changes nothing."""
    body = text.encode()
    size = (
        bytes([0x80 | len(body)])
        if len(body) < 126
        else bytes([0x80 | 126]) + len(body).to_bytes(2, "big")
    )
    return b"\x81" + size + bytes(4) + body
