"""Frames that no venue should send, byte by byte (RFC 6455, 5.2)."""

import json
import struct
from enum import Enum

__all__ = ["BINARY", "CLOSE", "DATA", "PING", "PONG", "TEXT", "Oddity", "frame"]

MORE, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
#: The opcodes of what carries data.
DATA = frozenset({MORE, TEXT, BINARY})

_SHORT, _LONG = 126, 127
_COMPRESSED = 4
_MASK = b"\x0f\xa0\x17\x2e"
_MEBIBYTE = 1 << 20


class Oddity(Enum):
    """
    Something odd to send.

    A good client bears `BINARY`, `FRAGMENTED` and `UNKNOWN_KEYS` as if nothing were odd: they say the last
    height once more. It drops `GARBAGE`, `NOT_UTF8`, `UNKNOWN_STREAM` and `ERROR`, and goes on. With the
    others a line is beyond repair: `MASKED` and `COMPRESSED` (a bit that nobody agreed on) break the
    protocol, `LARGE` and `ENDLESS` announce a frame of 17 MiB and of 4 EiB, of which no more comes.
    """

    GARBAGE = "garbage"
    BINARY = "binary"
    FRAGMENTED = "fragmented"
    MASKED = "masked"
    COMPRESSED = "compressed"
    LARGE = "large"
    ENDLESS = "endless"
    NOT_UTF8 = "not UTF-8"
    UNKNOWN_KEYS = "unknown keys"
    UNKNOWN_STREAM = "unknown stream"
    ERROR = "error"

    def encode(self, height: int) -> bytes:
        """
        Its bytes on the wire.

        :param height: of the last block
        """
        told = json.dumps({"stream": "blockheight", "data": {"h": height}}, separators=(",", ":"))
        made = {
            Oddity.GARBAGE: frame("<html>502 Bad Gateway</html>"),
            Oddity.BINARY: frame(told, BINARY),
            Oddity.FRAGMENTED: _in_three(told.encode()),
            Oddity.MASKED: frame(told, is_masked=True),
            Oddity.COMPRESSED: frame(told, reserved=_COMPRESSED),
            Oddity.LARGE: frame("", announced=17 * _MEBIBYTE),
            Oddity.ENDLESS: frame("", announced=1 << 62),
            Oddity.NOT_UTF8: frame(b'{"stream":"blockheight\xff","data":{"h":1}}'),
            Oddity.UNKNOWN_KEYS: frame(
                f'{{"stream":"blockheight","data":{{"h":{height},"z":[1]}},"more":{{}}}}'
            ),
            Oddity.UNKNOWN_STREAM: frame('{"stream":"gossip","data":{"who":"everybody"}}'),
            Oddity.ERROR: frame('{"error":{"code":500,"message":"a fault on purpose"}}'),
        }
        return made[self]


def frame(
    payload: str | bytes,
    opcode: int = TEXT,
    *,
    is_last: bool = True,
    reserved: int = 0,
    is_masked: bool = False,
    announced: int | None = None,
) -> bytes:
    """
    A frame, right or wrong.

    :param is_last: whether no continuation follows
    :param reserved: the three bits that mean nothing by themselves, 0 to 7
    :param is_masked: as only a client's frames may be
    :param announced: the length it claims to have, if that is another one
    """
    data = payload.encode() if isinstance(payload, str) else payload
    length = len(data) if announced is None else announced
    first = is_last << 7 | reserved << 4 | opcode
    mask = is_masked << 7
    if length < _SHORT:
        head = bytes((first, mask | length))
    elif length < 1 << 16:
        head = struct.pack("!BBH", first, mask | _SHORT, length)
    else:
        head = struct.pack("!BBQ", first, mask | _LONG, length)
    if not is_masked:
        return head + data
    return head + _MASK + bytes(byte ^ _MASK[place % 4] for place, byte in enumerate(data))


def _in_three(data: bytes) -> bytes:
    third = len(data) // 3
    return (
        frame(data[:third], is_last=False)
        + frame(data[third : 2 * third], MORE, is_last=False)
        + frame(data[2 * third :], MORE)
    )
