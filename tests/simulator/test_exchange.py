"""The embedded exchange, as a test or a program uses it."""

import errno
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from rxdex.simulator.exchange import Exchange
from rxdex.simulator.timings import Timings
from tests.simulator.clients import (
    PATIENCE,
    closing,
    connected,
    drop,
    eventually,
    exchange_threads,
    frame_of,
    get,
    refusal,
)


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    assert set(threading.enumerate()) <= before


@pytest.fixture
def exchange() -> Iterator[Exchange]:
    with Exchange(speed=None, warm_up=10) as running:
        yield running


def test_where_it_is(exchange: Exchange) -> None:
    assert exchange.url.startswith("ws://127.0.0.1:")
    assert exchange.url.endswith("/api")
    assert exchange.rest_url == exchange.url.replace("ws", "http", 1) + "/v1"
    assert exchange_threads() == ["rxdex:exchange"]


def test_who_and_what_is_there(exchange: Exchange) -> None:
    assert set(exchange.inspect(lambda chain: chain.symbols)) == set(exchange.symbols)
    owners = set(exchange.inspect(lambda chain: chain.owners))
    assert set(exchange.addresses) | {exchange.user} <= owners
    assert exchange.user not in exchange.addresses
    assert set(exchange.wallets) < set(exchange.addresses)
    assert exchange.height == exchange.inspect(lambda chain: chain.height)


def test_books_are_full_before_the_door_opens() -> None:
    with Exchange(speed=None) as exchange:
        _, _, book = get(f"{exchange.rest_url}/depth?symbol={exchange.symbols[0]}")
        assert book["bids"]
        assert book["asks"]


def test_it_can_be_made_to_fail_and_to_recover(exchange: Exchange) -> None:
    exchange.faults.next().refuse(503)
    assert refusal(f"{exchange.url}/ws")[0] == 503
    with connected(f"{exchange.url}/ws/$all@blockheight") as client:
        exchange.faults.lose()
        exchange.step(2)
        assert frame_of(client, "blockheight")["data"]["h"] == exchange.height


def test_steps_are_counted(exchange: Exchange) -> None:
    before = exchange.height
    exchange.step()
    exchange.step(4)
    assert exchange.height == before + 5
    with pytest.raises(ValueError, match="cannot make 0 blocks"):
        exchange.step(0)


def test_no_traders_no_trades() -> None:
    with Exchange(speed=None, traders=False, warm_up=5) as exchange:
        _, _, book = get(f"{exchange.rest_url}/depth?symbol={exchange.symbols[0]}")
        assert (book["asks"], book["bids"]) == ([], [])


def test_the_same_seed_gives_the_same_frames() -> None:
    def frames() -> list[str | bytes]:
        with Exchange(seed=3, speed=None, warm_up=10) as exchange:
            symbol, busy = exchange.symbols[0], exchange.addresses[0]
            streams = f"{symbol}@trades/{symbol}@marketDiff/$all@allTickers/{busy}"
            with connected(f"{exchange.url}/stream?streams={streams}") as client:
                exchange.buy(symbol, "10", "1")
                exchange.step(20)
                return [client.recv() for _ in range(30)]

    assert frames() == frames()


def test_two_side_by_side_know_nothing_of_each_other() -> None:
    with (
        Exchange(seed=1, speed=None, warm_up=1) as one,
        Exchange(seed=2, speed=None, warm_up=1) as other,
        connected(f"{one.url}/ws/$all@blockheight") as client,
    ):
        assert one.url != other.url
        assert one.addresses != other.addresses
        other.step(5)
        one.step()
        assert frame_of(client, "blockheight")["data"]["h"] == one.height
        assert (len(one.visits), len(other.visits)) == (1, 0)


@pytest.mark.parametrize(
    "wrong", [{"speed": -1.0}, {"port": 70_000}, {"warm_up": -1}, {"block_time": 0.0}]
)
def test_numbers_that_cannot_be_start_nothing(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="take"):
        Exchange(**wrong)  # type: ignore[arg-type]


def test_a_port_that_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match=f"cannot listen at 127.0.0.1:{port}.*another port") as it:
            Exchange(port=port)
    assert it.value.errno == errno.EADDRINUSE


def test_two_exchanges_cannot_have_one_port(exchange: Exchange) -> None:
    port = int(exchange.url.rpartition(":")[2].removesuffix("/api"))
    with pytest.raises(OSError, match="take another port, or 0 for a free one"):
        Exchange(port=port)


def test_a_host_that_is_nowhere() -> None:
    with pytest.raises(OSError, match=r"cannot listen at 203.0.113.1:0"):
        Exchange(host="203.0.113.1", warm_up=0)


def test_all_interfaces_are_reached_at_loopback() -> None:
    with Exchange(host="0.0.0.0", speed=None, warm_up=0) as exchange:
        assert exchange.url.startswith("ws://127.0.0.1:")
        assert get(f"{exchange.rest_url}/time")[0] == 200


@pytest.mark.parametrize("host", ["::1", "::"])
def test_the_new_protocol(host: str) -> None:
    try:
        with Exchange(host=host, speed=None, warm_up=0) as exchange:
            assert exchange.url.startswith("ws://[::1]:")
            assert get(f"{exchange.rest_url}/time")[0] == 200
    except OSError:
        pytest.skip("this machine has no IPv6")


def test_closing_twice_and_what_is_refused_afterwards() -> None:
    exchange = Exchange(warm_up=0)
    with connected(f"{exchange.url}/ws/$all@blockheight") as client, ThreadPoolExecutor(2) as pool:
        closings = [pool.submit(exchange.close) for _ in range(2)]
        assert closing(client)[0] == 1001
        drop(client)
        for it in closings:
            it.result(PATIENCE)
    exchange.close()
    assert exchange_threads() == []
    assert exchange.visits[-1].close_code == 1001
    for call in (exchange.step, lambda: exchange.inspect(str)):
        with pytest.raises(RuntimeError, match="rxdex:exchange is closed"):
            call()


def test_closing_while_a_client_says_nothing() -> None:
    with Exchange(warm_up=0, timings=Timings(goodbye=0.05)) as exchange:
        with connected(f"{exchange.url}/ws/$all@blockheight"):
            exchange.close()
        assert not exchange.visits[-1].is_open


def test_everything_can_be_called_from_the_exchanges_own_thread(exchange: Exchange) -> None:
    def look(_: object) -> int:
        exchange.step(2)
        exchange.buy(exchange.symbols[0], "1", "1")
        with pytest.raises(RuntimeError, match="cannot wait for itself"):
            exchange.wait_for(lambda _: True)
        exchange.close()
        return exchange.height

    before = exchange.height
    assert exchange.inspect(look) == before + 2


def test_and_from_a_clients_thread_for_each_frame(exchange: Exchange) -> None:
    with connected(f"{exchange.url}/ws/$all@blockheight") as client:
        exchange.step()
        for _ in range(20):
            assert frame_of(client, "blockheight")["data"]["h"] == exchange.height
            exchange.step()


def test_many_threads_at_once(exchange: Exchange) -> None:
    symbol = exchange.symbols[0]
    before = exchange.height

    def work(number: int) -> None:
        with connected(f"{exchange.url}/ws/{symbol}@marketDiff"):
            exchange.buy(symbol, f"1.{number:02}", "1")
            exchange.step(3)
            exchange.inspect(lambda chain: chain.open_orders(exchange.user))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(24)))
    assert exchange.height == before + 24 * 3
    assert len(exchange.visits) == 24
    eventually(exchange, lambda it: not any(visit.is_open for visit in it.visits))
    orders = exchange.inspect(lambda chain: chain.open_orders(exchange.user))
    assert len(orders) == 24


def test_waiting_ends_when_it_holds_and_when_it_does_not(exchange: Exchange) -> None:
    goal = exchange.height + 3
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(exchange.wait_for, lambda it: it.height >= goal, PATIENCE)
        exchange.step(3)
        assert waiting.result(PATIENCE)
    assert not exchange.wait_for(lambda it: it.height > goal, 0.01)


@pytest.mark.parametrize("seed", ["x", 1.5, None])
def test_a_seed_is_a_whole_number(seed: Any) -> None:
    with pytest.raises(TypeError, match=f"seed is {seed!r}; take a whole number"):
        Exchange(seed=seed)
