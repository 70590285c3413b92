"""How a firehose sends: as fast as it is taken, or at a fixed rate with the time in each frame."""

import select
import socket
import ssl
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from benchmarks.visitor import Visitor
from benchmarks.websocket_server import framed

__all__ = ["STAMP", "Gauge", "HungUp", "drip", "pour"]

#: Where the time of sending goes, ns since the Unix epoch in 19 digits.
STAMP = b'"T":'
_DIGITS = 19
_NS = 10**9
_LATER = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


class HungUp(Exception):
    """The client does not want any more."""


class Gauge:
    """How long a firehose could have sent and was not let: what is left is the most it ever worked."""

    def __init__(self) -> None:
        self._began = time.perf_counter()
        self._ended: float | None = None
        self._since: float | None = None
        self._blocked = 0.0

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """It is blocked while the block runs."""
        self._since = time.perf_counter()
        yield
        self._blocked += time.perf_counter() - self._since
        self._since = None

    def end(self) -> None:
        """Nothing is sent any more."""
        self._ended = time.perf_counter()

    def blocked(self) -> float:
        """The part of its time, until its end or until now."""
        now = self._ended or time.perf_counter()
        since = self._since
        waited = self._blocked + (now - since if since else 0.0)
        return waited / (now - self._began)


def pour(sock: socket.socket, chunk: bytes, visitor: Visitor, gauge: Gauge) -> None:
    """Send `chunk` over and over, until the client is gone."""
    sock.settimeout(0)
    try:
        while not visitor.is_leaving:
            _send(sock, chunk, visitor, gauge)
            _send(sock, visitor.replies(), visitor, gauge)
    finally:
        gauge.end()


def _send(sock: socket.socket, data: bytes, visitor: Visitor, gauge: Gauge) -> None:
    view, at = memoryview(data), 0
    while at < len(view):
        try:
            at += sock.send(view[at:])
        except _LATER:
            with gauge.waiting():
                readable, _, _ = select.select([sock], [sock], [])
            if readable:
                _hear(sock, visitor)


def _hear(sock: socket.socket, visitor: Visitor) -> None:
    try:
        data = sock.recv(64 * 1024)
    except _LATER:
        return
    if not data:
        raise HungUp
    visitor.hear(data)


def drip(sock: socket.socket, texts: Sequence[bytes], rate: int) -> None:
    """Send a frame `rate` times a second, each with the moment it left, until the client is gone."""
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    frames = [(bytearray(framed(text)), framed(text).index(STAMP) + len(STAMP)) for text in texts]
    due = time.perf_counter_ns()
    while True:
        for frame, at in frames:
            due += _NS // rate
            while time.perf_counter_ns() < due:
                # Asleep it would be late.
                pass
            frame[at : at + _DIGITS] = b"%d" % time.time_ns()
            sock.sendall(frame)
