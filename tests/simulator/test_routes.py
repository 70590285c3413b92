"""What a request line asks for."""

import json

import pytest

from rxdex.simulator.routes import Reply, Routes
from rxdex.simulator.stream_names import Entry
from rxdex.simulator.subscriptions import Subscriptions
from rxdex.venues.binance_dex.bech32 import encode_address

BNB = "BNB_BUSD-BD1"
ANNE = encode_address("bnb", bytes(20))


class Echo:
    """Snapshots that say what they were asked for."""

    def depth(self, symbol: str, limit: int) -> str:
        return f"depth {symbol} {limit}"

    def markets(self) -> str:
        return "markets"

    def account(self, address: str) -> str:
        return f"account {address}"

    def time(self) -> str:
        return "time"


ROUTES = Routes(Echo(), frozenset({BNB}))


def find(target: str, *, method: str = "GET") -> Reply | Subscriptions:
    return ROUTES.find(method, target, is_compressed=False)


@pytest.mark.parametrize(
    ("target", "text"),
    [
        (f"/api/v1/depth?symbol={BNB}", f"depth {BNB} 100"),
        (f"/api/v1/depth?symbol={BNB}&limit=1000", f"depth {BNB} 1000"),
        ("/api/v1/markets", "markets"),
        ("/api/v1/markets?offset=x&limit=-1", "markets"),
        (f"/api/v1/account/{ANNE}", f"account {ANNE}"),
        ("/api/v1/time", "time"),
        ("/api/v1/%74ime", "time"),
    ],
)
def test_snapshots(target: str, text: str) -> None:
    assert find(target) == Reply(200, text)


@pytest.mark.parametrize(
    ("target", "status", "words"),
    [
        ("/api/v1/depth", 400, "needs a symbol"),
        (f"/api/v1/depth?symbol={BNB}&limit=7", 400, "no limit '7'; take one of 5 10 20"),
        (f"/api/v1/depth?symbol={BNB}&limit=0100", 400, "no limit '0100'"),
        ("/api/v1/depth?symbol=A_B", 404, "no symbol 'A_B'"),
        ("/api/v1/account/bnb1x", 404, "no address 'bnb1x'"),
        ("/api/v1/account", 404, "nothing at /api/v1/account;"),
        ("/api/v1/", 404, "nothing at /api/v1/; there are websockets at /api/ws"),
        ("/", 404, "there are websockets at"),
        ("*", 404, "there are websockets at"),
        ("/api/ws/", 404, "trailing slash"),
        (f"/api/ws/{BNB}@trades/", 404, "trailing slash"),
        ("/api/stream/?streams=x", 404, "trailing slash"),
        ("/api/stream", 400, "an empty stream name"),
        (f"/api/stream?streams={BNB}@trades/", 400, "an empty stream name"),
        (f"/api/stream?streams={BNB}@trades/what", 404, "no address 'what'"),
        (f"/api/ws/{BNB}@marketDepth1000", 404, "permessage-deflate"),
    ],
)
def test_what_is_not_there(target: str, status: int, words: str) -> None:
    found = find(target)
    assert isinstance(found, Reply)
    body = json.loads(found.text)
    assert (found.status, body["code"]) == (status, status)
    assert words in body["message"]


def test_snapshots_are_only_got() -> None:
    found = find("/api/v1/time", method="POST")
    assert isinstance(found, Reply)
    assert found.status == 405


@pytest.mark.parametrize(
    ("target", "topics"),
    [
        ("/api/ws", set[str]()),
        (f"/api/ws/{BNB}@trades", {"trades"}),
        (f"/api/ws/{BNB}%40trades", {"trades"}),
        ("/api/ws/%24all@blockheight", {"blockheight"}),
        (f"/api/ws/{ANNE}?apikey=x", {"orders", "accounts", "transfers"}),
        (f"/api/stream?streams={BNB}@trades/$all@blockheight", {"trades", "blockheight"}),
    ],
)
def test_websockets(target: str, topics: set[str]) -> None:
    found = find(target)
    assert isinstance(found, Subscriptions)
    assert {entry.topic for entry in found.entries} == topics


def test_compression_opens_a_thousand_levels() -> None:
    found = ROUTES.find("GET", f"/api/ws/{BNB}@marketDepth1000", is_compressed=True)
    assert isinstance(found, Subscriptions)
    assert found.entries == {Entry("marketDepth1000", BNB)}
