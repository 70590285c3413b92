"""A TCP or TLS socket whose every wait has an end, and which another thread can wake or cut."""

import errno
import os
import selectors
import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from rxdex.connection.inflow import Inflow
from rxdex.connection.vigil import Vigil

__all__ = ["Cut", "Wire"]

T = TypeVar("T")

#: Bytes that are asked for in one read.
_USUAL = 64 * 1024
#: The same after a read brought so much, which over TLS none does. A call to the system gives the interpreter
#: away, and beside a thread that computes it comes back after a switch interval, 5 ms. Not asked for every
#: time, since the room for it is fetched from the system and takes longer to get than a frame takes in all.
_OF_MANY = 1024 * 1024
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
        #: How many bytes `recv` may still give.
        self.allowance = float("inf")
        #: How often `recv` may still turn to the socket; after that it serves what is there already.
        self.reads_left = float("inf")
        #: Whether a wake ends a wait in `recv`; until then it is kept, and disturbs nothing.
        self.heeds_wake = False
        #: What came and was not taken yet.
        self.inflow = Inflow()
        self._size = _USUAL
        self._sock: socket.socket | None = None
        # Held for single non-blocking calls only, so that cutting never meets one of them half-way.
        self._lock = threading.Lock()
        # Under the lock:
        self._is_woken = False
        self._is_waiting = False
        self._is_cut = False
        self._vigil = Vigil()

    def adopt(self, sock: socket.socket) -> None:
        """Take over a connected socket."""
        sock.settimeout(0)
        with self._lock:
            if self._is_cut:
                sock.close()
                raise Cut(errno.ECONNABORTED, "dropped")
            if self._sock is not None:
                self._sock.close()
            self._sock = sock

    def connect(self, host: str, port: int) -> None:
        """Reach a host before the deadline."""
        refused: OSError | None = None
        for family, kind, proto, _, address in socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM
        ):
            try:
                self.adopt(socket.socket(family, kind, proto))
                self._reach(address)
            except (TimeoutError, Cut):
                raise
            except OSError as error:
                refused = error
                continue
            return
        raise refused or OSError(errno.EHOSTUNREACH, f"{host} has no address")

    def secure(self, context: ssl.SSLContext, host: str) -> None:
        """Speak TLS from here on, with a host that proves who it is, before the deadline."""
        if self.inflow:
            # It would be taken for what the host says.
            raise OSError(errno.EPROTO, "somebody spoke before TLS began; look at the proxy")
        with self._lock:
            tls = context.wrap_socket(
                self._owned(), server_hostname=host, do_handshake_on_connect=False
            )
            self._sock = tls
        self._retry(lambda _: tls.do_handshake(), selectors.EVENT_READ)

    def recv(self, size: int) -> bytes:
        """Up to `size` bytes, waiting for the first until the deadline; none when the other side hung up."""
        if not self.inflow:
            self.fill()
        taken = self.inflow.take(size)
        self.allowance -= len(taken)
        if self.allowance < 0:
            raise OSError(errno.EMSGSIZE, "the answer has no end; look at the host and the port")
        return taken

    def fill(self) -> bool:
        """Read once, waiting until the deadline; False when the other side hung up."""
        if not self.reads_left:
            raise TimeoutError("nothing more for now")
        data = self._retry(self._read, selectors.EVENT_READ, heeds_wake=self.heeds_wake)
        if not data:
            return False
        self._size = _USUAL if len(data) < _USUAL else _OF_MANY
        self.reads_left -= 1
        self.heard_at = time.monotonic()
        self.inflow.add(data)
        return True

    def send(self, data: bytes) -> int:
        """All of `data`, before the deadline."""
        rest = memoryview(data)

        def attempt(sock: socket.socket) -> int:
            return sock.send(rest)

        while rest:
            rest = rest[self._retry(attempt, selectors.EVENT_WRITE) :]
        return len(data)

    def wake(self) -> None:
        """End the wait in `recv`, this one or the next; from any thread."""
        with self._lock:
            if self._is_cut or self._is_woken:
                return
            self._is_woken = True
            self._vigil.ring()

    def heed(self) -> bool:
        """Whether a wake was kept; it is no more."""
        with self._lock:
            is_woken, self._is_woken = self._is_woken and not self._is_cut, False
            if is_woken:
                self._vigil.empty()
            return is_woken

    def cut(self) -> None:
        """Drop the socket, ending every wait; from any thread."""
        with self._lock:
            if self._is_cut:
                return
            self._is_cut = True
            if self._sock is not None:
                # It may never have been connected, or the other side was faster.
                with suppress(OSError):
                    self._sock.shutdown(socket.SHUT_RDWR)
            # The owner's wait ends as the bell falls silent, and it closes what it waits on itself: a number
            # closed beneath it could be another socket's already.
            self._vigil.end()
            if not self._is_waiting:
                self._close()

    close = cut

    def gettimeout(self) -> float:
        """Seconds to the deadline; never 0, which would mean not to wait."""
        return max(0.001, self.deadline - time.monotonic())

    def settimeout(self, timeout: float) -> None:
        """Set the deadline, so many seconds from now."""
        self.deadline = time.monotonic() + timeout

    def _read(self, sock: socket.socket) -> bytes:
        return sock.recv(self._size)

    def _owned(self) -> socket.socket:
        if self._is_cut or self._sock is None:
            raise Cut(errno.ECONNABORTED, "dropped")
        return self._sock

    def _close(self) -> None:
        if self._sock is not None:
            self._sock.close()
        self._vigil.close()

    def _reach(self, address: tuple[object, ...]) -> None:
        with self._lock:
            sock = self._owned()
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            code = sock.connect_ex(address)
        if code not in _UNDER_WAY:
            raise OSError(code, os.strerror(code))
        self._wait(selectors.EVENT_WRITE)
        with self._lock:
            code = self._owned().getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code:
            raise OSError(code, os.strerror(code))

    def _retry(
        self, attempt: Callable[[socket.socket], T], event: int, *, heeds_wake: bool = False
    ) -> T:
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
            self._wait(event, heeds_wake=heeds_wake)

    def _wait(self, event: int, *, heeds_wake: bool = False) -> None:
        """Wait until the socket is ready; a deadline passed, or a wake to be heeded, is a TimeoutError."""
        while True:
            remaining = self.deadline - time.monotonic()
            if remaining <= 0:
                raise TimeoutError("no answer in time")
            if heeds_wake and self.heed():
                raise TimeoutError("woken")
            with self._lock:
                sock = self._owned()
                self._is_waiting = True
            if self._select(sock, event, remaining):
                return

    def _select(self, sock: socket.socket, event: int, remaining: float) -> bool:
        """Whether the socket is ready; if not, the time is up or the bell has rung."""
        is_ready = is_rung = False
        try:
            is_ready, is_rung = self._vigil.wait(sock, event, remaining)
        finally:
            with self._lock:
                self._is_waiting = False
                if self._is_cut:
                    self._close()
                elif is_rung:
                    # The wake itself is remembered.
                    self._vigil.empty()
        self._owned()
        return is_ready
