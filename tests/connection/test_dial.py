"""dial: to the host of a URL."""

import socket
import ssl

import pytest

from rxdex import LineSettings
from rxdex.connection.dial import PORTS, dial
from rxdex.connection.wire import Wire


@pytest.fixture
def listener() -> "socket.socket":
    return socket.create_server(("127.0.0.1", 0))


def test_a_plain_scheme_is_a_plain_connection(listener: socket.socket) -> None:
    wire = Wire()
    with listener:
        wire.settimeout(5)
        dial(wire, LineSettings(), "ws", *listener.getsockname())
        guest, _ = listener.accept()
        with guest:
            wire.send(b"hello")
            assert guest.recv(16) == b"hello"
    wire.cut()


@pytest.mark.parametrize("scheme", ["wss", "https"])
def test_a_secure_scheme_shakes_hands(listener: socket.socket, scheme: str) -> None:
    wire = Wire()
    with listener:
        wire.settimeout(0.2)
        with pytest.raises((TimeoutError, ssl.SSLError)):
            dial(wire, LineSettings(), scheme, *listener.getsockname())
        guest, _ = listener.accept()
        with guest:
            # The first byte of a TLS handshake.
            assert guest.recv(1) == b"\x16"
    wire.cut()


def test_each_scheme_has_its_port() -> None:
    assert PORTS == {"ws": 80, "wss": 443, "http": 80, "https": 443}
