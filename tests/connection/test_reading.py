"""reading: whatever comes, in whatever pieces, we read what websocket-client alone would read."""

import socket
import threading
from collections.abc import Sequence
from contextlib import suppress
from itertools import pairwise
from typing import Any, NamedTuple

import websocket
from hypothesis import given, settings
from hypothesis import strategies as st

from rxdex.connection.reading import Reading, Refused
from rxdex.connection.wire import Wire
from tests.connection.peer import CLOSE, MORE, PING, PONG, farewell, frame

MOST = 70_000
SIZES = st.sampled_from([0, 1, 2, 3, 125, 126, 127, 300, 65_535, 65_536, MOST])
SHORT = st.sampled_from([b"", b"a", b"ping", bytes(range(125))])


class Piece(NamedTuple):
    """Some frames, and whether a reader that checks everything refuses them."""

    data: bytes
    is_refused: bool = False


def _texts(sizes: Sequence[int]) -> Piece:
    return Piece(b"".join(frame(b"t" * size) for size in sizes))


def _fragmented(parts: Sequence[bytes], aside: bytes, opcode: int) -> Piece:
    first, *more = [*parts, b"end"]
    frames = [frame(first, opcode, fin=False)]
    for part in more[:-1]:
        frames += [aside, frame(part, MORE, fin=False)]
    return Piece(b"".join([*frames, aside, frame(more[-1], MORE)]))


GOOD = st.one_of(
    st.lists(SIZES, min_size=1, max_size=5).map(_texts),
    SIZES.map(lambda size: Piece(frame(b"b" * size, 2))),
    SHORT.map(lambda data: Piece(frame(data, PING))),
    SHORT.map(lambda data: Piece(frame(data, PONG))),
    st.builds(
        _fragmented,
        st.lists(SHORT, min_size=1, max_size=4),
        st.sampled_from([b"", frame("p", PING), frame("q", PONG)]),
        st.sampled_from([1, 2]),
    ),
)
LAST = st.one_of(
    st.sampled_from([Piece(b""), Piece(frame(b"cut off")[:-3]), Piece(farewell(1001, "bye"))]),
    st.sampled_from(
        [
            frame("x", is_masked=True),
            frame("x" * 300, is_masked=True),
            frame(b"x" * (MOST + 1)),
            frame(b"", announced=1 << 40),
            frame("x", reserved=4),
            frame("x", reserved=1),
            frame("x", 3),
            frame("x", 11),
            frame("x", MORE),
            frame("x", fin=False) + frame("y"),
            frame("x", PING, fin=False),
            frame(bytes(126), PING),
            frame(b"\x03", CLOSE),
            frame(b"\x00\x01", CLOSE),
        ]
    ).map(lambda data: Piece(data, is_refused=True)),
)


class Heard(NamedTuple):
    """What one reader made of it."""

    messages: list[bytes]
    controls: list[tuple[int, bytes]]
    is_refused: bool


def ours(data: bytes, places: Sequence[int]) -> Heard:
    here, there = socket.socketpair()
    wire = Wire()
    wire.adopt(here)
    sock: Any = websocket.WebSocket(enable_multithread=False, skip_utf8_validation=True)
    sock.sock = wire
    controls: list[tuple[int, bytes]] = []
    reading = Reading(sock, wire, MOST, lambda opcode, said: controls.append((opcode, said)))
    frames: list[bytes] = []
    writer = threading.Thread(target=_write, args=(there, data, places))
    writer.start()
    is_refused = is_over = False
    while not is_over:
        wire.settimeout(10)
        wire.reads_left = 1
        batch: list[bytes] = []
        try:
            with suppress(websocket.WebSocketTimeoutException, TimeoutError):
                reading.read(batch)
        except websocket.WebSocketConnectionClosedException:
            is_over = True
        except (Refused, websocket.WebSocketProtocolException):
            is_refused = is_over = True
        frames += batch
        is_over = is_over or any(opcode == CLOSE for opcode, _ in controls)
    wire.cut()
    writer.join(10)
    there.close()
    return Heard(frames, controls, is_refused)


def _write(there: socket.socket, data: bytes, places: Sequence[int]) -> None:
    cuts = sorted({place % (len(data) + 1) for place in places} | {0, len(data)})
    with suppress(OSError):
        for begin, end in pairwise(cuts):
            there.sendall(data[begin:end])
        there.shutdown(socket.SHUT_WR)


class Alone:
    """A socket that has everything already, and hears nothing."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def recv(self, size: int) -> bytes:
        taken, self._data = self._data[:size], self._data[size:]
        return taken

    def send(self, data: bytes) -> int:
        return len(data)

    def gettimeout(self) -> float:
        return 10.0

    def close(self) -> None:
        return


def theirs(data: bytes) -> Heard:
    """What websocket-client reads by itself, all its checks on but the one for UTF-8."""
    sock: Any = websocket.WebSocket(enable_multithread=False, skip_utf8_validation=True)
    sock.sock = Alone(data)
    messages: list[bytes] = []
    controls: list[tuple[int, bytes]] = []
    try:
        while True:
            opcode, heard = sock.recv_data_frame(control_frame=True)
            if opcode in {CLOSE, PING, PONG}:
                controls.append((opcode, heard.data))
                if opcode == CLOSE:
                    break
            else:
                messages.append(bytes(heard.data))
    except websocket.WebSocketConnectionClosedException:
        pass
    except websocket.WebSocketProtocolException:
        return Heard(messages, controls, is_refused=True)
    return Heard(messages, controls, is_refused=False)


@settings(deadline=None, max_examples=150)
@given(
    st.lists(GOOD, max_size=6),
    LAST,
    st.lists(st.integers(0, 1 << 20), max_size=20),
    st.booleans(),
)
def test_we_read_what_the_library_reads(
    good: list[Piece], last: Piece, places: list[int], is_behind: bool
) -> None:
    before = b"".join(piece.data for piece in good)
    # What stands behind a frame that is refused is heard by nobody.
    behind = frame("behind") if is_behind and last.is_refused else b""
    heard = ours(before + last.data + behind, places)
    if last.is_refused:
        # The library takes some of them: masks, any length.
        assert heard == theirs(before)._replace(is_refused=True)
    else:
        assert heard == theirs(before + last.data)


@settings(deadline=None, max_examples=30)
@given(st.lists(GOOD, max_size=3), LAST)
def test_octet_by_octet_too(good: list[Piece], last: Piece) -> None:
    data = b"".join(piece.data for piece in good if len(piece.data) < 2_000)
    whole = data + last.data[:2_000]
    in_pieces, at_once = ours(whole, range(len(whole))), ours(whole, [])
    assert in_pieces == at_once


def test_a_read_that_ends_amid_a_text_has_completed_the_one_before() -> None:
    here, there = socket.socketpair()
    wire = Wire()
    wire.adopt(here)
    wire.settimeout(10)
    sock: Any = websocket.WebSocket(enable_multithread=False, skip_utf8_validation=True)
    sock.sock = wire
    reading = Reading(sock, wire, MOST, lambda _, __: None)
    text = frame("t" * 50)
    found: list[tuple[int, bool, bool]] = []
    for piece in (text[:20], text[20:] + text[:20], b"t", text[21:]):
        there.sendall(piece)
        wire.reads_left = 1
        frames: list[bytes] = []
        with suppress(websocket.WebSocketTimeoutException, TimeoutError):
            reading.read(frames)
        found.append((len(frames), reading.is_complete, reading.is_amid))
    assert found == [(0, False, True), (1, True, True), (0, False, True), (1, True, False)]
    wire.cut()
    there.close()


def test_after_frames_that_are_left_over_it_does_not_turn_to_the_socket() -> None:
    here, there = socket.socketpair()
    wire = Wire()
    wire.adopt(here)
    wire.settimeout(0.05)
    sock: Any = websocket.WebSocket(enable_multithread=False, skip_utf8_validation=True)
    sock.sock = wire
    controls: list[tuple[int, bytes]] = []
    reading = Reading(sock, wire, MOST, lambda opcode, said: controls.append((opcode, said)))
    wire.inflow.add(frame("p", PING) + frame(b"t" * MOST)[:100])
    there.sendall(frame(b"t" * MOST)[100:200])
    wire.reads_left = 1
    with suppress(websocket.WebSocketTimeoutException, TimeoutError):
        reading.read([])
    assert controls == [(PING, b"p")]
    assert here.recv(1_000), "what came since is still there"
    wire.cut()
    there.close()
