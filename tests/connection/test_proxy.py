"""proxy: a tunnel to the host, or the reason why there is none."""

import base64
import socket
import sys
import types
from typing import Any, ClassVar
from unittest.mock import patch

import pytest

from rxdex.connection.settings import LineSettings
from rxdex.connection.websocket import WebsocketTransport
from rxdex.connection.wire import Wire
from rxdex.errors import ConnectionLost
from tests.conftest import eventually
from tests.connection.peer import (
    Aside,
    Authority,
    Guest,
    Peer,
    answer,
    frame,
    shortest,
    tunnels,
)

LIMIT = 0.15
SLACK = 0.2
BRIEF: dict[str, Any] = {"open_timeout": 5}


def greets(guest: Guest) -> None:
    guest.welcome(frame("hello"))
    guest.see_off()


def heard_through(url: str, **changes: Any) -> bytes:
    """The first frame that comes, or ConnectionLost."""
    transport = WebsocketTransport(LineSettings(**BRIEF | changes))
    try:
        transport.open(url)
        (first,) = transport.receive(5)
        return first
    finally:
        transport.abort()


def refused_through(proxy: str, **changes: Any) -> str:
    with pytest.raises(ConnectionLost) as caught:
        heard_through("ws://host.example:81/ws", proxy=proxy, **changes)
    text = str(caught.value)
    assert "ws://host.example:81/ws" in text
    return text


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


class TestHttp:
    @pytest.mark.parametrize("is_excepted", [False, True])
    def test_ws(self, monkeypatch: pytest.MonkeyPatch, is_excepted: bool) -> None:
        """The environment is not asked: neither for a proxy nor for hosts to reach without one."""
        monkeypatch.setenv("no_proxy", "*" if is_excepted else "")
        monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
        with Peer(greets) as peer, Peer(tunnels) as proxy:
            assert heard_through(peer.url(), proxy=proxy.url("http", path="")) == b"hello"
            (asked,) = proxy.guests
            assert asked.request.startswith(f"CONNECT localhost:{peer.port} HTTP/1.1\r\n")
            assert asked.header("Host") == f"localhost:{peer.port}"
            assert "Proxy-Authorization" not in asked.request
            assert heard_through(peer.url()) == b"hello"
            assert len(proxy.guests) == 1, "without the setting there is no proxy"

    def test_wss(self, authority: Authority) -> None:
        with Peer(greets, tls=authority.server()) as peer, Peer(tunnels) as proxy:
            through = {"proxy": proxy.url("http", path=""), "ssl": authority.client()}
            assert heard_through(peer.url("wss"), **through) == b"hello"
            assert len(proxy.guests) == 1
            other = {"proxy": proxy.url("http", path=""), "ssl": Authority().client()}
            with pytest.raises(ConnectionLost, match="certificate is not to be trusted"):
                heard_through(peer.url("wss"), **other)

    def test_the_user_and_the_password_are_sent(self) -> None:
        with Peer(greets) as peer, Peer(tunnels) as proxy:
            url = f"http://a%40b:p%3Aq@localhost:{proxy.port}"
            assert heard_through(peer.url(), proxy=url) == b"hello"
            kind, word = proxy.guests[0].header("Proxy-Authorization").split(" ")
            assert (kind, base64.b64decode(word)) == ("Basic", b"a@b:p:q")

    def test_an_address_of_version_6_is_bracketed(self) -> None:
        def script(guest: Guest) -> None:
            guest.hear_request()

        with Peer(script) as proxy:
            with pytest.raises(ConnectionLost):
                heard_through("ws://[::1]:81/ws", proxy=proxy.url("http", path=""))
            assert proxy.guests[0].request.startswith("CONNECT [::1]:81 HTTP/1.1")

    @pytest.mark.parametrize(
        ("said", "words"),
        [
            (answer("407 Proxy Authentication Required"), "answers 'HTTP/1.1 407 Proxy Auth"),
            (b"nonsense\r\n\r\n", "answers 'nonsense'"),
            (b"HTTP/1.1 2\xb20 x\r\n\r\n", "answers 'HTTP/1.1 2"),
            (b"HTTP/1.1", "hung up without an answer"),
            (b"x" * 100_000, "the answer has no end"),
            (b"x" * 300 + b"\r\n\r\n", f"answers '{'x' * 60}'; look at its port"),
        ],
    )
    def test_a_refusal(self, said: bytes, words: str) -> None:
        def script(guest: Guest) -> None:
            guest.hear_request()
            guest.say(said)

        with Peer(script) as proxy:
            url = f"http://user:secret@localhost:{proxy.port}"
            text = refused_through(url)
            assert words in text
            assert "secret" not in text

    def test_a_port_where_nobody_is(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{free.getsockname()[1]}"
            name = url.removeprefix("http://")
            assert f"the proxy {name} cannot be had (Connection refused; " in refused_through(url)

    def test_the_answer_byte_by_byte_is_timed_as_a_whole(self) -> None:
        def script(guest: Guest) -> None:
            guest.hear_request()
            guest.trickle(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 10_000)

        def refused() -> None:
            assert "within 0.15 s" in refused_through(url, open_timeout=LIMIT)

        with Peer(script) as proxy:
            url = proxy.url("http", path="")
            assert LIMIT <= shortest(refused, LIMIT + SLACK) < LIMIT + SLACK

    @pytest.mark.parametrize("scheme", ["ws", "wss"])
    def test_a_host_behind_it_that_is_silent(self, scheme: str, authority: Authority) -> None:
        def refused() -> None:
            with pytest.raises(ConnectionLost, match="did not answer through the proxy"):
                heard_through(peer.url(scheme), **through)

        with Peer(Guest.stay) as peer, Peer(tunnels) as proxy:
            through = {
                "proxy": proxy.url("http", path=""),
                "ssl": authority.client(),
                "open_timeout": LIMIT,
            }
            assert LIMIT <= shortest(refused, LIMIT + SLACK) < LIMIT + SLACK

    def test_abort_ends_the_wait_for_it(self) -> None:
        with Peer(Guest.stay) as proxy:
            transport = WebsocketTransport(
                LineSettings(proxy=proxy.url("http", path=""), open_timeout=60)
            )
            opening = Aside(lambda: transport.open("ws://host.example/ws"))
            assert eventually(lambda: transport._wire._is_waiting)
            transport.abort()
            assert opening.ended(5)
            assert isinstance(opening.error, ConnectionLost)


class FakeSocks:
    """What we use of python-socks, which is not of our environment."""

    class ProxyError(Exception):
        pass

    class ProxyTimeoutError(ProxyError):
        pass

    ProxyType: ClassVar = {"SOCKS4": 4, "SOCKS5": 5}

    def __init__(self) -> None:
        self.made: dict[str, object] = {}
        self.reached: tuple[str, int] | None = None
        self.port = 0
        self.error: Exception | None = None
        self.timeout = 0.0

    def create(self, **options: object) -> "FakeSocks":
        self.made = options
        return self

    def connect(self, host: str, port: int, timeout: float) -> socket.socket:
        self.reached, self.timeout = (host, port), timeout
        if self.error is not None:
            raise self.error
        return socket.create_connection(("127.0.0.1", self.port), 5)


@pytest.fixture
def socks(monkeypatch: pytest.MonkeyPatch) -> FakeSocks:
    fake = FakeSocks()
    package, opened = types.ModuleType("python_socks"), types.ModuleType("python_socks.sync")
    vars(package).update(
        ProxyError=FakeSocks.ProxyError,
        ProxyTimeoutError=FakeSocks.ProxyTimeoutError,
        ProxyType=FakeSocks.ProxyType,
    )
    vars(opened).update(Proxy=fake)
    monkeypatch.setitem(sys.modules, "python_socks", package)
    monkeypatch.setitem(sys.modules, "python_socks.sync", opened)
    return fake


class TestSocks:
    @pytest.mark.parametrize(
        ("scheme", "kind", "is_named_there"),
        [("socks4", 4, False), ("socks4a", 4, True), ("socks5", 5, False), ("socks5h", 5, True)],
    )
    def test_what_is_asked_of_the_package(
        self, socks: FakeSocks, scheme: str, kind: int, is_named_there: bool
    ) -> None:
        with Peer(greets) as peer:
            socks.port = peer.port
            url = "ws://host.example:81/ws"
            assert heard_through(url, proxy=f"{scheme}://a%40b:c@proxy") == b"hello"
        assert socks.reached == ("host.example", 81)
        assert 0 < socks.timeout <= 5
        assert socks.made == {
            "proxy_type": kind,
            "host": "proxy",
            "port": 1080,
            "username": "a@b",
            "password": "c",
            "rdns": is_named_there,
        }

    def test_without_a_user(self, socks: FakeSocks) -> None:
        socks.error = FakeSocks.ProxyError("no")
        refused_through("socks5://proxy:7")
        assert socks.made["username"] is None
        assert socks.made["password"] is None
        assert socks.made["port"] == 7

    def test_tls_is_spoken_with_the_host(self, socks: FakeSocks, authority: Authority) -> None:
        with Peer(greets, tls=authority.server("host.example")) as peer:
            socks.port = peer.port
            heard = heard_through(
                "wss://host.example/ws", proxy="socks5h://proxy", ssl=authority.client()
            )
        assert heard == b"hello"
        assert socks.reached == ("host.example", 443)

    def test_a_refusal(self, socks: FakeSocks) -> None:
        socks.error = FakeSocks.ProxyError("general failure")
        text = refused_through("socks5://proxy:7")
        assert "the proxy proxy:7 refuses (general failure); look at its port" in text

    def test_no_answer(self, socks: FakeSocks) -> None:
        socks.error = FakeSocks.ProxyTimeoutError("timed out")
        text = refused_through("socks5://me:secret@proxy")
        assert "did not answer through the proxy socks5://…@proxy within 5 s" in text

    def test_without_the_package(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "python_socks", None)
        text = refused_through("socks5h://proxy:1080")
        assert text.endswith("a socks5h proxy needs the extra 'socks': pip install 'rxdex[socks]'")


def test_a_wire_that_was_cut_reaches_nothing() -> None:
    with Peer(tunnels) as proxy:
        transport = WebsocketTransport(LineSettings(proxy=proxy.url("http", path="")))
        transport.abort()
        with pytest.raises(ConnectionLost, match="dropped"):
            transport.open("ws://host.example/ws")
    assert isinstance(transport._wire, Wire)


def test_what_a_proxy_says_behind_its_answer_is_not_the_hosts(authority: Authority) -> None:
    forged = answer("403 Forbidden", "forged")

    def forges(guest: Guest) -> None:
        say = guest.say
        with patch.object(guest, "say", lambda data: say(data + forged)):
            tunnels(guest)

    with Peer(greets, tls=authority.server()) as peer, Peer(forges) as proxy:
        through = {"proxy": proxy.url("http", path=""), "ssl": authority.client()}
        with pytest.raises(ConnectionLost, match="before TLS began"):
            heard_through(peer.url("wss"), **through)
