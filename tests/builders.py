"""Frames by hand in the shapes of Binance DEX's wire, captured ones, and short ways to read them."""

import copy
import json
import pickle
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import attrs

from rxdex.events import Event, Notice
from rxdex.topics import Topic
from rxdex.venue import MARKET, Delivery, Finding, Lane, Value
from rxdex.venues.binance_dex.decode import decode

Row = dict[str, Any]
E = TypeVar("E")

SYMBOL = "BNB_BUSD-BD1"
#: The bytes of two captured addresses, as order ids write them.
BUYER_HEX = "1D518A2563B0CB912AD70DEB7A18CD7ED2FBB7D4"
SELLER_HEX = "EA1AE716501D1DB0B9F295A30891D9E562828678"
BUYER = "bnb1r4gc5ftrkr9ez2khph4h5xxd0mf0hd75uux7gl"
SELLER = "bnb1agdww9jsr5wmpw0jjk3s3yweu43g9pncm5ajg0"
TESTNET_BUYER = "tbnb1r4gc5ftrkr9ez2khph4h5xxd0mf0hd75jf06gw"
TESTNET_SELLER = "tbnb1agdww9jsr5wmpw0jjk3s3yweu43g9pnc4p5kg7"

HOME = Lane("address", BUYER)
HEIGHT = 20_300_001
TIME_NS = 1_563_000_000_123_456_789
TIME_S = 1_563_000_000


class Captured(NamedTuple):
    """A frame seen in public: where, whether it is genuine, and its text."""

    source: str
    genuine: str
    frame: str

    @property
    def stream(self) -> str:
        return str(json.loads(self.frame)["stream"])


def captured(stream: str | None = None) -> list[Captured]:
    """The captured frames, of one stream or of all."""
    path = Path(__file__).parent / "frames" / "binance_dex.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines()
    every = [Captured(**json.loads(line)) for line in lines]
    return [one for one in every if stream in {None, one.stream}]


def frame(stream: str, data: object) -> str:
    """A frame as the venue writes it: compact, `stream` first."""
    return json.dumps({"stream": stream, "data": data}, separators=(",", ":"))


def trade(**other: object) -> Row:
    return {
        "e": "trade",
        "E": HEIGHT,
        "s": SYMBOL,
        "t": f"{HEIGHT}-7",
        "p": "31.50000000",
        "q": "2.00000000",
        "b": f"{BUYER_HEX}-11",
        "a": f"{SELLER_HEX}-12",
        "T": TIME_NS,
        "sa": SELLER,
        "ba": BUYER,
        "tt": 1,
    } | other


def order(**other: object) -> Row:
    return {
        "e": "executionReport",
        "E": HEIGHT,
        "s": SYMBOL,
        "S": 2,
        "o": 2,
        "f": 3,
        "q": "9.00000000",
        "p": "31.00000000",
        "x": "NEW",
        "X": "PartialFill",
        "i": f"{BUYER_HEX}-10",
        "l": "2.00000000",
        "L": "31.50000000",
        "z": "5.00000000",
        "n": "BNB:0.00039999",
        "T": TIME_NS + 1_000_000_000,
        "t": f"{HEIGHT}-7",
        "O": TIME_NS,
    } | other


def account(*balances: Row, **other: object) -> Row:
    held = balances or ({"a": "BNB", "f": "7.00000000", "r": "3.00000000", "l": "1.00000000"},)
    return {"e": "outboundAccountInfo", "E": HEIGHT, "B": list(held)} | other


def transfer(**other: object) -> Row:
    return {
        "e": "outboundTransferInfo",
        "E": HEIGHT,
        "H": "08B71F862CDB820AF499D6E4FB34494CA163EBDADD5DC5D0A61EB1A0725BB4F4",
        "M": "thanks",
        "f": BUYER,
        "t": [{"o": SELLER, "c": [{"a": "BNB", "A": "8.88800000"}]}],
    } | other


def diff(**other: object) -> Row:
    return {
        "e": "depthUpdate",
        "E": TIME_S,
        "s": SYMBOL,
        "b": [["31.40000000", "2.00000000"]],
        "a": [["31.60000000", "0.00000000"]],
    } | other


def depth(**other: object) -> Row:
    return {
        "lastUpdateId": HEIGHT,
        "symbol": SYMBOL,
        "bids": [["31.40000000", "2.00000000"], ["31.30000000", "4.00000000"]],
        "asks": [["31.60000000", "1.00000000"]],
    } | other


def candle(**other: object) -> Row:
    return {
        "s": SYMBOL,
        "t": 1_563_000_000_000,
        "T": 1_563_000_059_999,
        "i": "1m",
        "f": "20300000-1",
        "L": "20300001-7",
        "o": "31.00000000",
        "c": "31.20000000",
        "h": "31.90000000",
        "l": "30.10000000",
        "v": "12.00000000",
        "q": "372.00000000",
        "n": 5,
        "x": False,
    } | other


def kline(k: Row | None = None, **other: object) -> Row:
    return {"e": "kline", "E": TIME_S, "s": SYMBOL, "k": k or candle()} | other


def mini(**other: object) -> Row:
    return {
        "e": "24hrMiniTicker",
        "E": TIME_S,
        "s": SYMBOL,
        "c": "31.20000000",
        "o": "31.00000000",
        "h": "31.90000000",
        "l": "30.10000000",
        "v": "12.00000000",
        "q": "372.00000000",
    } | other


def ticker(**other: object) -> Row:
    return {
        "e": "24hrTicker",
        "E": TIME_S,
        "s": SYMBOL,
        "p": "0.20000000",
        "P": "0.00640000",
        "w": "31.05000000",
        "x": "31.15000000",
        "c": "31.20000000",
        "Q": "0.50000000",
        "b": "31.18000000",
        "B": "6.00000000",
        "a": "31.22000000",
        "A": "8.00000000",
        "o": "31.00000000",
        "h": "31.90000000",
        "l": "30.10000000",
        "v": "12.00000000",
        "q": "372.60000000",
        "O": 1_562_913_600_000,
        "C": 1_563_000_000_000,
        "F": "20100000-3",
        "L": "20300001-7",
        "n": 5,
    } | other


#: One valid frame's data for every stream there is.
SAMPLES: dict[str, Any] = {
    "trades": [trade(), trade(t=f"{HEIGHT}-9", tt=5)],
    "marketDiff": diff(),
    "marketDepth": depth(),
    "marketDepth100": depth(),
    "kline_1m": kline(),
    "kline_1M": kline(candle(i="1M")),
    "ticker": ticker(),
    "miniTicker": mini(),
    "allTickers": [ticker(), ticker(s="RUNE-B1A_BNB")],
    "allMiniTickers": [mini(), mini(s="RUNE-B1A_BNB")],
    "blockheight": {"h": HEIGHT},
    "orders": [order(), order(X="IocExpire", n="")],
    "accounts": account(),
    "transfers": transfer(),
}


def found(stream: str, data: object, lane: Lane = HOME) -> Sequence[Finding]:
    """What a frame of these data says; on the lane of the buyer, unless told."""
    return decode(frame(stream, data), lane, received_ns=1)


def notices(said: Sequence[Finding]) -> list[Notice]:
    return [one for one in said if isinstance(one, Notice)]


def singly(said: Sequence[Finding]) -> list[Delivery | Notice]:
    """What a frame says, each alone."""
    alone: list[Delivery | Notice] = []
    for one in said:
        if isinstance(one, Notice):
            alone.append(one)
        else:
            alone += [Delivery(one.topic, event) for event in one.events]
    return alone


def deliveries(said: Sequence[Finding]) -> list[Delivery]:
    return [one for one in singly(said) if isinstance(one, Delivery)]


def events(kind: type[E], said: Sequence[Finding]) -> list[E]:
    """The events of a frame, all of them of one kind, each alone."""
    values = [one.event for one in deliveries(said)]
    assert all(isinstance(value, kind) for value in values), values
    return [value for value in values if isinstance(value, kind)]


def together(kind: type[E], said: Sequence[Finding]) -> tuple[E, ...]:
    """The events of a frame that come as one value."""
    (value,) = [one.event for one in deliveries(said)]
    assert isinstance(value, tuple)
    return tuple(one for one in value if isinstance(one, kind))


def only(kind: type[E], stream: str, data: object, lane: Lane = HOME) -> E:
    """The one event of a frame that says nothing else."""
    said = found(stream, data, lane)
    assert not notices(said), said
    (event,) = events(kind, said)
    return event


def topic_of(stream: str, data: object, lane: Lane = MARKET) -> Topic[Value]:
    """The topic of a frame's one delivery."""
    (delivery,) = deliveries(found(stream, data, lane))
    return delivery.topic


def read_wholly(value: object) -> None:
    """Read everything an event has; any exception is a bug."""
    assert repr(value)
    assert hash(value) == hash(copy.copy(value))
    assert pickle.loads(pickle.dumps(value)) == value
    if isinstance(value, Event):
        for field in attrs.fields(type(value)):
            getattr(value, field.name)
        for name in dir(type(value)):
            if isinstance(getattr(type(value), name), property):
                answer = getattr(value, name)
                assert not isinstance(answer, datetime) or answer.utcoffset() is not None
        assert attrs.asdict(value, recurse=False)
    elif isinstance(value, tuple):
        for part in value:
            if isinstance(part, Event | tuple):
                read_wholly(part)
