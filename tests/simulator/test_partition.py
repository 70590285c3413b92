"""A bad network between a client and an exchange."""

import os
import socket
import ssl
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import websocket

from rxdex.errors import InvalidSubject
from rxdex.simulator.exchange import Exchange
from rxdex.simulator.partition import Partition
from rxdex.simulator.timings import Timings
from tests.conftest import eventually as comes_true
from tests.connection.peer import Authority, duration
from tests.simulator.clients import (
    PATIENCE,
    closing,
    connected,
    eventually,
    get,
    heights,
    is_silent,
    knocking,
)

BLOCKS = "/ws/$all@blockheight"
BRIEF = 0.2


@pytest.fixture(scope="module")
def exchange() -> Iterator[Exchange]:
    with Exchange(speed=None, warm_up=1, traders=False, timings=Timings(goodbye=BRIEF)) as running:
        yield running


@pytest.fixture
def network(exchange: Exchange) -> Iterator[Partition]:
    with Partition(exchange.url) as made:
        yield made
    eventually(exchange, lambda it: not any(visit.is_open for visit in it.visits))


@pytest.fixture
def client(network: Partition) -> Iterator[websocket.WebSocket]:
    with connected(network.url + BLOCKS) as made:
        yield made


def passes(exchange: Exchange, client: websocket.WebSocket) -> bool:
    """Whether a block is told."""
    exchange.step()
    return heights(client, 1) == [exchange.height]


def test_a_good_network_passes_everything_on(
    exchange: Exchange, network: Partition, client: websocket.WebSocket
) -> None:
    assert network.url.startswith("ws://127.0.0.1:")
    assert network.url.endswith("/api")
    assert network.url != exchange.url
    assert passes(exchange, client)
    assert get(network.url.replace("ws", "http", 1) + "/v1/time")[0] == 200
    assert comes_true(lambda: network.connections == 1)
    exchange.faults.hang_up(1012)
    assert closing(client)[0] == 1012


def test_the_venue_hears_of_who_leaves(exchange: Exchange, network: Partition) -> None:
    with connected(network.url + BLOCKS) as client:
        client.close(status=4321)
    eventually(exchange, lambda it: it.visits[-1].close_code == 4321)
    assert comes_true(lambda: network.connections == 0)


def test_nothing_passes_until_it_is_healed(
    exchange: Exchange, network: Partition, client: websocket.WebSocket
) -> None:
    network.partition()
    first = exchange.height + 1
    exchange.step(2)
    client.send('{"method":"keepAlive"}')
    assert is_silent(client, BRIEF)
    assert not exchange.visits[-1].said
    network.heal()
    assert heights(client, 2) == [first, first + 1]
    eventually(exchange, lambda it: bool(it.visits[-1].said))


def test_a_goodbye_is_not_heard_until_it_is_healed(
    exchange: Exchange, network: Partition, client: websocket.WebSocket
) -> None:
    network.partition()
    exchange.faults.hang_up(1001)
    eventually(exchange, lambda it: not it.visits[-1].is_open)
    assert is_silent(client, BRIEF)
    network.heal()
    assert closing(client)[0] == 1001


def test_who_comes_meanwhile_gets_no_answer_and_who_gives_up_was_never_there(
    exchange: Exchange, network: Partition
) -> None:
    visits = len(exchange.visits)
    network.partition()
    with knocking(network.url + BLOCKS) as patient:
        with knocking(network.url + BLOCKS) as sock:
            sock.settimeout(BRIEF)
            with pytest.raises(TimeoutError):
                sock.recv(1)
        network.heal()
        assert patient.recv(12) == b"HTTP/1.1 101"
    assert comes_true(lambda: network.connections == 0)
    assert len(exchange.visits) == visits + 1


def test_half_open_the_venue_is_gone_and_the_client_not_told(
    exchange: Exchange, network: Partition, client: websocket.WebSocket
) -> None:
    assert network.half_open() == 1
    eventually(exchange, lambda it: it.visits[-1].close_code == 1006)
    client.send("hello?")
    assert is_silent(client, BRIEF)
    with connected(network.url + BLOCKS) as another:
        assert passes(exchange, another)


def test_half_open_the_client_is_gone_and_the_venue_not_told(
    exchange: Exchange, network: Partition, client: websocket.WebSocket
) -> None:
    assert network.half_open("client") == 1
    assert client.sock is not None
    assert client.sock.recv(1) == b""
    visit = exchange.visits[-1].opened
    with connected(network.url + BLOCKS) as another:
        exchange.step(3)
        assert len(heights(another, 3)) == 3
        (old,) = (it for it in exchange.visits if it.opened == visit)
        assert old.is_open


def test_no_other_side_can_be_gone(network: Partition) -> None:
    nobody: Any = "nobody"
    with pytest.raises(ValueError, match="nobody"):
        network.half_open(nobody)


def test_a_cut_is_a_reset(
    exchange: Exchange, network: Partition, client: websocket.WebSocket
) -> None:
    assert network.cut() == 1
    assert client.sock is not None
    with pytest.raises(ConnectionResetError):
        client.sock.recv(1)
    eventually(exchange, lambda it: it.visits[-1].close_code == 1006)


def test_a_reset_by_the_client_is_one_for_the_venue(
    exchange: Exchange, network: Partition, client: websocket.WebSocket
) -> None:
    assert client.sock is not None
    client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    client.sock.close()
    eventually(exchange, lambda it: it.visits[-1].close_code == 1006)


def test_bytes_may_come_one_by_one(
    exchange: Exchange, network: Partition, client: websocket.WebSocket
) -> None:
    network.shape(piece=1)
    assert passes(exchange, client)
    network.shape()
    assert passes(exchange, client)


def test_latency_and_jitter(
    exchange: Exchange, network: Partition, client: websocket.WebSocket
) -> None:
    network.shape(latency=BRIEF, jitter=0.05)
    assert duration(lambda: passes(exchange, client)) >= BRIEF


def test_bandwidth(exchange: Exchange, network: Partition) -> None:
    url = network.url.replace("ws", "http", 1) + f"/v1/account/{exchange.addresses[0]}"
    network.shape(bandwidth=2_000)
    # The question has about a hundred bytes, the answer some six hundred.
    assert duration(lambda: get(url)) >= 0.2


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"latency": -1}, "latency is -1; take a number of seconds above zero"),
        ({"jitter": "much"}, "jitter is 'much'"),
        ({"bandwidth": 0}, "bandwidth is 0; take a whole number from 1"),
        ({"piece": 1.5}, "piece is 1.5"),
    ],
)
def test_weather_that_cannot_be(network: Partition, wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        network.shape(**wrong)


def test_a_venue_that_is_not_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with Partition(f"ws://127.0.0.1:{port}/api") as network, knocking(network.url) as sock:
        assert sock.recv(1) == b""


@pytest.mark.parametrize(
    ("url", "place"),
    [("ws://h.example/api", ("h.example", 80)), ("wss://h.example", ("h.example", 443))],
)
def test_a_venue_has_a_port_though_it_is_not_said(url: str, place: tuple[str, int]) -> None:
    with Partition(url) as network:
        parts = urlsplit(network.url)
        assert (parts.scheme, parts.hostname) == (urlsplit(url).scheme, "127.0.0.1")
        assert (network._network._host, network._network._port) == place


def test_what_is_no_venue() -> None:
    with pytest.raises(InvalidSubject, match="'nonsense' cannot be the base URL of a venue"):
        Partition("nonsense")
    seed: Any = None
    with pytest.raises(TypeError, match="seed is None"):
        Partition("ws://h.example", seed=seed)


def test_closing_ends_everything_however_it_stands(exchange: Exchange) -> None:
    network = Partition(exchange.url)
    with connected(network.url + BLOCKS) as client:
        network.partition()
        with knocking(network.url + BLOCKS) as waiting:
            assert comes_true(lambda: network.connections == 2)
            network.close()
            assert waiting.recv(1) == b""
            assert client.sock is not None
            assert client.sock.recv(1) == b""
    network.close()
    assert not [it for it in threading.enumerate() if it.name == "rxdex:partition"]
    with pytest.raises(RuntimeError, match="rxdex:partition is closed"):
        network.heal()


# With TLS.


@pytest.fixture
def authority() -> Authority:
    return Authority()


def test_it_can_speak_tls_to_a_venue_that_does_not(
    exchange: Exchange, authority: Authority
) -> None:
    with Partition(exchange.url, tls=authority.server()) as network:
        assert network.url.startswith("wss://127.0.0.1:")
        with connected(network.url + BLOCKS, sslopt={"context": authority.client()}) as client:
            assert passes(exchange, client)
            exchange.faults.hang_up(1012)
            assert closing(client)[0] == 1012


def test_and_knows_nothing_of_what_others_speak(exchange: Exchange, authority: Authority) -> None:
    with (
        Partition(exchange.url, tls=authority.server()) as venue,
        Partition(venue.url) as network,
        connected(network.url + BLOCKS, sslopt={"context": authority.client()}) as client,
    ):
        network.shape(piece=1)
        assert passes(exchange, client)
        network.cut()
        assert client.sock is not None
        # Beneath Python's TLS, which takes a reset for a goodbye.
        with pytest.raises(ConnectionResetError):
            os.read(client.sock.fileno(), 1)


def test_a_handshake_of_tls_waits_as_well(exchange: Exchange, authority: Authority) -> None:
    with Partition(exchange.url, tls=authority.server()) as network:
        network.partition()
        port = urlsplit(network.url).port
        with (
            socket.create_connection(("127.0.0.1", port), BRIEF) as sock,
            pytest.raises(TimeoutError),
        ):
            authority.client().wrap_socket(sock, server_hostname="127.0.0.1")
        network.heal()
        with socket.create_connection(("127.0.0.1", port), PATIENCE) as sock:
            tls = authority.client().wrap_socket(sock, server_hostname="127.0.0.1")
            tls.close()


def test_who_speaks_no_tls_is_not_taken_in(exchange: Exchange, authority: Authority) -> None:
    with Partition(exchange.url, tls=authority.server()) as network:
        port = urlsplit(network.url).port
        with socket.create_connection(("127.0.0.1", port), PATIENCE) as sock:
            sock.sendall(b"GET / HTTP/1.1\r\n\r\n")
            assert sock.recv(1) in (b"", b"\x15")
        with pytest.raises(ssl.SSLError), socket.create_connection(("127.0.0.1", port)) as sock:
            Authority().client().wrap_socket(sock, server_hostname="127.0.0.1")
        assert comes_true(lambda: network.connections == 0)


def test_closing_amid_a_handshake_of_tls(exchange: Exchange, authority: Authority) -> None:
    with Partition(exchange.url, tls=authority.server()) as network:
        port = urlsplit(network.url).port
        with socket.create_connection(("127.0.0.1", port), PATIENCE) as sock:
            assert comes_true(lambda: network.connections == 1)
            network.close()
            assert sock.recv(1) == b""


def test_a_side_that_is_none_is_refused(network: Partition) -> None:
    with pytest.raises(ValueError, match="'both' is no side; give 'client' or 'venue'"):
        network.half_open("both")  # type: ignore[arg-type]
