"""A row of the conformance table, and how it is played: a bare socket writes, a transport reads."""

import re
import socket
import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import groupby

from attrs import frozen

from rxdex.connection.settings import LineSettings
from rxdex.connection.transport import Transport
from rxdex.errors import ConnectionLost
from tests.conftest import eventually
from tests.connection.peer import CLOSE, PATIENCE, PING, PONG, Aside, Guest, Peer, Said, farewell
from tests.connection.peer import frame as frame_of

HELLO = b"Hello, world!"
REFUSED = r"sent what is refused: "
PROTOCOL_ERROR, INVALID_PAYLOAD = 1002, 1007
#: What Autobahn calls "clean close with normal code", and how a line that lives is ended here.
CLEAN = 1000

_LAST = b"still there?"
_GOODBYE = "played to the end"
#: Beyond it a row is not written octet by octet: it takes too long, and its parts are in other rows.
_LONGEST_IN_OCTETS = 1500

#: What makes the transport that is looked at.
Reader = Callable[[LineSettings], Transport]
#: Bytes for the wire; or a number: wait until so many answers were heard.
Step = bytes | int


def pong(payload: bytes = b"") -> Said:
    """What a ping is to be answered with."""
    return Said(PONG, payload, is_masked=True)


@frozen(kw_only=True)
class Row:
    """
    What a server writes, and what a client makes of it.

    :param writes: the frames, or other pieces, each a write of its own; a number waits for so many answers
    :param delivered: the messages that come out
    :param answers: what the client says before its close
    :param ends: the words of the loss, as a pattern; nothing: the line is open and answers a ping
    :param codes: those that the client's close may have
    :param max_frame: the largest message that is accepted
    :param deviates: where Autobahn expects something else: what, and why we may
    """

    writes: tuple[Step, ...]
    delivered: tuple[bytes, ...] = ()
    answers: tuple[Said, ...] = ()
    ends: str = ""
    codes: tuple[int, ...] = (CLEAN,)
    max_frame: int = 16 << 20
    deviates: str = ""

    @property
    def size(self) -> int:
        """Bytes that are written."""
        return sum(len(step) for step in self.writes if isinstance(step, bytes))


@frozen(kw_only=True)
class Played:
    """What came of a row."""

    delivered: tuple[bytes, ...]
    words: str
    answers: tuple[Said, ...]
    codes: tuple[int, ...]


def refused(*writes: bytes, delivered: tuple[bytes, ...] = (), ends: str = REFUSED) -> Row:
    """A row whose last frames break the protocol: what came before is delivered, the line is lost."""
    return Row(writes=writes, delivered=delivered, ends=ends, codes=(PROTOCOL_ERROR,))


def chopped(data: bytes, size: int) -> tuple[bytes, ...]:
    """Pieces of a size."""
    return tuple(data[at : at + size] for at in range(0, len(data), size))


def fragmented(data: bytes, size: int, opcode: int) -> tuple[bytes, ...]:
    """One message as frames of a size."""
    pieces = chopped(data, size)
    last = len(pieces) - 1
    return tuple(
        frame_of(piece, 0 if at else opcode, fin=at == last) for at, piece in enumerate(pieces)
    )


def _in_one_write(steps: Sequence[Step]) -> Iterator[Step]:
    for is_wait, some in groupby(steps, lambda step: isinstance(step, int)):
        if is_wait:
            yield from some
        else:
            yield b"".join(step for step in some if isinstance(step, bytes))


def _octet_by_octet(steps: Sequence[Step]) -> Iterator[Step]:
    for step in steps:
        if isinstance(step, int):
            yield step
        else:
            yield from (bytes((octet,)) for octet in step)


#: How the bytes of a row are cut into writes; what comes out must not depend on it.
WAYS: dict[str, Callable[[Sequence[Step]], Iterable[Step]]] = {
    "as it stands": lambda steps: steps,
    "in one write": _in_one_write,
    "octet by octet": _octet_by_octet,
}


def ways_of(row: Row) -> list[str]:
    """The ways a row is written in."""
    return [way for way in WAYS if way != "octet by octet" or row.size <= _LONGEST_IN_OCTETS]


def play(row: Row, way: str, reader: Reader) -> Played:
    """Write it, read it, and hear what is answered."""
    steps = list(row.writes)
    if not row.ends:
        said = len(row.answers) + 1
        steps += [frame_of(_LAST, PING), said, farewell(CLEAN, _GOODBYE)]
    heard: list[Said] = []

    def script(guest: Guest) -> None:
        guest.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        guest.welcome()
        hearing = Aside(lambda: _hear(guest, heard))
        # Who refuses what comes hangs up before all has come.
        with suppress(OSError):
            _write(guest, WAYS[way](steps), heard, hearing)
        assert hearing.ended()

    with Peer(script) as peer:
        settings = LineSettings(max_frame=row.max_frame, open_timeout=PATIENCE)
        transport = reader(settings)
        try:
            transport.open(peer.url(host="127.0.0.1"))
            frames, lost = _read(transport)
        finally:
            transport.abort()
    return Played(
        delivered=tuple(frames),
        words=str(lost),
        answers=tuple(said for said in heard if said.opcode != CLOSE),
        codes=tuple(_code(said) for said in heard if said.opcode == CLOSE),
    )


def judge(row: Row, played: Played) -> None:
    """Whether a row came out as it says."""
    lives = not row.ends
    assert played.delivered == row.delivered
    assert played.answers == (*row.answers, pong(_LAST))[: None if lives else -1]
    assert len(played.codes) == 1, "a close is said once"
    assert played.codes[0] in row.codes
    pattern = rf"hung up \({CLEAN} {_GOODBYE}\)$" if lives else row.ends
    assert re.search(pattern, played.words), played.words


def _write(guest: Guest, steps: Iterable[Step], heard: list[Said], hearing: Aside) -> None:
    for step in steps:
        if isinstance(step, int):
            assert eventually(lambda n=step: len(heard) >= n or hearing.ended(0))  # type: ignore[misc]
        else:
            guest.say(step)


def _hear(guest: Guest, heard: list[Said]) -> None:
    with suppress(OSError):
        while True:
            heard.append(guest.hear())


def _read(transport: Transport) -> tuple[list[bytes], ConnectionLost]:
    frames: list[bytes] = []
    while True:
        try:
            frames += transport.receive(PATIENCE)
        except ConnectionLost as lost:
            return frames, lost


def _code(said: Said) -> int:
    assert said.is_masked
    (code,) = struct.unpack_from("!H", said.payload)
    return int(code)
