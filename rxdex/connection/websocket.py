"""A transport over websocket-client: connect, shake hands, ping, pong and close are the library's."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from http.cookies import CookieError
from typing import Any, NoReturn
from urllib.parse import urlsplit

import websocket

from rxdex.connection.dial import PORTS, dial
from rxdex.connection.headers import CLOSE, PING
from rxdex.connection.reading import Reading, Refused
from rxdex.connection.reasons import farewell, in_words, late, refusal, unanswered
from rxdex.connection.respite import respite
from rxdex.connection.settings import LineSettings
from rxdex.connection.wire import Wire
from rxdex.errors import ConnectionLost, StaleConnection

__all__ = ["WebsocketTransport"]

_LONGEST_HANDSHAKE = 64 * 1024
#: What is in our pings, and so in their answers; other pongs are nobody's (RFC 6455, 5.5.3).
_MARK = b"rxdex"
_NORMAL = 1000
_PROTOCOL_ERROR = 1002
_NO_UTF_8 = 1007
# A cookie that cannot be is no OSError: the library lets it through.
_BROKEN = (OSError, websocket.WebSocketException, ValueError, CookieError)


class WebsocketTransport:
    """
    One websocket.

    UTF-8 is not checked here but by the JSON decoder, in C and in what it reads; the library's check is pure
    Python.

    :param settings: the line's deadlines, TLS, proxy, headers and the largest frame
    """

    def __init__(self, settings: LineSettings) -> None:
        #: Answers to pings of ours.
        self.pongs = 0
        self._settings = settings
        self._wire = Wire()
        self._socket: Any = websocket.WebSocket(enable_multithread=False, skip_utf8_validation=True)
        self._reading = Reading(self._socket, self._wire, settings.max_frame, self._heed)
        self._url = ""
        self._waited_for_rest = 0.0
        self._lost: ConnectionLost | None = None

    @property
    def heard_at(self) -> float:
        """When the last bytes came, on the monotonic clock."""
        return self._wire.heard_at

    def open(self, url: str) -> None:
        """Connect and shake hands."""
        self._url = url
        limit = self._settings.open_timeout
        self._wire.settimeout(limit)
        self._wire.allowance = _LONGEST_HANDSHAKE
        try:
            self._connect(url)
        except websocket.WebSocketBadStatusException as error:
            raise self._turned_away(error) from error
        except (TimeoutError, websocket.WebSocketTimeoutException) as error:
            raise ConnectionLost(unanswered(url, limit, self._settings.proxy)) from error
        except _BROKEN as error:
            raise ConnectionLost(self._refused(error)) from error
        self._judge_answer()
        self._wire.allowance = float("inf")

    def receive(self, timeout: float) -> Sequence[bytes]:
        """All frames that have come."""
        frames: list[bytes] = []
        if self._lost is None:
            self._wire.heeds_wake = True
            try:
                self._read(frames, time.monotonic() + timeout)
            except ConnectionLost as lost:
                # What came before the end is delivered before the end.
                self._lost = lost
            self._wire.heeds_wake = False
            self._wire.reads_left = float("inf")
        if self._lost is not None and not frames:
            raise self._lost
        return frames

    def _read(self, frames: list[bytes], until: float) -> None:
        """Read until there are frames, the time is up, or somebody wakes."""
        try:
            while self._read_once(frames, until):
                # A flood of pings leaves no wait for a wake to end.
                if frames or self._wire.heed() or time.monotonic() >= until:
                    return
        except ConnectionLost:
            raise
        except websocket.WebSocketConnectionClosedException as error:
            raise ConnectionLost(f"{self._url} hung up without a word") from error
        except (Refused, websocket.WebSocketProtocolException) as error:
            self._answer_close(_PROTOCOL_ERROR)
            raise ConnectionLost(f"{self._url} sent what is refused: {in_words(error)}") from error
        except (OSError, websocket.WebSocketException) as error:
            raise ConnectionLost(f"the line to {self._url} broke: {in_words(error)}") from error

    def _read_once(self, frames: list[bytes], until: float) -> bool:
        """One read of the socket, and every frame that is complete then; whether anything came."""
        limit = self._settings.frame_timeout
        began = time.monotonic()
        is_amid = self._reading.is_amid
        self._wire.deadline = (
            min(until, began + limit - self._waited_for_rest) if is_amid else until
        )
        self._wire.reads_left = 1
        # At its end all that is complete has been taken.
        with suppress(TimeoutError, websocket.WebSocketTimeoutException):
            self._reading.read(frames)
        is_amid = is_amid and not self._reading.is_complete
        # Time spent elsewhere is not the other side's: what came meanwhile may be many reads long.
        waited = self._waited_for_rest + time.monotonic() - began
        self._waited_for_rest = waited if is_amid else 0.0
        if self._waited_for_rest >= limit:
            half = "sent half a frame, and not the rest"
            raise StaleConnection(late(self._url, half, limit, "frame_timeout"))
        return self._reading.has_come

    def send(self, text: str) -> None:
        """Say a frame."""
        self._say(self._socket.send, text)

    def ping(self) -> None:
        """Ask for a sign of life."""
        self._say(self._socket.ping, _MARK)

    def _say(self, saying: Callable[[Any], object], what: object) -> None:
        self._wire.settimeout(self._settings.send_timeout)
        try:
            saying(what)
        except (TimeoutError, websocket.WebSocketTimeoutException) as error:
            limit = self._settings.send_timeout
            raise ConnectionLost(late(self._url, "took no frame", limit, "send_timeout")) from error
        except (OSError, websocket.WebSocketException) as error:
            raise ConnectionLost(f"the line to {self._url} broke: {in_words(error)}") from error

    def close(self) -> None:
        """Say that we close, hear that they do, and drop the socket."""
        until = time.monotonic() + self._settings.close_timeout
        try:
            self._wire.deadline = until
            self._socket.send_close()
            while time.monotonic() < until:
                self._wire.deadline = until
                if self._reading.skip() == CLOSE:
                    break
        except (OSError, Refused, websocket.WebSocketException):
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
        if parts.scheme not in {"ws", "wss"} or not parts.hostname:
            raise ValueError("it must look like 'ws://host/path' or 'wss://host/path'")
        port = parts.port or PORTS[parts.scheme]
        dial(self._wire, self._settings, parts.scheme, parts.hostname, port)
        self._socket.connect(
            url,
            socket=self._wire,
            header=[f"{name}: {value}" for name, value in self._settings.headers.items()],
            # A redirect may lead anywhere, out of TLS as well.
            redirect_limit=0,
        )

    def _turned_away(self, error: Any) -> ConnectionLost:
        said = refusal(error.status_code, error.resp_body or b"")
        lost = ConnectionLost(f"{self._url} refuses the handshake with {said}")
        lost.retry_after = respite(error.status_code, error.resp_headers or {}, datetime.now(UTC))
        return lost

    def _refused(self, error: Exception) -> str:
        answer = self._socket.handshake_response
        if answer is not None:
            said = refusal(answer.status, b"", answer.headers.get("location"))
            return f"{self._url} refuses the handshake with {said}"
        if isinstance(error, websocket.WebSocketException | CookieError):
            return f"{self._url} does not speak websocket ({in_words(error)}); mend the URL"
        return f"cannot connect to {self._url}: {in_words(error)}"

    def _judge_answer(self) -> None:
        """An answer that agrees to what was not offered is none (RFC 6455, 4.1)."""
        offered = {name.lower() for name in self._settings.headers}
        for name in ("sec-websocket-extensions", "sec-websocket-protocol"):
            agreed = self._socket.handshake_response.headers.get(name)
            if agreed and name not in offered:
                what = f"agrees to {name}, which was not offered; ask whoever runs it"
                raise ConnectionLost(f"{self._url} {what}")

    def _heed(self, opcode: int, data: bytes) -> None:
        """Do what a control frame asks for."""
        if opcode == PING:
            self._say(self._socket.pong, data)
        elif opcode == CLOSE:
            self._take_leave(data)
        elif data == _MARK:
            self.pongs += 1
            self._wire.wake()

    def _take_leave(self, farewell_said: bytes) -> NoReturn:
        if not _is_text(farewell_said[2:]):
            self._answer_close(_NO_UTF_8)
            what = "sent what is refused: a close whose reason is no UTF-8"
            raise ConnectionLost(f"{self._url} {what}")
        self._answer_close()
        raise ConnectionLost(f"{self._url} hung up ({farewell(farewell_said)})")

    def _answer_close(self, status: int = _NORMAL) -> None:
        self._wire.settimeout(self._settings.close_timeout)
        try:
            self._socket.send_close(status)
        except (OSError, websocket.WebSocketException):
            # The line is over either way, and whoever listens is told why.
            pass
        finally:
            self.abort()


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
