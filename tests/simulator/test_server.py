"""Paths, streams, messages and snapshots, over real sockets and with a client that knows nothing."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import websocket

from rxdex.events.values import Interval
from rxdex.simulator.exchange import Exchange
from tests.simulator.clients import (
    closing,
    connected,
    eventually,
    exchange_threads,
    frame,
    frame_of,
    get,
    refusal,
    say,
    subscribed,
)

DEFLATE = ["Sec-WebSocket-Extensions: permessage-deflate"]
SYMBOL_STREAMS = [
    "trades",
    "marketDiff",
    "marketDepth",
    "marketDepth100",
    "marketDepth500",
    "kline_1m",
    "ticker",
    "miniTicker",
]
WHOLE_STREAMS = ["allTickers", "allMiniTickers", "blockheight"]


@pytest.fixture(scope="module")
def exchange() -> Iterator[Exchange]:
    with Exchange(speed=None, warm_up=20) as running:
        yield running
    assert not exchange_threads()


def subject_of(exchange: Exchange, topic: str) -> str:
    return "$all" if topic in WHOLE_STREAMS else exchange.symbols[0]


@pytest.mark.parametrize("topic", [*SYMBOL_STREAMS, *WHOLE_STREAMS])
def test_every_stream_by_its_path(exchange: Exchange, topic: str) -> None:
    subject = subject_of(exchange, topic)
    with connected(f"{exchange.url}/ws/{subject}@{topic}") as client:
        subscribed(exchange, (topic, subject))
        exchange.step(8)
        text = client.recv()
        assert isinstance(text, str)
        assert text.startswith(f'{{"stream":"{topic}","data":')


@pytest.mark.parametrize("topic", [*SYMBOL_STREAMS, *WHOLE_STREAMS])
def test_every_stream_by_message(exchange: Exchange, topic: str) -> None:
    subject = subject_of(exchange, topic)
    with connected(f"{exchange.url}/ws") as client:
        say(client, method="subscribe", topic=topic, symbols=[subject])
        subscribed(exchange, (topic, subject))
        exchange.step(8)
        assert frame(client)["stream"] == topic


def test_several_streams_by_one_path(exchange: Exchange) -> None:
    symbol = exchange.symbols[0]
    streams = [f"{symbol}@{topic}" for topic in SYMBOL_STREAMS]
    streams += [f"$all@{topic}" for topic in WHOLE_STREAMS]
    with connected(f"{exchange.url}/stream?streams={'/'.join(streams)}") as client:
        exchange.step(8)
        missing = {*SYMBOL_STREAMS, *WHOLE_STREAMS}
        while missing:
            missing.discard(frame(client)["stream"])


@pytest.mark.parametrize("interval", list(Interval))
def test_every_interval(exchange: Exchange, interval: Interval) -> None:
    with connected(f"{exchange.url}/ws/{exchange.symbols[0]}@kline_{interval}") as client:
        exchange.step(4)
        assert frame(client)["data"]["k"]["i"] == interval


def test_an_address_by_path_brings_all_three_kinds(exchange: Exchange) -> None:
    user, friend = exchange.user, exchange.addresses[-1]
    with (
        connected(f"{exchange.url}/ws/{user}") as mine,
        connected(f"{exchange.url}/ws/{friend}") as theirs,
    ):
        order_id = exchange.buy(exchange.symbols[0], "1", "2")
        exchange.send(friend, "BNB", "1.5", memo="hello")
        exchange.step()
        kinds = [frame(mine) for _ in range(3)]
        assert [it["stream"] for it in kinds] == ["orders", "accounts", "transfers"]
        assert [(it["i"], it["X"]) for it in kinds[0]["data"]] == [(order_id, "Ack")]
        assert kinds[2]["data"]["M"] == "hello"
        assert frame_of(theirs, "transfers")["data"]["f"] == user
    exchange.cancel(order_id)
    exchange.step()


def test_frames_of_one_socket_keep_their_order(exchange: Exchange) -> None:
    with connected(f"{exchange.url}/ws/$all@blockheight") as client:
        before = exchange.height
        exchange.step(50)
        heights = [frame(client)["data"]["h"] for _ in range(50)]
        assert heights == list(range(before + 1, before + 51))


def test_a_socket_gets_what_it_asked_for_and_nothing_else(exchange: Exchange) -> None:
    first, second, *_ = exchange.symbols
    with connected(f"{exchange.url}/ws/{first}@ticker") as client:
        say(client, method="subscribe", topic="ticker", symbols=[second])
        say(client, method="subscribe", topic="blockheight", symbols=["$all"])
        subscribed(exchange, ("ticker", first), ("ticker", second), ("blockheight", "$all"))
        exchange.step(6)
        seen = [frame(client) for _ in range(8)]
        assert {it["data"].get("s") for it in seen} == {first, second, None}
        say(client, method="unsubscribe", topic="ticker", symbols=[first])
        subscribed(exchange, ("ticker", second), ("blockheight", "$all"))
        say(client, method="unsubscribe", topic="ticker")
        subscribed(exchange, ("blockheight", "$all"))
        before = exchange.height
        exchange.step(6)
        while frame(client)["data"].get("h") != before + 1:
            pass
        assert [frame(client)["stream"] for _ in range(5)] == ["blockheight"] * 5


def test_nobody_is_told_of_success(exchange: Exchange) -> None:
    with connected(f"{exchange.url}/ws") as client:
        say(client, method="keepAlive")
        say(client, method="subscribe", topic="blockheight", symbols=["$all"])
        subscribed(exchange, ("blockheight", "$all"))
        exchange.step()
        assert frame(client)["stream"] == "blockheight"


def test_binary_messages_are_heard(exchange: Exchange) -> None:
    message = {"method": "subscribe", "topic": "blockheight", "symbols": ["$all"]}
    with connected(f"{exchange.url}/ws") as client:
        client.send_binary(json.dumps(message).encode())
        subscribed(exchange, ("blockheight", "$all"))
        exchange.step()
        assert frame(client)["stream"] == "blockheight"
        assert json.loads(exchange.visits[-1].said[0]) == message


def test_a_second_address_silences_the_first(exchange: Exchange) -> None:
    busy, other = exchange.addresses[:2]
    with connected(f"{exchange.url}/ws/{busy}") as client:
        say(client, method="subscribe", topic="orders", userAddress=other)
        subscribed(exchange, ("orders", other))
        exchange.step(30)
        from_venue = [report for _ in range(3) for report in frame(client)["data"]]
        owners = {report["i"].partition("-")[0] for report in from_venue}
        assert len(owners) == 1


def test_errors_are_told_and_the_socket_lives_on(exchange: Exchange) -> None:
    with connected(f"{exchange.url}/ws") as client:
        client.send("nonsense")
        assert frame(client)["error"]["code"] == 400
        client.send_binary(b"\xff")
        assert frame(client)["error"]["code"] == 400
        say(client, method="subscribe", topic="marketDepth20", symbols=[exchange.symbols[0]])
        assert "twenty levels" in frame(client)["error"]["message"]
        say(client, method="subscribe", topic="blockheight", symbols=["$all"])
        subscribed(exchange, ("blockheight", "$all"))
        exchange.step()
        assert frame(client)["stream"] == "blockheight"


def test_close_by_message(exchange: Exchange) -> None:
    with connected(f"{exchange.url}/ws") as client:
        say(client, method="close")
        say(client, method="subscribe", topic="blockheight", symbols=["$all"])
        assert closing(client) == (1000, "as you asked")
    eventually(exchange, lambda it: not it.visits[-1].is_open)
    visit = exchange.visits[-1]
    assert (visit.close_code, visit.subscriptions) == (1000, frozenset())
    assert len(visit.said) == 2, "what came too late is noted, and does nothing"


def test_a_client_that_leaves_is_noted_with_its_code(exchange: Exchange) -> None:
    with connected(f"{exchange.url}/ws/$all@blockheight") as client:
        client.close(status=4321)
        eventually(exchange, lambda it: not it.visits[-1].is_open)
    assert exchange.visits[-1].close_code == 4321
    exchange.step()


def test_a_last_word_that_comes_with_the_goodbye_is_noted(exchange: Exchange) -> None:
    with connected(f"{exchange.url}/ws/$all@blockheight") as client:
        last = websocket.ABNF.create_frame("so long", websocket.ABNF.OPCODE_TEXT).format()
        goodbye = websocket.ABNF.create_frame(b"\x03\xe8", websocket.ABNF.OPCODE_CLOSE).format()
        assert client.sock is not None
        client.sock.sendall(last + goodbye)
        eventually(exchange, lambda it: not it.visits[-1].is_open)
        assert exchange.visits[-1].said == ("so long",)


def test_a_thousand_levels_need_compression(exchange: Exchange) -> None:
    stream = f"{exchange.symbols[0]}@marketDepth1000"
    status, words = refusal(f"{exchange.url}/ws/{stream}")
    assert (status, "permessage-deflate" in words) == (404, True)
    # The client cannot read compressed frames; that it may come in is enough here.
    with connected(f"{exchange.url}/ws/{stream}", header=DEFLATE):
        subscribed(exchange, ("marketDepth1000", exchange.symbols[0]))


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/ws/", 404),
        ("/ws/nobody", 404),
        ("/ws/A_B@trades", 404),
        ("/ws/$all@nonsense", 404),
        ("/stream", 400),
        ("/nowhere", 404),
    ],
)
def test_handshakes_are_refused_with_the_reason(exchange: Exchange, path: str, status: int) -> None:
    visits = len(exchange.visits)
    assert refusal(exchange.url + path)[0] == status
    assert len(exchange.visits) == visits


def test_a_message_too_long_ends_the_socket(exchange: Exchange) -> None:
    with connected(f"{exchange.url}/ws") as client:
        client.send("x" * (64 * 1024 + 1))
        assert closing(client)[0] == 1009
    eventually(exchange, lambda it: not it.visits[-1].is_open)


@pytest.mark.parametrize("limit", [5, 10, 20, 50, 100, 500, 1000])
def test_depth_snapshots(exchange: Exchange, limit: int) -> None:
    url = f"{exchange.rest_url}/depth?symbol={exchange.symbols[0]}&limit={limit}"
    status, kind, book = get(url)
    assert (status, kind) == (200, "application/json; charset=utf-8")
    assert list(book)[:3] == ["asks", "bids", "height"]
    assert book["height"] == exchange.height
    assert 0 < len(book["bids"]) <= limit


@pytest.mark.parametrize(
    ("path", "has"),
    [("/markets?limit=3", list), ("/time", dict), ("/account/{user}", dict)],
)
def test_other_snapshots(exchange: Exchange, path: str, has: type[Any]) -> None:
    status, _, body = get(exchange.rest_url + path.format(user=exchange.user))
    assert (status, type(body)) == (200, has)


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        ("/depth?symbol=A_B", "GET", 404),
        ("/depth?limit=5", "GET", 400),
        ("/account/nobody", "GET", 404),
        ("/nothing", "GET", 404),
        ("/time", "DELETE", 405),
    ],
)
def test_snapshots_that_cannot_be(exchange: Exchange, path: str, method: str, status: int) -> None:
    found, kind, body = get(exchange.rest_url + path, method)
    assert (found, kind.partition(";")[0]) == (status, "application/json")
    assert (body["code"], bool(body["message"])) == (status, True)
