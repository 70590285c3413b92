"""Chapters 1 to 5 of the conformance table: framing, pings, reserved bits, opcodes, fragments."""

from tests.connection.conformance import HELLO, Row, chopped, pong, refused
from tests.connection.peer import BINARY, CLOSE, MORE, PING, PONG, TEXT, frame

__all__ = ["FRAGMENTS", "FRAMING", "MASKED", "OPCODES", "PINGS", "RESERVED_BITS"]

_PING = frame(b"", PING)
_HELLO = frame(HELLO)
_ONE, _TWO, _THREE, _FOUR = b"fragment1", b"fragment2", b"fragment3", b"fragment4"
_FIVE = b"fragment5"
_CONTINUED = b"non-continuation payload"
_BEAT = b"ping payload"


def _message(size: int, opcode: int) -> bytes:
    return {TEXT: b"*", BINARY: b"\xfe"}[opcode] * size


def _framing(chapter: int, opcode: int) -> dict[str, Row]:
    rows = {
        f"1.{chapter}.{at}": Row(
            writes=(frame(_message(size, opcode), opcode),), delivered=(_message(size, opcode),)
        )
        for at, size in enumerate((0, 125, 126, 127, 128, 65535, 65536), 1)
    }
    whole = _message(65536, opcode)
    rows[f"1.{chapter}.8"] = Row(writes=chopped(frame(whole, opcode), 997), delivered=(whole,))
    return rows


#: Messages of every size at which the length is written another way; the eighth in chops of 997 octets.
FRAMING = _framing(1, TEXT) | _framing(2, BINARY)


def _pinged(*payloads: bytes) -> Row:
    return Row(
        writes=tuple(frame(payload, PING) for payload in payloads),
        answers=tuple(map(pong, payloads)),
    )


_TEN = tuple(f"payload-{number}".encode() for number in range(10))

#: Each ping has its pong, in order and with its payload. 2.6 and 2.11 are 2.4 and 2.10 octet by octet.
PINGS = {
    "2.1": _pinged(b""),
    "2.2": _pinged(HELLO),
    "2.3": _pinged(b"\x00\xff\xfe\xfd\xfc\xfb\x00\xff"),
    "2.3, every octet": _pinged(bytes(range(125)), bytes(range(125, 250)), bytes(range(250, 256))),
    "2.4, 2.6": _pinged(b"\xfe" * 125),
    "2.5": refused(frame(b"\xfe" * 126, PING)),
    "2.5, only announced": refused(frame(b"", PING, announced=1 << 40)),
    "2.7": Row(writes=(frame(b"", PONG),)),
    "2.8": Row(writes=(frame(b"unsolicited pong payload", PONG),)),
    "2.9": Row(
        writes=(frame(b"unsolicited pong payload", PONG), frame(_BEAT, PING)),
        answers=(pong(_BEAT),),
    ),
    "2.10, 2.11": _pinged(*_TEN),
    "2.10, amid messages": Row(
        writes=tuple(frame(payload, PING) + frame(payload) for payload in _TEN),
        delivered=_TEN,
        answers=tuple(map(pong, _TEN)),
    ),
}

_KINDS = {"text": TEXT, "binary": BINARY, "close": CLOSE, "ping": PING, "pong": PONG}

#: Nobody agreed on what they mean. The ping behind such a frame is not answered.
RESERVED_BITS = {
    "3.1": refused(frame(HELLO, reserved=1)),
    "3.2": refused(_HELLO, frame(HELLO, reserved=2), _PING, delivered=(HELLO,)),
    "3.3": refused(_HELLO, frame(HELLO, reserved=3), _PING, delivered=(HELLO,)),
    "3.4": refused(_HELLO, frame(HELLO, reserved=4), _PING, delivered=(HELLO,)),
    "3.5": refused(frame(b"\x00\xff\xfe\xfd\xfc\xfb\x00\xff", BINARY, reserved=5)),
    "3.6": refused(frame(HELLO, PING, reserved=6)),
    "3.7": refused(frame(b"", CLOSE, reserved=7)),
    **{
        f"3, RSV {bits} on a {kind}": refused(
            _HELLO, frame(b"\x03\xe8", opcode, reserved=bits), _PING, delivered=(HELLO,)
        )
        for bits in range(1, 8)
        for kind, opcode in _KINDS.items()
    },
    "3, RSV 1 on a continuation": refused(
        _HELLO,
        frame(_ONE, fin=False),
        frame(_TWO, MORE, reserved=1),
        delivered=(HELLO,),
    ),
}


def _reserved(chapter: int, first: int) -> dict[str, Row]:
    """Five opcodes; in Autobahn each comes in one form, here in all."""
    rows = {
        f"4.{chapter}.1": refused(frame(b"", first)),
        f"4.{chapter}.2": refused(frame(b"reserved opcode payload", first + 1)),
        f"4.{chapter}.3": refused(_HELLO, frame(b"", first + 2), _PING, delivered=(HELLO,)),
        f"4.{chapter}.4": refused(_HELLO, frame(HELLO, first + 3), _PING, delivered=(HELLO,)),
        f"4.{chapter}.5": refused(_HELLO, frame(HELLO, first + 4), _PING, delivered=(HELLO,)),
    }
    for opcode in range(first, first + 5):
        name = f"4.{chapter}, opcode {opcode}"
        rows[name] = refused(frame(b"", opcode))
        rows[f"{name} with a payload"] = refused(frame(HELLO, opcode))
        rows[f"{name} after a message"] = refused(
            _HELLO, frame(HELLO, opcode), _HELLO, delivered=(HELLO,)
        )
        rows[f"{name} amid fragments"] = refused(frame(_ONE, fin=False), frame(_TWO, opcode))
        rows[f"{name}, only announced"] = refused(frame(b"", opcode, announced=1 << 40))
    return rows


OPCODES = _reserved(1, 3) | _reserved(2, 11)

_FIRST, _LAST = frame(_ONE, fin=False), frame(_TWO, MORE)
_BEATS = b"pongme 1!", b"pongme 2!"


def _waiting(is_told: bool) -> Row:
    """Five fragments and two pings; where it is told, no more is written before the first is answered."""
    return Row(
        writes=(
            _FIRST,
            frame(_TWO, MORE, fin=False),
            frame(_BEATS[0], PING),
            *((1,) if is_told else ()),
            frame(_THREE, MORE, fin=False),
            frame(_FOUR, MORE, fin=False),
            frame(_BEATS[1], PING),
            *((2,) if is_told else ()),
            frame(_FIVE, MORE),
        ),
        delivered=(_ONE + _TWO + _THREE + _FOUR + _FIVE,),
        answers=(pong(_BEATS[0]), pong(_BEATS[1])),
    )


#: Where Autobahn has three cases for one and the same bytes, in one write, a frame a write and an octet a
#: write, there is one row here: each is played in these three ways.
FRAGMENTS = {
    "5.1": refused(frame(_ONE, PING, fin=False), frame(_TWO, MORE)),
    "5.2": refused(frame(_ONE, PONG, fin=False), frame(_TWO, MORE)),
    "5.2, a close": refused(frame(b"\x03\xe8", CLOSE, fin=False), frame(_TWO, MORE)),
    "5.3, 5.4, 5.5": Row(writes=(_FIRST, _LAST), delivered=(_ONE + _TWO,)),
    "5.3, binary": Row(
        writes=(frame(_ONE, BINARY, fin=False), _LAST, _HELLO), delivered=(_ONE + _TWO, HELLO)
    ),
    "5.6, 5.7, 5.8": Row(
        writes=(_FIRST, frame(_BEAT, PING), _LAST),
        delivered=(_ONE + _TWO,),
        answers=(pong(_BEAT),),
    ),
    "5.6, with a pong": Row(writes=(_FIRST, frame(_BEAT, PONG), _LAST), delivered=(_ONE + _TWO,)),
    "5.9, 5.10, 5.11": refused(frame(_CONTINUED, MORE), _HELLO),
    "5.12, 5.13, 5.14": refused(frame(_CONTINUED, MORE, fin=False), _HELLO),
    "5.15": refused(
        _FIRST, _LAST, frame(_THREE, MORE, fin=False), frame(_FOUR), delivered=(_ONE + _TWO,)
    ),
    "5.16": refused(
        *(2 * (frame(_ONE, MORE, fin=False), frame(_TWO, fin=False), frame(_THREE, MORE)))
    ),
    "5.17": refused(*(2 * (frame(_ONE, MORE), frame(_TWO, fin=False), frame(_THREE, MORE)))),
    "5.18": refused(_FIRST, frame(_TWO)),
    "5.18, the second is no last one": refused(_FIRST, frame(_TWO, fin=False)),
    "5.18, the second is binary": refused(_FIRST, frame(_TWO, BINARY)),
    "5.18, after a message": refused(_HELLO, _FIRST, frame(_TWO), delivered=(HELLO,)),
    "5.19": _waiting(is_told=True),
    "5.20": _waiting(is_told=False),
}

#: Only a client masks (RFC 6455, 5.1). Autobahn's server keeps to that: there is no case of its own.
MASKED = {
    "RFC 6455, 5.1, text": refused(frame(HELLO, is_masked=True)),
    "RFC 6455, 5.1, text of no octet": refused(frame(b"", is_masked=True)),
    "RFC 6455, 5.1, after a message": refused(
        _HELLO, frame(HELLO, is_masked=True), delivered=(HELLO,)
    ),
    "RFC 6455, 5.1, ping": refused(frame(HELLO, PING, is_masked=True)),
    "RFC 6455, 5.1, close": refused(frame(b"\x03\xe8", CLOSE, is_masked=True)),
    "RFC 6455, 5.1, continuation": refused(_FIRST, frame(_TWO, MORE, is_masked=True)),
}
