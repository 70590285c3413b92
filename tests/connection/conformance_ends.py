"""Chapters 7, 9 and 10 of the conformance table: how a line is closed, and how much is taken."""

import struct
import zlib

from tests.connection.conformance import (
    HELLO,
    INVALID_PAYLOAD,
    PROTOCOL_ERROR,
    REFUSED,
    Row,
    chopped,
    fragmented,
    refused,
)
from tests.connection.peer import BINARY, CLOSE, MORE, PING, TEXT, farewell, frame

__all__ = ["CLOSES", "COMPRESSED", "LIMITS"]

_VALID = (1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999)
_INVALID = (0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999)
#: Registered since with IANA, but for 1015, which no endpoint may say.
_SINCE, _NEVER = (1012, 1013, 1014), 1015
_NOT_ECHOED = "our close says 1000, not the code that was heard; Autobahn takes either"
_UNDEFINED = (
    "what is beyond 4999 is not defined (RFC 6455, 7.4.2); Autobahn takes any end, we refuse"
)

_HELLO, _PING = frame(HELLO), frame(b"", PING)
_LARGE = b"BAsd7&jh23" * 26215
#: No UTF-8: a surrogate amid Greek and Latin letters.
_WRONG = "κόσμε".encode() + b"\xed\xa0\x80" + b"edited"


def _hung_up(*writes: bytes, words: str, delivered: tuple[bytes, ...] = ()) -> Row:
    return Row(writes=writes, delivered=delivered, ends=rf"hung up \({words}\)$")


def _code(code: int) -> Row:
    return Row(
        writes=(farewell(code),),
        ends=rf"hung up \({code}\)$",
        deviates="" if code == 1000 else _NOT_ECHOED,
    )


def _no_code(code: int, deviates: str = "") -> Row:
    return Row(writes=(farewell(code),), ends=REFUSED, codes=(PROTOCOL_ERROR,), deviates=deviates)


#: We say close once, and what comes behind theirs is nobody's.
CLOSES = {
    "7.1.1": _hung_up(_HELLO, farewell(), words="1000", delivered=(HELLO,)),
    "7.1.2": _hung_up(farewell(), farewell(), words="1000"),
    "7.1.3": _hung_up(farewell(), _PING, words="1000"),
    "7.1.4": _hung_up(farewell(), _HELLO, words="1000"),
    "7.1.5": _hung_up(frame("one", fin=False), farewell(), frame("two", MORE), words="1000"),
    "7.1.6": _hung_up(
        frame(_LARGE), _HELLO, farewell(), _PING, words="1000", delivered=(_LARGE, HELLO)
    ),
    "7.3.1": _hung_up(frame(b"", CLOSE), words="no reason given"),
    "7.3.2": refused(frame(b"a", CLOSE)),
    "7.3.3": _hung_up(farewell(), words="1000"),
    "7.3.4": _hung_up(farewell(1000, "Hello World!"), words="1000 Hello World!"),
    "7.3.5": _hung_up(farewell(1000, "*" * 123), words=r"1000 \*{123}"),
    "7.3.6": refused(farewell(1000, "*" * 124)),
    "7.3.6, 16 bits of length": refused(farewell(1000, "*" * 1000)),
    "7.3.6, only announced": refused(frame(b"", CLOSE, announced=1 << 40)),
    "7.3.6, after a message": refused(_HELLO, farewell(1000, "*" * 124), delivered=(HELLO,)),
    "7.5.1": Row(
        writes=(frame(struct.pack("!H", 1000) + _WRONG, CLOSE),),
        ends="refused: a close whose reason is no UTF-8",
        codes=(INVALID_PAYLOAD,),
    ),
    "7.5.1, UTF-8": _hung_up(farewell(1001, "κόσμε"), words="1001 κόσμε"),
    **{f"7.7.{at}": _code(code) for at, code in enumerate(_VALID, 1)},
    **{f"7.7, {code}": _code(code) for code in _SINCE},
    **{f"7.9.{at}": _no_code(code) for at, code in enumerate(_INVALID, 1)},
    f"7.9, {_NEVER}": _no_code(_NEVER),
    "7.13.1": _no_code(5000, _UNDEFINED),
    "7.13.2": _no_code(65535, _UNDEFINED),
}

#: Autobahn goes to 16 MiB (which is a test of its own), to 4 MiB in fragments and 1 MiB in chops; here
#: all of it is smaller, and the cap with it.
CAP = 1 << 16
_SCALED = "scaled down: the message is as large as the cap"
_HINT = rf"raise LineSettings\(max_frame={CAP}\)"


def _whole(opcode: int) -> bytes:
    return (b"*" if opcode == TEXT else b"\xfe") * CAP


def _capped(*writes: bytes, delivered: tuple[bytes, ...]) -> Row:
    return Row(writes=writes, delivered=delivered, max_frame=CAP, deviates=_SCALED)


def _too_much(*writes: bytes, delivered: tuple[bytes, ...] = ()) -> Row:
    """The frame that is too much is announced, and never comes: who waits for it waits in vain."""
    return Row(
        writes=writes,
        delivered=delivered,
        ends=REFUSED + ".*" + _HINT,
        codes=(PROTOCOL_ERROR,),
        max_frame=CAP,
        deviates="a limit of ours, told with 1002; Autobahn has no case for one",
    )


def _limits(first: int, opcode: int) -> dict[str, Row]:
    """Whole, in fragments, in chops: 9.1, 9.3 and 9.5 are texts, 9.2, 9.4 and 9.6 are binary."""
    whole = _whole(opcode)
    rows = {f"9.{first}.1": _capped(frame(whole, opcode), delivered=(whole,))}
    for at, size in enumerate((64, 256, 1024, 4096, 16384, CAP), 1):
        writes = fragmented(whole, size, opcode)
        rows[f"9.{first + 2}.{at}"] = _capped(*writes, delivered=(whole,))
    for at, size in enumerate((64, 128, 256, 512, 1024, 2048), 1):
        writes = chopped(frame(whole, opcode), size)
        rows[f"9.{first + 4}.{at}"] = _capped(*writes, delivered=(whole,))
    return rows


def _part(size: int, opcode: int = MORE) -> bytes:
    return frame(bytes(size), opcode, fin=False)


LIMITS = {
    **_limits(1, TEXT),
    **_limits(2, BINARY),
    "9.1, one octet too many": _too_much(frame(b"", announced=CAP + 1)),
    "9.1, all of 63 bits": _too_much(frame(b"", announced=(1 << 63) - 1)),
    "9.1, the bit that must be 0": _too_much(frame(b"", announced=(1 << 64) - 1)),
    "9.1, after a message": _too_much(_HELLO, frame(b"", announced=CAP + 1), delivered=(HELLO,)),
    "9.3, one octet too many": _too_much(_part(CAP - 1, TEXT), frame(b"", MORE, announced=2)),
    "9.3, the last of many": _too_much(
        _part(CAP // 4, TEXT), *(3 * (_part(CAP // 4),)), frame(b"", MORE, announced=1)
    ),
    "9.3, each message has its own count": _capped(
        *(2 * fragmented(_whole(TEXT), CAP // 2, TEXT)), delivered=2 * (_whole(TEXT),)
    ),
    "9.3, no octet more at the cap": _capped(
        _part(CAP, TEXT), frame(b"", MORE), delivered=(bytes(CAP),)
    ),
    "10.1.1": Row(writes=fragmented(b"*" * 65536, 1300, TEXT), delivered=(b"*" * 65536,)),
}


def _deflated(data: bytes) -> bytes:
    deflate = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return (deflate.compress(data) + deflate.flush(zlib.Z_SYNC_FLUSH))[:-4]


#: We offer no extension, so the bit that says "compressed" has no meaning here.
COMPRESSED = {
    "12, unasked": refused(frame(_deflated(HELLO), reserved=4)),
    "12, unasked, after a message": refused(
        _HELLO, frame(_deflated(HELLO), reserved=4), delivered=(HELLO,)
    ),
    "12, unasked, in fragments": refused(
        frame(_deflated(HELLO), reserved=4, fin=False), frame(b"", MORE)
    ),
}
