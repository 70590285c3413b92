"""From the bytes of one read to events, each malformed frame stopped on the way."""

import time
from typing import Any, cast

import pytest

from rxdex import topics
from rxdex.connection import hearing as hearing_module
from rxdex.connection.audience import Audience
from rxdex.connection.hearing import Hearing
from rxdex.connection.listener import GapListener, Listener
from rxdex.connection.news import News
from rxdex.events import FaultReason, LineState, Status
from rxdex.patience import Patience
from rxdex.venue import MARKET, Venue
from rxdex.venues import BinanceDex
from tests.conftest import eventually
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


class Counting:
    """A venue that counts what it decodes."""

    def __init__(self) -> None:
        self.decoded = 0
        self._venue = BinanceDex("ws://h/api")

    def decode(self, *of: Any) -> Any:
        self.decoded += 1
        return self._venue.decode(*of)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._venue, name)


@pytest.mark.parametrize("rest", [BLOCK % 7, b"{"])
def test_after_close_the_rest_of_a_read_is_not_even_looked_at(rest: bytes) -> None:
    told = news()
    faults: Recorder[Any] = Recorder()
    told.faults.observable().subscribe(faults)
    audience = Audience(MARKET, 0.0, told)
    seen: list[int] = []

    class Closes(Recorder[Any]):
        def on_next(self, value: Any) -> None:
            seen.append(value.height)
            audience.close()

    audience.join(Listener(Closes(), (topics.blocks(),), Patience()))
    venue = Counting()
    hearing = Hearing(MARKET, cast("Venue", venue), audience, None, told)
    hearing.hear([BLOCK % 1, *[rest] * 9])
    hearing.hear([rest] * 9)
    assert (venue.decoded, seen, faults.values) == (1, [1], [])


def test_nor_after_the_last_one_left() -> None:
    audience = Audience(MARKET, 0.0, news())
    one = Listener(Recorder[Any](), (topics.blocks(),), Patience())
    audience.join(one)
    audience.leave(one)
    venue = Counting()
    Hearing(MARKET, cast("Venue", venue), audience, None, news()).hear([BLOCK % 1])
    assert venue.decoded == 0


def test_lag_is_of_late(monkeypatch: pytest.MonkeyPatch) -> None:
    audience = Audience(MARKET, 0.0, news())
    lags: list[float] = []

    class Slow(Recorder[Any]):
        def on_next(self, value: Any) -> None:
            assert eventually(lambda: hearing.lag > 0.02)
            lags.append(hearing.lag)

    audience.join(Listener(Slow(), (topics.blocks(),), Patience()))
    hearing = Hearing(MARKET, BinanceDex("ws://h/api"), audience, None, news())
    assert hearing.lag == 0
    hearing.hear([BLOCK % 1])
    assert hearing.lag >= lags[0] > 0.02
    monkeypatch.setattr(hearing_module, "_RECENT", 0.0)
    assert hearing.lag == 0, "nobody is behind on a line that is quiet"


def test_five_frames_that_are_malformed_are_one_gap_until_something_came() -> None:
    told = news()
    audience = Audience(MARKET, 0.0, told)
    gaps: Recorder[Any] = Recorder()
    audience.join(GapListener(gaps, (topics.blocks(),), Patience()))
    audience.join(Listener(Recorder[Any](), (topics.tickers(),), Patience()))
    hearing = Hearing(MARKET, BinanceDex("ws://h/api"), audience, None, told)

    def losses() -> tuple[int, ...]:
        each = [hearing.audience.intake(it) for it in (topics.blocks(), topics.tickers())]
        return told.tally.of("market").gaps, *(it.losses for it in each if it is not None)

    hearing.hear([b"{"] * 5)
    assert losses() == (1, 1, 1)
    hearing.hear([BLOCK % 1, b"{", b"{"])
    hearing.hear([b"{"])
    assert losses() == (2, 2, 1)
    assert [type(it).__name__ for it in gaps.values] == ["Gap", "BlockHeight", "Gap"]


DEPTH = (
    b'{"stream":"BNB_BUSD-BD1@marketDepth",'
    b'"data":{"lastUpdateId":1,"symbol":"BNB_BUSD-BD1","bids":[],"asks":[]}}'
)


@pytest.mark.parametrize("how", ["leaves and joins", "joins beside frames"])
def test_who_joins_makes_no_topic_come_back(how: str) -> None:
    told = news()
    status: Recorder[Status] = Recorder()
    told.status.observable().subscribe(status)
    audience = Audience(MARKET, 0.0, told)
    is_beside = how == "joins beside frames"
    blocks, depth = topics.blocks(), topics.depth("BNB_BUSD-BD1")
    one = Listener(Recorder[Any](), (blocks,), Patience(), takes_frames=is_beside)
    audience.join(Listener(Recorder[Any](), (depth,), Patience()))
    audience.join(one)
    hearing = Hearing(MARKET, BinanceDex("ws://h/api"), audience, 0.01, told)
    hearing.pulse.expect(frozenset({blocks}), time.monotonic())

    def is_told(words: str) -> bool:
        hearing.tell_silent()
        return status.values[-1].what.startswith(words)

    assert eventually(lambda: is_told("nothing of blocks"))
    if not is_beside:
        audience.leave(one)
    audience.join(Listener(Recorder[Any](), (blocks,), Patience()))
    hearing.hear([DEPTH])
    (health,) = hearing.pulse.topics(frozenset({blocks}), time.monotonic())
    assert health.is_silent
    assert is_told("nothing of blocks")
    hearing.hear([BLOCK % 1])
    assert is_told("blocks came back")


def test_the_rate_of_a_topic_goes_on_over_a_linger() -> None:
    audience = Audience(MARKET, 60.0, news())
    blocks = topics.blocks()
    hearing = Hearing(MARKET, BinanceDex("ws://h/api"), audience, None, news())
    one = Listener(Recorder[Any](), (blocks,), Patience())
    audience.join(one)
    wanted = frozenset({blocks})
    now = time.monotonic()
    hearing.pulse.expect(wanted, now)
    hearing.hear([BLOCK % n for n in range(1_000)])
    for seconds in (1, 12):
        hearing.pulse.sample(now + seconds)
    audience.leave(one)
    hearing.hear([BLOCK % n for n in range(10)])
    audience.join(one)
    hearing.hear([BLOCK % n for n in range(40)])
    (health,) = hearing.pulse.topics(wanted, now + 26)
    assert health.events == 1_050
    assert health.rate == pytest.approx(50 / 25)
