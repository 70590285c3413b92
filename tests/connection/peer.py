"""The other side of a line, as a test scripts it: bare sockets, so that nothing of ours tests itself."""

import base64
import hashlib
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import NamedTuple, Self

import trustme

TEXT, BINARY, CLOSE, PING, PONG, MORE = 1, 2, 8, 9, 10, 0
PATIENCE = 10.0

_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_MASK = b"\x01\x02\x03\x04"


class Said(NamedTuple):
    """A frame of the client's."""

    opcode: int
    payload: bytes
    is_masked: bool


def frame(
    payload: str | bytes = b"",
    opcode: int = TEXT,
    *,
    fin: bool = True,
    reserved: int = 0,
    is_masked: bool = False,
    announced: int | None = None,
) -> bytes:
    """A server's frame; `announced` is a length that it claims to have."""
    data = payload.encode() if isinstance(payload, str) else payload
    length = len(data) if announced is None else announced
    first = (fin << 7) | (reserved << 4) | opcode
    mask = is_masked << 7
    if length < 126:
        head = bytes((first, mask | length))
    elif length < 1 << 16:
        head = bytes((first, mask | 126)) + struct.pack("!H", length)
    else:
        head = bytes((first, mask | 127)) + struct.pack("!Q", length)
    if not is_masked:
        return head + data
    return head + _MASK + bytes(byte ^ _MASK[i % 4] for i, byte in enumerate(data))


def farewell(code: int = 1000, reason: str = "") -> bytes:
    """A close frame."""
    return frame(struct.pack("!H", code) + reason.encode(), CLOSE)


def answer(status: str, body: str = "", **headers: str) -> bytes:
    """An HTTP answer with a body."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body.encode())}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", body]).encode()


class Guest:
    """One connection to a peer, in the hands of its script."""

    def __init__(self, sock: socket.socket, over: threading.Event) -> None:
        self.sock = sock
        self.over = over
        self.request = ""
        sock.settimeout(PATIENCE)

    def hear_request(self) -> str:
        """All of an HTTP request's head."""
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            more = self.sock.recv(1)
            if not more:
                raise ConnectionError("hung up")
            head += more
        self.request = head.decode()
        return self.request

    def header(self, name: str) -> str:
        """What the request says under a name."""
        for line in self.request.splitlines():
            key, _, value = line.partition(": ")
            if key.lower() == name.lower():
                return value
        raise KeyError(name)

    def handshake(self, *headers: str) -> bytes:
        """The answer to the request that lets it in."""
        digest = hashlib.sha1((self.header("Sec-WebSocket-Key") + _GUID).encode()).digest()
        lines = [
            "HTTP/1.1 101 Switching Protocols",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Accept: {base64.b64encode(digest).decode()}",
            *headers,
        ]
        return "\r\n".join([*lines, "", ""]).encode()

    def welcome(self, *then: bytes) -> None:
        """Shake hands, and say these in the same breath."""
        self.hear_request()
        self.say(self.handshake() + b"".join(then))

    def say(self, data: bytes) -> None:
        """Say these bytes, in one segment where they fit one."""
        self.sock.sendall(data)

    def trickle(self, data: bytes, pause: float = 0.02) -> None:
        """Say a byte now and then, until the test is over or nobody listens."""
        with suppress(OSError):
            for byte in data:
                self.say(bytes((byte,)))
                if self.over.wait(pause):
                    return

    def hear(self) -> Said:
        """The client's next frame."""
        first, second = self._exactly(2)
        length = second & 127
        if length == 126:
            (length,) = struct.unpack("!H", self._exactly(2))
        elif length == 127:
            (length,) = struct.unpack("!Q", self._exactly(8))
        is_masked = bool(second & 128)
        mask = self._exactly(4) if is_masked else bytes(4)
        data = self._exactly(length)
        return Said(first & 15, bytes(byte ^ mask[i % 4] for i, byte in enumerate(data)), is_masked)

    def stay(self) -> None:
        """Say nothing, read nothing, until the test is over."""
        self.over.wait(PATIENCE)

    def see_off(self) -> None:
        """Read until the client has hung up."""
        with suppress(OSError):
            while self.sock.recv(65536):
                pass

    def reset(self) -> None:
        """Hang up without a word, with a RST."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()

    def _exactly(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            more = self.sock.recv(size - len(data))
            if not more:
                raise ConnectionError("hung up")
            data += more
        return data


class Peer:
    """
    A server on loopback that runs a script for each connection.

    What a script raises is raised when the peer leaves, save that the client went away.
    """

    def __init__(
        self,
        script: Callable[[Guest], None],
        *,
        tls: ssl.SSLContext | None = None,
        receive_buffer: int | None = None,
    ) -> None:
        self._script = script
        self._tls = tls
        self.over = threading.Event()
        self.guests: list[Guest] = []
        self._raised: list[Exception] = []
        self._threads: list[threading.Thread] = []
        self._listener = socket.socket()
        if receive_buffer is not None:
            self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen()
        self.port: int = self._listener.getsockname()[1]

    def url(self, scheme: str = "ws", host: str = "localhost", path: str = "/ws") -> str:
        """Where it is."""
        return f"{scheme}://{host}:{self.port}{path}"

    def __enter__(self) -> Self:
        self._begin(self._accept)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.over.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        for guest in list(self.guests):
            with suppress(OSError):
                guest.sock.shutdown(socket.SHUT_RDWR)
        for thread in list(self._threads):
            thread.join(PATIENCE)
            assert not thread.is_alive(), "a script does not end"
        self._listener.close()
        for guest in self.guests:
            guest.sock.close()
        if self._raised and error is None:
            raise self._raised[0]

    def _begin(self, what: Callable[[], None]) -> None:
        thread = threading.Thread(target=what, name="peer", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self.over.is_set():
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            guest = Guest(sock, self.over)
            self.guests.append(guest)
            if self.over.is_set():
                return
            self._begin(lambda guest=guest: self._receive(guest))  # type: ignore[misc]

    def _receive(self, guest: Guest) -> None:
        try:
            if self._tls is not None:
                guest.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                guest.sock = self._tls.wrap_socket(guest.sock, server_side=True)
            self._script(guest)
        except OSError:
            # The client went away, which a script need not foresee; what it missed the test sees.
            pass
        except Exception as error:  # noqa: BLE001 - a failure of the test's, told where it can be seen
            self._raised.append(error)
        finally:
            guest.sock.close()


class Unreachable:
    """An address that takes no more connections and does not say so: the queue of who waits is full."""

    def __init__(self) -> None:
        self._listener = socket.socket()
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen(0)
        self.port: int = self._listener.getsockname()[1]
        self._waiting: list[socket.socket] = []
        for _ in range(8):
            sock = socket.socket()
            sock.setblocking(False)
            sock.connect_ex(("127.0.0.1", self.port))
            self._waiting.append(sock)

    def url(self, scheme: str = "ws") -> str:
        return f"{scheme}://127.0.0.1:{self.port}/ws"

    def is_silent(self) -> bool:
        """Whether the system lets one who comes now wait; not all do."""
        with socket.socket() as sock:
            sock.settimeout(0.05)
            try:
                sock.connect(("127.0.0.1", self.port))
            except TimeoutError:
                return True
            except OSError:
                return False
            return False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for sock in [*self._waiting, self._listener]:
            sock.close()


class Authority:
    """A certificate authority that only a test knows."""

    def __init__(self) -> None:
        self._authority = trustme.CA()

    def server(self, *names: str, **more: object) -> ssl.SSLContext:
        """What a server of those names shows; nothing else said, it is loopback's."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate = self._authority.issue_cert(*(names or ("localhost", "127.0.0.1")), **more)  # type: ignore[arg-type]
        certificate.configure_cert(context)
        return context

    def client(self) -> ssl.SSLContext:
        """A client's context that knows this authority and no other."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._authority.configure_trust(context)
        return context


class Aside:
    """Something that runs on a thread of its own, and what came of it."""

    def __init__(self, what: Callable[[], object]) -> None:
        self.result: object = None
        self.error: BaseException | None = None
        self._what = what
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def ended(self, timeout: float = PATIENCE) -> bool:
        """Whether it has come to its end within so many seconds."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            self.result = self._what()
        except BaseException as error:  # noqa: BLE001 - the test looks at it
            self.error = error


def duration(what: Callable[[], object]) -> float:
    """Seconds that something takes."""
    began = time.monotonic()
    what()
    return time.monotonic() - began


def shortest(what: Callable[[], object], enough: float, attempts: int = 4) -> float:
    """
    Seconds that something takes at its best; a busy machine lengthens one attempt, a bug all of them.

    :param enough: no further attempt is made below it
    """
    best = float("inf")
    for _ in range(attempts):
        best = min(best, duration(what))
        if best < enough:
            break
    return best


def tunnels(guest: Guest) -> None:
    """A proxy: joins whoever asks to the host that is asked for, until one of the two hangs up."""
    _, target, _ = guest.hear_request().split(" ", 2)
    host, _, port = target.rpartition(":")
    with socket.create_connection((host.strip("[]"), int(port)), PATIENCE) as other:
        guest.say(b"HTTP/1.1 200 Connection established\r\nVia: peer\r\n\r\n")
        back = Aside(lambda: _pour(other, guest.sock))
        _pour(guest.sock, other)
        assert back.ended()


def _pour(source: socket.socket, into: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            into.sendall(data)
    for sock in (source, into):
        with suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)
