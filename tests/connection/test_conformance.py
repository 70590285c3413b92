"""
What a client has to do with what it receives: the cases of the Autobahn test suite, row by row.

A row bears the number of its case; behind a comma stands what is ours beyond it. Every row is written in
three ways (a frame a write, all in one write, an octet a write) to a real socket, and read by whatever makes
a transport. Not here are 9.7 and 9.8, which measure an echo that a reader of streams does not give, and 12
and 13: they are about compression, which a client has to offer in its handshake (`permessage-deflate`). Ours
offers none, so there is nothing to negotiate, and what comes compressed all the same is refused.
"""

from collections.abc import Iterator

import pytest

from rxdex import Dex, LineSettings
from rxdex.connection.websocket import WebsocketTransport
from rxdex.errors import ConnectionLost
from rxdex.events import BlockHeight, Fault, FaultReason, LineState, Status
from rxdex.venues import BinanceDex
from tests.connection.conformance import Reader, Row, judge, play, ways_of
from tests.connection.conformance_ends import CLOSES, COMPRESSED, LIMITS
from tests.connection.conformance_frames import (
    FRAGMENTS,
    FRAMING,
    MASKED,
    OPCODES,
    PINGS,
    RESERVED_BITS,
)
from tests.connection.conformance_texts import INVALID, TEXTS
from tests.connection.peer import BINARY, CLOSE, TEXT, Guest, Peer, farewell, frame
from tests.connection.recorder import Recorder

#: Whatever is to be held to the table.
READERS: dict[str, Reader] = {"websocket-client": WebsocketTransport}

CHAPTERS = (
    FRAMING,
    PINGS,
    RESERVED_BITS,
    OPCODES,
    FRAGMENTS,
    MASKED,
    TEXTS,
    CLOSES,
    LIMITS,
    COMPRESSED,
)
TABLE = {name: row for chapter in CHAPTERS for name, row in chapter.items()}
LARGEST = 16 << 20


def each_row() -> Iterator[object]:
    for name, row in TABLE.items():
        for way in ways_of(row):
            yield pytest.param(row, way, id=f"{name} {way}")


@pytest.fixture(params=list(READERS.values()), ids=list(READERS))
def reader(request: pytest.FixtureRequest) -> Reader:
    made: Reader = request.param
    return made


class TestTable:
    @pytest.mark.parametrize(("row", "way"), list(each_row()))
    def test_a_row(self, row: Row, way: str, reader: Reader) -> None:
        judge(row, play(row, way, reader))

    def test_no_two_rows_have_one_name(self) -> None:
        assert len(TABLE) == sum(map(len, CHAPTERS))

    def test_python_agrees_what_utf8_is(self) -> None:
        for name, row in TEXTS.items():
            assert is_utf8(row.delivered[0]) is (name not in INVALID), name

    @pytest.mark.parametrize(("name", "opcode"), [("9.1.6", TEXT), ("9.2.6", BINARY)])
    def test_the_largest_of_autobahns(self, name: str, opcode: int, reader: Reader) -> None:
        """Each is as large as our cap is where nobody set another."""
        assert LineSettings().max_frame == LARGEST
        data = bytes((opcode,)) * LARGEST
        row = Row(writes=(frame(data, opcode),), delivered=(data,))
        judge(row, play(row, "as it stands", reader))


def is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


class TestHandshake:
    def test_no_extension_is_offered(self, reader: Reader) -> None:
        with Peer(Guest.welcome) as peer:
            transport = reader(LineSettings())
            transport.open(peer.url())
            transport.abort()
            with pytest.raises(KeyError):
                peer.guests[0].header("Sec-WebSocket-Extensions")

    @pytest.mark.parametrize(
        "header", ["Sec-WebSocket-Extensions: permessage-deflate", "Sec-WebSocket-Protocol: chat"]
    )
    def test_none_is_accepted_that_was_not_offered(self, header: str, reader: Reader) -> None:
        """RFC 6455, 4.1: such an answer fails the line. Autobahn has no case for it."""

        def script(guest: Guest) -> None:
            guest.hear_request()
            guest.say(guest.handshake(header))
            guest.see_off()

        with Peer(script) as peer:
            transport = reader(LineSettings())
            try:
                with pytest.raises(ConnectionLost, match="which was not offered"):
                    transport.open(peer.url())
            finally:
                transport.abort()


def block(height: int, *, name: bytes = b"", unread: bytes = b"") -> bytes:
    """A block, with octets in what is read of it, or in what nobody reads."""
    return b'{"stream":"blockheight%s","data":{"h":%d,"unread":"%s"}}' % (name, height, unread)


class Heard:
    """What a `Dex` makes of these frames: blocks, and last one of `END`."""

    END = 1_000_000

    def __init__(self, reader: Reader, *writes: bytes) -> None:
        self.blocks: Recorder[BlockHeight] = Recorder()
        self.faults: Recorder[Fault] = Recorder()
        self.status: Recorder[Status] = Recorder()

        def script(guest: Guest) -> None:
            guest.welcome()
            guest.hear()
            guest.say(b"".join(writes) + frame(block(self.END)))
            while guest.hear().opcode != CLOSE:
                pass
            guest.say(farewell())

        settings = LineSettings(transport=lambda: reader(LineSettings()))
        with Peer(script) as peer, Dex(BinanceDex(peer.url(path="/api")), settings) as dex:
            dex.status.subscribe(self.status)
            dex.faults.subscribe(self.faults)
            with dex.blocks().subscribe(self.blocks):
                assert self.blocks.wait(lambda it: any(b.height == self.END for b in it.values))
                self.states = [status.state for status in self.status.values]

    @property
    def heights(self) -> list[int]:
        return [each.height for each in self.blocks.values if each.height != self.END]


class TestNoUtf8:
    """Our one exception: what a transport passes up as bytes is a malformed frame to the venue's decoder."""

    def test_each_is_one_fault_and_the_stream_goes_on(self, reader: Reader) -> None:
        writes = [
            frame(block(height)) + frame(block(0, name=octets))
            for height, octets in enumerate(INVALID.values(), 1)
        ]
        heard = Heard(reader, *writes)
        assert heard.heights == list(range(1, len(INVALID) + 1))
        assert [fault.reason for fault in heard.faults.values] == [
            FaultReason.MALFORMED_FRAME
        ] * len(INVALID)
        assert LineState.WAITING not in heard.states, "the line stays"

    def test_in_fragments_too(self, reader: Reader) -> None:
        whole = block(2, name=INVALID["6.4.1"])
        middle = whole.index(INVALID["6.4.1"]) + 13
        parts = frame(whole[:middle], fin=False) + frame(whole[middle:], 0)
        heard = Heard(reader, frame(block(1)), parts, frame(block(3)))
        assert heard.heights == [1, 3]
        assert [fault.reason for fault in heard.faults.values] == [FaultReason.MALFORMED_FRAME]

    def test_a_letter_cut_by_fragments_is_none(self, reader: Reader) -> None:
        whole = block(2, unread="κόσμε".encode())
        middle = whole.index("κ".encode()) + 1
        parts = frame(whole[:middle], fin=False) + frame(whole[middle:], 0)
        heard = Heard(reader, frame(block(1)), parts, frame(block(3)))
        assert heard.heights == [1, 2, 3]
        assert heard.faults.values == []

    @pytest.mark.parametrize("name", ["6.16.2", "6.17.1", "6.20.1", "6.11.5"])
    def test_in_what_nobody_reads_it_is_not_looked_at(self, name: str, reader: Reader) -> None:
        """As the guide to venues says: what is skipped spoils nothing that is read."""
        heard = Heard(reader, frame(block(1)), frame(block(2, unread=INVALID[name])))
        assert heard.heights == [1, 2]
        assert heard.faults.values == []
