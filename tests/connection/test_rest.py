"""rest: one question, one answer or the reason why not, in time."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any
from unittest.mock import patch

import pytest
from reactivex import abc

from rxdex.connection.news import News
from rxdex.connection.rest import Question, Questions
from rxdex.connection.settings import LineSettings
from rxdex.errors import ConnectionLost, MalformedFrame, RxdexError
from rxdex.events import Fault, FaultReason, LineState, Status
from rxdex.venue import Request
from tests.conftest import eventually, open_sockets
from tests.connection.peer import (
    Aside,
    Authority,
    Guest,
    Peer,
    Unreachable,
    answer,
    duration,
    shortest,
    tunnels,
)

LIMIT = 0.15
SLACK = 0.2
PATIENCE = 10.0


def settings(**changes: Any) -> LineSettings:
    patient: dict[str, Any] = {"open_timeout": 5.0}
    return LineSettings(**patient | changes)


def answers(data: bytes, then: Callable[[Guest], None] = Guest.see_off) -> Callable[[Guest], None]:
    def script(guest: Guest) -> None:
        guest.hear_request()
        guest.say(data)
        then(guest)

    return script


def lost(url: str, **changes: Any) -> str:
    """What a question without an answer says."""
    with pytest.raises(ConnectionLost) as caught:
        Question(url, settings(**changes)).ask()
    text = str(caught.value)
    assert text.count(url) == 1
    return text


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


class TestQuestion:
    def test_a_good_answer(self) -> None:
        with Peer(answers(answer("200 OK", "[1]"))) as peer:
            url = peer.url("http", path="/api/v1/markets?limit=1")
            assert Question(url, settings(headers={"X-Key": "k"})).ask() == b"[1]"
            (guest,) = peer.guests
            assert guest.request.startswith("GET /api/v1/markets?limit=1 HTTP/1.1\r\n")
            assert guest.header("Host") == f"localhost:{peer.port}"
            assert guest.header("X-Key") == "k"

    def test_without_a_path_it_asks_for_the_root(self) -> None:
        with Peer(answers(answer("200 OK", "x"))) as peer:
            Question(peer.url("http", path=""), settings()).ask()
            assert peer.guests[0].request.startswith("GET / HTTP/1.1\r\n")

    @pytest.mark.parametrize(
        "said",
        [
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
            b"HTTP/1.0 200 OK\r\n\r\nabcde",
            b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nabcde",
            b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde",
        ],
        ids=["chunked", "until the end", "closing", "after an interim one"],
    )
    def test_every_kind_of_body(self, said: bytes) -> None:
        with Peer(answers(said, lambda _: None)) as peer:
            assert Question(peer.url("http"), settings()).ask() == b"abcde"

    def test_tls(self, authority: Authority) -> None:
        body = "x" * 1_000_000
        with Peer(answers(answer("200 OK", body)), tls=authority.server()) as peer:
            question = Question(peer.url("https"), settings(ssl=authority.client()))
            assert question.ask() == body.encode()

    def test_tls_with_the_systems_authorities(
        self, authority: Authority, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(ssl, "create_default_context", authority.client)
        with Peer(answers(answer("200 OK", "x")), tls=authority.server()) as peer:
            assert Question(peer.url("https"), settings()).ask() == b"x"

    def test_a_certificate_that_is_not_to_be_trusted(self, authority: Authority) -> None:
        with Peer(Guest.see_off, tls=authority.server()) as peer:
            text = lost(peer.url("https"), ssl=Authority().client())
            assert "certificate is not to be trusted" in text

    @pytest.mark.parametrize(
        ("said", "words"),
        [
            (answer("404 Not Found", '{"code": 404}'), """answers 404 ('{"code": 404}'); mend"""),
            (answer("503 Busy"), "answers 503"),
            (
                answer("302 Found", Location="http://elsewhere/"),
                "answers 302, a redirect to 'http://elsewhere/', which is not followed",
            ),
            (answer("304 Not Modified"), "answers 304; mend the URL"),
            (answer("200 OK", "x" * 101), "answers with more than 100 bytes"),
            (
                b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                + b"1\r\nx\r\n" * 101
                + b"0\r\n\r\n",
                "answers with more than 100 bytes",
            ),
            (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000, "cannot ask"),
            (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n", "got more than 100 headers"),
            (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", "hung up 6 bytes before the end"),
            (
                b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab",
                "hung up before the end; ask again",
            ),
            (b"nonsense\r\n\r\n", "nonsense"),
            (b"", "without response"),
        ],
    )
    def test_an_answer_that_is_none(self, said: bytes, words: str) -> None:
        with Peer(answers(said, lambda _: None)) as peer:
            assert words in lost(peer.url("http"), max_frame=100)

    @pytest.mark.parametrize(
        ("url", "words"),
        [
            ("ftp://host/", "take a URL of http or https"),
            ("http://host:99999/", "Port out of range"),
            ("http://" + "x" * 70 + "/", "label"),
            ("http://localhost:1/a b", "control characters"),
        ],
    )
    def test_a_url_that_cannot_be(
        self, url: str, words: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            url = url.replace(":1/", f":{port}/")
            assert words in lost(url)

    def test_a_password_is_not_shown(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            url = f"http://me:secret@127.0.0.1:{free.getsockname()[1]}/"
        with pytest.raises(ConnectionLost, match="http://…@127") as caught:
            Question(url, settings()).ask()
        assert "secret" not in str(caught.value)

    def test_a_refused_port(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{free.getsockname()[1]}/"
            assert lost(url).startswith(f"cannot ask {url}: Connection refused; start what")

    def test_it_goes_through_the_line_s_proxy(self) -> None:
        with Peer(answers(answer("200 OK", "[1]"))) as peer, Peer(tunnels) as proxy:
            url = peer.url("http", path="/x")
            through = settings(proxy=proxy.url("http", path=""))
            assert Question(url, through).ask() == b"[1]"
            assert proxy.guests[0].request.startswith(f"CONNECT localhost:{peer.port} ")

    def test_a_proxy_that_is_not_there_is_not_gone_round(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            proxy = f"http://127.0.0.1:{free.getsockname()[1]}"
        text = lost("http://127.0.0.1/", proxy=proxy)
        assert (
            f"the proxy {proxy.removeprefix('http://')} cannot be had (Connection refused" in text
        )


class TestEveryWaitHasAnEnd:
    def ask_in(self, url: str, **changes: Any) -> float:
        def ask() -> None:
            assert "did not answer within 0.15 s" in lost(url, open_timeout=LIMIT, **changes)

        return shortest(ask, LIMIT + SLACK)

    def test_connecting(self) -> None:
        with Unreachable() as nowhere:
            if not nowhere.is_silent():
                pytest.skip("this system answers whoever comes when its queue is full")
            assert LIMIT <= self.ask_in(nowhere.url("http")) < LIMIT + SLACK

    def test_tls(self, authority: Authority) -> None:
        with Peer(Guest.stay) as peer:
            took = self.ask_in(peer.url("https"), ssl=authority.client())
            assert LIMIT <= took < LIMIT + SLACK

    def test_silence(self) -> None:
        with Peer(Guest.stay) as peer:
            assert LIMIT <= self.ask_in(peer.url("http")) < LIMIT + SLACK

    @pytest.mark.parametrize(
        "said",
        [
            b"HTTP/1.1 200 OK" + b" " * 10_000,
            b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 90,
            answer("200 OK", "x" * 10_000),
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 1_000,
            b"HTTP/1.0 200 OK\r\n\r\n" + b"x" * 10_000,
            answer("404 Not Found", "x" * 10_000),
        ],
        ids=["status", "headers", "body", "chunks", "until the end", "refusal"],
    )
    def test_a_trickle_is_timed_as_a_whole(self, said: bytes) -> None:
        head, separator, body = said.partition(b"\r\n\r\n")
        first = head + separator if separator else b""

        def script(guest: Guest) -> None:
            guest.hear_request()
            guest.say(first)
            guest.trickle(body if separator else said)

        with Peer(script) as peer:
            assert LIMIT <= self.ask_in(peer.url("http")) < LIMIT + SLACK


class TestCallingOff:
    @pytest.mark.parametrize("said", [b"", b"HTTP/1.1 200", answer("200 OK", "x" * 9)[:-3]])
    def test_while_it_waits(self, said: bytes) -> None:
        before = open_sockets()
        with Peer(answers(said, Guest.stay)) as peer:
            question = Question(peer.url("http"), settings(open_timeout=60))
            asking = Aside(question.ask)
            assert eventually(lambda: question._wire._is_waiting and not question._wire.inflow)
            assert eventually(lambda: bool(peer.guests and peer.guests[0].request))
            question.call_off()
            question.call_off()
            assert asking.ended(5)
            assert isinstance(asking.error, ConnectionLost)
            assert "had not answered yet" in str(asking.error)
        assert eventually(lambda: open_sockets() <= before)

    def test_while_it_connects(self) -> None:
        with Unreachable() as nowhere:
            if not nowhere.is_silent():
                pytest.skip("this system answers whoever comes when its queue is full")
            question = Question(nowhere.url("http"), settings(open_timeout=60))
            asking = Aside(question.ask)
            assert eventually(lambda: question._wire._is_waiting)
            question.call_off()
            assert asking.ended(5)
            assert isinstance(asking.error, ConnectionLost)

    def test_before_it_is_asked(self) -> None:
        with Peer(Guest.see_off) as peer:
            question = Question(peer.url("http"), settings())
            question.call_off()
            with pytest.raises(ConnectionLost, match="had not answered yet"):
                question.ask()


class Witness(abc.ObserverBase[Any]):
    """Keeps what it is told."""

    def __init__(
        self, on_next: Callable[[Any], object] | None = None, *, fails_last: bool = False
    ) -> None:
        self.heard: list[object] = []
        self.over = threading.Event()
        self._on_next = on_next
        self._fails_last = fails_last

    def on_next(self, value: Any) -> None:
        self.heard.append(value)
        if self._on_next is not None:
            self._on_next(value)

    def on_error(self, error: Exception) -> None:
        self.heard.append(error)
        self._end()

    def on_completed(self) -> None:
        self.heard.append("|")
        self._end()

    def _end(self) -> None:
        self.over.set()
        if self._fails_last:
            raise LookupError("its last one")


@pytest.fixture
def news() -> News:
    return News(Status(lane=None, state=LineState.CLOSED, what="", received_ns=0))


@pytest.fixture
def faults(news: News) -> list[Fault]:
    heard: list[Fault] = []
    news.faults.observable().subscribe(heard.append)
    return heard


@pytest.fixture
def questions(news: News) -> Iterator[Questions]:
    made = Questions(settings(), news)
    yield made
    made.close(PATIENCE)


def malformed(body: bytes) -> object:
    raise MalformedFrame("no JSON", body.decode())


def buggy(body: bytes) -> object:
    raise ZeroDivisionError("ours")


class TestQuestions:
    def test_the_answer_and_the_end(self, questions: Questions) -> None:
        with Peer(answers(answer("200 OK", "12"))) as peer:
            witness = Witness()
            questions.ask(Request(peer.url("http"), int), witness)
            assert witness.over.wait(PATIENCE)
            assert witness.heard == [12, "|"]
        assert eventually(lambda: not questions._under_way)

    def test_they_do_not_wait_for_each_other(self, questions: Questions) -> None:
        with Peer(Guest.stay) as silent, Peer(answers(answer("200 OK", "12"))) as peer:
            waiting, witness = Witness(), Witness()
            off = questions.ask(Request(silent.url("http"), int), waiting)
            questions.ask(Request(peer.url("http"), int), witness)
            assert witness.over.wait(PATIENCE)
            off.dispose()
            assert waiting.over.wait(PATIENCE)

    def test_a_refusal(self, questions: Questions) -> None:
        with Peer(answers(answer("404 Not Found", "nothing"))) as peer:
            witness = Witness()
            questions.ask(Request(peer.url("http"), int), witness)
            assert witness.over.wait(PATIENCE)
            (error,) = witness.heard
            assert isinstance(error, ConnectionLost)
            assert "404 ('nothing'); mend the URL" in str(error)

    @pytest.mark.parametrize(
        ("parse", "kind"), [(malformed, MalformedFrame), (buggy, ZeroDivisionError)]
    )
    def test_an_answer_that_cannot_be_read(
        self,
        questions: Questions,
        faults: list[Fault],
        parse: Callable[[bytes], object],
        kind: type[Exception],
    ) -> None:
        with Peer(answers(answer("200 OK", "x"))) as peer:
            witness = Witness()
            questions.ask(Request(peer.url("http"), parse), witness)
            assert witness.over.wait(PATIENCE)
            assert [type(each) for each in witness.heard] == [kind]
        assert faults == []

    def test_an_observer_that_raises(self, questions: Questions, faults: list[Fault]) -> None:
        def fail(_: object) -> None:
            raise ValueError("the observer's own bug")

        with Peer(answers(answer("200 OK", "12"))) as peer:
            witness = Witness(fail)
            questions.ask(Request(peer.url("http"), int), witness)
            assert witness.over.wait(PATIENCE)
            assert [type(each) for each in witness.heard] == [int, ValueError]
        assert eventually(lambda: len(faults) == 1)
        assert faults[0].reason is FaultReason.SUBSCRIBER
        assert "the observer's own bug" in faults[0].what

    @pytest.mark.parametrize("status", ["200 OK", "404 Not Found"])
    def test_an_observer_that_raises_at_the_end(
        self, questions: Questions, faults: list[Fault], status: str
    ) -> None:
        with Peer(answers(answer(status, "12"))) as peer:
            witness = Witness(fails_last=True)
            questions.ask(Request(peer.url("http"), int), witness)
            assert eventually(lambda: len(faults) == 1)
            assert isinstance(faults[0].error, LookupError)

    @pytest.mark.parametrize("is_connected", [True, False])
    def test_calling_off(self, questions: Questions, is_connected: bool) -> None:
        with Peer(Guest.stay) as peer:
            witness = Witness()
            off = questions.ask(Request(peer.url("http"), int), witness)
            if is_connected:
                assert eventually(lambda: bool(peer.guests))
            off.dispose()
            off.dispose()
            assert witness.over.wait(PATIENCE)
            assert [type(each) for each in witness.heard] == [ConnectionLost]

    def test_closing_ends_them_all(self, questions: Questions) -> None:
        with Peer(Guest.stay) as peer:
            witnesses = [Witness() for _ in range(3)]
            for witness in witnesses:
                questions.ask(Request(peer.url("http"), int), witness)
            assert duration(lambda: questions.close(PATIENCE)) < 5
            assert all(witness.over.is_set() for witness in witnesses)
        assert eventually(lambda: not questions._under_way)

    def test_after_closing_there_is_no_answer(self, questions: Questions) -> None:
        before = open_sockets()
        questions.close(PATIENCE)
        questions.close(PATIENCE)
        witness = Witness()
        questions.ask(Request("http://host/", int), witness).dispose()
        (error,) = witness.heard
        assert isinstance(error, RxdexError)
        assert str(error) == "http://host/ is not asked: this Dex is closed; make a new one"
        assert open_sockets() == before

    def test_closing_does_not_wait_longer_than_it_may(self, questions: Questions) -> None:
        go = threading.Event()
        with Peer(answers(answer("200 OK", "12"))) as peer:
            witness = Witness(lambda _: go.wait(PATIENCE))
            questions.ask(Request(peer.url("http"), int), witness)
            assert eventually(lambda: bool(witness.heard))
            took = shortest(lambda: questions.close(LIMIT), LIMIT + SLACK)
            assert LIMIT <= took < LIMIT + SLACK
            go.set()
            assert witness.over.wait(PATIENCE)

    def test_closing_from_within_an_observer(self, questions: Questions) -> None:
        with Peer(answers(answer("200 OK", "12"))) as peer:
            witness = Witness(lambda _: questions.close(PATIENCE))
            questions.ask(Request(peer.url("http"), int), witness)
            assert witness.over.wait(5)
            with suppress(IndexError):
                assert witness.heard[1] == "|"


def test_a_proxy_does_not_answer_for_the_host(authority: Authority) -> None:
    forged = answer("200 OK", "forged")

    def forges(guest: Guest) -> None:
        say = guest.say
        with patch.object(guest, "say", lambda data: say(data + forged)):
            tunnels(guest)

    honest = answers(answer("200 OK", "the truth"))
    with Peer(honest, tls=authority.server()) as host, Peer(forges) as proxy:
        text = lost(host.url("https"), proxy=proxy.url("http", path=""), ssl=authority.client())
    assert text.startswith("cannot ask https://")
    assert "before TLS began" in text
