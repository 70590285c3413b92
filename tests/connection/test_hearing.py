"""From the bytes of one read to events, each malformed frame stopped on the way."""

from typing import Any

from rxdex import topics
from rxdex.connection.audience import Audience
from rxdex.connection.hearing import Hearing
from rxdex.connection.listener import Listener
from rxdex.connection.news import News
from rxdex.events import FaultReason, LineState, Status
from rxdex.patience import Patience
from rxdex.venue import MARKET
from rxdex.venues import BinanceDex
from tests.connection.recorder import Recorder

BLOCK = b'{"stream":"blockheight","data":{"h":%d}}'


def news() -> News:
    return News(Status(lane=None, state=LineState.CLOSED, what=""))


def test_one_read_is_one_moment_and_what_is_malformed_stops_nothing() -> None:
    told = news()
    faults: Recorder[Any] = Recorder()
    told.faults.observable().subscribe(faults)
    audience = Audience(MARKET, 0.0, told)
    blocks: Recorder[Any] = Recorder()
    frames: Recorder[Any] = Recorder()
    audience.join(Listener(blocks, (topics.blocks(),), Patience()))
    audience.join(Listener(frames, (topics.blocks(),), Patience(), takes_frames=True))

    hearing = Hearing(MARKET, BinanceDex("ws://h/api"), audience, None, told)
    hearing.hear([BLOCK % 1, b"{", b'{"stream":"gossip","data":0}', BLOCK % 2])

    assert [block.height for block in blocks.values] == [1, 2]
    assert len({block.received_ns for block in blocks.values}) == 1
    assert [frame.text for frame in frames.values] == [(BLOCK % n).decode() for n in (1, 2)]
    assert [fault.reason for fault in faults.values] == [
        FaultReason.MALFORMED_FRAME,
        FaultReason.NOTICE,
    ]


def test_who_closes_does_not_wait_for_what_one_read_brought() -> None:
    audience = Audience(MARKET, 0.0, news())
    seen: list[int] = []

    class Closes(Recorder[Any]):
        def on_next(self, value: Any) -> None:
            seen.append(value.height)
            if value.height == 2:
                audience.close()

    audience.join(Listener(Closes(), (topics.blocks(),), Patience()))
    Hearing(MARKET, BinanceDex("ws://h/api"), audience, None, news()).hear(
        [BLOCK % n for n in range(9)]
    )
    assert seen == [0, 1, 2]


def test_nor_for_the_rest_of_a_frame() -> None:
    trade = (
        b'{"e":"trade","E":1,"s":"BNB_BUSD-BD1","t":"1-%d","p":"1","q":"1","b":"","a":"","T":1,'
        b'"sa":"","ba":""}'
    )
    frame = b'{"stream":"trades","data":[%s]}' % b",".join(trade % n for n in range(9))
    audience = Audience(MARKET, 0.0, news())
    seen: list[str] = []

    class Closes(Recorder[Any]):
        def on_next(self, value: Any) -> None:
            seen.append(value.trade_id)
            audience.close()

    audience.join(Listener(Closes(), (topics.trades("BNB_BUSD-BD1"),), Patience()))
    Hearing(MARKET, BinanceDex("ws://h/api"), audience, None, news()).hear([frame])
    assert seen == ["1-0"]
