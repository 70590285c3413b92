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


def test_one_read_is_one_moment_and_what_is_malformed_stops_nothing() -> None:
    news = News(Status(lane=None, state=LineState.CLOSED, what=""))
    faults: Recorder[Any] = Recorder()
    news.faults.observable().subscribe(faults)
    audience = Audience(MARKET, 0.0, news)
    blocks: Recorder[Any] = Recorder()
    frames: Recorder[Any] = Recorder()
    audience.join(Listener(blocks, (topics.blocks(),), Patience()))
    audience.join(Listener(frames, (topics.blocks(),), Patience(), takes_frames=True))

    hearing = Hearing(MARKET, BinanceDex("ws://h/api"), audience, news)
    hearing.hear([BLOCK % 1, b"{", b'{"stream":"gossip","data":0}', BLOCK % 2])

    assert [block.height for block in blocks.values] == [1, 2]
    assert len({block.received_ns for block in blocks.values}) == 1
    assert [frame.text for frame in frames.values] == [(BLOCK % n).decode() for n in (1, 2)]
    assert [fault.reason for fault in faults.values] == [
        FaultReason.MALFORMED_FRAME,
        FaultReason.NOTICE,
    ]
