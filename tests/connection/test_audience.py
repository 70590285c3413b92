"""Who listens on one lane."""

import time
from typing import Any

import pytest

from rxdex import topics
from rxdex.connection.audience import Audience
from rxdex.connection.changes import UNSEEN
from rxdex.connection.listener import Listener
from rxdex.connection.news import News
from rxdex.events import BlockHeight, FaultReason, GapReason, LineState, Status
from rxdex.patience import Patience
from rxdex.topics import Topic
from rxdex.venue import MARKET
from tests.connection.peer import Aside
from tests.connection.recorder import Recorder

BLOCKS: Topic[Any] = topics.blocks()
TICKERS: Topic[Any] = topics.tickers()
AT = 1.0
NOTHING: frozenset[Topic[object]] = frozenset()
BOTH = frozenset({BLOCKS, TICKERS})


def news() -> News:
    return News(Status(lane=None, state=LineState.CLOSED, what=""))


def is_over(audience: Audience) -> bool:
    return audience.is_over


def listener(*of: Topic[Any], frames: bool = False) -> tuple[Listener, Recorder[Any]]:
    recorder: Recorder[Any] = Recorder()
    return Listener(recorder, of, Patience(), frames), recorder


def test_it_wants_what_somebody_listens_to() -> None:
    audience = Audience(MARKET, 0.0, news())
    one, _ = listener(BLOCKS)
    two, _ = listener(BLOCKS, TICKERS, frames=True)
    assert audience.join(one)
    assert audience.join(two)
    assert audience.wanted() == BOTH
    change = audience.change(NOTHING, UNSEEN)
    assert change is not None
    assert change[:2] == (BOTH, NOTHING)
    assert audience.change(BOTH, change.seen) is None
    assert audience.leave(two)
    assert audience.wanted() == {BLOCKS}
    change = audience.change(BOTH, change.seen)
    assert change is not None
    assert change[:2] == (NOTHING, {TICKERS})
    assert not audience.leave(two)
    assert audience.change({BLOCKS}, change.seen) is None


def test_who_comes_for_what_others_listen_to_already_is_no_news_nor_is_who_goes() -> None:
    audience = Audience(MARKET, 0.0, news())
    one, two = listener(BLOCKS)[0], listener(BLOCKS)[0]
    audience.join(one)
    change = audience.change(NOTHING, UNSEEN)
    assert change is not None
    audience.join(two)
    assert audience.change({BLOCKS}, change.seen) is None
    audience.leave(one)
    assert audience.change({BLOCKS}, change.seen) is None


def test_who_knows_nothing_is_told_what_was_said_in_vain_too() -> None:
    audience = Audience(MARKET, 0.0, news())
    audience.join(listener(BLOCKS)[0])
    change = audience.change({TICKERS}, UNSEEN)
    assert change is not None
    assert change[:2] == ({BLOCKS}, {TICKERS})


def test_once_it_is_over_nothing_is_asked_for_or_taken_back() -> None:
    audience = Audience(MARKET, 0.0, news())
    audience.join(listener(BLOCKS)[0])
    audience.close()
    assert audience.change({BLOCKS}, UNSEEN) is None
    assert audience.change(NOTHING, UNSEEN) is None


def test_what_came_and_went_between_two_looks_is_not_taken_back() -> None:
    audience = Audience(MARKET, 0.0, news())
    one = listener(TICKERS)[0]
    audience.join(listener(BLOCKS)[0])
    change = audience.change(NOTHING, UNSEEN)
    assert change is not None
    audience.join(one)
    audience.leave(one)
    change = audience.change({BLOCKS}, change.seen)
    assert change is not None
    assert change[:2] == (NOTHING, NOTHING)


def test_it_is_over_when_the_last_one_leaves_and_takes_nobody_then() -> None:
    audience = Audience(MARKET, 0.0, news())
    one, _ = listener(BLOCKS)
    audience.join(one)
    assert not is_over(audience)
    audience.leave(one)
    assert is_over(audience)
    assert audience.wait_over(0)
    assert not audience.join(listener(BLOCKS)[0])


def test_it_lingers_and_wants_what_was_said() -> None:
    audience = Audience(MARKET, 60.0, news())
    one, _ = listener(BLOCKS)
    audience.join(one)
    assert audience.lingers_until() == float("inf")
    audience.leave(one)
    assert not is_over(audience)
    assert audience.lingers_until() == pytest.approx(time.monotonic() + 60, abs=1)
    assert audience.wanted() == NOTHING
    assert audience.change({TICKERS}, UNSEEN) is None
    audience.stop_lingering()
    assert not is_over(audience)
    assert audience.join(one)
    audience.stop_lingering()
    assert audience.lingers_until() == float("inf")


@pytest.mark.parametrize("linger", [0.0, 0.02])
def test_who_waits_for_its_end_is_told_when_nobody_is_left(linger: float) -> None:
    audience = Audience(MARKET, linger, news())
    one, _ = listener(BLOCKS)
    audience.join(one)
    assert not audience.wait_over(0.01)
    waiting = Aside(lambda: audience.wait_over(60))
    audience.leave(one)
    assert waiting.ended()
    assert waiting.result is True
    assert not audience.join(one)


def test_who_comes_back_while_it_lingers_ends_no_wait() -> None:
    audience = Audience(MARKET, 0.02, news())
    one, _ = listener(BLOCKS)
    audience.join(one)
    audience.leave(one)
    audience.join(one)
    assert not audience.wait_over(0.05)


def test_an_event_goes_to_its_topic_and_a_frame_once_to_each() -> None:
    audience = Audience(MARKET, 0.0, news())
    events, got = listener(BLOCKS)
    frames, texts = listener(BLOCKS, TICKERS, frames=True)
    audience.join(events)
    block = BlockHeight(height=1)
    wanted = [audience.takes_frames]
    audience.join(frames)
    wanted.append(audience.takes_frames)
    audience.deliver(BLOCKS, block, AT)
    audience.deliver(TICKERS, (), AT)
    audience.deliver_frame(b"text", [BLOCKS, BLOCKS], 5)
    assert got.values == [block]
    assert [(frame.text, frame.received_ns) for frame in texts.values] == [("text", 5)]
    audience.leave(frames)
    assert [*wanted, audience.takes_frames] == [False, True, False]


def test_who_is_tired_is_sent_away_and_the_rest_stay() -> None:
    audience = Audience(MARKET, 60.0, news())
    one, tired = listener(BLOCKS)
    two, patient = listener(BLOCKS)
    audience.join(one)
    audience.join(two)
    reason = RuntimeError("enough")
    audience.dismiss(lambda it: it is one, reason)
    assert tired.errors == [reason]
    assert not patient.errors
    assert not is_over(audience)
    audience.dismiss(lambda _: True, reason)
    assert is_over(audience)


@pytest.mark.parametrize("rudeness", [RuntimeError("rude"), SystemExit(3)])
def test_the_last_words_of_one_that_raises_stop_nobody(rudeness: BaseException) -> None:
    told = news()
    faults: Recorder[Any] = Recorder()
    told.faults.observable().subscribe(faults)
    audience = Audience(MARKET, 0.0, told)

    class Rude(Recorder[Any]):
        def on_completed(self) -> None:
            raise rudeness

    audience.join(Listener(Rude(), (BLOCKS,), Patience()))
    kind, polite = listener(BLOCKS)
    audience.join(kind)
    audience.close()
    audience.complete()
    assert polite.is_complete
    assert [fault.reason for fault in faults.values] == [FaultReason.SUBSCRIBER]
    assert repr(rudeness) in faults.values[0].what


def losses(audience: Audience, *of: Topic[Any]) -> list[int]:
    """How often each topic may have lost something."""
    intakes = [audience.intake(topic) for topic in of]
    return [intake.losses for intake in intakes if intake is not None]


def test_a_loss_of_no_topic_is_none() -> None:
    told = news()
    audience = Audience(MARKET, 0.0, told)
    one, _ = listener(BLOCKS)
    audience.join(one)
    audience.lose(GapReason.LINE_LOST, 0, frozenset())
    audience.lose(GapReason.LINE_LOST, 0, frozenset({TICKERS}))
    assert told.tally.of("market").gaps == 0
    assert losses(audience, BLOCKS) == [0]
    audience.lose(GapReason.LINE_LOST, 0, frozenset({BLOCKS}))
    assert told.tally.of("market").gaps == 1
    assert losses(audience, BLOCKS) == [1]


def test_a_loss_is_one_for_lane_and_topics_until_something_came() -> None:
    told = news()
    audience = Audience(MARKET, 0.0, told)
    for one in (listener(BLOCKS)[0], listener(TICKERS, frames=True)[0]):
        audience.join(one)
    for _ in range(5):
        audience.lose(GapReason.MALFORMED_FRAME, 0)
    assert (told.tally.of("market").gaps, losses(audience, BLOCKS, TICKERS)) == (1, [1, 1])
    audience.deliver(TICKERS, (), AT)
    for _ in range(2):
        audience.lose(GapReason.MALFORMED_FRAME, 0)
    assert (told.tally.of("market").gaps, losses(audience, BLOCKS, TICKERS)) == (2, [1, 2])


def test_what_came_of_a_topic_is_counted_whoever_took_it() -> None:
    audience = Audience(MARKET, 60.0, news())
    frames, _ = listener(BLOCKS, frames=True)
    events, _ = listener(BLOCKS)
    counts: list[int] = []

    def come() -> None:
        audience.deliver_frame(b"text", [BLOCKS], 5)
        audience.deliver(BLOCKS, BlockHeight(height=1), AT)
        intake = audience.intake(BLOCKS)
        counts.append(intake.count if intake is not None else 0)

    changes = [(audience.join, frames), (audience.join, events), (audience.leave, frames)]
    for change, who in [*changes, (audience.leave, events), (audience.join, events)]:
        change(who)
        come()
    assert counts == [1, 2, 3, 4, 5]
    audience.forget([BLOCKS])
    come()
    audience.leave(events)
    audience.forget([BLOCKS])
    come()
    assert counts[5:] == [6, 0]
