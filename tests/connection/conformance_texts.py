"""
Chapter 6 of the conformance table: UTF-8.

Here is our one exception. Autobahn wants the line failed, with 1007, once a text is no UTF-8; ours lives, the
bytes come out as they are, and whoever decodes them says that the frame is malformed. A venue that slips once
would otherwise cost every topic of the line.
"""

from itertools import pairwise

from tests.connection.conformance import Row, fragmented
from tests.connection.peer import MORE, TEXT, frame

__all__ = ["INVALID", "NO_UTF8", "TEXTS"]

NO_UTF8 = "no UTF-8: not a failed line but bytes, and a malformed frame to whoever decodes them"

_GREETING = "Hello-µ@ßöäüàá-UTF-8!!".encode()
#: The second letter in the older of its two ways, which takes three octets.
_COSMOS = "κόσμε".replace("ό", "\u1f79").encode()


def _scheme(number: int, octets: int) -> bytes:
    """A number by UTF-8's scheme in so many octets, whether UTF-8 allows it or not."""
    tail = [0x80 | number >> 6 * place & 0x3F for place in range(octets - 1)]
    lead = 0xFF00 >> octets & 0xFF if octets > 1 else 0
    return bytes((lead | number >> 6 * (octets - 1), *reversed(tail)))


#: The smallest and the largest number of each count of octets; 5 and 6 were given up by RFC 3629.
_BITS = {1: 7, 2: 11, 3: 16, 4: 21, 5: 26, 6: 31}
_LARGEST = {octets: (1 << bits) - 1 for octets, bits in _BITS.items()}
_SMALLEST = {1: 0} | {after: _LARGEST[before] + 1 for before, after in pairwise(_BITS)}
_LONGER = range(2, 7)
_ONE_SHORT = tuple(
    _scheme(number, octets)[:-1]
    for numbers in (dict.fromkeys(_LONGER, 0), _LARGEST)
    for octets, number in numbers.items()
    if octets in _LONGER
)
_LEADS = ((0xC0, 0xDF), (0xE0, 0xEF), (0xF0, 0xF7), (0xF8, 0xFB), (0xFC, 0xFD))
_HIGH, _LOW = (0xD800, 0xDB7F, 0xDB80, 0xDBFF), (0xDC00, 0xDFFF)


def _three(numbers: tuple[int, ...]) -> tuple[bytes, ...]:
    return tuple(_scheme(number, 3) for number in numbers)


def _point(number: int) -> bytes:
    return chr(number).encode()


#: Autobahn's 6.5 to 6.23, a text each; in whose order, so that the place is the case's number.
_SEQUENCES: dict[int, tuple[bytes, ...]] = {
    5: (*(f"hello{sign}world".encode() for sign in "$¢€\U00024b62"), _COSMOS),
    6: tuple(_COSMOS[:end] for end in range(1, len(_COSMOS) + 1)),
    7: tuple(_scheme(_SMALLEST[octets], octets) for octets in (1, 2, 3, 4)),
    8: tuple(_scheme(_SMALLEST[octets], octets) for octets in (5, 6)),
    9: tuple(map(_point, (0x7F, 0x7FF, 0xFFFF, 0x10FFFF))),
    10: tuple(_scheme(_LARGEST[octets], octets) for octets in (4, 5, 6)),
    11: (*map(_point, (0xD7FF, 0xE000, 0xFFFD, 0x10FFFF)), _scheme(0x110000, 4)),
    12: (
        b"\x80",
        b"\xbf",
        *((b"\x80\xbf" * 3)[:octets] for octets in range(2, 7)),
        bytes(range(0x80, 0xBF)),
    ),
    13: tuple(b"".join(bytes((lead, 0x20)) for lead in range(*leads)) for leads in _LEADS),
    14: _ONE_SHORT,
    15: (b"".join(_ONE_SHORT),),
    16: (b"\xfe", b"\xff", b"\xfe\xfe\xff\xff"),
    17: tuple(_scheme(ord("/"), octets) for octets in _LONGER),
    18: tuple(_scheme(_LARGEST[octets - 1], octets) for octets in _LONGER),
    19: tuple(_scheme(0, octets) for octets in _LONGER),
    20: _three((*_HIGH, 0xDC00, 0xDF80, 0xDFFF)),
    21: tuple(high + low for high in _three(_HIGH) for low in _three(_LOW)),
    22: tuple(_point(plane << 16 | end) for plane in range(17) for end in (0xFFFE, 0xFFFF)),
    23: tuple(map(_point, range(0xFFF9, 0x10000))),
}
#: Which of them are UTF-8, where not all are or none is; of 6.6 those that end with a letter.
_VALID = {6: {2, 5, 7, 9, 11}, 11: {1, 2, 3, 4}}
_ALL_VALID = {5, 7, 9, 22, 23}


def _text(payload: bytes, *writes: bytes, is_valid: bool = True) -> Row:
    return Row(
        writes=writes or (frame(payload),),
        delivered=(payload,),
        deviates="" if is_valid else NO_UTF8,
    )


def _in_three(data: bytes, *places: int) -> tuple[bytes, ...]:
    """Cut at these places."""
    return tuple(data[start:end] for start, end in pairwise((0, *places, len(data))))


def _frames(*payloads: bytes) -> tuple[bytes, ...]:
    """One message of these."""
    last = len(payloads) - 1
    return tuple(
        frame(payload, MORE if at else TEXT, fin=at == last) for at, payload in enumerate(payloads)
    )


_SURROGATE = _COSMOS + _scheme(0xD800, 3) + b"edited"
_TOO_LARGE = _COSMOS + _scheme(0x110000, 4) + b"edited"
_HEAD = len(frame(_TOO_LARGE)) - len(_TOO_LARGE)
#: Where 6.4 waits: before and behind what is wrong; before the octet that makes it wrong, and behind it.
_AROUND, _AT = (len(_COSMOS), len(_COSMOS) + 4), (len(_COSMOS) + 1, len(_COSMOS) + 2)

TEXTS: dict[str, Row] = {
    "6.1.1": _text(b""),
    "6.1.2": _text(b"", *_frames(b"", b"", b"")),
    "6.1.3": _text(b"middle frame payload", *_frames(b"", b"middle frame payload", b"")),
    "6.2.1": _text(_GREETING),
    "6.2.2": _text(_GREETING, *_frames(*_in_three(_GREETING, len("Hello-µ@ßöä".encode())))),
    "6.2.3": _text(_GREETING, *fragmented(_GREETING, 1, TEXT)),
    "6.2.4": _text(_COSMOS, *fragmented(_COSMOS, 1, TEXT)),
    "6.3.1": _text(_SURROGATE, is_valid=False),
    "6.3.2": _text(_SURROGATE, *fragmented(_SURROGATE, 1, TEXT), is_valid=False),
    "6.4.1": _text(_TOO_LARGE, *_frames(*_in_three(_TOO_LARGE, *_AROUND)), is_valid=False),
    "6.4.2": _text(_TOO_LARGE, *_frames(*_in_three(_TOO_LARGE, *_AT)), is_valid=False),
    "6.4.3": _text(
        _TOO_LARGE,
        *_in_three(frame(_TOO_LARGE), *(_HEAD + place for place in _AROUND)),
        is_valid=False,
    ),
    "6.4.4": _text(
        _TOO_LARGE, *_in_three(frame(_TOO_LARGE), *(_HEAD + place for place in _AT)), is_valid=False
    ),
    **{
        f"6.{chapter}.{at}": _text(
            payload, is_valid=chapter in _ALL_VALID or at in _VALID.get(chapter, set())
        )
        for chapter, payloads in _SEQUENCES.items()
        for at, payload in enumerate(payloads, 1)
    },
}

#: The texts that are none.
INVALID = {name: row.delivered[0] for name, row in TEXTS.items() if row.deviates}
