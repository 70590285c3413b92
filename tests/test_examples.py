"""The examples: each is short, is on its page, runs on any venue, and prints what is so."""

import ast
import json
import re
import runpy
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple, TypeVar

import pytest
import trustme

from rxdex import Dex
from rxdex.events import Coin, DepthSnapshot, Level, OrderUpdate, Output, Trade, Transfer
from rxdex.simulator.exchange import Exchange
from tests.connection.peer import Guest, Peer, answer, frame

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "howto" / "examples.md").read_text(encoding="utf-8")
PATHS = {path.stem: path for path in sorted((ROOT / "examples").glob("*.py"))}
# For all that run together; an alert waits for the market, which as a rule takes ten.
SECONDS = 75.0

T = TypeVar("T")
Lines = list[str]

TIME = r"\d\d:\d\d:\d\d"
TRADE = r" +(\d+\.\d{8}) at +(\d+\.\d{8})"


class Done(NamedTuple):
    """How a program ended, and what it said."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> Lines:
        return self.out.splitlines()


def run_all(arguments: dict[str, list[str]]) -> dict[str, Done]:
    """Run these examples side by side."""
    until = time.monotonic() + SECONDS
    running = {
        name: subprocess.Popen(
            [sys.executable, "-W", "error", str(PATHS[name]), *more],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for name, more in arguments.items()
    }
    done: dict[str, Done] = {}
    for name, process in running.items():
        try:
            out, err = process.communicate(timeout=max(0.01, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            err += f"killed after {SECONDS} s"
        done[name] = Done(process.returncode, out, err)
    return done


def rows(pattern: str, lines: Lines) -> list[tuple[str, ...]]:
    """The groups of each line, all of which match."""
    found = [match for match in (re.fullmatch(pattern, line) for line in lines) if match]
    assert len(found) == len(lines) > 0, lines
    return [match.groups() for match in found]


def amounts(pattern: str, lines: Lines) -> list[tuple[Decimal, ...]]:
    return [tuple(Decimal(it.replace(",", "")) for it in row) for row in rows(pattern, lines)]


def in_heading(pattern: str, lines: Lines) -> Decimal:
    found = re.search(pattern, lines[0])
    assert found is not None, lines[0]
    return Decimal(found[1])


def is_stretch(part: Sequence[T], whole: Sequence[T]) -> bool:
    """Whether the part is in the whole, without a gap."""
    starts = range(len(whole) - len(part) + 1)
    return any(list(whole[at : at + len(part)]) == list(part) for at in starts)


def trades_with_a_handler(lines: Lines) -> None:
    assert lines[0].startswith("trades of BNB_BUSD-BD1")
    rows(rf"{TIME}  (buy |sell|-   ) {TRADE}", lines[1:])


def big_trades(lines: Lines) -> None:
    least = in_heading(r"worth (\d+) or more", lines)
    found = amounts(rf"{TIME} {TRADE} = +([\d,.]+)", lines[1:])
    assert len(found) == 4
    for quantity, price, worth in found:
        assert worth >= least
        assert abs(quantity * price - worth) <= Decimal("0.0001")


def volume_per_second(lines: Lines) -> None:
    found = amounts(r" *(\d+) trades +([\d,.]+)", lines[1:])
    assert len(found) == 8
    for count, worth in found:
        assert (count == 0) is (worth == 0)
    assert any(count for count, _ in found)


def two_tickers(lines: Lines) -> None:
    assert lines[0].split() == ["BNB_BUSD-BD1", "BTCB-1DE_BUSD-BD1", "ahead", "by"]
    found = amounts(r" +([+-][\d.]+) % +([+-][\d.]+) % +([+-][\d.]+) %", lines[1:])
    assert len(found) == 5
    for one, other, ahead in found:
        assert abs(one - other - ahead) <= Decimal("0.02")


def price_alert(lines: Lines) -> None:
    level = in_heading(r"the level is ([\d.]+)$", lines)
    found = rows(rf"{TIME}  (UP|DOWN): ([\d.]+)", lines[1:])
    assert len(found) == 3
    for way, price in found:
        assert Decimal(price) > level if way == "UP" else Decimal(price) < level
    assert all(one[0] != other[0] for one, other in pairwise(found))


def spread_alert(lines: Lines) -> None:
    limit = in_heading(r"more than ([\d.]+) is", lines)
    found = rows(r" *([\d.]+)  (TOO WIDE|narrow)", lines[1:])
    assert len(found) == 3
    for spread, word in found:
        assert Decimal(spread) > limit if word == "TOO WIDE" else Decimal(spread) <= limit
    assert all(one[1] != other[1] for one, other in pairwise(found))


def volume_burst_alert(lines: Lines) -> None:
    times = in_heading(r": ([\d.]+) times", lines)
    ((worth, usual),) = amounts(r"BURST of ([\d,.]+), usual ([\d,.]+)", lines[1:])
    assert worth > times * (usual - Decimal("0.01"))


def fill_alert(lines: Lines) -> None:
    assert re.fullmatch(r"fills of bnb1\w{38}", lines[0])
    found = rows(rf"{TIME}  (buy |sell) +([\d.]+) (\w\S+) +at +([\d.]+)  (\w.+)", lines[1:])
    assert len(found) == 5
    assert all(Decimal(quantity) > 0 and Decimal(price) > 0 for _, quantity, _, price, _ in found)


def transfer_alert(lines: Lines) -> None:
    (address,) = rows(r"transfers of (bnb1\w{38})", lines[:1])[0]
    found = rows(r"(SENT|RECEIVED from bnb1\w{38}): (.+)", lines[1:])
    assert len(found) == 3
    for word, parts in found:
        receivers = rows(r"\d+\.\d{8} \w\S+ to (bnb1\w{38})", parts.split(", "))
        assert address not in word
        assert (set(receivers) == {(address,)}) is (word != "SENT")


def one_off(lines: Lines) -> None:
    assert len(lines) == 6
    assert lines[0].startswith("symbols: BNB_BUSD-BD1 ")
    rows(r"block:   \d{9}", lines[1:2])
    bid, asked = amounts(r"\w+: +[\d.]+ at ([\d.]+)", lines[2:4])
    assert bid < asked
    rows(rf"\w\S+: (?:[\d.]+ at [\d.]+, {TIME}|no event within .+)", lines[4:])


def two_pipelines_one_connection(lines: Lines) -> None:
    assert lines[-1].startswith(("websockets opened: 1", "said on them: "))
    assert "websockets opened: 1" in lines
    said = [line.removeprefix("said on them: ") for line in lines if line.startswith("said")]
    subscribe = {"method": "subscribe", "topic": "trades", "symbols": ["BNB_BUSD-BD1"]}
    assert [json.loads(it) for it in said] in ([], [subscribe])

    told = [line.split()[:2] for line in lines if line.startswith(("trade ", "total "))]
    totals = [Decimal(amount) for word, amount in told if word == "total"]
    assert len(totals) == 8
    # Whoever came second may have missed what the first one already had.
    begin = told.index(["total", f"{totals[0]:f}"])
    quantities = [Decimal(amount) for word, amount in told[begin:] if word == "trade"]
    assert len(quantities) >= 5
    growths = [other - one for one, other in pairwise(totals)]
    assert growths[: len(quantities)] == quantities


def in_asyncio(lines: Lines) -> None:
    heights = [int(it) for it in re.findall(r"^block (\d+)", "\n".join(lines), re.MULTILINE)]
    assert heights[1] >= heights[0] + 10
    rows(rf"{TIME} {TRADE}", lines[1:-1])


def your_own_node(lines: Lines) -> None:
    said = [line for line in lines if line.startswith("status of ")]
    assert re.fullmatch(r"status of venue: Binance DEX at ws://127.0.0.1:\d+/api", said[0])
    assert [line.partition(":")[0] for line in said[1:]] == ["status of market"] * (len(said) - 1)
    assert any("connected to" in line for line in said)
    heights = [int(line.split()[1]) for line in lines if line.startswith("block ")]
    assert heights == list(range(heights[0], heights[0] + 3))


class Example(NamedTuple):
    """
    What is printed is judged by `check`; `brief` is what makes it end soon on a fast exchange,
    and `whose` the place among its addresses of the one to watch.
    """

    check: Callable[[Lines], None]
    brief: str = ""
    whose: int | None = None

    def at(self, venue: Exchange) -> list[str]:
        address = [] if self.whose is None else ["--address", venue.addresses[self.whose]]
        return ["--venue", venue.url, *self.brief.split(), *address]


EXAMPLES = {
    "big_trades": Example(big_trades),
    "fill_alert": Example(fill_alert, whose=0),
    "in_asyncio": Example(in_asyncio),
    "one_off": Example(one_off),
    "price_alert": Example(price_alert),
    "spread_alert": Example(spread_alert),
    "trades_with_a_handler": Example(trades_with_a_handler, "--seconds 1"),
    "transfer_alert": Example(transfer_alert, whose=8),
    "two_pipelines_one_connection": Example(two_pipelines_one_connection),
    "two_tickers": Example(two_tickers),
    "volume_burst_alert": Example(volume_burst_alert, "--seconds 0.1 --times 2"),
    "volume_per_second": Example(volume_per_second, "--seconds 0.25"),
    "your_own_node": Example(your_own_node),
}

each_example = pytest.mark.parametrize("name", EXAMPLES)


class Market(NamedTuple):
    """What happened on the fast exchange while the examples ran."""

    trades: list[Trade]
    fills: list[OrderUpdate]


@pytest.fixture(scope="module")
def venue() -> Iterator[Exchange]:
    with Exchange(speed=20.0) as exchange:
        yield exchange


@pytest.fixture(scope="module")
def market(venue: Exchange) -> Iterator[Market]:
    happened = Market([], [])

    def note(order: OrderUpdate) -> None:
        if order.trade_id is not None:
            happened.fills.append(order)

    with Dex(venue.url) as dex:
        dex.trades(venue.symbols[0]).subscribe(happened.trades.append)
        dex.orders(venue.addresses[0]).subscribe(note)
        assert venue.wait_for(lambda it: sum(len(one.subscriptions) for one in it.visits) == 2)
        yield happened


@pytest.fixture(scope="module")
def at_venue(venue: Exchange, market: Market) -> dict[str, Done]:
    return run_all({name: example.at(venue) for name, example in EXAMPLES.items()})


@pytest.fixture(scope="module")
def alone() -> dict[str, Done]:
    return run_all({name: [] for name in EXAMPLES})


@pytest.fixture(scope="module")
def helps() -> dict[str, Done]:
    return run_all({name: ["--help"] for name in EXAMPLES})


@pytest.fixture(scope="module")
def refused() -> dict[str, Done]:
    somebody = ["--address", "bnb1r4gc5ftrkr9ez2khph4h5xxd0mf0hd75uux7gl"]
    return run_all(
        {
            name: ["--venue", "nonsense", *(somebody if example.whose is not None else ())]
            for name, example in EXAMPLES.items()
        }
    )


def test_every_example_is_judged_here() -> None:
    assert set(EXAMPLES) == set(PATHS)


@each_example
def test_it_is_read_in_a_minute(name: str) -> None:
    text = PATHS[name].read_text(encoding="utf-8")
    assert 20 <= len(text.splitlines()) <= 40
    assert ast.get_docstring(ast.parse(text))
    assert not re.search(r"type: ignore|pyright:|noqa|cast\(|\bAny\b", text)


@each_example
def test_it_is_on_the_page(name: str) -> None:
    assert f"```{{literalinclude}} ../../examples/{name}.py\n:language: python\n```" in PAGE
    assert f"\n.venv/bin/python examples/{name}.py" in PAGE


@each_example
def test_it_runs_by_itself(name: str, alone: dict[str, Done]) -> None:
    assert (alone[name].code, alone[name].err) == (0, "")
    EXAMPLES[name].check(alone[name].lines)


@each_example
def test_it_runs_on_a_venue(name: str, at_venue: dict[str, Done]) -> None:
    assert (at_venue[name].code, at_venue[name].err) == (0, "")
    EXAMPLES[name].check(at_venue[name].lines)


@each_example
def test_it_helps(name: str, helps: dict[str, Done]) -> None:
    code, out, err = helps[name]
    assert (code, err) == (0, "")
    assert f"usage: {name}.py" in out
    assert "--venue VENUE" in out


@each_example
def test_a_venue_that_cannot_be_is_refused(name: str, refused: dict[str, Done]) -> None:
    code, out, err = refused[name]
    assert (code, out) == (1, "")
    assert "rxdex.errors.InvalidSubject: 'nonsense' " in err


def test_an_address_is_needed_where_nobody_is_known(venue: Exchange) -> None:
    watchers = [name for name, example in EXAMPLES.items() if example.whose is not None]
    for code, _, err in run_all({name: ["--venue", venue.url] for name in watchers}).values():
        assert code == 2
        assert err.endswith("error: --venue needs --address\n")


def test_a_handler_missed_nothing(at_venue: dict[str, Done], market: Market) -> None:
    seen = amounts(rf"{TIME}  .... {TRADE}", at_venue["trades_with_a_handler"].lines[1:])
    assert is_stretch(seen, [(trade.quantity, trade.price) for trade in market.trades])


def test_no_big_trade_was_missed(at_venue: dict[str, Done], market: Market) -> None:
    seen = amounts(rf"{TIME} {TRADE} = .*", at_venue["big_trades"].lines[1:])
    big = [(trade.quantity, trade.price) for trade in market.trades if trade.notional >= 50]
    assert is_stretch(seen, big)


def test_the_volumes_are_those_of_all_trades(at_venue: dict[str, Done], market: Market) -> None:
    seen = amounts(r" *(\d+) trades +([\d,.]+)", at_venue["volume_per_second"].lines[1:])
    worths = [trade.notional for trade in market.trades]

    def fits(at: int) -> bool:
        for count, worth in seen:
            batch = worths[at : at + int(count)]
            if len(batch) < count or abs(sum(batch) - worth) > Decimal("0.0001"):
                return False
            at += int(count)
        return True

    assert any(fits(at) for at in range(len(worths)))


def test_every_crossing_was_told(at_venue: dict[str, Done], market: Market) -> None:
    lines = at_venue["price_alert"].lines
    level = in_heading(r"the level is ([\d.]+)$", lines)
    off = [trade.price for trade in market.trades if trade.price != level]
    turns = [other for one, other in pairwise(off) if (one > level) is not (other > level)]
    assert is_stretch([price for (price,) in amounts(r".*: ([\d.]+)", lines[1:])], turns)


def test_every_fill_was_told(at_venue: dict[str, Done], market: Market) -> None:
    seen = rows(r".{10}(\w+) +(\S+) (\S+) +at +(\S+)  (.+)", at_venue["fill_alert"].lines[1:])
    fills = [
        (it.side.value, f"{it.last_quantity:f}", it.symbol, f"{it.last_price:f}", it.status.value)
        for it in market.fills
    ]
    assert is_stretch(seen, fills)


def test_a_book_with_an_empty_side_is_infinitely_wide() -> None:
    spread = runpy.run_path(str(PATHS["spread_alert"]))["spread"]
    bids, asks = (Level(Decimal(99), Decimal(1)),), (Level(Decimal(101), Decimal(1)),)
    assert spread(DepthSnapshot(symbol="A_B", bids=bids, asks=asks)) == 200
    for one_sided in ((bids, ()), ((), asks), ((), ())):
        book = DepthSnapshot(symbol="A_B", bids=one_sided[0], asks=one_sided[1])
        assert spread(book) == Decimal("Infinity")


def test_of_a_transfer_with_several_receivers_each_is_shown_its_own() -> None:
    show = runpy.run_path(str(PATHS["transfer_alert"]))["show"]
    outputs = (
        Output("ann", (Coin("BNB", Decimal("1.5")),)),
        Output("bob", (Coin("BNB", Decimal(2)), Coin("BUSD-BD1", Decimal(3)))),
    )

    def as_seen_by(address: str) -> str:
        text = show(
            Transfer(address=address, sender="sue", outputs=outputs, transaction_hash="AB" * 32)
        )
        assert isinstance(text, str)
        return text

    assert as_seen_by("bob") == "RECEIVED from sue: 2 BNB to bob, 3 BUSD-BD1 to bob"
    assert as_seen_by("sue") == "SENT: 1.5 BNB to ann, 2 BNB to bob, 3 BUSD-BD1 to bob"


def test_a_node_of_ones_own_with_a_key_and_an_authority(tmp_path: Path) -> None:
    keys: list[str] = []

    def node(guest: Guest) -> None:
        request = guest.hear_request()
        keys.append(guest.header("X-Api-Key"))
        if "/markets" in request:
            markets = [{"base_asset_symbol": "AAA", "quote_asset_symbol": "BBB"}]
            guest.say(answer("200 OK", json.dumps(markets)))
            return
        blocks = (f'{{"stream":"blockheight","data":{{"h":{height}}}}}' for height in (7, 8, 9))
        guest.say(guest.handshake() + frame("nonsense") + b"".join(map(frame, blocks)))
        guest.see_off()

    authority = trustme.CA()
    certificate = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(certificate)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(tls)
    with Peer(node, tls=tls) as peer:
        arguments = f"--venue {peer.url('wss', path='/api')} --key secret --authority {certificate}"
        done = run_all({"your_own_node": arguments.split()})["your_own_node"]
    assert done.code == 0, done.err
    assert keys == ["secret", "secret"]
    assert "symbols: AAA_BBB" in done.lines
    assert [line for line in done.lines if line.startswith("block ")] == [
        f"block {height}" for height in (7, 8, 9)
    ]
    assert any(line.startswith("fault of market: ") for line in done.lines)
