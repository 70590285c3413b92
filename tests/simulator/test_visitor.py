"""The deadlines of one websocket, and what becomes of those who read too slowly."""

import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import websocket

from rxdex.simulator import visitor
from rxdex.simulator.faults.plot import Plot
from rxdex.simulator.loop_thread import LoopThread
from rxdex.simulator.post import Post
from rxdex.simulator.routes import Routes
from rxdex.simulator.server import ExchangeServer
from rxdex.simulator.timings import Timings
from rxdex.simulator.visits import VisitorsBook
from tests.simulator.clients import PATIENCE, closing, connected, drop, get, say

BNB = "BNB_BUSD-BD1"
TRADES = f"/ws/{BNB}@trades"


class Nothing:
    """Snapshots of nothing."""

    def depth(self, symbol: str, limit: int) -> str:
        return f'["{symbol}",{limit}]'

    def markets(self) -> str:
        return "[]"

    def account(self, address: str) -> str:
        return f'["{address}"]'

    def time(self) -> str:
        return "{}"


class House:
    """A server alone, whose frames are made by hand."""

    def __init__(self, timings: Timings, max_buffered: int) -> None:
        self.book = VisitorsBook()
        routes = Routes(Nothing(), frozenset({BNB}))
        self.plot = Plot(self.book.touch)
        self.server = ExchangeServer(
            routes, self.book, timings, self.plot, max_buffered=max_buffered
        )
        self.thread = LoopThread("rxdex:exchange house", self.server.close)
        self.url = f"ws://{self.thread.wait(self.open)}/api"

    async def open(self) -> str:
        place = await self.server.bind("127.0.0.1", 0)
        await self.server.open()
        return place

    def post(self, text: str) -> None:
        self.thread.call(lambda: self.server.deliver([Post("trades", BNB, text)]))

    def until_closed(self, code: int) -> None:
        assert self.book.wait_for(lambda: not self.book.visits[-1].is_open, PATIENCE)
        assert self.book.visits[-1].close_code == code


@contextmanager
def house(*, max_buffered: int = 8 << 20, **timings: float) -> Iterator[House]:
    it = House(Timings(**timings), max_buffered)
    try:
        yield it
    finally:
        it.thread.close(PATIENCE)


@pytest.mark.parametrize("path", ["/ws", TRADES])
def test_pings_are_sent_and_their_answer_keeps_the_line(path: str) -> None:
    with house(ping=0.2) as it, connected(it.url + path) as client:
        for _ in range(3):
            opcode, _ = client.recv_data(control_frame=True)
            assert opcode == websocket.ABNF.OPCODE_PING
        assert it.book.visits[-1].is_open


def test_who_does_not_answer_a_ping_is_dropped() -> None:
    with house(ping=0.05, goodbye=0.05) as it, connected(it.url + TRADES):
        it.until_closed(1011)


def test_a_socket_without_subscriptions_is_closed_keepalive_or_not() -> None:
    with house(unsubscribed=0.1) as it, connected(it.url + "/ws") as client:
        say(client, method="keepAlive")
        assert closing(client) == (1008, "no subscriptions")
        drop(client)
        it.until_closed(1008)


def test_a_subscription_in_time_saves_it_and_its_end_does_not() -> None:
    with house(unsubscribed=0.5) as it, connected(it.url + "/ws") as client:
        say(client, method="subscribe", topic="trades", symbols=[BNB])
        assert it.book.wait_for(lambda: bool(it.book.visits[-1].subscriptions), PATIENCE)
        assert not it.book.wait_for(lambda: not it.book.visits[-1].is_open, 0.6)
        say(client, method="unsubscribe", topic="trades")
        assert closing(client) == (1008, "no subscriptions")


def test_a_socket_without_keepalive_is_closed() -> None:
    with house(keepalive=0.1, longest_keepalive=0.2) as it, connected(it.url + TRADES) as client:
        assert closing(client) == (1008, "no keepAlive in time")


def test_keepalive_gives_it_another_stretch() -> None:
    with (
        house(keepalive=0.8, longest_keepalive=0.8) as it,
        connected(it.url + TRADES) as client,
    ):
        for _ in range(3):
            assert not it.book.wait_for(lambda: not it.book.visits[-1].is_open, 0.3)
            say(client, method="keepAlive")
        assert closing(client) == (1008, "no keepAlive in time")
        assert len(it.book.visits[-1].said) == 3


def test_a_slow_reader_is_dropped_and_nobody_else_notices(
    caplog: pytest.LogCaptureFixture,
) -> None:
    small = [(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)]
    text = "x" * 100_000
    with (
        house(max_buffered=500_000, goodbye=0.1) as it,
        connected(it.url + TRADES, sockopt=small),
        connected(it.url + TRADES, skip_utf8_validation=True) as brisk,
        caplog.at_level(logging.WARNING),
    ):
        sent = 0
        while it.book.visits[0].is_open and sent < 1000:
            it.post(text)
            sent += 1
            assert brisk.recv() == text
        slow, other = it.book.visits
        assert (slow.close_code, other.is_open) == (1008, True)
        assert "reads too slowly" in caplog.text
        # The dropped one is in nobody's way any more.
        it.post("more")
        assert brisk.recv() == "more"


def test_making_haste_waits_for_readers_who_read() -> None:
    with (
        house(max_buffered=400_000) as it,
        connected(it.url + TRADES, skip_utf8_validation=True) as client,
    ):
        text = "x" * 200_000
        frames = 100

        async def hurry() -> None:
            for _ in range(frames):
                it.server.deliver([Post("trades", BNB, text)])
                await it.server.settle()

        received: list[int] = []

        def read() -> None:
            received.extend(len(client.recv()) for _ in range(frames))

        reader = threading.Thread(target=read)
        reader.start()
        it.thread.wait(hurry)
        reader.join(PATIENCE)
        assert received == [len(text)] * frames


def test_making_haste_does_not_wait_for_ever() -> None:
    with house(max_buffered=500_000, goodbye=0.1) as it, connected(it.url + TRADES):

        async def hurry() -> None:
            while it.book.visits[-1].is_open:
                it.server.deliver([Post("trades", BNB, "x" * 100_000)])
                await it.server.settle()

        it.thread.wait(hurry)
        it.until_closed(1008)


def test_a_client_that_says_goodbye_and_stays_is_cut_off() -> None:
    with house(goodbye=0.05) as it, connected(it.url + TRADES) as client:
        client.send_close(1000)
        it.until_closed(1000)


def test_a_line_that_breaks_has_no_code_of_its_own() -> None:
    with house() as it, connected(it.url + TRADES) as client:
        drop(client)
        it.until_closed(1006)


def test_nobody_is_left_behind_half_way() -> None:
    with house(goodbye=0.05) as it:
        port = int(it.url.rpartition(":")[2].partition("/")[0])
        silent = socket.create_connection(("127.0.0.1", port))
        idle = websocket.create_connection(it.url + TRADES)
        assert get(it.url.replace("ws", "http", 1) + "/v1/time")[0] == 200
        it.thread.close(PATIENCE)
        assert silent.recv(1) == b""
        silent.close()
        assert closing(idle)[0] == 1001
        drop(idle)
        assert it.book.visits[-1].close_code == 1001


def test_who_asks_for_nothing_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visitor, "_OPENING", 0.05)
    with house() as it:
        port = int(it.url.rpartition(":")[2].partition("/")[0])
        with socket.create_connection(("127.0.0.1", port), PATIENCE) as silent:
            assert silent.recv(1) == b""
        with connected(it.url + TRADES) as client:
            assert not it.book.wait_for(lambda: not it.book.visits[-1].is_open, 0.1)
            it.post("hello")
            assert client.recv() == "hello"


def test_bytes_of_a_fault_reach_only_who_is_open() -> None:
    with house(goodbye=0.2) as it, connected(it.url + TRADES) as client:

        def say(data: bytes) -> None:
            it.plot.strike("say()", lambda _: True, lambda target: target.say(data))

        it.thread.call(lambda: say(b"\x81\x01a"))
        it.thread.call(lambda: it.server.hang_up(1000, "enough"))
        it.thread.call(lambda: say(b"\x81\x01b"))
        assert client.recv() == "a"
        assert closing(client) == (1000, "enough")


def test_frames_to_a_socket_being_closed_are_dropped() -> None:
    with house(goodbye=0.2) as it, connected(it.url + TRADES) as client:

        def close_and_post() -> None:
            it.server.hang_up(1000, "enough")
            it.server.hang_up(1000, "more than enough")
            it.server.deliver([Post("trades", BNB, "late")])

        it.thread.call(close_and_post)
        assert closing(client) == (1000, "enough")


def test_a_server_that_never_opened_closes() -> None:
    routes = Routes(Nothing(), frozenset({BNB}))
    book = VisitorsBook()
    server = ExchangeServer(routes, book, Timings(), Plot(book.touch))
    LoopThread("rxdex:exchange house", server.close).close(PATIENCE)
