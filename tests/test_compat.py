"""compat: every feature of the client that rxdex replaces, by the names and the ways it had them."""

import inspect
import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from rxdex import ConnectionLost, Dex, InvalidSubject, VenueGone, compat
from rxdex.compat import BinanceChainSocket, KLine, OpenStream, api_types_instance
from rxdex.connection.inbox import Inbox
from rxdex.events import Interval
from rxdex.simulator.exchange import Exchange
from rxdex.venues import BinanceDex
from tests.conftest import eventually, our_threads
from tests.connection.hall import Guest, hall, linger
from tests.connection.peer import Authority, Peer
from tests.connection.peer import Guest as BareGuest

SCRIPT = Path(__file__).with_name("old_script.txt")
SECONDS = 10.0
BOUND = 4_096
GONE = "ws://127.0.0.1:1/api/ws/"
SYMBOL = "BNB_BUSD-BD1"
ADDRESS = "bnb1grpf0955h0ykzq3ar5nmum7y6gdfl6lxfn46h2"

Fetch = Callable[..., str | None]

#: Every method, with what it needs besides a symbol and the name of its stream.
OF_A_SYMBOL: list[tuple[str, dict[str, Any], str]] = [
    ("fetch_trades_updates", {}, "trades"),
    ("fetch_market_diff_stream", {}, "marketDiff"),
    ("fetch_market_depth_stream", {}, "marketDepth"),
    ("fetch_kline_updates", {"interval": "1m"}, "kline_1m"),
    ("fetch_ticker_streams", {}, "ticker"),
    ("fetch_ticker_streams", {"is_full_data": False}, "miniTicker"),
]
OF_ALL: list[tuple[str, dict[str, Any], str]] = [
    ("fetch_ticker_streams", {}, "allTickers"),
    ("fetch_ticker_streams", {"is_full_data": False}, "allMiniTickers"),
    ("fetch_block_height_updates", {}, "blockheight"),
]


@pytest.fixture(scope="module")
def exchange() -> Iterator[Exchange]:
    with Exchange(seed=11, speed=20.0, warm_up=50) as it:
        yield it


@pytest.fixture
def client(exchange: Exchange) -> Iterator[BinanceChainSocket]:
    yield BinanceChainSocket(url=f"{exchange.url}/ws/", timeout=SECONDS)
    # Not by a close of ours: every call leaves nothing open.
    assert exchange.wait_for(lambda it: not any(visit.is_open for visit in it.visits))


class Seen:
    """A callback that keeps what it gets, and ends the call when it has so many, if not 0."""

    def __init__(self, enough: int) -> None:
        self.texts: list[str] = []
        self.threads: set[int] = set()
        self._enough = enough

    def __call__(self, ws: OpenStream, text: str) -> None:
        self.texts.append(text)
        self.threads.add(threading.get_ident())
        if len(self.texts) == self._enough:
            ws.close()

    @property
    def streams(self) -> set[str]:
        return {json.loads(text)["stream"] for text in self.texts}

    @property
    def symbols(self) -> set[str]:
        return {symbol for text in self.texts for symbol in symbols_of(text)}


def symbols_of(text: str | None) -> set[str]:
    """Whom a frame of a market is about."""
    assert text is not None
    data = json.loads(text)["data"]
    rows = data if isinstance(data, list) else [data]
    return {row["s"] if "s" in row else row["symbol"] for row in rows}


# What there was.


@pytest.mark.parametrize("one_off", [True, False], ids=["one-off", "long-lived"])
@pytest.mark.parametrize(
    ("name", "more", "stream"),
    [*((name, {"trading_pair": SYMBOL, **more}, it) for name, more, it in OF_A_SYMBOL), *OF_ALL],
    ids=lambda it: it if isinstance(it, str) else "",
)
def test_the_ten_url_streams_nine_of_the_market(
    client: BinanceChainSocket, name: str, more: dict[str, Any], stream: str, one_off: bool
) -> None:
    fetch: Fetch = getattr(client, name)
    if one_off:
        text = fetch(**more)
        assert text is not None
        assert json.loads(text)["stream"] == stream
        return
    seen = Seen(2)
    assert fetch(**more, one_off=False, callback_function=seen) is None
    assert seen.streams == {stream}


def test_the_ten_url_streams_that_of_an_address_brings_three_kinds_of_data(
    client: BinanceChainSocket, exchange: Exchange
) -> None:
    kinds: set[str] = set()

    def see(ws: OpenStream, text: str) -> None:
        kinds.add(json.loads(text)["stream"])
        if kinds == {"orders", "accounts", "transfers"}:
            ws.close()
        elif "transfers" not in kinds:
            exchange.send(exchange.user, "BNB", "0.1", sender=exchange.addresses[0])

    client.fetch_account_updates(exchange.addresses[0], one_off=False, callback_function=see)
    assert kinds == {"orders", "accounts", "transfers"}
    text = client.fetch_account_updates(exchange.addresses[0])
    assert text is not None
    assert json.loads(text)["stream"] in kinds


@pytest.mark.parametrize(
    ("given", "network"),
    [
        ((), "mainnet"),
        ((False,), "mainnet"),
        ((True,), "testnet"),
        (("any truth",), "testnet"),
    ],
)
@pytest.mark.parametrize("one_off", [True, False])
def test_mainnet_testnet_switch_default_mainnet(
    given: tuple[Any, ...], network: str, one_off: bool, capfd: pytest.CaptureFixture[str]
) -> None:
    client = BinanceChainSocket(*given)
    calls: list[Callable[[], str | None]] = [
        lambda: client.fetch_block_height_updates(one_off),
        lambda: client.fetch_account_updates(ADDRESS, one_off),
        lambda: client.fetch_trades_updates(SYMBOL, one_off),
        lambda: client.fetch_market_diff_stream(SYMBOL, one_off),
        lambda: client.fetch_market_depth_stream(SYMBOL, one_off),
        lambda: client.fetch_kline_updates(SYMBOL, "1m", one_off),
        lambda: client.fetch_ticker_streams(one_off=one_off),
    ]
    for call in calls:
        with pytest.raises(VenueGone) as gone:
            call()
        assert gone.value.what.startswith(f"The {network} of Binance DEX was shut down in 2023")
        for word in ("BinanceChainSocket(url=...)", "base_ws_url = ...", "`rxdex serve`"):
            assert word in gone.value.remedy
        assert "Dex" not in gone.value.remedy
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("ending", ["", "/", "/ws", "/ws/", "/ws//"])
def test_custom_url(exchange: Exchange, ending: str) -> None:
    assigned = BinanceChainSocket()
    assigned.base_ws_url = exchange.url + ending
    given = BinanceChainSocket(True, url=exchange.url + ending)
    assert given.base_ws_url == exchange.url + ending
    for client in (assigned, given):
        assert client.fetch_block_height_updates()
    assert exchange.wait_for(lambda it: not any(visit.is_open for visit in it.visits))


def test_custom_url_of_a_host_that_is_called_ws(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def dex(venue: BinanceDex) -> Dex:
        asked.append(venue.url)
        raise ConnectionLost

    monkeypatch.setattr(compat, "Dex", dex)
    for url in ("ws://ws", "ws://ws/", "ws://ws/ws/", "wss://ws:443/api/ws"):
        with pytest.raises(ConnectionLost):
            BinanceChainSocket(url=url).fetch_block_height_updates()
    assert asked == ["ws://ws", "ws://ws", "ws://ws", "wss://ws:443/api"]


@pytest.mark.parametrize("url", ["", "localhost", "ftp://h/ws/", None, 5])
def test_custom_url_that_cannot_be(url: Any) -> None:
    client = BinanceChainSocket()
    client.base_ws_url = url
    with pytest.raises(InvalidSubject, match="cannot be the base URL"):
        client.fetch_block_height_updates()


def test_one_shot_read_with_a_timeout(client: BinanceChainSocket, exchange: Exchange) -> None:
    # The user does nothing, so its stream is quiet.
    client.timeout = 0.05
    began = time.monotonic()
    with pytest.raises(TimeoutError, match=r"no event within 0\.05 s"):
        client.fetch_account_updates(exchange.user)
    assert time.monotonic() - began < 2
    assert BinanceChainSocket(url=exchange.url).timeout is None


def test_long_lived_callback_is_a_subscription_that_can_be_disposed(
    client: BinanceChainSocket,
) -> None:
    seen = Seen(5)
    assert client.fetch_block_height_updates(False, seen) is None
    heights = [json.loads(text)["data"]["h"] for text in seen.texts]
    assert heights == list(range(heights[0], heights[0] + 5))
    assert seen.threads == {threading.get_ident()}


def test_long_lived_callback_is_a_subscription_another_thread_can_dispose_of(
    client: BinanceChainSocket, exchange: Exchange
) -> None:
    seen = Seen(0)
    streams: list[OpenStream] = []
    begun = threading.Event()

    def see(ws: OpenStream, text: str) -> None:
        seen(ws, text)
        streams.append(ws)
        begun.set()

    def close() -> None:
        assert begun.wait(SECONDS)
        streams[0].close()
        streams[0].close()

    thread = threading.Thread(target=close)
    thread.start()
    client.fetch_block_height_updates(one_off=False, callback_function=see)
    thread.join(SECONDS)
    count = len(seen.texts)
    assert exchange.wait_for(lambda it: not any(visit.is_open for visit in it.visits))
    assert len(seen.texts) == count >= 1


def test_raw_text_access() -> None:
    odd = [
        '{"stream" : "blockheight",\t"data":{"h":1, "x":"é\\u00e9"}}',
        '{"data":{"h":2},"stream":"blockheight"}',
    ]

    with hall(crowd(odd)) as room:
        client = BinanceChainSocket(url=room.url)
        assert client.fetch_block_height_updates() == odd[0]
        seen = Seen(2)
        client.fetch_block_height_updates(one_off=False, callback_function=seen)
        assert seen.texts == odd


@pytest.mark.parametrize(
    ("name", "more", "stream"), OF_A_SYMBOL, ids=lambda it: it if isinstance(it, str) else ""
)
@pytest.mark.parametrize("word", ["trading_pair", "trading_pairs"])
def test_a_pair_or_a_list_of_pairs_everywhere_by_both_words(
    client: BinanceChainSocket,
    exchange: Exchange,
    name: str,
    more: dict[str, Any],
    stream: str,
    word: str,
) -> None:
    fetch: Fetch = getattr(client, name)

    one, *_ = several = exchange.symbols[:2]
    assert symbols_of(fetch(**{word: one.lower()}, **more)) == {one}
    seen = Seen(0)

    def see(ws: OpenStream, text: str) -> None:
        seen(ws, text)
        if seen.symbols == set(several):
            ws.close()

    fetch(**{word: iter(several)}, **more, one_off=False, callback_function=see)
    assert seen.streams == {stream}


def test_a_pair_or_a_list_of_pairs_everywhere_and_of_addresses(
    client: BinanceChainSocket, exchange: Exchange
) -> None:
    addresses: set[str] = set()

    def see(ws: OpenStream, text: str) -> None:
        frame = json.loads(text)
        if frame["stream"] == "orders":
            addresses.update(order["i"].partition("-")[0] for order in frame["data"])
        if len(addresses) == 2:
            ws.close()

    client.fetch_account_updates(exchange.addresses[:2], one_off=False, callback_function=see)
    assert client.fetch_account_updates(user_address=set(exchange.addresses[:2]))


@pytest.mark.parametrize("nothing", [None, "", [], ()], ids=repr)
@pytest.mark.parametrize(
    ("is_full", "of_one", "of_all"),
    [(True, "ticker", "allTickers"), (False, "miniTicker", "allMiniTickers")],
)
def test_ticker_selection_by_pair_or_none_and_full_or_mini(
    client: BinanceChainSocket, nothing: Any, is_full: bool, of_one: str, of_all: str
) -> None:
    for given, stream in ((nothing, of_all), (SYMBOL, of_one)):
        text = client.fetch_ticker_streams(given, is_full)
        assert text is not None
        assert json.loads(text)["stream"] == stream


def test_interval_constants_with_5m_right_and_30m_present(client: BinanceChainSocket) -> None:
    named = {
        name.removeprefix("interval_"): value
        for name, value in vars(KLine).items()
        if name.startswith("interval_")
    }
    assert list(named.values()) == list(Interval)
    assert named == {
        "1min": "1m",
        "3min": "3m",
        "5min": "5m",
        "15min": "15m",
        "30min": "30m",
        "1hour": "1h",
        "2hour": "2h",
        "4hour": "4h",
        "6hour": "6h",
        "8hour": "8h",
        "12hour": "12h",
        "1day": "1d",
        "3day": "3d",
        "1week": "1w",
        "1month": "1M",
    }
    assert api_types_instance.KLine is KLine
    intervals = api_types_instance.KLine()
    text = client.fetch_kline_updates(SYMBOL, intervals.interval_30min)
    assert text is not None
    assert json.loads(text)["data"]["k"]["i"] == "30m"


def test_a_callback_that_raises_is_surfaced(client: BinanceChainSocket, exchange: Exchange) -> None:
    seen: list[str] = []

    def bad(ws: OpenStream, text: str) -> None:
        seen.append(text)
        raise ZeroDivisionError("mine")

    with pytest.raises(ZeroDivisionError, match="mine"):
        client.fetch_block_height_updates(one_off=False, callback_function=bad)
    assert len(seen) == 1


def test_a_callback_of_one_argument_is_surfaced(client: BinanceChainSocket) -> None:
    def short(text: str) -> None: ...

    wrong: Any = short
    with pytest.raises(TypeError, match="positional argument"):
        client.fetch_block_height_updates(one_off=False, callback_function=wrong)


# How it behaves.


def test_a_script_of_the_old_client_runs_with_its_import_and_url_changed(
    exchange: Exchange,
) -> None:
    script = SCRIPT.read_text(encoding="utf-8")
    for old in ("binance_dex.sockets", "binance_dex.api"):
        assert f"from {old} import" in script
        script = script.replace(old, "rxdex.compat")
    line = "socket_instance = BinanceChainSocket(IS_TEST_NET)\n"
    assert line in script
    script = script.replace(
        line, f"{line}socket_instance.base_ws_url = {exchange.url + '/ws/'!r}\n"
    )
    done = run(script)
    assert done.stderr == ""
    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        "blockheight",
        "trades True",
        "marketDiff",
        "marketDepth",
        "kline_5m",
        "ticker",
        "miniTicker",
        "allTickers",
        "allMiniTickers",
        "True",
        "None 3 ('blockheight', 'dict')",
        "None 3 ('trades', 'list')",
        "None 3 ('marketDiff', 'dict')",
        "None 3 ('marketDepth', 'dict')",
        "None 3 ('kline_1m', 'dict')",
        "None 3 ('ticker', 'dict')",
        "None 3 ('allMiniTickers', 'list')",
        "orders True",
        "None",
    ]


def run(script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", script],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_arguments_have_the_old_order_and_defaults() -> None:
    both = {"one_off": True, "callback_function": None}
    needed = inspect.Parameter.empty
    all_of_them: dict[str, dict[str, object]] = {
        "fetch_account_updates": {"user_address": needed, **both},
        "fetch_block_height_updates": {**both},
        "fetch_trades_updates": {"trading_pairs": None, **both},
        "fetch_market_diff_stream": {"trading_pairs": None, **both},
        "fetch_market_depth_stream": {"trading_pairs": None, **both},
        "fetch_kline_updates": {"trading_pair": None, "interval": None, **both},
        "fetch_ticker_streams": {"trading_pair": None, "is_full_data": True, **both},
    }
    for name, expected in all_of_them.items():
        parameters = inspect.signature(getattr(BinanceChainSocket(), name)).parameters.values()
        by_place = [it for it in parameters if it.kind is it.POSITIONAL_OR_KEYWORD]
        assert [(it.name, it.default) for it in by_place] == list(expected.items())


@pytest.mark.parametrize(
    "call",
    [
        lambda it: it.fetch_trades_updates(),
        lambda it: it.fetch_market_diff_stream(None),
        lambda it: it.fetch_market_depth_stream(SYMBOL, trading_pair=SYMBOL),
        lambda it: it.fetch_kline_updates(SYMBOL, "1m", trading_pairs=SYMBOL),
        lambda it: it.fetch_kline_updates(interval="1m"),
        lambda it: it.fetch_ticker_streams(SYMBOL, trading_pairs=SYMBOL),
    ],
)
def test_no_symbol_or_both_words_is_a_wrong_call(call: Callable[[Any], object]) -> None:
    with pytest.raises(TypeError, match="give one of trading_pair and trading_pairs"):
        call(BinanceChainSocket(url=GONE))


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda it: it.fetch_kline_updates(SYMBOL), "give interval, such as '1m'"),
        (lambda it: it.fetch_account_updates(), "user_address"),
        (lambda it: it.fetch_account_updates(address=ADDRESS), "address"),
        (lambda it: it.fetch_trades_updates(symbol=SYMBOL), "symbol"),
    ],
)
def test_a_wrong_call(call: Callable[[Any], object], says: str) -> None:
    with pytest.raises(TypeError, match=says):
        call(BinanceChainSocket(url=GONE))


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda it: it.fetch_kline_updates(SYMBOL, "4m"), "no kline interval '4m'"),
        (lambda it: it.fetch_trades_updates("BNBBUSD"), "'BNBBUSD' cannot be a symbol"),
        (lambda it: it.fetch_trades_updates([]), "no symbol given"),
        (lambda it: it.fetch_trades_updates(""), "'' cannot be a symbol"),
        (lambda it: it.fetch_trades_updates(5), "5 is no symbol"),
        (lambda it: it.fetch_account_updates([]), "no address given"),
        (lambda it: it.fetch_account_updates(None), "None is no address"),
        (lambda it: it.fetch_account_updates("nobody"), "cannot be an address"),
    ],
)
def test_what_cannot_be_is_told_before_connecting(call: Callable[[Any], object], says: str) -> None:
    with pytest.raises(InvalidSubject, match=says):
        call(BinanceChainSocket(url=GONE))


@pytest.mark.parametrize("one_off", [True, False])
def test_a_refused_connection_is_told_at_once(exchange: Exchange, one_off: bool) -> None:
    began = time.monotonic()
    for count in (1, 2):
        with pytest.raises(ConnectionLost, match="refused"):
            BinanceChainSocket(url=GONE).fetch_account_updates(exchange.addresses[:count], one_off)
    assert time.monotonic() - began < 2


def test_a_stream_that_was_up_goes_on_after_its_line_broke() -> None:
    def script(guest: Guest) -> None:
        guest.recv()
        guest.send(block(room.guests))
        guest.close()

    with hall(script) as room:
        seen = Seen(2)
        BinanceChainSocket(url=room.url).fetch_block_height_updates(False, seen)
    assert seen.texts == [block(1), block(2)]


def test_a_certificate_nobody_vouches_for_is_refused() -> None:
    refused = pytest.raises(ConnectionLost, match="certificate")
    with Peer(BareGuest.see_off, tls=Authority().server()) as peer, refused:
        BinanceChainSocket(url=peer.url("wss")).fetch_block_height_updates()


def test_it_works_within_a_lambda_and_in_a_subclass(exchange: Exchange) -> None:
    class Mine(BinanceChainSocket):
        def fetch_block_height_updates(self, *args: Any, **kwargs: Any) -> str | None:
            return super().fetch_block_height_updates(*args, **kwargs)

        def whatever(self) -> str | None:
            return self.fetch_trades_updates(SYMBOL)

    mine = Mine(url=exchange.url)
    calls: list[Callable[[], str | None]] = [
        lambda: mine.fetch_market_depth_stream(SYMBOL),
        mine.fetch_block_height_updates,
        mine.whatever,
    ]
    assert all(call() for call in calls)
    assert exchange.wait_for(lambda it: not any(visit.is_open for visit in it.visits))


def test_a_call_within_a_callback(client: BinanceChainSocket) -> None:
    inner = Seen(2)
    texts: list[str | None] = []

    def see(ws: OpenStream, text: str) -> None:
        texts.append(client.fetch_trades_updates(SYMBOL))
        client.fetch_block_height_updates(one_off=False, callback_function=inner)
        ws.close()

    client.fetch_market_depth_stream(SYMBOL, one_off=False, callback_function=see)
    assert [symbols_of(text) for text in texts] == [{SYMBOL}]
    assert inner.streams == {"blockheight"}


def test_calls_of_several_threads_do_not_know_of_each_other(
    client: BinanceChainSocket, exchange: Exchange
) -> None:
    before = len(exchange.visits)
    all_here = threading.Barrier(3)
    seen = [Seen(3) for _ in range(3)]

    def call(one: Seen) -> None:
        def see(ws: OpenStream, text: str) -> None:
            if not one.texts:
                all_here.wait(SECONDS)
            one(ws, text)

        client.fetch_block_height_updates(one_off=False, callback_function=see)

    threads = [threading.Thread(target=call, args=(one,)) for one in seen]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)
    assert [len(one.texts) for one in seen] == [3, 3, 3]
    assert len(exchange.visits) == before + 3


def test_a_callback_that_is_never_called_is_warned_of(client: BinanceChainSocket) -> None:
    seen = Seen(0)
    with pytest.warns(UserWarning, match="not called with one_off=True") as told:
        assert client.fetch_kline_updates(SYMBOL, "1m", callback_function=seen)
    assert [Path(one.filename) for one in told] == [Path(__file__)]
    assert seen.texts == []


def test_without_a_callback_every_frame_is_written(exchange: Exchange) -> None:
    script = f"""
from rxdex.compat import BinanceChainSocket
BinanceChainSocket(url={exchange.url!r}).fetch_block_height_updates(one_off=False)
"""
    with begun(script) as process:
        assert process.stdout is not None
        hint, *frames = [process.stdout.readline() for _ in range(4)]
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=SECONDS)
    assert "callback_function" in hint
    assert all(json.loads(text)["stream"] == "blockheight" for text in frames)
    assert errors.rstrip().endswith("KeyboardInterrupt")
    assert process.returncode == -signal.SIGINT


def test_without_a_callback_it_ends_when_nobody_reads(
    client: BinanceChainSocket, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Paper(io.StringIO):
        def write(self, text: str) -> int:
            if self.getvalue().count("\n") == 3:
                raise BrokenPipeError
            return super().write(text)

    paper = Paper()
    monkeypatch.setattr(sys, "stdout", paper)
    with pytest.raises(BrokenPipeError):
        client.fetch_block_height_updates(one_off=False)
    monkeypatch.undo()
    assert paper.getvalue().count("callback_function") == 1
    assert paper.getvalue().count("blockheight") == 2


def begun(script: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONWARNINGS": "error"},
    )


@pytest.mark.parametrize("busy", [False, True], ids=["waiting", "in a callback"])
def test_ctrl_c_ends_a_call_and_leaves_nothing(exchange: Exchange, busy: bool) -> None:
    script = f"""
import threading
from rxdex.compat import BinanceChainSocket

def see(ws, text):
    print("here", flush=True)
    {"threading.Event().wait()" if busy else ""}

client = BinanceChainSocket(url={exchange.url!r})
try:
    client.fetch_account_updates({exchange.user!r}, one_off=False, callback_function=see)
except KeyboardInterrupt:
    print([thread.name for thread in threading.enumerate()])
"""
    with begun(script) as process:
        assert process.stdout is not None
        assert exchange.wait_for(
            lambda it: any(v.is_open and len(v.subscriptions) == 3 for v in it.visits), SECONDS
        )
        exchange.send(exchange.addresses[0], "BNB", "0.1")
        assert process.stdout.readline() == "here\n"
        process.send_signal(signal.SIGINT)
        out, errors = process.communicate(timeout=SECONDS)
    assert errors == ""
    assert out.splitlines()[-1] == "['MainThread']"
    assert process.returncode == 0


# A slow callback holds the line back, and the line is let go when the call ends.


def crowd(frames: list[str]) -> Callable[[Guest], None]:
    """All of them as soon as somebody asks for anything."""

    def script(guest: Guest) -> None:
        guest.recv()
        for frame in frames:
            guest.send(frame)
        linger(guest)

    return script


def block(height: int) -> str:
    return f'{{"stream":"blockheight","data":{{"h":{height}}}}}'


def held(ws: OpenStream) -> int:
    """How many frames wait, once no more will."""
    assert isinstance(ws, Inbox)
    waiting = vars(ws)["_waiting"]
    assert eventually(lambda: len(waiting) >= BOUND)
    assert not eventually(lambda: len(waiting) > BOUND, timeout=0.05)
    return len(waiting)


def test_a_slow_callback_loses_nothing_and_fills_no_memory() -> None:
    heights: list[int] = []

    def see(ws: OpenStream, text: str) -> None:
        if not heights:
            assert held(ws) == BOUND
        heights.append(json.loads(text)["data"]["h"])
        if len(heights) == BOUND + 500:
            ws.close()

    with hall(crowd([block(height) for height in range(BOUND + 500)])) as room:
        BinanceChainSocket(url=room.url).fetch_block_height_updates(False, see)
    assert heights == list(range(BOUND + 500))


@pytest.mark.parametrize("lines", [1, 2])
@pytest.mark.parametrize(
    ("end", "outcome"),
    [
        (lambda ws: ws.close(), nullcontext()),
        (lambda _: 1 / 0, pytest.raises(ZeroDivisionError)),
        (lambda _: signal.raise_signal(signal.SIGINT), pytest.raises(KeyboardInterrupt)),
    ],
    ids=["close", "raise", "ctrl-C"],
)
def test_a_line_that_is_held_back_is_let_go_at_the_end(
    exchange: Exchange, end: Callable[[OpenStream], object], outcome: Any, lines: int
) -> None:
    frame = '{"stream":"accounts","data":{"e":"outboundAccountInfo","E":1,"B":[]}}'
    addresses = exchange.addresses[:lines]
    seen: list[str] = []
    ended: list[float] = []

    def see(ws: OpenStream, text: str) -> None:
        seen.append(text)
        held(ws)
        ended.append(time.monotonic())
        end(ws)

    with hall(crowd([frame] * (BOUND + 500))) as room:
        client = BinanceChainSocket(url=room.url)
        with outcome:
            assert client.fetch_account_updates(addresses, False, see) is None
        assert our_threads() <= {"rxdex:exchange"}
        assert seen == [frame]
        # Else closing would wait for as long as it may, which is five seconds.
        assert time.monotonic() - ended[0] < 4
