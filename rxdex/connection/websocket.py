"""A transport over websocket-client: connect, shake hands, frames, ping, pong and close are the library's."""

import ssl
import time
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import websocket

from rxdex.connection.settings import LineSettings
from rxdex.connection.wire import Wire
from rxdex.errors import ConnectionLost, StaleConnection

__all__ = ["WebsocketTransport"]

_LONGEST_HANDSHAKE = 64 * 1024
_DEFAULT_PORT = {"ws": 80, "wss": 443}
_DEFAULT_PROXY_PORT = 80
_NORMAL = 1000
_PROTOCOL_ERROR = 1002
_LONGEST_PING = 125
_CODE_LENGTH = 2
_DATA = (websocket.ABNF.OPCODE_TEXT, websocket.ABNF.OPCODE_BINARY, websocket.ABNF.OPCODE_CONT)
_SHOWN = 200


class WebsocketTransport:
    """
    One websocket.

    UTF-8 is not checked here but by the JSON decoder, in C (the library's check is pure Python).

    :param settings: the line's deadlines, TLS, proxy, headers and the largest frame
    """

    def __init__(self, settings: LineSettings) -> None:
        self._settings = settings
        self._wire = Wire()
        self._socket: Any = websocket.WebSocket(enable_multithread=False, skip_utf8_validation=True)
        self._half_since: float | None = None
        self._lost: ConnectionLost | None = None
        self._cap_frames()

    @property
    def heard_at(self) -> float:
        """When the last bytes came, on the monotonic clock."""
        return self._wire.heard_at

    def open(self, url: str) -> None:
        """Connect and shake hands."""
        limit = self._settings.open_timeout
        self._wire.settimeout(limit)
        self._wire.allowance = _LONGEST_HANDSHAKE
        try:
            self._connect(url)
        except websocket.WebSocketBadStatusException as error:
            raise ConnectionLost(f"{url} refuses the handshake: {_refusal(error)}") from error
        except (TimeoutError, websocket.WebSocketTimeoutException) as error:
            raise ConnectionLost(f"{url} did not answer within {limit:g} s") from error
        except ssl.SSLCertVerificationError as error:
            raise ConnectionLost(
                f"the certificate of {url} is not to be trusted: {error.verify_message}; where it is your "
                "own authority's, give LineSettings(ssl=...) a context that has loaded it"
            ) from error
        except (OSError, websocket.WebSocketException, ValueError) as error:
            raise ConnectionLost(f"cannot connect to {url}: {_words(error)}") from error
        self._wire.allowance = float("inf")

    def receive(self, timeout: float) -> Sequence[bytes]:
        """All frames that have come."""
        frames: list[bytes] = []
        if self._lost is None:
            # Capped, so that a frame that stops half-way is looked at again in time.
            self._wire.settimeout(min(timeout, self._settings.frame_timeout))
            try:
                self._read(frames)
            except ConnectionLost as lost:
                # What came before the end is delivered before the end.
                self._lost = lost
        if self._lost is not None and not frames:
            raise self._lost
        return frames

    def _read(self, frames: list[bytes]) -> None:
        """One read of the socket, and every frame that is complete then."""
        try:
            while True:
                self._take(self._socket.recv_frame(), frames)
                if not self._wire.buffered:
                    return
                self._wire.deadline = 0.0
        except websocket.WebSocketTimeoutException:
            self._look_at_half()
        except websocket.WebSocketConnectionClosedException as error:
            raise ConnectionLost("the other side hung up without a word") from error
        except websocket.WebSocketProtocolException as error:
            self._answer_close(_PROTOCOL_ERROR)
            raise ConnectionLost(f"the other side does not speak websocket: {error}") from error
        except (OSError, websocket.WebSocketException) as error:
            raise ConnectionLost(f"the line broke: {_words(error)}") from error

    def send(self, text: str) -> None:
        """Say a frame."""
        self._wire.settimeout(self._settings.send_timeout)
        try:
            self._socket.send(text)
        except (TimeoutError, websocket.WebSocketTimeoutException) as error:
            limit = self._settings.send_timeout
            raise ConnectionLost(
                f"the other side did not take a frame within {limit:g} s"
            ) from error
        except (OSError, websocket.WebSocketException) as error:
            raise ConnectionLost(f"the line broke: {_words(error)}") from error

    def close(self) -> None:
        """Say that we close, hear that they do, and drop the socket."""
        until = time.monotonic() + self._settings.close_timeout
        try:
            self._wire.deadline = until
            self._socket.send_close()
            while time.monotonic() < until:
                self._wire.deadline = until
                if self._socket.recv_frame().opcode == websocket.ABNF.OPCODE_CLOSE:
                    break
        except (OSError, websocket.WebSocketException):
            # Whatever is wrong with the line, it is over.
            pass
        finally:
            self.abort()

    def wake(self) -> None:
        """Let `receive` return soon."""
        self._wire.wake()

    def abort(self) -> None:
        """Drop the socket at once."""
        self._wire.cut()

    def _connect(self, url: str) -> None:
        parts = urlsplit(url)
        port = parts.port or _DEFAULT_PORT[parts.scheme]
        context = (
            (self._settings.ssl or ssl.create_default_context()) if parts.scheme == "wss" else None
        )
        options: dict[str, Any] = {
            "header": [f"{name}: {value}" for name, value in self._settings.headers.items()],
            # A redirect may lead anywhere, out of TLS as well.
            "redirect_limit": 0,
        }
        if self._settings.proxy is None:
            self._wire.connect(parts.hostname or "", port, context)
            self._socket.connect(
                url, socket=self._wire, timeout=self._settings.open_timeout, **options
            )
            return
        self._socket.sock_opt.sslopt = {"context": context} if context else {}
        self._socket.connect(
            url, timeout=self._settings.open_timeout, **options, **_proxy(self._settings.proxy)
        )
        self._wire.adopt(self._socket.sock)
        self._socket.sock = self._wire

    def _cap_frames(self) -> None:
        """Have the length of a frame checked when its header is read, before anything is kept."""
        buffer: Any = self._socket.frame_buffer
        read_length = buffer.recv_length

        def recv_length() -> None:
            read_length()
            self._check_length(buffer.length)

        buffer.recv_length = recv_length

    def _check_length(self, length: int) -> None:
        most = self._settings.max_frame
        begun = self._socket.cont_frame.cont_data
        if length + (len(begun[1]) if begun else 0) > most:
            raise websocket.WebSocketProtocolException(
                f"a frame of {length} bytes, more than the {most} of LineSettings.max_frame"
            )

    def _take(self, frame: Any, frames: list[bytes]) -> None:
        self._half_since = None
        if frame.opcode in _DATA:
            parts = self._socket.cont_frame
            parts.validate(frame)
            parts.add(frame)
            if parts.is_fire(frame):
                _, whole = parts.extract(frame)
                frames.append(whole.data)
        elif frame.opcode == websocket.ABNF.OPCODE_PING:
            if len(frame.data) > _LONGEST_PING:
                raise websocket.WebSocketProtocolException("a ping that is too long")
            self._wire.settimeout(self._settings.send_timeout)
            self._socket.pong(frame.data)
        elif frame.opcode == websocket.ABNF.OPCODE_CLOSE:
            self._answer_close()
            raise ConnectionLost(f"the other side hung up ({_farewell(frame.data)})")

    def _look_at_half(self) -> None:
        """Nothing more came: that is well between two frames, not for long within one."""
        buffer = self._socket.frame_buffer
        if (
            buffer.header is None
            and not buffer.recv_buffer
            and not self._socket.cont_frame.cont_data
        ):
            return
        now = time.monotonic()
        if self._half_since is None:
            self._half_since = now
        elif now - self._half_since >= self._settings.frame_timeout:
            raise StaleConnection(
                f"half a frame came, and not the rest within {self._settings.frame_timeout:g} s"
            )

    def _answer_close(self, status: int = _NORMAL) -> None:
        self._wire.settimeout(self._settings.close_timeout)
        try:
            self._socket.send_close(status)
        except (OSError, websocket.WebSocketException):
            # The line is over either way, and whoever listens is told why.
            pass
        finally:
            self.abort()


def _words(error: Exception) -> str:
    """An error's own words, without its number."""
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def _refusal(error: websocket.WebSocketBadStatusException) -> str:
    body = error.resp_body or b""
    said = body.decode("utf-8", "replace").strip()[:_SHOWN]
    return f"{error.status_code}{f', {said}' if said else ''}"


def _farewell(data: bytes) -> str:
    """The code and the reason of a close frame."""
    if len(data) < _CODE_LENGTH:
        return "no reason given"
    code = int.from_bytes(data[:_CODE_LENGTH], "big")
    return f"{code} {data[_CODE_LENGTH:].decode('utf-8', 'replace')}".strip()


def _proxy(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    return {
        "proxy_type": parts.scheme,
        "http_proxy_host": parts.hostname,
        "http_proxy_port": parts.port or _DEFAULT_PROXY_PORT,
        "http_proxy_auth": (parts.username, parts.password) if parts.username else None,
    }
