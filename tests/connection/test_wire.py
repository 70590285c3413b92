"""wire: every wait has an end; another thread wakes it or cuts it."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from rxdex.connection.wire import Cut, Wire
from tests.conftest import eventually, open_sockets
from tests.connection.peer import Aside, Authority, Guest, Peer, Unreachable, shortest

LIMIT = 0.15
SLACK = 0.2
LONG = 60.0


def is_waiting(wire: Wire) -> bool:
    return wire._is_waiting


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


@pytest.fixture
def pair() -> Iterator[tuple[Wire, socket.socket]]:
    """A wire, and the other end of it."""
    here, there = socket.socketpair()
    for sock in (here, there):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    there.settimeout(10)
    wire = Wire()
    wire.adopt(here)
    wire.settimeout(10)
    yield wire, there
    wire.cut()
    there.close()


@pytest.fixture
def unreachable() -> Iterator[Unreachable]:
    with Unreachable() as nowhere:
        if not nowhere.is_silent():
            pytest.skip("this system answers whoever comes when its queue is full")
        yield nowhere


def silent(guest: Guest) -> None:
    guest.stay()


class Plentiful(socket.socket):
    """A socket that brings so many bytes at each read, and notes for how many it was asked."""

    def __init__(self, *brings: int) -> None:
        super().__init__()
        self.brings = list(brings)
        self.asked: list[int] = []

    def recv(self, size: int, _: int = 0) -> bytes:
        self.asked.append(size)
        return bytes(self.brings.pop(0))


class TestReading:
    def test_what_one_call_brought_is_served_in_pieces(
        self, pair: tuple[Wire, socket.socket]
    ) -> None:
        wire, there = pair
        there.sendall(b"abcdef")
        assert wire.recv(2) == b"ab"
        assert len(wire.inflow) == 4
        there.close()
        assert wire.recv(3) == b"cde"
        assert wire.recv(100) == b"f"
        assert len(wire.inflow) == 0
        assert wire.recv(1) == b""

    def test_it_knows_when_the_last_bytes_came(self, pair: tuple[Wire, socket.socket]) -> None:
        wire, there = pair
        there.sendall(b"a")
        before = time.monotonic()
        wire.recv(1)
        assert before <= wire.heard_at <= time.monotonic()
        heard_at = wire.heard_at
        there.close()
        assert wire.recv(1) == b""
        assert not wire.fill()
        assert wire.heard_at == heard_at, "hanging up is no sign of life"

    def test_it_asks_for_much_only_after_a_read_that_brought_much(self) -> None:
        usual, much = 1 << 16, 1 << 20
        sock, wire = Plentiful(5, usual - 1, usual, usual, much, usual - 1, 5), Wire()
        wire.adopt(sock)
        for _ in range(7):
            assert wire.fill()
        wire.cut()
        assert sock.asked == [usual, usual, usual, much, much, much, usual]

    def test_more_than_the_allowance_is_an_error(self, pair: tuple[Wire, socket.socket]) -> None:
        wire, there = pair
        wire.allowance = 4
        there.sendall(b"abcd")
        assert wire.recv(4) == b"abcd"
        there.sendall(b"e")
        with pytest.raises(OSError, match="has no end"):
            wire.recv(1)

    def test_without_reads_left_it_serves_what_is_there(
        self, pair: tuple[Wire, socket.socket]
    ) -> None:
        wire, there = pair
        there.sendall(b"ab")
        wire.reads_left = 1
        assert wire.recv(1) == b"a"
        there.sendall(b"c")
        assert wire.recv(9) == b"b", "and waits for no more"
        with pytest.raises(TimeoutError, match="nothing more for now"):
            wire.recv(1)
        wire.reads_left = 1
        assert wire.recv(1) == b"c"

    def test_what_has_come_is_read_after_the_deadline_too(
        self, pair: tuple[Wire, socket.socket]
    ) -> None:
        wire, there = pair
        there.sendall(b"a")
        wire.settimeout(0)
        assert wire.recv(1) == b"a"
        with pytest.raises(TimeoutError):
            wire.recv(1)

    def test_without_a_deadline_it_waits_for_what_comes(
        self, pair: tuple[Wire, socket.socket]
    ) -> None:
        wire, there = pair
        wire.deadline = float("inf")
        reading = Aside(lambda: wire.recv(1))
        assert eventually(lambda: is_waiting(wire))
        there.sendall(b"a")
        assert reading.ended()
        assert reading.result == b"a"


class TestEveryWaitHasAnEnd:
    def test_reading(self, pair: tuple[Wire, socket.socket]) -> None:
        wire, _ = pair

        def read() -> None:
            wire.settimeout(LIMIT)
            with pytest.raises(TimeoutError, match="no answer in time"):
                wire.recv(1)

        assert LIMIT <= shortest(read, LIMIT + SLACK) < LIMIT + SLACK

    def test_sending_to_who_does_not_read(self, pair: tuple[Wire, socket.socket]) -> None:
        wire, _ = pair

        def send() -> None:
            wire.settimeout(LIMIT)
            with pytest.raises(TimeoutError):
                wire.send(bytes(1 << 20))

        assert LIMIT <= shortest(send, LIMIT + SLACK) < LIMIT + SLACK

    def test_sending_to_who_reads_a_little_now_and_then(
        self, pair: tuple[Wire, socket.socket]
    ) -> None:
        wire, there = pair
        over = threading.Event()

        def sip() -> None:
            while not over.wait(0.01):
                there.recv(512)

        sipping = Aside(sip)

        def send() -> None:
            wire.settimeout(LIMIT)
            with pytest.raises(TimeoutError):
                wire.send(bytes(4 << 20))

        try:
            assert LIMIT <= shortest(send, LIMIT + SLACK) < LIMIT + SLACK
        finally:
            over.set()
            assert sipping.ended()

    def test_connecting_to_who_does_not_answer(self, unreachable: Unreachable) -> None:
        def connect() -> None:
            wire = Wire()
            wire.settimeout(LIMIT)
            with pytest.raises(TimeoutError):
                wire.connect("127.0.0.1", unreachable.port)
            wire.cut()

        assert LIMIT <= shortest(connect, LIMIT + SLACK) < LIMIT + SLACK

    def test_shaking_hands_for_tls_with_who_is_silent(self, authority: Authority) -> None:
        context = authority.client()

        def secure() -> None:
            wire = Wire()
            wire.settimeout(LIMIT)
            wire.connect("localhost", peer.port)
            with pytest.raises(TimeoutError):
                wire.secure(context, "localhost")
            wire.cut()

        with Peer(silent) as peer:
            assert shortest(secure, LIMIT + SLACK) < LIMIT + SLACK


class TestConnecting:
    def test_a_refused_port(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
            wire = Wire()
            with pytest.raises(ConnectionRefusedError):
                wire.connect("127.0.0.1", port)
            wire.cut()

    def test_the_next_address_is_tried(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def addresses(host: str, port: int, **_: object) -> list[object]:
            stream = socket.SOCK_STREAM
            return [
                (4711, stream, 0, "", ("127.0.0.1", port)),
                (socket.AF_INET, stream, 0, "", ("127.0.0.1", free.getsockname()[1])),
                (socket.AF_INET, stream, 0, "", ("127.0.0.1", port)),
            ]

        def hear(guest: Guest) -> None:
            heard.append(guest.sock.recv(2))

        heard: list[bytes] = []
        with socket.socket() as free, Peer(hear) as peer:
            free.bind(("127.0.0.1", 0))
            monkeypatch.setattr(socket, "getaddrinfo", addresses)
            wire = Wire()
            wire.settimeout(5)
            wire.connect("host", peer.port)
            wire.send(b"hi")
            assert eventually(lambda: heard == [b"hi"])
            wire.cut()

    def test_an_address_refused_on_the_spot(self) -> None:
        wire = Wire()
        with pytest.raises(OSError, match=r"unreachable|Permission|Invalid"):
            wire.connect("255.255.255.255", 9)
        wire.cut()

    def test_a_host_without_an_address(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def nothing(*_: object, **__: object) -> list[object]:
            return []

        monkeypatch.setattr(socket, "getaddrinfo", nothing)
        wire = Wire()
        with pytest.raises(OSError, match="host has no address"):
            wire.connect("host", 80)
        wire.cut()

    def test_tls_both_ways(self, authority: Authority) -> None:
        sent = bytes(range(256)) * 1024

        def echo(guest: Guest) -> None:
            while data := guest.sock.recv(65536):
                guest.say(data)

        with Peer(echo, tls=authority.server()) as peer:
            wire = Wire()
            wire.settimeout(10)
            wire.connect("localhost", peer.port)
            wire.secure(authority.client(), "localhost")
            for _ in range(4):
                back = bytearray()
                assert wire.send(sent) == len(sent)
                while len(back) < len(sent):
                    back += wire.recv(100_000)
                assert bytes(back) == sent
            wire.cut()

    def test_tls_against_who_does_not_speak_it(self, authority: Authority) -> None:
        def babble(guest: Guest) -> None:
            guest.say(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            guest.see_off()

        with Peer(babble) as peer:
            wire = Wire()
            wire.settimeout(5)
            wire.connect("localhost", peer.port)
            with pytest.raises(ssl.SSLError):
                wire.secure(authority.client(), "localhost")
            wire.cut()


class TestWake:
    def test_it_ends_a_wait_that_heeds_it(self, pair: tuple[Wire, socket.socket]) -> None:
        wire, _ = pair
        wire.settimeout(LONG)
        wire.heeds_wake = True
        reading = Aside(lambda: wire.recv(1))
        assert eventually(lambda: is_waiting(wire))
        wire.wake()
        assert reading.ended(5)
        assert isinstance(reading.error, TimeoutError)
        assert str(reading.error) == "woken"

    def test_it_ends_the_next_wait_once(self, pair: tuple[Wire, socket.socket]) -> None:
        wire, _ = pair
        wire.heeds_wake = True
        for _ in range(3):
            wire.wake()
        wire.settimeout(LONG)
        with pytest.raises(TimeoutError, match="woken"):
            wire.recv(1)
        wire.settimeout(0.01)
        with pytest.raises(TimeoutError, match="no answer in time"):
            wire.recv(1)

    def test_it_can_be_heeded_without_a_wait(self, pair: tuple[Wire, socket.socket]) -> None:
        wire, _ = pair
        assert not wire.heed()
        for _ in range(2000):
            # More often than a bell that nobody hears can ring.
            wire.wake()
            assert wire.heed()
        assert not wire.heed()

    def test_it_ends_a_wait_longer_than_the_system_can_count(
        self, pair: tuple[Wire, socket.socket]
    ) -> None:
        wire, _ = pair
        wire.settimeout(1e10)
        wire.heeds_wake = True
        waiting = Aside(lambda: wire.recv(1))
        wire.wake()
        assert waiting.ended()
        assert isinstance(waiting.error, TimeoutError)

    def test_what_has_come_goes_first(self, pair: tuple[Wire, socket.socket]) -> None:
        wire, there = pair
        wire.heeds_wake = True
        wire.wake()
        there.sendall(b"a")
        assert wire.recv(1) == b"a"
        with pytest.raises(TimeoutError, match="woken"):
            wire.recv(1)

    def test_it_is_kept_by_a_wait_that_does_not_heed_it(
        self, pair: tuple[Wire, socket.socket]
    ) -> None:
        wire, there = pair
        wire.settimeout(LONG)
        reading = Aside(lambda: wire.recv(1))
        assert eventually(lambda: is_waiting(wire))
        wire.wake()
        wire.wake()
        assert not reading.ended(0.05)
        there.sendall(b"a")
        assert reading.ended(5)
        assert reading.result == b"a"
        wire.heeds_wake = True
        with pytest.raises(TimeoutError, match="woken"):
            wire.recv(1)

    @pytest.mark.parametrize("is_before", [True, False])
    def test_it_does_not_disturb_a_send(
        self, pair: tuple[Wire, socket.socket], is_before: bool
    ) -> None:
        wire, there = pair
        wire.settimeout(LONG)
        wire.heeds_wake = True
        if is_before:
            wire.wake()
        sending = Aside(lambda: wire.send(bytes(1 << 18)))
        assert eventually(lambda: is_waiting(wire))
        if not is_before:
            wire.wake()
        left = 1 << 18
        while left:
            left -= len(there.recv(65536))
        assert sending.ended(5)
        assert sending.result == 1 << 18
        with pytest.raises(TimeoutError, match="woken"):
            wire.recv(1)

    def test_it_does_not_disturb_tls_shaking_hands(self, authority: Authority) -> None:
        wire = Wire()
        woken = threading.Event()
        context = authority.server()

        def late(guest: Guest) -> None:
            woken.wait(5)
            guest.sock = context.wrap_socket(guest.sock, server_side=True)
            guest.stay()

        with Peer(late) as peer:
            wire.settimeout(LONG)
            wire.heeds_wake = True
            wire.wake()
            wire.connect("localhost", peer.port)
            shaking = Aside(lambda: wire.secure(authority.client(), "localhost"))
            assert eventually(lambda: is_waiting(wire))
            wire.wake()
            woken.set()
            assert shaking.ended(5)
            assert shaking.error is None
            wire.cut()

    def test_it_does_not_disturb_connecting(self, unreachable: Unreachable) -> None:
        wire = Wire()
        wire.settimeout(0.05)
        wire.heeds_wake = True
        wire.wake()
        with pytest.raises(TimeoutError, match="no answer in time"):
            wire.connect("127.0.0.1", unreachable.port)
        wire.cut()

    def test_from_many_threads(self, pair: tuple[Wire, socket.socket]) -> None:
        wire, _ = pair
        wire.heeds_wake = True
        over = threading.Event()

        def ring() -> None:
            while not over.is_set():
                wire.wake()

        ringing = [Aside(ring) for _ in range(3)]
        try:
            for _ in range(300):
                wire.settimeout(LONG)
                with pytest.raises(TimeoutError, match="woken"):
                    wire.recv(1)
        finally:
            over.set()
        assert all(each.ended() for each in ringing)
        assert all(each.error is None for each in ringing)

    def test_after_the_cut_it_is_harmless(self, pair: tuple[Wire, socket.socket]) -> None:
        wire, _ = pair
        wire.cut()
        wire.wake()


class TestCut:
    @pytest.mark.parametrize("what", ["recv", "send"])
    def test_it_ends_a_wait_at_once(self, pair: tuple[Wire, socket.socket], what: str) -> None:
        wire, _ = pair
        wire.settimeout(LONG)
        waits: dict[str, Callable[[], object]] = {
            "recv": lambda: wire.recv(1),
            "send": lambda: wire.send(bytes(1 << 20)),
        }
        waiting = Aside(waits[what])
        assert eventually(lambda: is_waiting(wire))
        wire.cut()
        assert waiting.ended(5)
        assert isinstance(waiting.error, Cut)

    def test_it_ends_connecting(self, unreachable: Unreachable) -> None:
        wire = Wire()
        wire.settimeout(LONG)
        connecting = Aside(lambda: wire.connect("127.0.0.1", unreachable.port))
        assert eventually(lambda: is_waiting(wire))
        wire.cut()
        assert connecting.ended(5)
        assert isinstance(connecting.error, Cut)

    def test_it_ends_tls_shaking_hands(self, authority: Authority) -> None:
        with Peer(silent) as peer:
            wire = Wire()
            wire.settimeout(LONG)
            wire.connect("localhost", peer.port)
            securing = Aside(lambda: wire.secure(authority.client(), "localhost"))
            assert eventually(lambda: is_waiting(wire))
            wire.cut()
            assert securing.ended(5)
            assert isinstance(securing.error, Cut)

    def test_it_leaves_no_socket(self) -> None:
        before = open_sockets()
        here, there = socket.socketpair()
        with there:
            wire = Wire()
            wire.adopt(here)
            wire.cut()
            wire.cut()
            assert there.recv(1) == b""
        assert open_sockets() == before
        for use in (lambda: wire.recv(1), lambda: wire.send(b"a")):
            with pytest.raises(Cut):
                use()

    def test_before_there_is_a_socket(self) -> None:
        before = open_sockets()
        wire = Wire()
        wire.close()
        assert open_sockets() == before
        here, there = socket.socketpair()
        with there:
            with pytest.raises(Cut):
                wire.adopt(here)
            assert there.recv(1) == b"", "what comes too late is closed"
        with Peer(silent) as peer, pytest.raises(Cut):
            wire.connect("localhost", peer.port)

    def test_at_any_moment(self) -> None:
        """Cut beside the owner's reading, at a thousand different moments: nothing but Cut comes of it."""
        for _ in range(300):
            here, there = socket.socketpair()
            wire = Wire()
            wire.adopt(here)
            wire.settimeout(LONG)

            def read(wire: Wire = wire) -> None:
                while True:
                    wire.recv(1)

            reading = Aside(read)
            there.send(b"a")
            wire.cut()
            assert reading.ended(5)
            assert isinstance(reading.error, Cut)
            there.close()
            assert wire._vigil._ear.fileno() == -1
            assert here.fileno() == -1

    def test_the_socket_is_not_closed_beneath_a_wait(
        self, pair: tuple[Wire, socket.socket]
    ) -> None:
        """Its number could be another socket's by then."""
        wire, _ = pair
        with wire._lock:
            wire._is_waiting = True
        wire.cut()
        assert wire._sock is not None
        assert wire._sock.fileno() != -1
        with suppress(Cut):
            wire._select(wire._sock, 1, LONG)
        assert wire._sock.fileno() == -1


def test_it_never_says_not_to_wait() -> None:
    wire = Wire()
    wire.settimeout(-1)
    assert wire.gettimeout() > 0
    wire.settimeout(5)
    assert 4 < wire.gettimeout() <= 5
    wire.cut()


def test_what_came_before_tls_is_not_taken_for_what_comes_over_it(
    pair: tuple[Wire, socket.socket], authority: Authority
) -> None:
    wire, there = pair
    there.sendall(b"ab")
    assert wire.recv(1) == b"a"
    with pytest.raises(OSError, match="before TLS began"):
        wire.secure(authority.client(), "localhost")
