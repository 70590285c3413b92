"""A line that cannot be had: what its subscribers see, what status says, and what `first` does."""

import re
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from attrs import frozen

from rxdex import ConnectionLost, Dex, LineSettings, VenueGone, first
from rxdex.backoff import Backoff
from rxdex.events import LineState, Status
from rxdex.simulator.exchange import Exchange
from rxdex.venues import BinanceDex
from tests.connection.peer import Authority, Guest, Peer, answer
from tests.connection.recorder import Recorder
from tests.connection.witness import Witness

GROWING = Backoff(start=0.01, factor=2.0, jitter=0.0)
DELAYS = [0.01, 0.02, 0.04, 0.08]
LINE = partial(LineSettings, spacing=0.0, backoff=GROWING)
AUTHORITY = Authority()
NOW = datetime.now(UTC)
DAY = timedelta(days=1)


@frozen(kw_only=True)
class Trouble:
    """
    Why a line cannot be had.

    :param place: gives the URL of who makes it
    :param says: what is read of it
    :param knows: whose certificates are trusted; None: the system's
    :param open_timeout: of the line
    """

    place: Callable[[], AbstractContextManager[str]]
    says: str
    knows: Authority | None = None
    open_timeout: float = 10.0


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


@contextmanager
def peer(script: Callable[[Guest], None], scheme: str = "ws", **more: Any) -> Iterator[str]:
    with Peer(script, **more) as it:
        yield it.url(scheme, path="/api")


@contextmanager
def refusing(status: int) -> Iterator[str]:
    with Exchange(speed=None, traders=False, warm_up=0) as exchange:
        exchange.faults.next(100).refuse(status)
        yield exchange.url


def speaks_plainly(guest: Guest) -> None:
    guest.sock.recv(10)
    guest.say(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    guest.see_off()


def shows(says: str, *names: str, knows: Authority | None = AUTHORITY, **validity: Any) -> Trouble:
    """A server that speaks TLS and shows a certificate of those names."""

    def place() -> AbstractContextManager[str]:
        return peer(Guest.see_off, "wss", tls=AUTHORITY.server(*names, **validity))

    return Trouble(place=place, says=says, knows=knows)


TROUBLES = {
    "nobody listens": Trouble(
        place=lambda: nullcontext(f"ws://127.0.0.1:{free_port()}/api"),
        says=r"Connection refused; start what is to listen there",
    ),
    "its name is unknown": Trouble(
        place=lambda: nullcontext("ws://nobody.example/api"), says="mend the host, or look at"
    ),
    "no TLS is spoken there": Trouble(
        place=lambda: peer(speaks_plainly, "wss"), says="TLS fails", knows=AUTHORITY
    ),
    "an unknown issuer": shows(r"certificate is not to be trusted .*ssl=", knows=None),
    "another private issuer": shows("certificate is not to be trusted", knows=Authority()),
    "a wrong host name": shows("certificate is another host's", "elsewhere.example"),
    "an expired certificate": shows(
        "certificate is out of date", "localhost", not_before=NOW - 2 * DAY, not_after=NOW - DAY
    ),
    "a certificate of tomorrow": shows(
        "certificate is not valid yet", "localhost", not_before=NOW + DAY, not_after=NOW + 2 * DAY
    ),
    "it takes the connection and says nothing": Trouble(
        place=lambda: peer(Guest.stay), says=r"did not answer within 0\.1 s", open_timeout=0.1
    ),
    "the same, with TLS": Trouble(
        place=lambda: peer(Guest.stay, "wss"),
        says=r"did not answer within 0\.1 s",
        knows=AUTHORITY,
        open_timeout=0.1,
    ),
    **{
        f"it refuses with {status}": Trouble(
            place=partial(refusing, status), says=f"refuses the handshake with {status}"
        )
        for status in (401, 403, 404, 500, 503)
    },
    "it refuses with 403, with TLS": Trouble(
        place=lambda: peer(refuse_403, "wss", tls=AUTHORITY.server()),
        says="refuses the handshake with 403",
        knows=AUTHORITY,
    ),
}


def refuse_403(guest: Guest) -> None:
    guest.hear_request()
    guest.say(answer("403 Forbidden"))


@pytest.fixture(autouse=True)
def no_name_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """By itself the system would ask the network, for as long as that takes."""
    known = socket.getaddrinfo

    def look_up(host: str, *args: Any, **more: Any) -> Any:
        if host.endswith(".example"):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return known(host, *args, **more)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)


def settings(trouble: Trouble) -> LineSettings:
    ssl = None if trouble.knows is None else trouble.knows.client()
    return LINE(ssl=ssl, open_timeout=trouble.open_timeout)


@pytest.mark.parametrize("name", TROUBLES)
def test_five_attempts_with_growing_delays_and_then_the_reason(name: str) -> None:
    trouble = TROUBLES[name]
    with trouble.place() as url, Dex(url, settings(trouble)) as dex:
        it = Witness(dex, is_alone=True)
        assert it.blocks.fails()
        assert it.wait_state(LineState.CLOSED)
    (error,) = it.blocks.errors
    assert type(error) is ConnectionLost
    assert re.search(trouble.says, str(error))
    assert (it.seen, it.faults.values) == ([], [])
    assert it.states == [LineState.CONNECTING, LineState.WAITING] * 4 + [
        LineState.CONNECTING,
        LineState.CLOSED,
    ]
    waiting = it.of(LineState.WAITING)
    assert [status.retry_in for status in waiting] == DELAYS
    for status in waiting:
        assert re.search(trouble.says, status.what)
        assert f"next attempt in {status.retry_in:.1f} s" in status.what
        assert isinstance(status.error, ConnectionLost)


@pytest.mark.parametrize("name", TROUBLES)
def test_first_does_not_wait_for_a_second_attempt(name: str) -> None:
    trouble = TROUBLES[name]
    with trouble.place() as url, Dex(url, settings(trouble)) as dex:
        status: Recorder[Status] = Recorder()
        dex.status.subscribe(status)
        with pytest.raises(ConnectionLost, match=trouble.says):
            first(dex.blocks())
    assert [it.state for it in status.values[1:]] == [LineState.CONNECTING, LineState.CLOSED]


@pytest.mark.parametrize(
    ("status", "said", "seconds"),
    [(429, None, 60.0), (418, None, 60.0), (429, 7, 7.0), (503, 7, 7.0)],
)
def test_a_venue_that_wants_to_be_left_alone_says_until_when(
    status: int, said: int | None, seconds: float
) -> None:
    with Exchange(speed=None, traders=False, warm_up=0) as exchange:
        exchange.faults.next(2).refuse(status, retry_after=said)
        with Dex(exchange.url, LINE()) as dex:
            it = Witness(dex, is_alone=True)
            assert it.wait_state(LineState.WAITING)
            (waiting,) = it.of(LineState.WAITING)
            assert waiting.retry_in == seconds
            assert f"next attempt in {seconds:.1f} s" in waiting.what
        assert len(exchange.faults.log) == 1
        assert (it.seen, it.faults.values) == ([], [])


def test_and_is_left_alone_for_so_long() -> None:
    with Exchange(speed=None, traders=False, warm_up=0) as exchange:
        exchange.faults.next().refuse(429, retry_after=1)
        with Dex(exchange.url, LINE()) as dex:
            it = Witness(dex, is_alone=True)
            assert it.wait_state(LineState.WAITING)
            began = time.monotonic()
            assert it.wait_state(LineState.UP)
            assert 0.9 < time.monotonic() - began < 3
            assert it.of(LineState.UP)[0].down_for is not None


@pytest.mark.parametrize("venue", [BinanceDex.mainnet(), BinanceDex.testnet()])
def test_a_venue_that_is_gone_for_good_is_not_tried(
    venue: BinanceDex, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **_: asked.append(args))
    with Dex(venue, LINE()) as dex:
        it = Witness(dex, is_alone=True)
        assert it.blocks.fails()
        assert it.wait_state(LineState.CLOSED)
        assert isinstance(it.blocks.errors[0], VenueGone)
    assert asked == []
    assert it.states == [LineState.CONNECTING, LineState.CLOSED]
    assert "shut down in 2023" in it.told[-1].what
    assert (it.seen, it.faults.values) == ([], [])
