"""
A server that is faster than any client: frames encoded beforehand, written in chunks of 256 KiB and more.

It runs in a process of its own, on a core of its own, and is told by a line of JSON which shape to serve to
whoever connects next. It begins once all topics of the shape are subscribed, by method or in the URL.
"""

import argparse
import json
import socket
import threading
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs, urlsplit

from benchmarks.lines import answer
from benchmarks.pinning import pin
from benchmarks.shapes import BY_TOPICS, SHAPES, SILENCE, Cycle, TopicName
from benchmarks.websocket_server import CLOSE, Hearing, Message, framed, shake_hands

__all__ = ["Firehose"]

_CHUNK = 256 * 1024
# What is under way when a lap ends has to be read before its socket is closed.
_UNDER_WAY = 1024 * 1024
_SHAPES = {shape.name: shape for shape in (*SHAPES, *BY_TOPICS, SILENCE)}


class _HungUp(Exception):
    """The client does not want any more."""


class Firehose:
    """Listens on loopback from the start, and serves what it was last told to."""

    def __init__(self) -> None:
        self._served: dict[str, tuple[Cycle, bytes]] = {}
        self._now = self._prepare(SILENCE.name)
        self._listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()

    def reply(self, question: dict[str, Any]) -> dict[str, Any]:
        """Serve a shape from now on; what there is to know of it."""
        self._now = cycle, _ = self._prepare(question["serve"])
        return {
            "url": f"ws://127.0.0.1:{self._listener.getsockname()[1]}/api",
            "topics": cycle.topics,
            "frames": len(cycle.frames),
            "events": cycle.events,
            "bytes": sum(len(framed(text)) for text in cycle.frames),
        }

    def _prepare(self, name: str) -> tuple[Cycle, bytes]:
        if name not in self._served:
            cycle = _SHAPES[name].cycle()
            once = b"".join(map(framed, cycle.frames))
            self._served[name] = cycle, once * -(-_CHUNK // len(once)) if once else b""
        return self._served[name]

    def _accept(self) -> None:
        while True:
            sock, _ = self._listener.accept()
            threading.Thread(target=self._serve, args=(sock, *self._now), daemon=True).start()

    def _serve(self, sock: socket.socket, cycle: Cycle, chunk: bytes) -> None:
        # A client that hangs up without a word is one that has heard enough.
        with sock, suppress(OSError, _HungUp):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _UNDER_WAY)
            hearing = Hearing()
            waited_for = set(cycle.topics) - _streams(shake_hands(sock))
            while waited_for or not chunk:
                waited_for -= _heard(sock, hearing.hear(_some(sock)))
            while True:
                sock.sendall(chunk)
                with suppress(BlockingIOError):
                    _heard(sock, hearing.hear(_some(sock, socket.MSG_DONTWAIT)))


def _some(sock: socket.socket, flags: int = 0) -> bytes:
    data = sock.recv(64 * 1024, flags)
    if not data:
        raise _HungUp
    return data


def _heard(sock: socket.socket, messages: list[Message]) -> set[TopicName]:
    """The topics that were subscribed; a close is answered."""
    found: set[TopicName] = set()
    for opcode, text in messages:
        if opcode == CLOSE:
            sock.sendall(framed(text[:2], CLOSE))
            raise _HungUp
        said = json.loads(text) if text.startswith(b"{") else {}
        if said.get("method") == "subscribe":
            found.update((said["topic"], symbol) for symbol in said.get("symbols", ()))
    return found


def _streams(target: str) -> set[TopicName]:
    """The topics that a URL names: /ws/<stream>, or /stream?streams=<a>/<b>."""
    url = urlsplit(target)
    named = parse_qs(url.query).get("streams", [url.path.partition("/ws/")[2]])
    pairs = (stream.partition("@") for stream in named[0].split("/"))
    return {(topic, symbol) for symbol, _, topic in pairs if topic}


def _main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--core", type=int)
    pin(parser.parse_args().core)
    answer(Firehose().reply)


if __name__ == "__main__":
    _main()
