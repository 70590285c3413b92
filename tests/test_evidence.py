"""
The evidence table is true: each row of it is run, and what the decoder bears has a row.

The table stands in `docs/howto/add-a-venue.md`. A row is known here by its stream and its variant.
"""

import copy
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest

from rxdex import topics
from rxdex.errors import InvalidSubject, MalformedFrame, UnsupportedTopic, VenueGone
from rxdex.events import (
    Balance,
    Coin,
    Fee,
    Interval,
    Level,
    Notice,
    OrderStatus,
    OrderType,
    Output,
    Side,
    TickType,
    TimeInForce,
)
from rxdex.topics import Kind, Topic
from rxdex.venue import MARKET, Finding, Lane
from rxdex.venues import BinanceDex
from tests.builders import (
    BUYER,
    HEIGHT,
    HOME,
    SAMPLES,
    SELLER,
    SYMBOL,
    TESTNET_BUYER,
    TIME_S,
    Captured,
    account,
    candle,
    captured,
    deliveries,
    depth,
    diff,
    frame,
    kline,
    mini,
    notices,
    order,
    ticker,
    trade,
    transfer,
)

PAGE = (Path(__file__).parents[1] / "docs" / "howto" / "add-a-venue.md").read_text(encoding="utf-8")
VENUE = BinanceDex("wss://gateway/api")

S, MS = 1_000_000_000, 1_000_000
NIL = "0.00000000"
OTHER = "RUNE-B1A_BNB"
DEEP = Lane("depth", "500")
INTERVAL = "<interval>"

EVIDENCE = {"captured", "doubtful", "seen", "node", "SDK", "clients", "docs", "inference"}
#: What the word for a captured frame means in the file of frames.
GENUINE = {"captured": "yes", "doubtful": "doubtful"}


class Row(NamedTuple):
    """One row of the table, as it stands on the page."""

    stream: str
    variant: str
    meaning: str
    becomes: str
    evidence: str

    @property
    def streams(self) -> list[str]:
        """The streams it is about; `any` is every one."""
        return ["any"] if self.stream == "any" else re.findall(r"`([^`]+)`", self.stream)

    @property
    def frames(self) -> list[tuple[str, str]]:
        """The frames it names, each behind the word for how good it is."""
        words = [part.partition(" ")[::2] for part in self.evidence.split("; ")]
        return [(word, name) for word, rest in words for name in re.findall(r"`([^`]+)`", rest)]


class Claim(NamedTuple):
    """
    How a row is run.

    :param frames: the variant by hand; beside those, the captured frames of the row are taken
    :param lane: where they come from
    :param fields: what each event of each frame holds; in a list, what its events hold one by one
    :param topic: what each is delivered for
    :param shows: whether the data of a captured frame are of the variant
    :param bears: what the decoder bears because of this row
    """

    frames: Sequence[str | bytes] = ()
    lane: Lane = HOME
    fields: Mapping[str, object] = MappingProxyType({})
    topic: Topic[Any] | None = None
    shows: Callable[[Any], bool] = bool
    bears: Sequence[str] = ()


def table(first: str) -> list[list[str]]:
    """The cells of every table of the page whose head begins so, without head and rule."""
    prose = re.sub(r"^```.*?^```", "", PAGE, flags=re.DOTALL | re.MULTILINE)
    cells: list[list[str]] = []
    for block in re.findall(r"(?:^\|.*\|\n)+", prose, re.MULTILINE):
        head, _, *rows = [line.strip("| ").split(" | ") for line in block.splitlines()]
        if head[0] == first:
            assert all(len(row) == len(head) for row in rows)
            cells += rows
    return cells


ROWS = [Row(*cells) for cells in table("stream")]
#: What is said, and the evidence, by what is asked for.
ASKED = {asked: (told, evidence) for asked, told, evidence in table("asked for")}


def numbered() -> dict[str, Captured]:
    """The captured frames by name: `trades/1` is the first of its stream."""
    streams = {one.stream for one in captured()}
    return {f"{s}/{n}": one for s in streams for n, one in enumerate(captured(s), start=1)}


FRAMES = numbered()


def said(stream: str, *payloads: object) -> list[str]:
    """Frames of a stream."""
    return [frame(stream, data) for data in payloads]


def without(row: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key not in keys}


def bears(streams: str, paths: str, *probes: str) -> list[str]:
    """Each probe, at each path, of each stream."""
    return [f"{s} {p} {probe}" for s in streams.split() for p in paths.split() for probe in probes]


ZERO, ONE, SOME = Decimal(0), Decimal(1), Decimal("0.000015")
EVERY_WORD = "[].S [].o [].f"
UNKNOWNS = {
    "side": Side.UNKNOWN,
    "order_type": OrderType.UNKNOWN,
    "time_in_force": TimeInForce.UNKNOWN,
}

#: By stream and variant.
CLAIMS: dict[tuple[str, str], Claim] = {
    # Whatever the stream.
    ("any", "`stream` and `data` in another order, with blanks, with keys beside them"): Claim(
        [
            '{"data":{"h":5},"stream":"blockheight"}',
            ' { "stream" : "blockheight", "data" : {"h": 5} } ',
            '{"id":1,"stream":"blockheight","error":"no","data":{"h":5}}',
        ],
        fields={"height": 5},
    ),
    (
        "any",
        "`stream` or `data` is missing, as in the `topic` and `payload` of 2018, and no `error`",
    ): Claim(
        ['{"stream":"trades"}', '{"data":[]}', "{}", '{"topic":"blockheight","payload":{"h":5}}'],
        bears=["any stream absent", "any data absent"],
    ),
    ("any", "`error`, but not both `stream` and `data`"): Claim(
        ['{"error":"no"}', '{"error":{"code":404,"message":"no"}}', '{"stream":"x","error":"no"}'],
        fields={"what": "an error from the venue: 'no'"},
    ),
    ("any", "JSON that is no object"): Claim(["5", "[]", "null", '"text"']),
    ("any", "no JSON, or no UTF-8 in what we read"): Claim(
        ["{", "", "hello", b'{"stream":"trades\xff","data":[]}', "\ufeff{}"]
    ),
    ("any", "`stream` is no text"): Claim(
        ['{"stream":5,"data":[]}', '{"stream":null,"data":{"h":5}}']
    ),
    ("any", "a stream we have no shape for, such as `depthSnapshot`"): Claim(
        [*said("depthSnapshot", {"height": 5}), *said("", {}), *said("TRADES", [trade()])],
        bears=["any stream new", "any stream empty"],
    ),
    ("any", "a key we do not read: `e` everywhere, and any to come (`tt` and `M` came in 2019)"): (
        Claim(
            said("trades", [without(trade(), "e")], [trade(e=None)], [trade(zz=[1.5], P="x")]),
            fields={"price": Decimal("31.5")},
            bears=bears("trades orders allTickers allMiniTickers", "[].e", "ignored")
            + bears("marketDiff ticker miniTicker accounts transfers", "e", "ignored")
            + bears(f"kline_{INTERVAL}", "e", "ignored"),
        )
    ),
    ("any", "a key of `data` twice"): Claim(
        ['{"stream":"blockheight","data":{"h":4,"h":5}}'], fields={"height": 5}
    ),
    ("any", "no UTF-8 in a key we do not read"): Claim(
        [b'{"stream":"blockheight","data":{"h":5,"x":"\xff"}}'], fields={"height": 5}
    ),
    ("any", "an amount with other than eight decimals, or without a point"): Claim(
        said("marketDiff", diff(b=[["007", "0.123456789"]], a=[])),
        fields={"bids": (Level(Decimal(7), Decimal("0.123456789")),)},
    ),
    (
        "any",
        "an amount that is a number of JSON, or no plain decimal of up to 40 characters",
    ): Claim(
        said(
            "trades",
            *([trade(p=bad)] for bad in [1, 1.5, "NaN", "1e5", " 1", "+1", "", "1_0", "9" * 41]),
        )
    ),
    (
        "any",
        "a height, count, time or symbol beyond all reason",
    ): Claim(
        [
            *said("trades", [trade(E=-1)], [trade(T=2**63)], [trade(s="A" * 65)]),
            *said("ticker", ticker(n=-1), ticker(E=2**62), ticker(O=2**62)),
        ]
    ),
    (
        "any",
        "an empty text, where no other row speaks of it",
    ): Claim(
        said("trades", [trade(s="", t="", b="", a="", sa="", ba="")]),
        fields=dict.fromkeys(["symbol", "trade_id", "buyer_order_id", "seller_address"], ""),
        bears=bears("trades", "[].s [].t [].b [].a [].sa [].ba", "empty")
        + bears("marketDiff ticker miniTicker", "s", "empty")
        + bears("marketDepth marketDepth100", "symbol", "empty")
        + bears(f"kline_{INTERVAL}", "k.s", "empty")
        + bears("allTickers allMiniTickers", "[].s", "empty")
        + bears("orders", "[].s [].i", "empty")
        + bears("accounts", "B[].a", "empty")
        + bears("transfers", "H f t[].o t[].c[].a", "empty"),
    ),
    # Of an address.
    ("`orders`, `accounts`, `transfers`", "on a lane that is no address's"): Claim(lane=MARKET),
    ("`trades`", "on the lane of an address"): Claim(
        said("trades", [trade()]), topic=topics.trades(SYMBOL)
    ),
    ("`orders`", "several records"): Claim(
        shows=lambda data: len(data) > 1,
        fields={"status": [OrderStatus.ACK, OrderStatus.FULL_FILL], "address": BUYER},
        topic=topics.orders(BUYER),
    ),
    ("`orders`", "`E`, `T`, `O`"): Claim(
        fields={
            "block_height": 7_366_949,
            "time_ns": 1_554_890_366_040_313_451,
            "created_ns": 1_554_890_366_040_313_451,
        }
    ),
    ("`orders`", "`l`, `L`, `z`"): Claim(
        fields={
            "last_quantity": [ZERO, SOME],
            "last_price": [ZERO, Decimal(66666)],
            "cumulative_quantity": SOME,
        }
    ),
    ("`orders`", "`t` is empty"): Claim(
        shows=lambda data: data[0]["t"] == "",
        fields={"trade_id": None},
        bears=bears("orders", "[].t", "empty"),
    ),
    ("`orders`", "`n` is empty"): Claim(
        shows=lambda data: data[0]["n"] == "",
        fields={"fees": ()},
        bears=bears("orders", "[].n", "empty"),
    ),
    ("`orders`", "`n` is `BNB:0.00039999`"): Claim(
        shows=lambda data: data[-1]["n"] == "BNB:0.00039999",
        fields={"fees": [(), (Fee("BNB", Decimal("0.00039999")),)]},
    ),
    ("`orders`", "`n` has several parts, with `;` between them"): Claim(
        said("orders", [order(n="BNB:1.0;A-123:1.0")], [order(n="BNB:1.0;A-123:1.0;")]),
        fields={"fees": (Fee("BNB", ONE), Fee("A-123", ONE))},
    ),
    ("`orders`", "`n` is `1.00000000BNB` or `10000BNB`"): Claim(
        said("orders", [order(n="1.00000000BNB")], [order(n="100000000BNB")]),
        fields={"fees": (Fee("BNB", ONE),)},
    ),
    ("`orders`", "`n` has `#Cxl:` or `#Exp:` in it"): Claim(
        said("orders", *([order(n=f"BNB:1.0;{it}")] for it in ["#Cxl:1", "#Exp:x", "#Cxl:"])),
        fields={"fees": (Fee("BNB", ONE),)},
    ),
    ("`orders`", "`n` is anything else"): Claim(
        said("orders", [order(n="free")], [order(n=";")], [order(n="BNB:NaN")]),
        fields={"fees": ()},
        bears=bears("orders", "[].n", "new"),
    ),
    ("`orders`", "`S`, `o` or `f` is 0"): Claim(
        said("orders", [order(S=0, o=0, f=0)]), fields=UNKNOWNS
    ),
    ("`orders`", "`S`, `o` or `f` is a number without a meaning, such as `f` 2"): Claim(
        said("orders", [order(S=3, o=3, f=2)]),
        fields=UNKNOWNS,
        bears=bears("orders", EVERY_WORD, "new"),
    ),
    ("`orders`", "`S`, `o` or `f` is a text, such as `BUY`"): Claim(
        said("orders", [order(S="BUY", o="LIMIT", f="GTE")]),
        fields=UNKNOWNS,
        bears=bears("orders", EVERY_WORD, "text", "empty"),
    ),
    ("`orders`", "`X` is `IocExpire`"): Claim(
        said("orders", [order(X="IocExpire")]), fields={"status": OrderStatus.IOC_EXPIRE}
    ),
    ("`orders`", "`X` is `Unknown`"): Claim(
        said("orders", [order(X="Unknown")]), fields={"status": OrderStatus.UNKNOWN}
    ),
    ("`orders`", "`X` is a word that is new, or none"): Claim(
        said("orders", [order(X="Amended")], [order(X="")]),
        fields={"status": OrderStatus.UNKNOWN},
        bears=bears("orders", "[].X", "new", "empty"),
    ),
    ("`orders`", "`x` is absent or null"): Claim(
        said("orders", [without(order(), "x")], [order(x=None)]),
        fields={"execution_type": None},
        bears=bears("orders", "[].x", "absent", "null", "empty"),
    ),
    ("`orders`", "`O` is 0"): Claim(
        said("orders", [order(X="FailedBlocking", O=0)]), fields={"created_ns": 0}
    ),
    ("`orders`", "an empty array"): Claim(said("orders", []), bears=["orders data none"]),
    ("`accounts`", "plain"): Claim(
        shows=lambda data: isinstance(data, dict),
        fields={
            "address": BUYER,
            "block_height": 7_364_509,
            "balances": (
                Balance("BNB", Decimal("1371.0875"), ZERO, ZERO),
                Balance("DEX.B-C72", Decimal("999999791.112"), ZERO, ZERO),
            ),
        },
        topic=topics.account(BUYER),
    ),
    ("`accounts`", "`f`, `r`, `l`"): Claim(
        said("accounts", account({"a": "BNB", "f": "7", "r": "3", "l": "1"})),
        fields={"balances": (Balance("BNB", free=Decimal(7), frozen=Decimal(3), locked=ONE),)},
    ),
    ("`accounts`", "`data` is an array"): Claim(
        said("accounts", [account()], [account(), account()]),
        fields={"balances": (Balance("BNB", Decimal(7), Decimal(3), Decimal(1)),)},
    ),
    ("`accounts`", "an empty array"): Claim(said("accounts", []), bears=["accounts data none"]),
    ("`accounts`", "`B` is empty"): Claim(
        said("accounts", account() | {"B": []}),
        fields={"balances": ()},
        bears=bears("accounts", "B", "none"),
    ),
    ("`transfers`", "`M` is absent, as before August 2019"): Claim(
        shows=lambda data: "M" not in data,
        fields={"memo": None, "sender": TESTNET_BUYER, "address": BUYER},
        topic=topics.transfers(BUYER),
        bears=bears("transfers", "M", "absent"),
    ),
    ("`transfers`", "`M` is empty"): Claim(
        said("transfers", transfer(M="")),
        fields={"memo": ""},
        bears=bears("transfers", "M", "empty"),
    ),
    ("`transfers`", "`M` is null"): Claim(
        said("transfers", transfer(M=None)),
        fields={"memo": None},
        bears=bears("transfers", "M", "null"),
    ),
    ("`transfers`", "several outputs, each of several coins"): Claim(
        said(
            "transfers",
            transfer(t=[{"o": o, "c": [{"a": a, "A": "1"} for a in "AB"]} for o in "XY"]),
        ),
        fields={"outputs": tuple(Output(o, (Coin("A", ONE), Coin("B", ONE))) for o in "XY")},
    ),
    ("`transfers`", "`t` or a `c` in it is empty"): Claim(
        said("transfers", transfer(t=[]), transfer(t=[{"o": SELLER, "c": []}])),
        bears=bears("transfers", "t t[].c", "none"),
    ),
    # Of a symbol.
    ("`trades`", "plain"): Claim(
        fields={
            "symbol": "100K-9BC_BNB",
            "block_height": 7_549_438,
            "time_ns": 1_554_964_166_437_515_341,
            "trade_id": "7549438-0",
        },
        topic=topics.trades("100K-9BC_BNB"),
    ),
    ("`trades`", "`tt` is absent, as before July 2019"): Claim(
        shows=lambda data: "tt" not in data[0],
        fields={"tick": None, "taker": None},
        bears=bears("trades", "[].tt", "absent"),
    ),
    ("`trades`", "`tt` is null"): Claim(
        said("trades", [trade(tt=None)]),
        fields={"tick": None, "taker": None},
        bears=bears("trades", "[].tt", "null"),
    ),
    ("`trades`", "`tt` is 1 or 2"): Claim(
        said("trades", [trade(tt=1), trade(tt=2)]), fields={"taker": [Side.SELL, Side.BUY]}
    ),
    ("`trades`", "`tt` is 3, 4 or 5"): Claim(
        said("trades", [trade(tt=3), trade(tt=4), trade(tt=5)]),
        fields={
            "tick": [TickType.BUY_SURPLUS, TickType.SELL_SURPLUS, TickType.NEUTRAL],
            "taker": None,
        },
    ),
    ("`trades`", "`tt` is 0"): Claim(
        said("trades", [trade(tt=0)]), fields={"tick": TickType.UNKNOWN, "taker": None}
    ),
    ("`trades`", "`tt` is another number"): Claim(
        said("trades", [trade(tt=6)], [trade(tt=-1)]),
        fields={"tick": TickType.UNKNOWN, "taker": None},
        bears=bears("trades", "[].tt", "new"),
    ),
    ("`trades`", "several trades"): Claim(
        said("trades", [trade(t=f"{HEIGHT}-9"), trade(t=f"{HEIGHT}-3")]),
        fields={"trade_id": [f"{HEIGHT}-9", f"{HEIGHT}-3"]},
    ),
    ("`trades`", "trades of several symbols in one frame"): Claim(
        said("trades", [trade(), trade(s=OTHER)]), fields={"symbol": [SYMBOL, OTHER]}
    ),
    ("`trades`", "an empty array"): Claim(said("trades", []), bears=["trades data none"]),
    ("`marketDiff`", "plain, one side without a change"): Claim(
        shows=lambda data: data["a"] == [],
        fields={
            "time_ns": 1_554_964_484 * S,
            "bids": (Level(Decimal(3333), Decimal("0.073989")),),
            "asks": (),
        },
        topic=topics.depth_updates("100K-9BC_BNB"),
        bears=bears("marketDiff", "a", "none"),
    ),
    ("`marketDiff`", "the other side without a change, or both"): Claim(
        said("marketDiff", diff(b=[]), diff(b=[], a=[])),
        fields={"bids": ()},
        bears=bears("marketDiff", "b", "none"),
    ),
    ("`marketDiff`", "a quantity of `0.00000000`"): Claim(
        said("marketDiff", diff(a=[["31.6", NIL]])),
        fields={"asks": (Level(Decimal("31.6"), ZERO),)},
    ),
    ("`marketDiff`", "levels in no order"): Claim(
        said("marketDiff", diff(b=[["3", "1"], ["9", "1"], ["3", "1"]])),
        fields={"bids": tuple(Level(Decimal(price), ONE) for price in (3, 9, 3))},
    ),
    ("`marketDepth`", "plain"): Claim(
        shows=lambda data: len(data["asks"]) <= 20,
        fields={"block_height": 7_551_469},
        topic=topics.depth("100K-9BC_BNB", 20),
    ),
    ("`marketDepth`", "a side has fewer levels, or none"): Claim(
        said("marketDepth", depth(bids=[], asks=[["1", "1"]])),
        shows=lambda data: len(data["bids"]) < 20,
        bears=bears("marketDepth marketDepth100", "bids asks", "none"),
    ),
    (
        "`marketDepth`, `marketDepth100`, `marketDepth500`",
        "on the lane of a depth of its own, under any name that begins so",
    ): Claim(
        [frame(f"marketDepth{more}", depth()) for more in ["", "100", "500", "X"]],
        lane=DEEP,
        topic=topics.depth(SYMBOL, 500),
    ),
    (
        "`marketDepth100`, `marketDepth500`",
        "on another lane, as any name that begins so",
    ): Claim(said("marketDepth100", depth()), lane=MARKET, topic=topics.depth(SYMBOL, 100)),
    ("`marketDepth`", "a name that begins so and has more than 40 characters"): Claim(
        said("marketDepth" + "9" * 30, depth())
    ),
    ("`blockheight`", "plain"): Claim(fields={"height": 8_699_895}, topic=topics.blocks()),
    (f"`kline_{INTERVAL}`", "plain; none was ever captured"): Claim(
        said("kline_1m", kline()),
        fields={
            "open_time_ns": 1_563_000_000_000 * MS,
            "close_time_ns": 1_563_000_059_999 * MS,
            "first_trade_id": "20300000-1",
            "interval": Interval.MINUTE_1,
        },
        topic=topics.kline(SYMBOL, "1m"),
    ),
    (f"`kline_{INTERVAL}`", "`E`"): Claim(
        said("kline_1m", *(kline(E=TIME_S * unit) for unit in [1, 10**3, 10**6, 10**9])),
        fields={"time_ns": TIME_S * S},
    ),
    (f"`kline_{INTERVAL}`", "`k.f` or `k.L` is empty"): Claim(
        said("kline_1m", kline(candle(f="", L=""))),
        fields={"first_trade_id": None, "last_trade_id": None},
        bears=bears(f"kline_{INTERVAL}", "k.f k.L", "empty"),
    ),
    (f"`kline_{INTERVAL}`", "`s`, and `i` within `k`"): Claim(
        said("kline_1m", kline(candle(i="1M"), s=OTHER), without(kline(), "s")),
        fields={"symbol": SYMBOL, "interval": Interval.MINUTE_1},
        bears=bears(f"kline_{INTERVAL}", "s k.i", "ignored"),
    ),
    (f"`kline_{INTERVAL}`", "an interval there is not, such as `kline_4m`"): Claim(
        [*said("kline_4m", kline()), *said("kline_", kline()), *said("kline_1H", kline())]
    ),
    (f"`kline_{INTERVAL}`", "`k.T` is the last millisecond, or the first of the next"): Claim(
        said("kline_1m", kline(candle(t=60_000, T=119_999))),
        fields={"close_time_ns": 119_999 * MS},
    ),
    ("`ticker`", "plain"): Claim(
        fields={
            "time_ns": 1_554_966_678 * S,
            "open_time_ns": 1_554_880_245_974 * MS,
            "close_time_ns": 1_554_966_645_974 * MS,
            "first_trade_id": "7366949-0",
        },
        topic=topics.ticker("100K-9BC_BNB"),
    ),
    ("`ticker`", "nothing was traded all day"): Claim(
        shows=lambda d: d["n"] == 0 and d["F"] == d["L"] and d["o"] == d["h"] == d["l"] == d["c"],
        fields={"trade_count": 0, "volume": ZERO, "price_change_ratio": ZERO},
    ),
    ("`ticker`", "a side of the book is empty"): Claim(
        shows=lambda data: data["b"] == data["B"] == NIL,
        fields={"best_bid_price": ZERO, "best_bid_quantity": ZERO},
    ),
    ("`ticker`", "`p` and `P` below zero"): Claim(
        said("ticker", ticker(p="-0.00000073", P="-0.00860000", o="0.00008471")),
        fields={"price_change": Decimal("-0.00000073"), "price_change_ratio": Decimal("-0.0086")},
    ),
    ("`ticker`", "nothing changed but `E`"): Claim(
        shows=lambda data: data["s"] == "100K-9BC_BNB" and data["C"] == 1_555_687_001_881,
        fields={"close_time_ns": 1_555_687_001_881 * MS},
    ),
    ("`ticker`, `allTickers`", "`F` or `L` is empty"): Claim(
        said("ticker", ticker(F="", L="")) + said("allTickers", [ticker(F="", L="")]),
        fields={"first_trade_id": None, "last_trade_id": None},
        bears=bears("ticker", "F L", "empty") + bears("allTickers", "[].F [].L", "empty"),
    ),
    ("`allTickers`", "plain"): Claim(fields={"symbol": "83SHUIHU-AC4_BNB"}, topic=topics.tickers()),
    ("`allTickers`", "elements differ in `E`"): Claim(
        said("allTickers", [ticker(E=5), ticker(s=OTHER, E=6)]),
        fields={"time_ns": [5 * S, 6 * S]},
    ),
    ("`allTickers`, `allMiniTickers`", "an empty array"): Claim(
        said("allTickers", []) + said("allMiniTickers", []),
        bears=["allTickers data none", "allMiniTickers data none"],
    ),
    ("`miniTicker`", "`e` is `24hrTicker`"): Claim(
        shows=lambda data: data["e"] == "24hrTicker",
        fields={"time_ns": 1_555_425_469 * S},
        topic=topics.mini_ticker("BNB_BTC.B-918"),
    ),
    ("`miniTicker`", "`e` is `24hrMiniTicker`"): Claim(
        said("miniTicker", mini(e="24hrMiniTicker")), fields={"last_price": Decimal("31.2")}
    ),
    ("`miniTicker`", "all the keys of a full ticker"): Claim(
        said("miniTicker", ticker()), fields={"last_price": Decimal("31.2")}
    ),
    ("`allMiniTickers`", "plain"): Claim(
        fields={"symbol": "MBNB-113_BNB", "time_ns": 1_555_428_570 * S},
        topic=topics.mini_tickers(),
    ),
}


def decoded(text: str | bytes, lane: Lane) -> Sequence[Finding]:
    return VENUE.decode(text, lane, received_ns=1)


def becomes(text: str | bytes, lane: Lane) -> set[str]:
    """What `decode` makes of a frame, in the words of the table."""
    try:
        found = decoded(text, lane)
    except MalformedFrame:
        return {"`MalformedFrame`"}
    kinds = [*notices(found), *(one.event for one in deliveries(found))]
    return {f"`{type(kind).__name__}`" for kind in kinds} or {"nothing"}


def texts_of(row: Row) -> list[str | bytes]:
    return [
        *CLAIMS[row.stream, row.variant].frames,
        *(FRAMES[name].frame for _, name in row.frames),
    ]


def check_field(name: str, wanted: object, values: Sequence[object]) -> None:
    """A value is every event's, a list of them is told one by one; what no event has is a notice's."""
    having = [value for value in values if hasattr(value, name)]
    assert having, name
    held = [getattr(value, name) for value in having]
    assert held == (wanted if isinstance(wanted, list) else [wanted] * len(held))


each_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.stream} {row.variant}")


def test_every_row_is_run_and_nothing_else() -> None:
    listed = [(row.stream, row.variant) for row in ROWS]
    assert len(listed) == len(set(listed))
    assert set(listed) == set(CLAIMS)


@each_row
def test_a_row_is_complete(row: Row) -> None:
    assert row.meaning
    words = {part.partition(" ")[0] for part in row.evidence.split("; ")}
    assert words
    assert words <= EVIDENCE
    assert texts_of(row), "neither captured nor made by hand"
    assert bool(words & GENUINE.keys()) is bool(row.frames)
    streams = {FRAMES[name].stream for _, name in row.frames}
    assert streams <= set(row.streams)


@each_row
def test_a_captured_frame_shows_what_it_is_named_for(row: Row) -> None:
    for word, name in row.frames:
        assert FRAMES[name].genuine == GENUINE[word], name
        data = json.loads(FRAMES[name].frame)["data"]
        assert CLAIMS[row.stream, row.variant].shows(data), name


@each_row
def test_a_frame_becomes_what_its_row_says(row: Row) -> None:
    claim = CLAIMS[row.stream, row.variant]
    told = [becomes(text, claim.lane) for text in texts_of(row)]
    assert set().union(*told) == set(row.becomes.split(", "))
    # Where there is more than one word, it is a notice beside an event, or one for each stream.
    assert all(len(one) == 1 or "`Notice`" in one for one in told)
    if "`Notice`" in row.becomes:
        assert all(one == set(row.becomes.split(", ")) for one in told)


@each_row
def test_an_event_holds_what_its_row_says(row: Row) -> None:
    claim = CLAIMS[row.stream, row.variant]
    if row.becomes == "`MalformedFrame`":
        return
    for text in texts_of(row):
        found = decoded(text, claim.lane)
        values: list[object] = [one for one in found if isinstance(one, Notice)]
        for delivery in deliveries(found):
            assert claim.topic in {None, delivery.topic}
            event = delivery.event
            values += event if isinstance(event, tuple) else [event]
        for name, wanted in claim.fields.items():
            check_field(name, wanted, values)


def test_every_captured_frame_proves_something() -> None:
    assert set(FRAMES) == {name for row in ROWS for _, name in row.frames}


def test_every_stream_of_the_venue_has_a_row() -> None:
    subjects = dict.fromkeys(Kind, SYMBOL) | dict.fromkeys(
        [Kind.ORDERS, Kind.ACCOUNT, Kind.TRANSFERS], BUYER
    )
    details = {
        Kind.DEPTH: ["20", "100", "500"],
        Kind.KLINE: [interval.value for interval in Interval],
    }
    every = [
        VENUE.normalise(Topic(kind, subject, detail))
        for kind, subject in subjects.items()
        for detail in details.get(kind, [""])
    ]
    asked = {str(json.loads(text)["topic"]) for text in VENUE.subscribe(every)}
    said = {re.sub("^kline_.*", f"kline_{INTERVAL}", stream) for stream in asked}
    assert {stream for row in ROWS for stream in row.streams} == said | {"any"}


def places(value: Any, at: str = "") -> Iterator[tuple[Any, Any, str]]:
    """Every place in nested data: its container, its key in there, and how a row would write it."""
    keys: dict[Any, str] = {}
    if isinstance(value, dict):
        keys = {key: f"{at}.{key}".lstrip(".") for key in value}
    elif isinstance(value, list):
        keys = dict.fromkeys(range(len(value)), f"{at}[]")
    for key, path in keys.items():
        yield value, key, path
        yield from places(value[key], path)


ABSENT = object()
#: What may stand where something else should, and what a row calls it.
PROBES: list[tuple[str, object]] = [
    ("null", None),
    ("empty", ""),
    ("text", "1"),
    ("number", 1),
    ("fraction", 1.0),
    ("truth", True),
    ("none", []),
    ("object", {}),
]


def probes(value: object) -> Iterator[tuple[str, object]]:
    """What to put in place of a value; and, of its own type, a number or a word that is new."""
    yield from ((name, other) for name, other in PROBES if type(other) is not type(value))
    if isinstance(value, str) and value:
        yield "empty", ""
        yield "new", "Something"
    if isinstance(value, list) and value:
        yield "none", []
    if type(value) is int:
        yield "new", 99


def variants(whole: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Every place of a frame, what was done there, and the frame it gives."""
    for number, (holder, key, path) in enumerate(places(whole)):
        for probe, other in [("absent", ABSENT), *probes(holder[key])]:
            changed = copy.deepcopy(whole)
            inside, _, _ = list(places(changed))[number]
            if other is not ABSENT:
                inside[key] = other
            elif isinstance(inside, dict):
                del inside[key]
            else:
                continue
            yield path, probe, json.dumps(changed)


def borne(stream: str) -> Iterator[str]:
    """What the decoder bears in place of a stream's plain frame."""
    whole = {"stream": stream, "data": SAMPLES[stream]}
    plain = decoded(json.dumps(whole), HOME)
    row_stream = re.sub("^kline_.*", f"kline_{INTERVAL}", stream)
    for path, probe, text in variants(whole):
        try:
            found = decoded(text, HOME)
        except MalformedFrame:
            continue
        # A word or a number that is told like any other is no new one.
        if probe == "new" and not any(isinstance(one, Notice) for one in found):
            continue
        is_envelope = path == "stream" or (path == "data" and probe == "absent")
        name = "any" if is_envelope else row_stream
        inner = path if path == "data" or is_envelope else path.removeprefix("data").lstrip(".")
        yield f"{name} {inner} {'ignored' if found == plain else probe}"


def test_what_the_decoder_bears_has_a_row() -> None:
    every = {one for stream in SAMPLES for one in borne(stream)}
    told = {one for claim in CLAIMS.values() for one in claim.bears}
    assert sorted(every - told) == [], "borne, and no row says so"
    assert sorted(told - every) == [], "a row says so, and it is not borne"


def asked(*wanted: Topic[Any]) -> str:
    """What the venue is told of them."""
    return "".join(VENUE.subscribe([VENUE.normalise(topic) for topic in wanted]))


def refusal(call: Callable[[], object]) -> str:
    """How a call is refused."""
    with pytest.raises((InvalidSubject, UnsupportedTopic, VenueGone)) as caught:
        call()
    return type(caught.value).__name__


def many_symbols() -> list[int]:
    texts = VENUE.subscribe(topics.trades(f"T{n:03}-{n:03}_BNB") for n in range(450))
    return [len(json.loads(text)["symbols"]) for text in texts]


#: What comes of each thing asked for: the text or error of its row, or whether it is as the row says.
ANSWERS: dict[str, Callable[[], str | bool]] = {
    '`topics.trades("bnb_busd-bd1")`': lambda: asked(topics.trades("bnb_busd-bd1")),
    "an address all in capitals": lambda: f'"{BUYER}"' in asked(topics.orders(BUYER.upper())),
    "an address, of a venue without `prefix`": lambda: asked(
        topics.orders(BUYER), topics.orders(TESTNET_BUYER)
    ),
    "`topics.depth(symbol)`": lambda: asked(topics.depth(SYMBOL)),
    "`topics.depth(symbol, 100)`": lambda: (
        VENUE.lane(topics.depth(SYMBOL, 100)) != MARKET and asked(topics.depth(SYMBOL, 100))
    ),
    "`topics.depth(symbol, 1000)`": lambda: refusal(lambda: asked(topics.depth(SYMBOL, 1000))),
    "a kline of `4m`": lambda: refusal(lambda: topics.kline(SYMBOL, "4m")),
    "`topics.tickers()`, `topics.mini_tickers()`, `topics.blocks()`": lambda: (
        asked(topics.tickers(), topics.mini_tickers(), topics.blocks()).count("$all") == 3
        and asked(topics.blocks())
    ),
    "`topics.orders(address)`": lambda: asked(topics.orders(BUYER)),
    "an address's stream no more": lambda: "".join(VENUE.unsubscribe([topics.orders(BUYER)])),
    "two addresses": lambda: len({VENUE.lane(topics.orders(it)) for it in (BUYER, SELLER)}) == 2,
    "more than 200 symbols of a stream": lambda: many_symbols() == [200, 200, 50],
    "nothing, for 25 minutes": lambda: VENUE.keepalive.every == 25 * 60 and VENUE.keepalive.text,
    "nothing, and nothing comes for 75 seconds": lambda: VENUE.silence == 75,
    "the public hosts": lambda: refusal(lambda: BinanceDex.mainnet().endpoint(MARKET)),
    "`dex.symbols()`": lambda: VENUE.symbols().url,
}


@pytest.mark.parametrize("what", ASKED)
def test_what_is_asked_for_is_said_as_its_row_says(what: str) -> None:
    told, evidence = ASKED[what]
    answer = ANSWERS[what]()
    assert answer
    assert set(evidence.split("; ")) <= EVIDENCE - GENUINE.keys()
    if isinstance(answer, str):
        assert re.findall(r"`([^`]+)`", told)[0] in answer


def test_everything_asked_for_is_run_and_nothing_else() -> None:
    assert set(ASKED) == set(ANSWERS)


def test_the_form_has_the_columns_of_the_table() -> None:
    (form,) = re.findall(r"^```text\n(\|.*\|)$", PAGE, re.MULTILINE)
    tables = len(re.findall("^#### ", PAGE, re.MULTILINE))
    assert PAGE.count(f"{form}\n|---|---|---|---|---|\n") == tables + 1
    assert [it.strip() for it in form.strip("|").split("|")] == [
        "stream",
        "variant",
        "what we do with it",
        "becomes",
        "evidence",
    ]
