"""
A server that is faster than any client: frames encoded beforehand, written in chunks of 256 KiB and more.

It runs in a process of its own, on a core of its own, and is told by a line of JSON which shape to serve to
whoever connects next, plain or over TLS, as fast as it is taken or at a rate. It begins once all topics of
the shape are subscribed by method, or one in the URL: some clients need a socket a topic, and get all on it.
"""

import argparse
import socket
import ssl
import threading
from contextlib import suppress
from typing import Any, NamedTuple

from benchmarks.flow import Gauge, HungUp, drip, pour
from benchmarks.lines import answer
from benchmarks.pinning import pin
from benchmarks.shapes import BY_TOPICS, SHAPES, SILENCE, SPOT, Cycle
from benchmarks.visitor import Visitor, streams_of
from benchmarks.websocket_server import framed, shake_hands

__all__ = ["Firehose"]

_CHUNK = 256 * 1024
# What is under way when a lap ends has to be read before its socket is closed.
_UNDER_WAY = 1024 * 1024
_SHAPES = {shape.name: shape for shape in (*SHAPES, *BY_TOPICS, SPOT, SILENCE)}


class _Served(NamedTuple):
    """What goes to whoever connects."""

    cycle: Cycle
    chunk: bytes
    rate: int = 0
    context: ssl.SSLContext | None = None


class Firehose:
    """
    Listens on loopback from the start, and serves what it was last told to.

    :param certificate: a file with the certificates and the key for TLS
    """

    def __init__(self, certificate: str | None) -> None:
        self._prepared: dict[str, tuple[Cycle, bytes]] = {}
        self._now = _Served(*self._prepare(SILENCE.name))
        self._gauge = Gauge()
        self._context = None if certificate is None else _context(certificate)
        self._listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()

    def reply(self, question: dict[str, Any]) -> dict[str, Any]:
        """Serve a shape from now on, and what there is to know of it; or how the last one flowed."""
        if "serve" not in question:
            return {"blocked": self._gauge.blocked()}
        tls = question.get("tls", False)
        cycle, chunk = self._prepare(question["serve"])
        context = self._context if tls else None
        self._now = _Served(cycle, chunk, question.get("rate", 0), context)
        return {
            "url": f"ws{'s' * tls}://127.0.0.1:{self._listener.getsockname()[1]}/api",
            "topics": cycle.topics,
            "frames": len(cycle.frames),
            "events": cycle.events,
            "bytes": sum(len(framed(text)) for text in cycle.frames),
        }

    def _prepare(self, name: str) -> tuple[Cycle, bytes]:
        if name not in self._prepared:
            cycle = _SHAPES[name].cycle()
            once = b"".join(map(framed, cycle.frames))
            self._prepared[name] = cycle, once * -(-_CHUNK // len(once)) if once else b""
        return self._prepared[name]

    def _accept(self) -> None:
        while True:
            sock, _ = self._listener.accept()
            threading.Thread(target=self._serve, args=(sock, self._now), daemon=True).start()

    def _serve(self, sock: socket.socket, now: _Served) -> None:
        # A client that hangs up without a word is one that has heard enough.
        with suppress(OSError, HungUp), _wrapped(sock, now.context) as line:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _UNDER_WAY)
            named = streams_of(shake_hands(line))
            visitor = Visitor(set() if named else set(now.cycle.topics))
            while visitor.waited_for or not now.chunk:
                _hear(line, visitor)
            line.sendall(visitor.replies())
            if now.rate:
                drip(line, now.cycle.frames, now.rate)
            self._gauge = gauge = Gauge()
            pour(line, now.chunk, visitor, gauge)


def _context(certificate: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def _wrapped(sock: socket.socket, context: ssl.SSLContext | None) -> socket.socket:
    return sock if context is None else context.wrap_socket(sock, server_side=True)


def _hear(sock: socket.socket, visitor: Visitor) -> None:
    data = sock.recv(64 * 1024)
    if not data:
        raise HungUp
    visitor.hear(data)
    if visitor.is_leaving:
        sock.sendall(visitor.replies())
        raise HungUp


def _main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--core", type=int)
    parser.add_argument("--certificate")
    asked = parser.parse_args()
    pin(asked.core)
    answer(Firehose(asked.certificate).reply)


if __name__ == "__main__":
    _main()
