"""The server's side of a websocket, as little of it as a firehose needs."""

import base64
import hashlib
import socket
from typing import NamedTuple

__all__ = ["CLOSE", "TEXT", "Hearing", "Message", "framed", "shake_hands"]

TEXT, CLOSE = 1, 8

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_SHORT, _LONG = 126, 127
_MOST = 64 * 1024


class Message(NamedTuple):
    """What a client said."""

    opcode: int
    text: bytes


def framed(text: bytes, opcode: int = TEXT) -> bytes:
    """A frame of ours: whole, and without a mask."""
    size = len(text)
    if size < _SHORT:
        head = bytes([0x80 | opcode, size])
    elif size < 1 << 16:
        head = bytes([0x80 | opcode, _SHORT]) + size.to_bytes(2, "big")
    else:
        head = bytes([0x80 | opcode, _LONG]) + size.to_bytes(8, "big")
    return head + text


def shake_hands(sock: socket.socket) -> str:
    """Answer the handshake; the path that was asked for."""
    head = b""
    while b"\r\n\r\n" not in head:
        data = sock.recv(4096)
        if not data or len(head) > _MOST:
            raise ConnectionError("no handshake")
        head += data
    first, *rest = head.split(b"\r\n")
    named = (line.partition(b":") for line in rest)
    fields = {name.strip().lower(): value.strip() for name, _, value in named}
    key = fields[b"sec-websocket-key"]
    accept = base64.b64encode(hashlib.sha1(key + _GUID, usedforsecurity=False).digest())
    sock.sendall(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
    )
    return first.split()[1].decode()


class Hearing:
    """Cuts what a client sends into messages."""

    def __init__(self) -> None:
        self._rest = b""

    def hear(self, data: bytes) -> list[Message]:
        """The messages that are complete now."""
        self._rest += data
        found: list[Message] = []
        while (message := self._take()) is not None:
            found.append(message)
        return found

    def _take(self) -> Message | None:
        data = self._rest
        if len(data) < 2:
            return None
        size, at = data[1] & 0x7F, 2
        if size >= _SHORT:
            at = 4 if size == _SHORT else 10
            if len(data) < at:
                return None
            size = int.from_bytes(data[2:at], "big")
        if len(data) < at + 4 + size:
            return None
        mask, body = data[at : at + 4], data[at + 4 : at + 4 + size]
        self._rest = data[at + 4 + size :]
        return Message(data[0] & 0x0F, bytes(b ^ mask[i % 4] for i, b in enumerate(body)))
