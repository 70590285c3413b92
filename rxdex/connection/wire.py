"""A TCP or TLS socket whose every wait has an end, and which another thread can wake or cut."""

import errno
import os
import selectors
import socket
import ssl
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import TypeVar

__all__ = ["Cut", "Wire"]

T = TypeVar("T")

_CHUNK = 256 * 1024
_UNDER_WAY = frozenset({0, errno.EINPROGRESS, errno.EALREADY, errno.EWOULDBLOCK})


class Cut(OSError):
    """The socket was dropped by `Wire.cut`."""


class Wire:
    """
    What websocket-client takes for a socket.

    One thread owns it: connects, reads, sends. `wake` and `cut` are for the others. Reads are served from
    a buffer that one system call fills, because websocket-client asks for a few bytes at a time.
    """

    def __init__(self) -> None:
        #: When the last bytes came, on the monotonic clock.
        self.heard_at = time.monotonic()
        #: Until when to wait for the other side, on the monotonic clock.
        self.deadline = float("inf")
        #: How many bytes may still come.
        self.allowance = float("inf")
        self._sock: socket.socket | None = None
        self._buffer = memoryview(b"")
        self._is_woken = False
        self._is_waiting = False
        self._is_cut = False
        # Held for single non-blocking calls only, so that cutting never meets one of them half-way.
        self._lock = threading.Lock()
        self._bell, self._ear = socket.socketpair()
        self._bell.settimeout(0)
        self._ear.settimeout(0)

    @property
    def buffered(self) -> int:
        """Bytes that have come and were not read yet."""
        return len(self._buffer)

    def adopt(self, sock: socket.socket) -> None:
        """Take over a connected socket."""
        sock.settimeout(0)
        with self._lock:
            if self._is_cut:
                sock.close()
                raise Cut(errno.ECONNABORTED, "dropped")
            self._sock = sock

    def connect(self, host: str, port: int, context: ssl.SSLContext | None) -> None:
        """Reach a host, over TLS where there is a context, before the deadline."""
        refused: OSError | None = None
        for family, kind, proto, _, address in socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM
        ):
            self.adopt(socket.socket(family, kind, proto))
            try:
                self._reach(address)
            except (TimeoutError, Cut):
                raise
            except OSError as error:
                refused = error
                self._owned().close()
                continue
            if context is not None:
                self._secure(context, host)
            return
        raise refused or OSError(errno.EHOSTUNREACH, f"{host} has no address")

    def lend(self) -> socket.socket:
        """The socket itself, made to wait until the deadline; `cut` still drops it."""
        sock = self._owned()
        sock.settimeout(self.gettimeout())
        return sock

    def recv(self, size: int) -> bytes:
        """Up to `size` bytes, waiting for the first until the deadline; none when the other side hung up."""
        if not self._buffer:
            data = self._retry(lambda sock: sock.recv(_CHUNK), selectors.EVENT_READ)
            if data:
                self.heard_at = time.monotonic()
            self.allowance -= len(data)
            if self.allowance < 0:
                raise OSError(errno.EMSGSIZE, "the answer is too long")
            self._buffer = memoryview(data)
        taken, self._buffer = self._buffer[:size], self._buffer[size:]
        return taken.tobytes()

    def send(self, data: bytes) -> int:
        """All of `data`, before the deadline."""
        rest = memoryview(data)
        while rest:
            rest = rest[self._retry(partial(_send, rest), selectors.EVENT_WRITE) :]
        return len(data)

    def wake(self) -> None:
        """End the wait in `recv`, this one or the next; from any thread."""
        with self._lock:
            if self._is_cut or self._is_woken:
                return
            self._is_woken = True
            self._bell.send(b"!")

    def cut(self) -> None:
        """Drop the socket, ending every wait; from any thread."""
        with self._lock:
            if self._is_cut:
                return
            self._is_cut = True
            if self._sock is not None:
                _drop(self._sock)
            # The owner's wait ends when the bell falls silent; it then closes its ear itself.
            self._bell.close()
            if not self._is_waiting:
                self._ear.close()

    # What websocket-client asks of a socket beyond that.

    def gettimeout(self) -> float:
        """Seconds to the deadline; never 0, which would mean not to wait."""
        return max(0.001, self.deadline - time.monotonic())

    def settimeout(self, timeout: float | None) -> None:
        """Set the deadline."""
        self.deadline = float("inf") if timeout is None else time.monotonic() + timeout

    def close(self) -> None:
        """The same as to cut."""
        self.cut()

    def _owned(self) -> socket.socket:
        if self._is_cut or self._sock is None:
            raise Cut(errno.ECONNABORTED, "dropped")
        return self._sock

    def _reach(self, address: tuple[object, ...]) -> None:
        sock = self._owned()
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        code = sock.connect_ex(address)
        if code not in _UNDER_WAY:
            raise OSError(code, os.strerror(code))
        self._wait(selectors.EVENT_WRITE)
        code = self._owned().getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code:
            raise OSError(code, os.strerror(code))

    def _secure(self, context: ssl.SSLContext, host: str) -> None:
        plain = self._owned()
        tls = context.wrap_socket(plain, server_hostname=host, do_handshake_on_connect=False)
        self.adopt(tls)
        self._retry(lambda _: tls.do_handshake(), selectors.EVENT_READ)

    def _retry(self, attempt: Callable[[socket.socket], T], event: int) -> T:
        """Try until it goes without waiting; wait in between."""
        while True:
            try:
                with self._lock:
                    return attempt(self._owned())
            except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError) as need:
                if isinstance(need, ssl.SSLWantReadError):
                    event = selectors.EVENT_READ
                elif isinstance(need, ssl.SSLWantWriteError):
                    event = selectors.EVENT_WRITE
            self._wait(event)

    def _wait(self, event: int) -> None:
        """Wait until the socket is ready; a deadline passed, or a wake while reading, is a TimeoutError."""
        remaining = self.deadline - time.monotonic()
        if remaining <= 0:
            raise TimeoutError("no answer in time")
        with self._lock:
            sock = self._owned()
            self._is_waiting = True
        try:
            with selectors.DefaultSelector() as selector:
                selector.register(sock, event)
                if event == selectors.EVENT_READ:
                    selector.register(self._ear, selectors.EVENT_READ)
                ready = selector.select(None if remaining == float("inf") else remaining)
        finally:
            with self._lock:
                self._is_waiting = False
                if self._is_cut:
                    self._ear.close()
        self._owned()
        if event == selectors.EVENT_READ and self._is_woken:
            self._forget_wake()
            raise TimeoutError("woken")
        if not ready:
            raise TimeoutError("no answer in time")

    def _forget_wake(self) -> None:
        with self._lock:
            self._ear.recv(16)
            self._is_woken = False


def _send(data: memoryview, sock: socket.socket) -> int:
    return sock.send(data)


def _drop(sock: socket.socket) -> None:
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        # It never was connected, or the other side was faster: it is closed all the same.
        pass
    finally:
        sock.close()
