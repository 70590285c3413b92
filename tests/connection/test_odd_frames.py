"""What a venue may say that is no event: what is seen of it on a line, and what is told."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from attrs import frozen

from rxdex import Dex, LineSettings, topics
from rxdex.events import FaultReason, GapReason, LineState, Side
from tests import builders
from tests.builders import BUYER, SYMBOL
from tests.connection.peer import BINARY, CLOSE, MORE, PING, Guest, Peer, farewell, frame
from tests.connection.recorder import Recorder
from tests.connection.witness import Witness

BLOCK = '{"stream":"blockheight","data":{"h":%d}}'
MALFORMED, NOTICE = FaultReason.MALFORMED_FRAME, FaultReason.NOTICE
GAP = GapReason.MALFORMED_FRAME


@frozen
class Odd:
    """
    Frames between the first block and the second.

    :param frames: their bytes
    :param seen: what comes between the blocks to who wants gaps
    :param faults: what is told
    :param text: of the frame that is told of first
    """

    frames: tuple[bytes, ...]
    seen: tuple[object, ...] = ()
    faults: tuple[FaultReason, ...] = ()
    text: str | None = None


def malformed(*payloads: str) -> Odd:
    faults = (MALFORMED,) * len(payloads)
    return Odd(tuple(map(frame, payloads)), (GAP,), faults, payloads[0])


def noticed(*payloads: str, kinds: int = 1) -> Odd:
    return Odd(tuple(map(frame, payloads)), (), (NOTICE,) * kinds, payloads[0])


def traded(**other: object) -> str:
    return builders.frame("trades", [builders.trade(**other)])


ODD = {
    # No JSON.
    "half of it": malformed('{"stream":"blockheight"'),
    "a page of a proxy": malformed("<html>502 Bad Gateway</html>"),
    "an empty frame": malformed(""),
    "too deep": malformed("[" * 100_000),
    "not UTF-8": Odd((frame(b'{"stream":"\xff"}'),), (GAP,), (MALFORMED,)),
    "a run of them": malformed("{", "}", "{]"),
    # Not of its stream's shape.
    "a height that is text": malformed('{"stream":"blockheight","data":{"h":"x"}}'),
    "no height": malformed('{"stream":"blockheight","data":{}}'),
    "no data in data": malformed('{"stream":"blockheight","data":null}'),
    "an object for a list": malformed('{"stream":"trades","data":{}}'),
    # Amounts.
    "a word for an amount": malformed(traded(p="much")),
    "an empty amount": malformed(traded(q="")),
    "an amount that is not a number": malformed(traded(p="NaN")),
    "an endless amount": malformed(traded(p="Infinity")),
    "a number for an amount": malformed(traded(p=31.5)),
    # What is new.
    "an unknown stream": noticed('{"stream":"gossip","data":1}'),
    "two unknown streams": noticed(
        '{"stream":"gossip","data":1}', '{"stream":"rumour","data":1}', kinds=2
    ),
    "an unknown stream again and again": noticed(*['{"stream":"gossip","data":1}'] * 3),
    # Messages.
    "an error": noticed('{"error":{"code":404,"message":"no symbol \'X\' is listed"}}'),
    "an error again and again": noticed(*['{"error":"no"}'] * 3),
    "an answer that nobody asked for": noticed('{"method":"keepAlive","result":null}'),
    "JSON that is no object": noticed("[]"),
    # What is odd, and may be.
    "a binary frame": Odd((frame(BLOCK % 7, BINARY),), (7,)),
    "unknown keys": Odd((frame('{"stream":"blockheight","data":{"h":7,"z":1},"y":2}'),), (7,)),
    "a frame in pieces, with pings between": Odd(
        (
            frame('{"stream":"block', fin=False),
            frame("?", PING),
            frame('height","data":', MORE, fin=False),
            frame("?", PING),
            frame('{"h":7}}', MORE),
        ),
        (7,),
    ),
    "twice the same": Odd((frame(BLOCK % 1), frame(BLOCK % 1)), (1, 1)),
    "the order turned round": Odd((frame(BLOCK % 8), frame(BLOCK % 7)), (8, 7)),
    "what nobody asked for": Odd((frame(traded()),)),
}


@contextmanager
def saying(*frames: bytes) -> Iterator[tuple[Peer, Dex, threading.Event]]:
    """A venue that says these once everybody listens, and goes on."""

    def script(guest: Guest) -> None:
        guest.welcome()
        guest.hear()
        assert is_heard.wait(5)
        guest.say(b"".join(frames))
        while guest.hear().opcode != CLOSE:
            pass
        guest.say(farewell())

    is_heard = threading.Event()
    with Peer(script) as peer, Dex(peer.url(path="/api"), LineSettings(close_timeout=0.2)) as dex:
        yield peer, dex, is_heard


@pytest.mark.parametrize("name", ODD)
def test_a_line_goes_on_whatever_it_says(name: str, caplog: pytest.LogCaptureFixture) -> None:
    it = ODD[name]
    with saying(frame(BLOCK % 1), *it.frames, frame(BLOCK % 99)) as (peer, dex, is_heard):
        who = Witness(dex)
        is_heard.set()
        assert who.plain.wait(lambda _: who.heights[-1:] == [99])
        assert who.blocks.wait(lambda _: who.seen[-1:] == [99])
        assert who.seen == [1, *it.seen, 99]
        assert who.heights == [1, *(each for each in it.seen if isinstance(each, int)), 99]
        assert [fault.reason for fault in who.faults.values] == list(it.faults)
        assert {fault.lane for fault in who.faults.values} <= {"market"}
        if it.text is not None:
            assert (who.faults.values[0].text or "").startswith(it.text[:1000])
        assert who.states == [LineState.CONNECTING, LineState.UP]
        assert len(peer.guests) == 1
    logged = [record for record in caplog.records if record.name.startswith("rxdex")]
    assert len(logged) == len(it.faults), "each is in the log as well"


@pytest.mark.parametrize(
    ("word", "read"),
    [({"S": 9}, lambda order: order.side is Side.UNKNOWN), ({"X": "Blown"}, lambda _: True)],
    ids=["a side", "a status"],
)
def test_an_event_with_an_unknown_word_comes_all_the_same(
    word: dict[str, object], read: Callable[[Any], bool]
) -> None:
    said = frame(builders.frame("orders", [builders.order(**word)]))
    with saying(said, said) as (_, dex, is_heard):
        orders: Recorder[Any] = Recorder()
        faults: Recorder[Any] = Recorder()
        dex.faults.subscribe(faults)
        dex.stream(topics.orders(BUYER), gaps=True).subscribe(orders)
        is_heard.set()
        assert orders.has(2)
        assert all(order.symbol == SYMBOL and read(order) for order in orders.values)
        assert "UNKNOWN" in repr(orders.values[0]) or "unknown" in repr(orders.values[0])
        assert [fault.reason for fault in faults.values] == [NOTICE], "once a kind"
