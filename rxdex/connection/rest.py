"""Questions to a venue's REST face, each on a thread that ends with the answer."""

import http.client
import io
import threading
import time
from functools import partial
from typing import Any, TypeVar
from urllib.parse import urlsplit

from reactivex import abc
from reactivex.disposable import Disposable

from rxdex.connection.dial import PORTS, dial
from rxdex.connection.news import News
from rxdex.connection.reasons import in_words, refusal, shown, unanswered, without_password
from rxdex.connection.settings import LineSettings
from rxdex.connection.wire import Cut, Wire
from rxdex.errors import ConnectionLost
from rxdex.fanout import expel
from rxdex.venue import Request

__all__ = ["Question", "Questions"]

T = TypeVar("T")

_CHUNK = 64 * 1024
_LONGEST_HEAD = 64 * 1024
_SCHEMES = frozenset({"http", "https"})
_CLOSED = "this Dex is closed; make a new one"


class Question:
    """
    A GET that another thread can call off.

    :param url: of what
    :param settings: its deadline, TLS, proxy, headers, and the largest reply, are those of a line
    """

    def __init__(self, url: str, settings: LineSettings) -> None:
        self._url = url
        #: The URL for people: an error is no place for a password.
        self.name = shown(without_password(url))
        self._settings = settings
        self._wire = Wire()

    def ask(self) -> bytes:
        """
        The reply's body.

        :raises ConnectionLost: when there is none, in time, of a size that can be believed
        """
        limit = self._settings.open_timeout
        self._wire.settimeout(limit)
        self._wire.allowance = self._settings.max_frame + _LONGEST_HEAD
        try:
            return self._get()
        except ConnectionLost:
            raise
        except TimeoutError as error:
            said = unanswered(self.name, limit, self._settings.proxy)
            raise ConnectionLost(said) from error
        except Cut as error:
            # Who takes a question back hears no answer; who closes the Dex leaves others without.
            raise ConnectionLost(f"{self.name} had not answered yet: {_CLOSED}") from error
        except (OSError, ValueError, http.client.InvalidURL) as error:
            raise ConnectionLost(f"cannot ask {self.name}: {in_words(error)}") from error
        except http.client.IncompleteRead as error:
            raise ConnectionLost(f"{self.name} hung up before the end; ask again") from error
        except http.client.HTTPException as error:
            said = f"{self.name} does not answer in HTTP ({in_words(error)}); mend the URL"
            raise ConnectionLost(said) from error
        finally:
            self.call_off()

    def call_off(self) -> None:
        """Drop the socket; from any thread."""
        self._wire.cut()

    def _get(self) -> bytes:
        parts = urlsplit(self._url)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        connection = self._connection(parts.scheme, parts.hostname or "", parts.port)
        connection.request("GET", path, headers=dict(self._settings.headers))
        with connection.getresponse() as response:
            body = self._body(response)
        if response.status != http.client.OK:
            said = refusal(response.status, body, response.headers.get("location"))
            raise ConnectionLost(f"{self.name} answers {said}")
        return body

    def _connection(self, scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
        if scheme not in _SCHEMES:
            raise ConnectionLost(f"cannot ask {self.name}: take a URL of http or https")
        port = port or PORTS[scheme]
        dial(self._wire, self._settings, scheme, host, port)
        lent: Any = _Lent(self._wire)
        connection = http.client.HTTPConnection(host, port)
        connection.sock = lent
        return connection

    def _body(self, response: http.client.HTTPResponse) -> bytes:
        most = self._settings.max_frame
        body = bytearray()
        while chunk := response.read1(_CHUNK):
            body += chunk
            if len(body) > most:
                raise ConnectionLost(
                    f"{self.name} answers with more than {most} bytes; "
                    f"raise LineSettings(max_frame={most}) if that is right"
                )
        if response.length:
            raise ConnectionLost(
                f"{self.name} hung up {response.length} bytes before the end; ask again"
            )
        return bytes(body)


class _Lent:
    """
    A wire as http.client takes a socket.

    Every wait is the wire's: it ends at the deadline for the whole, and another thread can cut it.
    """

    def __init__(self, wire: Wire) -> None:
        self.sendall = wire.send
        self._wire = wire

    def makefile(self, _: str) -> io.BufferedReader:
        """What comes, as a file."""
        return io.BufferedReader(_Reader(self._wire))

    def close(self) -> None:
        """Nothing: http.client means its own handle, and reads on."""


class _Reader(io.RawIOBase):
    """What comes over a wire, as a file."""

    def __init__(self, wire: Wire) -> None:
        super().__init__()
        self._wire = wire

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, into: Any) -> int:
        """Some bytes, none at the end."""
        data = self._wire.recv(len(into))
        into[: len(data)] = data
        return len(data)


class Questions:
    """
    The questions under way.

    :param settings: how each is asked
    :param news: where an observer that raised is told of
    """

    def __init__(self, settings: LineSettings, news: News) -> None:
        self._settings = settings
        self._news = news
        self._lock = threading.Lock()
        self._under_way: dict[Question, threading.Thread] = {}
        self._is_closed = False

    def ask(self, request: Request[Any], observer: abc.ObserverBase[Any]) -> abc.DisposableBase:
        """Ask, and tell the observer the answer; what is returned calls it off."""
        question = Question(request.url, self._settings)
        thread = threading.Thread(
            target=self._answer, args=(question, request, observer), name="rxdex:rest", daemon=True
        )
        with self._lock:
            if not self._is_closed:
                thread.start()
                self._under_way[question] = thread
                return Disposable(question.call_off)
        question.call_off()
        observer.on_error(ConnectionLost(f"{question.name} is not asked: {_CLOSED}"))
        return Disposable()

    def close(self, timeout: float) -> None:
        """Call off what is under way, and wait for its threads so many seconds at most."""
        with self._lock:
            self._is_closed = True
            under_way = dict(self._under_way)
        until = time.monotonic() + timeout
        for question in under_way:
            question.call_off()
        for thread in under_way.values():
            if thread is not threading.current_thread():
                thread.join(max(0.0, until - time.monotonic()))

    def _answer(
        self, question: Question, request: Request[Any], observer: abc.ObserverBase[Any]
    ) -> None:
        try:
            try:
                answer = request.parse(question.ask())
            except Exception as error:  # noqa: BLE001 - whoever asked is told, whatever it is
                observer.on_error(error)
                return
            try:
                observer.on_next(answer)
            except Exception as error:  # noqa: BLE001 - one subscriber's bug ends nothing but its answer
                expel(observer, error, partial(self._tell, question.name))
                return
            observer.on_completed()
        except Exception as error:  # noqa: BLE001 - the same, in its last word
            self._tell(question.name, error)
        finally:
            with self._lock:
                self._under_way.pop(question, None)

    def _tell(self, url: str, error: Exception) -> None:
        what = f"whoever asked {url} raised {error!r}; it is out, the others go on"
        self._news.raised("rest", what, error)
