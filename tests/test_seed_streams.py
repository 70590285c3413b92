"""The ten URL streams of the client that rxdex replaces, as any bare client gets them from `rxdex serve`."""

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
import websocket

from rxdex.events import (
    AccountUpdate,
    BlockHeight,
    DepthSnapshot,
    DepthUpdate,
    Kline,
    MiniTicker,
    OrderUpdate,
    Ticker,
    Trade,
    Transfer,
)
from rxdex.venue import MARKET, Lane
from rxdex.venues import BinanceDex
from tests.builders import deliveries

PATIENCE = 20.0

#: The keys of each payload in the order of PROTOCOL 7.
ORDERS = "e E s S o f q p x X i l L z n T t O"
ACCOUNT = "e E B"
BALANCE = "a f r l"
TRANSFER = "e E H M f t"
TRADE = "e E s t p q b a T sa ba tt"
DIFF = "e E s b a"
DEPTH = "lastUpdateId symbol bids asks"
KLINE = "e E s k"
CANDLE = "s t T i f L o c h l v q n x"
TICKER = "e E s p P w x c Q b B a A o h l v q O C F L n"
MINI_TICKER = "e E s c o h l v q"
BLOCK = "h"


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    command = [sys.executable, "-m", "rxdex", "serve", "--port", "0", "--speed", "10"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        assert server.stdout is not None
        yield server.stdout.readline().strip()
        server.terminate()


@pytest.fixture(scope="module")
def symbol(base: str) -> str:
    """The first symbol that is listed."""
    rest = f"http{base.removeprefix('ws')}/v1/markets"
    with urllib.request.urlopen(rest, timeout=PATIENCE) as reply:
        market = json.load(reply)[0]
    return f"{market['base_asset_symbol']}_{market['quote_asset_symbol']}"


@pytest.fixture(scope="module")
def address(base: str, symbol: str) -> str:
    """Somebody who trades: the buyer of the next trade."""
    buyer: str = json.loads(received(base, f"{symbol}@trades"))["data"][0]["ba"]
    return buyer


def received(base: str, stream: str) -> str:
    """The first frame of a stream."""
    client = websocket.create_connection(f"{base}/ws/{stream}", timeout=PATIENCE)
    try:
        return str(client.recv())
    finally:
        client.close()


STREAMS = [
    ("{symbol}@trades", "trades", TRADE, Trade),
    ("{symbol}@marketDiff", "marketDiff", DIFF, DepthUpdate),
    ("{symbol}@marketDepth", "marketDepth", DEPTH, DepthSnapshot),
    ("{symbol}@kline_1m", "kline_1m", KLINE, Kline),
    ("{symbol}@ticker", "ticker", TICKER, Ticker),
    ("{symbol}@miniTicker", "miniTicker", MINI_TICKER, MiniTicker),
    ("$all@allTickers", "allTickers", TICKER, Ticker),
    ("$all@allMiniTickers", "allMiniTickers", MINI_TICKER, MiniTicker),
    ("$all@blockheight", "blockheight", BLOCK, BlockHeight),
]


@pytest.mark.parametrize(("path", "stream", "keys", "event"), STREAMS, ids=lambda it: str(it)[:24])
def test_a_stream_of_the_market(
    base: str, symbol: str, path: str, stream: str, keys: str, event: type
) -> None:
    text = received(base, path.format(symbol=symbol))
    frame = json.loads(text)
    assert list(frame) == ["stream", "data"]
    assert frame["stream"] == stream
    rows = frame["data"] if isinstance(frame["data"], list) else [frame["data"]]
    assert all(" ".join(row) == keys for row in rows)
    assert all(" ".join(row["k"]) == CANDLE for row in rows if "k" in row)
    for delivery in deliveries(BinanceDex(base).decode(text, MARKET)):
        got = delivery.event if isinstance(delivery.event, tuple) else (delivery.event,)
        assert got
        assert all(isinstance(it, event) for it in got)
        assert all(getattr(it, "symbol", symbol) == symbol for it in got) or "all" in stream


def test_the_stream_of_an_address_brings_all_three_kinds(
    base: str, symbol: str, address: str
) -> None:
    expected: dict[str, tuple[str, type]] = {
        "orders": (ORDERS, OrderUpdate),
        "accounts": (ACCOUNT, AccountUpdate),
    }
    client = websocket.create_connection(f"{base}/ws/{address}", timeout=PATIENCE)
    try:
        while expected:
            text = str(client.recv())
            check_of_an_address(text, base, address, expected)
    finally:
        client.close()


def test_the_stream_of_an_address_brings_transfers(base: str, symbol: str) -> None:
    """Somebody of the market sends within the next blocks; whoever it is, the sender's stream says so."""
    expected: dict[str, tuple[str, type]] = {"transfers": (TRANSFER, Transfer)}
    clients = [
        websocket.create_connection(f"{base}/ws/{address}", timeout=PATIENCE)
        for address in sorted(traders(base, symbol))
    ]
    try:
        while expected:
            for client in clients:
                text = str(client.recv())
                check_of_an_address(text, base, "bnb1", expected)
    finally:
        for client in clients:
            client.close()


def traders(base: str, symbol: str) -> set[str]:
    """Who bought and sold in the next trades."""
    client = websocket.create_connection(f"{base}/ws/{symbol}@trades", timeout=PATIENCE)
    found: set[str] = set()
    try:
        while len(found) < 5:
            for row in json.loads(str(client.recv()))["data"]:
                found |= {row["ba"], row["sa"]}
    finally:
        client.close()
    return found


def check_of_an_address(
    text: str, base: str, address: str, expected: dict[str, tuple[str, Any]]
) -> None:
    frame = json.loads(text)
    if frame["stream"] not in expected:
        return
    keys, event = expected.pop(frame["stream"])
    rows = frame["data"] if isinstance(frame["data"], list) else [frame["data"]]
    assert all(" ".join(row) == keys for row in rows)
    for row in rows:
        assert all(" ".join(balance) == BALANCE for balance in row.get("B", []))
    for delivery in deliveries(BinanceDex(base).decode(text, Lane("address", address))):
        assert isinstance(delivery.event, event)
        assert getattr(delivery.event, "address", None) == address
