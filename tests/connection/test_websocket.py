"""websocket: frames whole and in order, ends with words, and no wait without an end."""

import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from rxdex.connection.settings import LineSettings
from rxdex.connection.transport import Transport
from rxdex.connection.websocket import WebsocketTransport
from rxdex.errors import ConnectionLost, StaleConnection
from tests.conftest import eventually, open_sockets
from tests.connection.peer import (
    BINARY,
    CLOSE,
    MORE,
    PING,
    PONG,
    TEXT,
    Aside,
    Authority,
    Guest,
    Peer,
    Said,
    Unreachable,
    answer,
    duration,
    farewell,
    frame,
    shortest,
)

LIMIT = 0.15
SLACK = 0.2
LONG = 60.0
SOON = 5.0

Script = Callable[[Guest], None]


def settings(**changes: Any) -> LineSettings:
    """Patient, save where a test says otherwise."""
    patient: dict[str, Any] = {"open_timeout": SOON, "send_timeout": SOON, "frame_timeout": SOON}
    return LineSettings(**patient | changes)


@contextmanager
def line(
    script: Script, *, receive_buffer: int | None = None, **changes: Any
) -> Iterator[WebsocketTransport]:
    """An open transport whose other side does as the script says."""
    with Peer(script, receive_buffer=receive_buffer) as peer:
        transport = WebsocketTransport(settings(**changes))
        try:
            transport.open(peer.url())
            yield transport
        finally:
            transport.abort()


def flood_frames(guest: Guest) -> None:
    with suppress(OSError):
        while not guest.over.is_set():
            guest.say(frame("x" * 100) * 1000)


def says(*parts: bytes, then: Script = Guest.see_off) -> Script:
    """Shake hands and say these in the same segment."""

    def script(guest: Guest) -> None:
        guest.welcome(*parts)
        then(guest)

    return script


def hear(transport: Transport, count: int) -> list[bytes]:
    """So many frames."""
    frames: list[bytes] = []
    while len(frames) < count:
        more = transport.receive(SOON)
        assert more, "nothing came"
        frames += more
    return frames


def hear_all(transport: Transport) -> tuple[list[bytes], ConnectionLost]:
    """All frames, and the end."""
    frames: list[bytes] = []
    while True:
        try:
            frames += transport.receive(SOON)
        except ConnectionLost as lost:
            return frames, lost


def is_waiting(transport: WebsocketTransport) -> bool:
    return transport._wire._is_waiting


def refused(url: str, **changes: Any) -> str:
    """What a failed attempt to connect says."""
    transport = WebsocketTransport(settings(**changes))
    with pytest.raises(ConnectionLost) as caught:
        transport.open(url)
    transport.abort()
    text = str(caught.value)
    assert url in text
    return text


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


@pytest.fixture
def unreachable() -> Iterator[Unreachable]:
    with Unreachable() as nowhere:
        if not nowhere.is_silent():
            pytest.skip("this system answers whoever comes when its queue is full")
        yield nowhere


class TestFrames:
    def test_all_that_came_in_one_read(self) -> None:
        with line(says(frame("a"), frame("b"), frame(), frame("c" * 70_000))) as transport:
            assert hear(transport, 4) == [b"a", b"b", b"", b"c" * 70_000]

    def test_those_said_with_the_handshake_do_not_wait_for_more(self) -> None:
        with line(says(frame("a"))) as transport:
            assert duration(lambda: hear(transport, 1)) < 2

    @pytest.mark.parametrize(
        "whole",
        [frame("short"), frame("x" * 130), frame("y" * 66_000)[:20] + b"y" * 65_990],
        ids=["7 bits", "16 bits", "64 bits"],
    )
    def test_one_cut_anywhere_is_whole(self, whole: bytes) -> None:
        places = [*range(1, min(len(whole), 18)), len(whole) - 1]
        turn = threading.Semaphore(0)

        def halves(guest: Guest) -> None:
            guest.welcome()
            for place in places:
                guest.say(whole[:place])
                assert turn.acquire(timeout=SOON)
                guest.say(whole[place:])
                assert turn.acquire(timeout=SOON)
            guest.see_off()

        with line(halves) as transport:
            expected = whole[
                -(len(whole) - {7: 2}.get(len(whole), 4 if len(whole) < 999 else 10)) :
            ]
            for place in places:
                assert eventually(lambda place=place: held(transport, place))  # type: ignore[misc]
                turn.release()
                assert hear(transport, 1) == [expected]
                turn.release()

    def test_fragments_with_pings_between(self) -> None:
        parts = [
            frame("one ", fin=False),
            frame("1", PING),
            frame("two ", MORE, fin=False),
            frame("2", PONG),
            frame("", MORE, fin=False),
            frame("three", MORE),
            frame("next"),
        ]

        def script(guest: Guest) -> None:
            guest.welcome(*parts)
            heard.append(guest.hear())
            guest.see_off()

        heard: list[Said] = []
        with line(script) as transport:
            assert hear(transport, 2) == [b"one two three", b"next"]
            assert eventually(lambda: heard == [Said(PONG, b"1", is_masked=True)])

    def test_what_is_no_utf8_passes_as_it_is(self) -> None:
        with line(says(frame(b"\xff\xfe\x00"))) as transport:
            assert hear(transport, 1) == [b"\xff\xfe\x00"]

    def test_binary_ones_pass(self) -> None:
        with line(says(frame(b"\x00\x01", BINARY))) as transport:
            assert hear(transport, 1) == [b"\x00\x01"]

    def test_a_server_that_masks_is_refused(self) -> None:
        """RFC 6455, 5.1."""
        with (
            line(says(frame("masked", is_masked=True))) as transport,
            pytest.raises(ConnectionLost, match="a frame that is masked, as only ours are"),
        ):
            hear(transport, 1)

    def test_an_answer_to_a_ping_ends_a_wait_and_is_counted(self) -> None:
        def script(guest: Guest) -> None:
            guest.welcome()
            ping = guest.hear()
            assert ping.opcode == PING
            guest.say(frame("before") + frame("", PONG) + frame(ping.payload, PONG))
            guest.stay()

        with line(script) as transport:
            assert transport.pongs == 0
            transport.ping()
            assert hear(transport, 1) == [b"before"]
            began = time.monotonic()
            while not transport.pongs and time.monotonic() - began < 5:
                transport.receive(5)
            assert transport.pongs == 1
            assert time.monotonic() - began < 4

    def test_ours_are_masked(self) -> None:
        def script(guest: Guest) -> None:
            guest.welcome()
            heard.extend(guest.hear() for _ in range(3))

        heard: list[Said] = []
        texts = ["", "é", "x" * 70_000]
        with line(script) as transport:
            for text in texts:
                transport.send(text)
            assert eventually(lambda: len(heard) == 3)
        assert heard == [Said(TEXT, text.encode(), is_masked=True) for text in texts]

    @pytest.mark.parametrize("payload", [b"", b"beat", bytes(125)])
    def test_a_pong_carries_the_pings_payload(self, payload: bytes) -> None:
        def script(guest: Guest) -> None:
            guest.welcome(frame(payload, PING))
            heard.append(guest.hear())

        heard: list[Said] = []
        with line(script) as transport:
            with suppress(ConnectionLost):
                assert transport.receive(0.05) == []
            assert eventually(lambda: heard == [Said(PONG, payload, is_masked=True)])

    def test_a_ping_is_a_sign_of_life(self) -> None:
        def script(guest: Guest) -> None:
            guest.welcome()
            go.wait(SOON)
            guest.say(frame("beat", PING))
            guest.see_off()

        go = threading.Event()
        with line(script) as transport:
            before = transport.heard_at
            go.set()
            assert eventually(lambda: not transport.receive(0.01) and transport.heard_at > before)

    def test_none_in_time_is_none(self) -> None:
        def receive() -> None:
            assert transport.receive(LIMIT) == []

        with line(says()) as transport:
            assert LIMIT <= shortest(receive, LIMIT + SLACK) < LIMIT + SLACK
            assert transport.receive(0) == []

    def test_a_flood_does_not_keep_what_has_come(self) -> None:
        """A peer that is faster than we are never lets a read end between two frames."""

        def flood(guest: Guest) -> None:
            guest.welcome()
            chunk = frame("x" * 1000) * 500
            while not guest.over.is_set():
                guest.say(chunk)

        # The largest read, and what the one before left of a frame.
        most = (1 << 20) + len(frame("x" * 1000))
        with line(flood) as transport:
            for _ in range(20):
                assert 0 < sum(map(len, transport.receive(SOON))) <= most

    def test_a_flood_of_pings_ends_with_the_time(self) -> None:
        def flood(guest: Guest) -> None:
            guest.welcome()
            with suppress(OSError):
                while not guest.over.is_set():
                    guest.say(frame("x" * 120, PONG) * 1000)

        with line(flood) as transport:
            assert shortest(lambda: transport.receive(LIMIT), LIMIT + SLACK) < LIMIT + SLACK


HALF = frame("x" * 70_000)[:100]


class TestHalfAFrameBehindTheHandshake:
    """What came with it was not read by us, and the rest of it may be long in coming."""

    def test_a_text_before_it_is_delivered_at_once(self) -> None:
        with line(says(frame("first"), HALF, then=Guest.stay), frame_timeout=LONG) as transport:
            frames: list[bytes] = []
            took = duration(lambda: frames.extend(transport.receive(LONG)))
            assert frames == [b"first"]
            assert took < SOON

    @pytest.mark.parametrize("before", [frame("p", PING), b""], ids=["a ping", "nothing"])
    def test_the_time_that_is_given_is_kept(self, before: bytes) -> None:
        def receive() -> None:
            assert transport.receive(LIMIT) == []

        with line(says(before, HALF, then=Guest.stay), frame_timeout=LONG) as transport:
            assert duration(receive) < SOON
            assert LIMIT <= shortest(receive, LIMIT + SLACK) < LIMIT + SLACK


def held(transport: WebsocketTransport, size: int) -> bool:
    """Let the transport read; whether it has so many bytes of a frame by then."""
    assert transport.receive(0.005) == []
    buffer = transport._socket.frame_buffer
    parts = sum(map(len, buffer.recv_buffer))
    if buffer.header is not None:
        bits = buffer.header[6]
        extended = {126: 2, 127: 8}.get(bits, 0)
        parts += 2 + (extended if buffer.length is not None else 0)
    return parts + len(transport._wire.inflow) == size


class TestProtocolErrors:
    @pytest.mark.parametrize(
        ("bad", "words"),
        [
            pytest.param(
                frame("x", 3), "opcode 3, which means nothing", id="an unknown opcode for data"
            ),
            pytest.param(
                frame("x", 11), "opcode 11, which means nothing", id="an unknown opcode for control"
            ),
            pytest.param(frame("x", reserved=4), "a reserved bit", id="the first reserved bit"),
            pytest.param(frame("x", reserved=1), "a reserved bit", id="the last reserved bit"),
            pytest.param(frame("x", MORE), "never began", id="more of nothing"),
            pytest.param(
                frame("a", fin=False) + frame("b"),
                "amid the fragments",
                id="a new one amid another",
            ),
            pytest.param(frame(bytes(126), PING), "control frame of 126 bytes", id="a long ping"),
            pytest.param(frame(bytes(126), PONG), "control frame of 126 bytes", id="a long pong"),
            pytest.param(frame(bytes(126), CLOSE), "control frame of 126 bytes", id="a long close"),
            pytest.param(
                frame(b"", PING, announced=1 << 40),
                "control frame of 1099511627776 bytes",
                id="a ping that only says how long it is",
            ),
            pytest.param(frame("x", PING, fin=False), "in fragments", id="a ping in fragments"),
            pytest.param(
                frame("x", PONG, fin=False), "control frame in fragments", id="a pong in fragments"
            ),
            pytest.param(
                frame(b"\x03\xe8", CLOSE, fin=False),
                "control frame in fragments",
                id="a close in fragments",
            ),
            pytest.param(frame(b"\x03", CLOSE), "close frame", id="half a code"),
            pytest.param(frame(b"\x00\x01", CLOSE), "close opcode 1", id="a code that is none"),
            pytest.param(
                b"GET / HTTP/1.1\r\n" * 9, "a reserved bit", id="another protocol altogether"
            ),
        ],
    )
    def test_the_end_has_words(self, bad: bytes, words: str) -> None:
        def script(guest: Guest) -> None:
            guest.welcome(frame("before") + bad)
            with suppress(OSError):
                heard.append(guest.hear())

        heard: list[Said] = []
        with line(script) as transport:
            frames, lost = hear_all(transport)
            assert frames == [b"before"]
            assert "sent what is refused" in str(lost)
            assert words in str(lost)
            assert not isinstance(lost, StaleConnection)
            assert eventually(lambda: len(heard) == 1)
        assert heard == [Said(CLOSE, struct.pack("!H", 1002), is_masked=True)]

    @pytest.mark.parametrize("announced", [101, 70_000, 1 << 62])
    def test_the_largest_frame_is_looked_at_before_it_comes(self, announced: int) -> None:
        with line(says(frame("ok"), frame(b"", announced=announced)), max_frame=100) as transport:
            frames, lost = hear_all(transport)
        assert frames == [b"ok"]
        assert f"a frame of {announced} bytes; raise LineSettings(max_frame=100)" in str(lost)

    def test_the_largest_frame_is_the_sum_of_its_fragments(self) -> None:
        fits = [
            frame(bytes(60), BINARY, fin=False),
            frame(bytes(100), PING),
            frame(bytes(40), MORE),
        ]
        too_long = [frame(bytes(60), BINARY, fin=False), frame(bytes(41), MORE)]
        with line(says(*fits, *too_long), max_frame=100) as transport:
            frames, lost = hear_all(transport)
        assert frames == [bytes(100)]
        assert "LineSettings(max_frame=100)" in str(lost)

    @hypothesis_settings(max_examples=150, deadline=None)
    @given(
        parts=st.lists(
            st.one_of(
                st.binary(max_size=40),
                st.builds(
                    frame,
                    st.binary(max_size=140),
                    st.integers(0, 15),
                    fin=st.booleans(),
                    reserved=st.sampled_from([0, 0, 0, 1]),
                    is_masked=st.booleans(),
                ),
            ),
            max_size=6,
        )
    )
    def test_whatever_comes_nothing_but_connection_lost_is_raised(self, parts: list[bytes]) -> None:
        here, there = socket.socketpair()
        transport = WebsocketTransport(settings(max_frame=200, close_timeout=0.5))
        transport._wire.adopt(here)
        transport._socket.sock = transport._wire
        with there:
            there.sendall(b"".join(parts))
            there.shutdown(socket.SHUT_WR)
            hear_all(transport)
        transport.abort()


class TestEnds:
    def test_frames_then_a_close_in_one_segment(self) -> None:
        def script(guest: Guest) -> None:
            guest.welcome(frame("a"), frame("b"), farewell(1001, "going away"))
            heard.append(guest.hear())

        heard: list[Said] = []
        with line(script) as transport:
            frames, lost = hear_all(transport)
            assert frames == [b"a", b"b"]
            assert str(lost) == f"{transport._url} hung up (1001 going away)"
            assert eventually(lambda: len(heard) == 1), "a close is answered"
            with pytest.raises(ConnectionLost, match="going away"):
                transport.receive(SOON)
        assert heard[0].opcode == CLOSE

    def test_a_close_without_a_reason(self) -> None:
        with line(says(frame(b"", CLOSE))) as transport:
            _, lost = hear_all(transport)
        assert str(lost) == f"{transport._url} hung up (no reason given)"

    def test_frames_then_silence_on_both_ends(self) -> None:
        with line(says(frame("a"), then=lambda _: None)) as transport:
            frames, lost = hear_all(transport)
            assert frames == [b"a"]
            assert str(lost) == f"{transport._url} hung up without a word"
            with pytest.raises(ConnectionLost):
                transport.send("x")

    def test_frames_then_half_a_frame_then_the_end(self) -> None:
        with line(says(frame("a"), frame("bcd")[:3], then=lambda _: None)) as transport:
            frames, lost = hear_all(transport)
        assert frames == [b"a"]
        assert not isinstance(lost, StaleConnection)

    def test_frames_then_a_reset(self) -> None:
        def script(guest: Guest) -> None:
            guest.welcome(frame("a"))
            go.wait(SOON)
            guest.reset()

        go = threading.Event()
        with line(script) as transport:
            assert hear(transport, 1) == [b"a"]
            go.set()
            _, lost = hear_all(transport)
        assert str(lost) == f"the line to {transport._url} broke: Connection reset by peer"

    @pytest.mark.parametrize("last", [farewell(), frame("x", reserved=1)])
    def test_an_answer_that_nobody_takes(self, last: bytes) -> None:
        here, there = socket.socketpair()
        transport = WebsocketTransport(settings())
        transport._wire.adopt(here)
        transport._socket.sock = transport._wire
        there.sendall(frame("a") + last)
        there.close()
        frames, lost = hear_all(transport)
        assert frames == [b"a"]
        assert "hung up (1000)" in str(lost) or "sent what is refused" in str(lost)

    def test_sending_after_a_reset(self) -> None:
        def script(guest: Guest) -> None:
            guest.welcome()
            guest.reset()
            gone.set()

        gone = threading.Event()
        with line(script) as transport:
            gone.wait(SOON)

            def is_lost() -> bool:
                try:
                    transport.send("x")
                except ConnectionLost as lost:
                    return "broke: " in str(lost)
                return False

            assert eventually(is_lost)


class TestEveryWaitHasAnEnd:
    def open_in(self, url: str, **changes: Any) -> float:
        return shortest(lambda: refused(url, open_timeout=LIMIT, **changes), LIMIT + SLACK)

    def test_connecting(self, unreachable: Unreachable) -> None:
        assert LIMIT <= self.open_in(unreachable.url()) < LIMIT + SLACK
        assert "did not answer within 0.15 s" in refused(unreachable.url(), open_timeout=LIMIT)

    def test_tls(self, authority: Authority) -> None:
        with Peer(Guest.stay) as peer:
            url = peer.url("wss")
            assert LIMIT <= self.open_in(url, ssl=authority.client()) < LIMIT + SLACK

    @pytest.mark.parametrize("head", [b"", b"HTTP/1.1 101 Switching Protocols\r\n"])
    def test_the_handshake(self, head: bytes) -> None:
        def script(guest: Guest) -> None:
            guest.hear_request()
            guest.say(head)
            guest.stay()

        with Peer(script) as peer:
            assert LIMIT <= self.open_in(peer.url()) < LIMIT + SLACK

    def test_the_handshake_byte_by_byte_is_timed_as_a_whole(self) -> None:
        def script(guest: Guest) -> None:
            guest.hear_request()
            guest.trickle(guest.handshake())

        with Peer(script) as peer:
            assert LIMIT <= self.open_in(peer.url()) < LIMIT + SLACK
            transport = WebsocketTransport(settings(open_timeout=30))
            transport.open(peer.url())
            transport.abort()

    def test_the_body_of_a_refusal_byte_by_byte_too(self) -> None:
        def script(guest: Guest) -> None:
            guest.hear_request()
            guest.say(b"HTTP/1.1 503 Busy\r\nContent-Length: 10000\r\n\r\n")
            guest.trickle(b"x" * 10_000)

        with Peer(script) as peer:
            assert LIMIT <= self.open_in(peer.url()) < LIMIT + SLACK

    def test_a_handshake_without_an_end(self) -> None:
        def script(guest: Guest) -> None:
            guest.hear_request()
            guest.say(b"HTTP/1.1 101 Switching Protocols\r\nX: ")
            with suppress(OSError):
                while not guest.over.is_set():
                    guest.say(b"x" * 10_000)

        with Peer(script) as peer:
            assert "the answer has no end" in refused(peer.url())

    def test_sending_to_who_does_not_read(self) -> None:
        def send() -> None:
            deaf = says(then=Guest.stay)
            with line(deaf, receive_buffer=4096, send_timeout=LIMIT) as transport:
                took.append(duration(lambda: fill(transport)))

        def fill(transport: WebsocketTransport) -> None:
            with pytest.raises(ConnectionLost, match=r"took no frame within 0\.15 s"):
                transport.send("x" * (4 << 20))

        took: list[float] = []
        shortest(send, LIMIT + SLACK)
        assert LIMIT <= min(took) < LIMIT + SLACK

    def test_a_pong_to_who_does_not_read(self) -> None:
        def flood(guest: Guest) -> None:
            guest.welcome()
            with suppress(OSError):
                while not guest.over.is_set():
                    guest.say(frame(bytes(125), PING) * 1000)

        with line(flood, send_timeout=LIMIT) as transport:
            _, lost = hear_until(transport, 100)
        assert "took no frame within" in str(lost)

    @pytest.mark.parametrize("size", [1, 2, 3, 9, 100])
    def test_a_frame_that_stops_half_way(self, size: int) -> None:
        half = frame("x" * 300)[:size]

        def stop() -> None:
            with line(says(frame("a"), half), frame_timeout=LIMIT) as transport:
                assert hear(transport, 1) == [b"a"]
                took.append(duration(lambda: stale(transport, LONG)))

        took: list[float] = []
        shortest(stop, LIMIT + SLACK)
        assert LIMIT * 0.9 <= min(took) < LIMIT + SLACK

    def test_a_frame_that_trickles(self) -> None:
        def script(guest: Guest) -> None:
            guest.welcome(frame("a"))
            guest.trickle(frame("x" * 100_000))

        def stop() -> None:
            with line(script, frame_timeout=LIMIT) as transport:
                assert hear(transport, 1) == [b"a"]
                took.append(duration(lambda: stale(transport, LONG)))

        took: list[float] = []
        shortest(stop, LIMIT + SLACK + 0.1)
        assert LIMIT * 0.9 <= min(took) < LIMIT + SLACK

    def test_reads_that_all_end_amid_a_text_are_a_healthy_line(self) -> None:
        text, limit = frame("x" * 50), 0.6

        def script(guest: Guest) -> None:
            guest.welcome()
            guest.say(text[:20])
            while not guest.over.wait(limit / 20):
                guest.say(text[20:] + text[:20])

        with line(script, frame_timeout=limit) as transport:
            until = time.monotonic() + 2 * limit
            while time.monotonic() < until:
                assert set(hear(transport, 1)) == {b"x" * 50}

    def test_fragments_without_an_end_however_many_pings_come(self) -> None:
        def script(guest: Guest) -> None:
            guest.welcome(frame("a"), frame("b", fin=False))
            guest.trickle(frame("", PONG) * 10_000, 0.005)

        with line(script, frame_timeout=LIMIT) as transport:
            assert hear(transport, 1) == [b"a"]
            stale(transport, LONG)

    def test_short_waits_add_up(self) -> None:
        with line(says(frame("ab")[:2]), frame_timeout=LIMIT) as transport:
            stale(transport, 0.01)

    def test_idle_time_before_a_frame_is_not_the_frames(self) -> None:
        def script(guest: Guest) -> None:
            guest.welcome()
            guest.over.wait(3 * LIMIT)
            guest.say(frame("ab")[:3])
            half.set()
            go.wait(SOON)
            guest.say(frame("ab")[3:])
            guest.see_off()

        half, go = threading.Event(), threading.Event()
        with line(script, frame_timeout=LIMIT) as transport:
            while not half.is_set():
                assert transport.receive(LONG if half.is_set() else 0.01) == []
            go.set()
            assert hear(transport, 1) == [b"ab"]

    def test_time_we_spend_elsewhere_is_not_the_other_sides(self) -> None:
        """A subscriber that takes long must not make a healthy line stale."""
        size = 4 << 20

        def script(guest: Guest) -> None:
            guest.welcome(frame("a"), frame(bytes(size))[:1000])
            guest.say(frame(bytes(size))[1000:])
            guest.see_off()

        with line(script, frame_timeout=LIMIT) as transport:
            assert hear(transport, 1) == [b"a"]
            assert transport.receive(0) == []
            threading.Event().wait(2 * LIMIT)
            assert [len(each) for each in hear(transport, 1)] == [size]

    @pytest.mark.parametrize("then", [Guest.stay, flood_frames], ids=["silent", "flooding"])
    def test_closing(self, then: Script) -> None:
        def close() -> None:
            with line(says(then=then), close_timeout=LIMIT) as transport:
                took.append(duration(transport.close))

        took: list[float] = []
        shortest(close, LIMIT + SLACK)
        assert LIMIT * 0.9 <= min(took) < LIMIT + SLACK


def hear_until(transport: Transport, most: int) -> tuple[list[bytes], ConnectionLost]:
    frames: list[bytes] = []
    for _ in range(most):
        try:
            frames += transport.receive(SOON)
        except ConnectionLost as lost:
            return frames, lost
    raise AssertionError("it goes on")


def stale(transport: Transport, timeout: float) -> None:
    """Receive until the line is called stale."""

    def receive() -> None:
        while True:
            assert transport.receive(timeout) == []

    with pytest.raises(StaleConnection, match=r"sent half a frame, and not the rest within 0\.15"):
        receive()


class TestClose:
    def test_it_says_so_and_hears_so(self) -> None:
        def script(guest: Guest) -> None:
            guest.welcome()
            heard.append(guest.hear())
            guest.say(frame("late") + farewell())
            guest.see_off()

        heard: list[Said] = []
        with line(script, close_timeout=SOON) as transport:
            # A wake that nobody heeded must not cut it short.
            transport.wake()
            assert duration(transport.close) < SOON
            assert heard == [Said(CLOSE, struct.pack("!H", 1000), is_masked=True)]

    @pytest.mark.parametrize("is_begun", [True, False], ids=["before", "meanwhile"])
    def test_it_waits_for_the_goodbye_behind_fragments_begun(self, is_begun: bool) -> None:
        first = frame("a", fin=False)
        said = threading.Event()

        def script(guest: Guest) -> None:
            guest.welcome(frame("hi"), first if is_begun else b"")
            assert guest.hear().opcode == CLOSE
            guest.say(b"" if is_begun else first)
            guest.say(frame("b", MORE, fin=False) + frame("", PING) + frame("c", MORE))
            # Long enough for it to hang up, were it to.
            guest.over.wait(LIMIT)
            said.set()
            guest.say(farewell())
            guest.see_off()

        with line(script, close_timeout=SOON) as transport:
            assert hear(transport, 1) == [b"hi"]
            assert transport.receive(0) == []
            assert duration(transport.close) < SOON
            assert said.is_set()

    def test_it_never_raises(self) -> None:
        with line(says(frame("x", reserved=7), then=lambda _: None)) as transport:
            transport.close()
            transport.close()
        WebsocketTransport(settings()).close()

    def test_a_close_that_is_not_taken(self) -> None:
        """The send buffer is full."""

        def close() -> None:
            transport = WebsocketTransport(settings(send_timeout=0.01, close_timeout=LIMIT))
            transport.open(peer.url())
            with pytest.raises(ConnectionLost):
                transport.send("x" * (4 << 20))
            took.append(duration(transport.close))

        took: list[float] = []
        with Peer(says(then=Guest.stay), receive_buffer=4096) as peer:
            shortest(close, LIMIT + SLACK)
        assert min(took) < LIMIT + SLACK


class TestWake:
    def test_it_ends_receive_from_another_thread(self) -> None:
        with line(says()) as transport:
            receiving = Aside(lambda: transport.receive(LONG))
            assert eventually(lambda: is_waiting(transport))
            transport.wake()
            assert receiving.ended(SOON)
            assert receiving.result == []

    def test_it_ends_the_next_receive(self) -> None:
        with line(says()) as transport:
            transport.wake()
            receiving = Aside(lambda: transport.receive(LONG))
            assert receiving.ended(SOON)
            assert receiving.result == []

    def test_it_ends_receive_amid_a_frame(self) -> None:
        def script(guest: Guest) -> None:
            guest.welcome(frame("ab")[:3])
            go.wait(SOON)
            guest.say(frame("ab")[3:])
            guest.see_off()

        go = threading.Event()
        with line(script) as transport:
            transport.wake()
            assert transport.receive(LONG) == []
            go.set()
            assert hear(transport, 1) == [b"ab"]

    def test_it_ends_receive_amid_pings_without_end(self) -> None:
        def script(guest: Guest) -> None:
            guest.welcome()
            reading = Aside(guest.see_off)
            with suppress(OSError):
                while not guest.over.is_set():
                    guest.say(frame("beat", PING) * 50)
            assert reading.ended()

        with line(script) as transport:
            began = transport.heard_at
            receiving = Aside(lambda: transport.receive(LONG))
            assert eventually(lambda: transport.heard_at > began)
            transport.wake()
            assert receiving.ended(SOON)
            assert receiving.result == []

    def test_it_does_not_disturb_shaking_hands(self) -> None:
        def script(guest: Guest) -> None:
            guest.hear_request()
            heard.set()
            go.wait(SOON)
            guest.say(guest.handshake())
            guest.see_off()

        heard, go = threading.Event(), threading.Event()
        with Peer(script) as peer:
            transport = WebsocketTransport(settings())
            transport.wake()
            opening = Aside(lambda: transport.open(peer.url()))
            assert heard.wait(SOON)
            transport.wake()
            go.set()
            assert opening.ended(SOON)
            assert opening.error is None
            assert transport.receive(LONG) == [], "it is heeded now"
            transport.abort()

    def test_it_does_not_disturb_a_send(self) -> None:
        def script(guest: Guest) -> None:
            guest.welcome()
            go.wait(SOON)
            heard.append(len(guest.hear().payload))
            guest.see_off()

        heard: list[int] = []
        go = threading.Event()
        with line(script, receive_buffer=4096) as transport:
            sending = Aside(lambda: transport.send("x" * (4 << 20)))
            assert eventually(lambda: is_waiting(transport))
            transport.wake()
            go.set()
            assert sending.ended(10)
            assert sending.error is None
            assert eventually(lambda: heard == [4 << 20], 20)


class TestAbort:
    def script(self, what: str) -> Script:
        scripts: dict[str, Script] = {
            "handshake": Guest.stay,
            "receive": says(),
            "amid a frame": says(frame("ab")[:3]),
            "send": says(then=Guest.stay),
            "close": says(then=Guest.stay),
        }
        return scripts[what]

    @pytest.mark.parametrize("what", ["handshake", "receive", "amid a frame", "send", "close"])
    def test_it_ends_every_wait_at_once(self, what: str) -> None:
        before = open_sockets()
        patient = settings(
            open_timeout=LONG, send_timeout=LONG, frame_timeout=LONG, close_timeout=LONG
        )
        transport = WebsocketTransport(patient)
        waits: dict[str, Callable[[], object]] = {
            "receive": lambda: transport.receive(LONG),
            "amid a frame": lambda: transport.receive(LONG),
            "send": lambda: transport.send("x" * (4 << 20)),
            "close": transport.close,
        }
        with Peer(self.script(what), receive_buffer=4096) as peer:
            if what in waits:
                transport.open(peer.url())
            waiting = Aside(waits.get(what, lambda: transport.open(peer.url())))
            assert eventually(lambda: is_waiting(transport))
            transport.abort()
            assert waiting.ended(SOON)
            transport.abort()
            if what != "close":
                assert isinstance(waiting.error, ConnectionLost)
                assert "dropped" in str(waiting.error)
            with pytest.raises(ConnectionLost):
                transport.receive(LONG)
            with pytest.raises(ConnectionLost):
                transport.send("x")
        assert eventually(lambda: open_sockets() <= before)

    def test_tls(self, authority: Authority) -> None:
        with Peer(Guest.stay) as peer:
            transport = WebsocketTransport(settings(ssl=authority.client(), open_timeout=LONG))
            opening = Aside(lambda: transport.open(peer.url("wss")))
            assert eventually(lambda: is_waiting(transport))
            transport.abort()
            assert opening.ended(SOON)
            assert isinstance(opening.error, ConnectionLost)

    def test_before_it_is_open(self) -> None:
        before = open_sockets()
        transport = WebsocketTransport(settings())
        transport.abort()
        transport.abort()
        assert open_sockets() == before
        with Peer(says()) as peer, pytest.raises(ConnectionLost, match="dropped"):
            transport.open(peer.url())
        assert eventually(lambda: open_sockets() == before)

    def test_when_nobody_waits(self) -> None:
        before = open_sockets()
        with Peer(says()) as peer:
            transport = WebsocketTransport(settings())
            transport.open(peer.url())
            transport.abort()
            with pytest.raises(ConnectionLost):
                transport.receive(LONG)
            transport.wake()
        assert eventually(lambda: open_sockets() == before)

    def test_what_was_read_before_is_not_lost(self) -> None:
        with line(says(frame("a"), frame("b", reserved=1))) as transport:
            transport_frames = transport.receive(SOON)
            transport.abort()
            assert transport_frames == [b"a"]
            with pytest.raises(ConnectionLost, match="sent what is refused"):
                transport.receive(SOON)


class TestErrorsAreForPeople:
    def answering(self, data: bytes) -> Script:
        def script(guest: Guest) -> None:
            guest.hear_request()
            guest.say(data)

        return script

    def test_a_refused_port(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            url = f"ws://127.0.0.1:{free.getsockname()[1]}/ws"
            assert refused(url).startswith(
                f"cannot connect to {url}: Connection refused; start what"
            )

    def test_an_unknown_host(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def unknown(*_: object, **__: object) -> None:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

        monkeypatch.setattr(socket, "getaddrinfo", unknown)
        assert refused("ws://nowhere.invalid/ws").endswith(
            ": Name or service not known; mend the host, or look at the network of this machine"
        )

    @pytest.mark.parametrize(
        "url",
        ["http://host/ws", "ws:///ws", "nonsense", "ws://host:99999/", "ws://" + "x" * 70 + "/"],
    )
    def test_a_url_that_cannot_be(self, url: str) -> None:
        assert refused(url).startswith("cannot connect to")

    @pytest.mark.parametrize(
        ("said", "words"),
        [
            (
                answer("404 Not Found", "no such stream"),
                "refuses the handshake with 404 ('no such stream'); mend",
            ),
            (answer("503 Service Unavailable"), "refuses the handshake with 503; the trouble"),
            (b"HTTP/1.1 500 Oops\r\n\r\n", "refuses the handshake with 500; the trouble"),
            (answer("404 Not Found", "x" * 1000), f"404 ('{'x' * 120}'); mend the URL"),
            (answer("200 OK", "hello"), "refuses the handshake with 200 ('hello'); mend"),
            (
                answer("301 Moved", Location="ws://b/"),
                "with 301, a redirect to 'ws://b/', which is",
            ),
            (answer("301 Moved"), "refuses the handshake with 301; mend the URL"),
            (b"\r\n\r\n", "refuses the handshake with no status; mend the URL"),
            (answer("101 Switching Protocols"), "Invalid WebSocket Header"),
            (b"nonsense\r\n\r\n", "Invalid status line"),
            (b"HTTP/1.1 404 No\r\nContent-Length: many\r\n\r\n", "Invalid content-length"),
            (b"\xff\xfe\r\n\r\n", "not valid UTF-8"),
            (b"HTTP/1.1 101 Yes\r\nno colon\r\n\r\n", "Invalid header"),
            (b"", "Connection to remote host was lost"),
            (b"HTTP/1.1 302 Found\r\nSet-Cookie: a/b=c; domain=x\r\n\r\n", "Illegal key"),
        ],
    )
    def test_an_answer_that_lets_nobody_in(self, said: bytes, words: str) -> None:
        with Peer(self.answering(said)) as peer:
            assert words in refused(peer.url())
            assert len(peer.guests) == 1, "a redirect is not followed"

    def test_an_answer_to_another_key(self) -> None:
        def script(guest: Guest) -> None:
            guest.hear_request()
            guest.request = "Sec-WebSocket-Key: another"
            guest.say(guest.handshake())

        with Peer(script) as peer:
            assert "Invalid WebSocket Header" in refused(peer.url())

    @hypothesis_settings(max_examples=100, deadline=None)
    @given(
        said=st.one_of(
            st.binary(max_size=60),
            st.builds(
                lambda status, lines: b"HTTP/1.1 " + status + b"\r\n" + b"\r\n".join(lines),
                st.binary(max_size=8) | st.sampled_from([b"101 x", b"302 x", b"404 x"]),
                st.lists(
                    st.builds(
                        lambda name, value: name + b": " + value,
                        st.sampled_from([b"Set-Cookie", b"Content-Length", b"Location", b"Upgrade"])
                        | st.binary(max_size=5),
                        st.text(max_size=20).map(str.encode),
                    ),
                    max_size=4,
                ).map(lambda lines: [*lines, b"", b""]),
            ),
        )
    )
    def test_whatever_is_answered_nothing_but_connection_lost_is_raised(self, said: bytes) -> None:
        here, there = socket.socketpair()
        transport = WebsocketTransport(settings(open_timeout=1))

        def connect(*_: object) -> None:
            transport._wire.adopt(here)

        patch = pytest.MonkeyPatch()
        patch.setattr(transport._wire, "connect", connect)
        with there:
            there.sendall(said)
            there.shutdown(socket.SHUT_WR)
            with pytest.raises(ConnectionLost):
                transport.open("ws://host/")
        transport.abort()

    def test_an_unknown_authority(self, authority: Authority) -> None:
        with Peer(says(), tls=authority.server()) as peer:
            text = refused(peer.url("wss"))
            assert "certificate is not to be trusted" in text
            assert "LineSettings(ssl=...)" in text

    def test_a_wrong_host_name(self, authority: Authority) -> None:
        with Peer(says(), tls=authority.server("elsewhere.example")) as peer:
            text = refused(peer.url("wss"), ssl=authority.client())
            assert "its certificate is another host's (Hostname mismatch" in text

    def test_an_expired_certificate(self, authority: Authority) -> None:
        past = datetime.now(UTC) - timedelta(days=1)
        tls = authority.server("localhost", not_before=past - timedelta(1), not_after=past)
        with Peer(says(), tls=tls) as peer:
            text = refused(peer.url("wss"), ssl=authority.client())
            assert "its certificate is out of date (certificate has expired)" in text

    def test_a_plain_server_behind_wss(self, authority: Authority) -> None:
        def plain(guest: Guest) -> None:
            guest.sock.recv(10)
            guest.say(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            guest.see_off()

        with Peer(plain) as peer:
            text = refused(peer.url("wss"), ssl=authority.client())
            assert "TLS fails (wrong version number); look whether" in text

    def test_a_tls_server_behind_ws(self, authority: Authority) -> None:
        with Peer(says(), tls=authority.server()) as peer:
            assert refused(peer.url("ws")).startswith("cannot connect to ws://")


class TestHandshake:
    def test_a_private_authority(self, authority: Authority) -> None:
        def script(guest: Guest) -> None:
            guest.welcome(frame("a"), frame("b" * 300_000))
            guest.say(frame(guest.hear().payload))
            guest.see_off()

        with Peer(script, tls=authority.server()) as peer:
            transport = WebsocketTransport(settings(ssl=authority.client()))
            transport.open(peer.url("wss"))
            assert hear(transport, 2) == [b"a", b"b" * 300_000]
            transport.send("c" * 300_000)
            assert hear(transport, 1) == [b"c" * 300_000]
            transport.abort()

    def test_headers_are_sent(self) -> None:
        with Peer(says()) as peer:
            transport = WebsocketTransport(
                settings(headers={"User-Agent": "rxdex", "X-Key": "k: v"})
            )
            transport.open(peer.url(path="/ws/a@b?c=d"))
            (guest,) = peer.guests
            assert guest.header("User-Agent") == "rxdex"
            assert guest.header("X-Key") == "k: v"
            assert guest.header("Host") == f"localhost:{peer.port}"
            assert guest.request.startswith("GET /ws/a@b?c=d HTTP/1.1\r\n")
            transport.abort()


class TestTls:
    """The same over TLS, where one wait can be for the other direction."""

    @contextmanager
    def line(
        self, authority: Authority, script: Script, **changes: Any
    ) -> Iterator[WebsocketTransport]:
        with Peer(script, tls=authority.server(), receive_buffer=4096) as peer:
            transport = WebsocketTransport(settings(ssl=authority.client(), **changes))
            try:
                transport.open(peer.url("wss"))
                yield transport
            finally:
                transport.abort()

    def test_frames_then_the_end(self, authority: Authority) -> None:
        with self.line(authority, says(frame("a"), then=lambda _: None)) as transport:
            frames, lost = hear_all(transport)
        assert frames == [b"a"]
        assert "hung up without a word" in str(lost)

    def test_a_frame_of_many_records(self, authority: Authority) -> None:
        whole = [frame("x" * 1_000_000), frame("y")]
        with self.line(authority, says(*whole)) as transport:
            assert hear(transport, 2) == [b"x" * 1_000_000, b"y"]

    def test_a_wake(self, authority: Authority) -> None:
        with self.line(authority, says()) as transport:
            receiving = Aside(lambda: transport.receive(LONG))
            assert eventually(lambda: is_waiting(transport))
            transport.wake()
            assert receiving.ended(SOON)
            assert receiving.result == []

    @pytest.mark.parametrize("what", ["receive", "send"])
    def test_an_abort(self, authority: Authority, what: str) -> None:
        with self.line(authority, says(then=Guest.stay), send_timeout=LONG) as transport:
            waits: dict[str, Callable[[], object]] = {
                "receive": lambda: transport.receive(LONG),
                "send": lambda: transport.send("x" * (4 << 20)),
            }
            waiting = Aside(waits[what])
            assert eventually(lambda: is_waiting(transport))
            transport.abort()
            assert waiting.ended(SOON)
            assert isinstance(waiting.error, ConnectionLost)

    def test_a_frame_that_stops_half_way(self, authority: Authority) -> None:
        script = says(frame("a"), frame("bc")[:3], then=Guest.stay)
        with self.line(authority, script, frame_timeout=LIMIT) as transport:
            assert hear(transport, 1) == [b"a"]
            stale(transport, LONG)

    def test_sending_to_who_does_not_read(self, authority: Authority) -> None:
        script = says(then=Guest.stay)
        with (
            self.line(authority, script, send_timeout=LIMIT) as transport,
            pytest.raises(ConnectionLost, match="took no frame within"),
        ):
            transport.send("x" * (4 << 20))

    def test_closing_on_who_is_silent(self, authority: Authority) -> None:
        def close() -> None:
            with self.line(authority, says(then=Guest.stay), close_timeout=LIMIT) as transport:
                took.append(duration(transport.close))

        took: list[float] = []
        shortest(close, LIMIT + SLACK)
        assert LIMIT * 0.9 <= min(took) < LIMIT + SLACK


def test_the_systems_authorities_are_asked_for_by_default(
    monkeypatch: pytest.MonkeyPatch, authority: Authority
) -> None:
    made: list[ssl.SSLContext] = []

    def default() -> ssl.SSLContext:
        made.append(authority.client())
        return made[0]

    monkeypatch.setattr(ssl, "create_default_context", default)
    with Peer(says(), tls=authority.server()) as peer:
        transport = WebsocketTransport(settings())
        transport.open(peer.url("wss"))
        transport.abort()
    assert len(made) == 1
