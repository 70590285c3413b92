"""pulse: who is silent for too long; no clock, so every moment is a number."""

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from rxdex import topics
from rxdex.connection.changes import Topics
from rxdex.connection.pulse import Pulse
from rxdex.fanout import Intake
from rxdex.health import TopicHealth
from rxdex.topics import Kind, Topic

SYMBOL = "BNB_BUSD-BD1"
BLOCKS, TRADES = topics.blocks(), topics.trades(SYMBOL)
TICKERS = [topics.ticker(f"A{number}-{number:03d}_BNB") for number in range(5)]


def limit(topic: Topic[object]) -> float | None:
    return {Kind.BLOCKS: 30.0, Kind.TICKER: 15.0}.get(topic.kind)


class Listened(Pulse):
    """A pulse, and what came in of each topic that somebody listens to."""

    def __init__(self, within: float | None = None) -> None:
        self.intakes: dict[Topic[object], Intake] = {}
        super().__init__(limit, within, self.intakes.get, self._drop, 0.0)

    def change(self, more: Topics, less: Topics, now: float) -> None:
        for topic in more - self.intakes.keys():
            self.join(topic, now)
        super().change(more, less, now)

    def join(self, topic: Topic[object], now: float) -> None:
        self.intakes[topic] = intake = Intake()
        intake.at = intake.since = now

    def hear(self, topic: Topic[object], now: float) -> bool:
        """A topic has something to tell; whether it came back."""
        intake = self.intakes.get(topic)
        if intake is not None:
            intake.count += 1
            intake.at = now
        back = self.come_back()
        assert back in ([], [topic])
        return bool(back)

    def health(self, now: float) -> tuple[TopicHealth, ...]:
        return self.topics(frozenset(self.intakes), now)

    def _drop(self, topics: Iterable[Topic[object]]) -> None:
        for topic in topics:
            del self.intakes[topic]


def expecting(*wanted: Topic[object], now: float = 0.0) -> Listened:
    pulse = Listened()
    pulse.expect(frozenset(wanted), now)
    return pulse


def test_what_ticks_and_does_not_come_is_told_once() -> None:
    pulse = expecting(BLOCKS, TRADES)
    assert pulse.due == 30
    assert pulse.fallen_silent(29.9) == []
    assert pulse.fallen_silent(30) == [(BLOCKS, 30.0)]
    assert pulse.fallen_silent(99) == []
    assert pulse.due == float("inf")


def test_each_tick_buys_the_limit_again() -> None:
    pulse = expecting(BLOCKS)
    assert pulse.hear(BLOCKS, 20) is False
    assert pulse.fallen_silent(30) == []
    assert pulse.due == 50
    assert pulse.fallen_silent(50) == [(BLOCKS, 30.0)]


def test_who_comes_back_is_told_and_waited_for_again() -> None:
    pulse = expecting(BLOCKS)
    assert pulse.fallen_silent(30)
    assert pulse.hear(BLOCKS, 40) is True
    assert pulse.hear(BLOCKS, 41) is False
    assert pulse.due <= 71
    assert pulse.fallen_silent(70.9) == []
    assert pulse.fallen_silent(72) == [(BLOCKS, 30.0)]


def test_what_may_be_quiet_is_never_told() -> None:
    pulse = expecting(TRADES)
    assert pulse.due == float("inf")
    assert pulse.hear(TRADES, 5) is False
    assert pulse.fallen_silent(1e9) == []


def test_what_is_not_wanted_any_more_is_not_waited_for() -> None:
    pulse = expecting(BLOCKS, TICKERS[0])
    pulse.expect(frozenset({TICKERS[0]}), 10)
    assert pulse.fallen_silent(99) == [(TICKERS[0], 15.0)]
    pulse.expect(frozenset({BLOCKS}), 99)
    pulse.expect(frozenset({BLOCKS, TICKERS[0]}), 100)
    assert pulse.fallen_silent(114) == []
    assert pulse.fallen_silent(115) == [(TICKERS[0], 15.0)]


def test_who_is_silent_and_not_asked_for_any_more_does_not_come_back() -> None:
    pulse = expecting(BLOCKS, TRADES)
    assert pulse.fallen_silent(30)
    pulse.change(frozenset(), frozenset({BLOCKS}), 31.0)
    assert pulse.hear(TRADES, 32.0) is False


@given(
    st.lists(
        st.tuples(
            st.floats(0, 20),
            st.sampled_from(["expect", "more", "less", "hear", "look"]),
            st.sets(st.sampled_from([BLOCKS, TRADES, *TICKERS])),
        ),
        max_size=40,
    )
)
def test_it_tells_what_a_plain_model_tells(
    steps: list[tuple[float, str, set[Topic[object]]]],
) -> None:
    pulse, now = Listened(), 0.0
    heard: dict[Topic[object], float] = {}
    told: set[Topic[object]] = set()
    for passed, what, some in steps:
        now += passed
        match what:
            case "expect":
                pulse.expect(frozenset(some), now)
                heard = {it: heard.get(it, now) for it in some if limit(it) is not None}
                told &= heard.keys()
            case "more":
                pulse.change(frozenset(some), frozenset(), now)
                heard |= {it: now for it in some - heard.keys() if limit(it) is not None}
            case "less":
                gone = some & pulse.intakes.keys()
                pulse.change(frozenset(), gone, now)
                heard = {it: at for it, at in heard.items() if it not in gone}
                told -= gone
            case "hear":
                for topic in some:
                    assert pulse.hear(topic, now) is (topic in told)
                    if topic in heard:
                        heard[topic] = now
                        told.discard(topic)
            case _:
                late = {it for it in heard.keys() - told if heard[it] + (limit(it) or 0) <= now}
                assert {topic for topic, _ in pulse.fallen_silent(now)} == late
                told |= late
                # Who waits until then misses nobody.
                ends = [heard[it] + (limit(it) or 0) for it in heard.keys() - told]
                assert pulse.due <= min(ends, default=float("inf"))


def test_time_that_nobody_read_is_no_silence() -> None:
    pulse = expecting(BLOCKS)
    pulse.forgive(10)
    assert pulse.fallen_silent(39.9) == []
    assert pulse.fallen_silent(40) == [(BLOCKS, 30.0)]


def test_each_topic_is_counted_and_timed() -> None:
    pulse = expecting(BLOCKS, TRADES)
    for now in (1.0, 2.0, 3.0):
        pulse.hear(BLOCKS, now)
    pulse.hear(TICKERS[0], 3.0)
    blocks, trades = pulse.health(4.0)
    assert (blocks.topic, blocks.events, blocks.event_age, blocks.rate) == (BLOCKS, 3, 1.0, 0.75)
    assert (trades.topic, trades.events, trades.event_age, trades.rate) == (TRADES, 0, None, 0.0)


def test_a_rate_is_one_of_late() -> None:
    pulse = expecting(BLOCKS)
    for second in range(100):
        # Ten a second for fifty seconds, then one.
        for _ in range(10 if second < 50 else 1):
            pulse.hear(BLOCKS, second)
            pulse.frames += 1
        pulse.sample(second + 1.0)
        if second == 49:
            assert pulse.rate(50.0) == pulse.health(50.0)[0].rate == 10
    assert pulse.rate(100.0) == pulse.health(100.0)[0].rate == 1
    assert pulse.rate(110.0) == 0.5


def test_the_rate_of_a_newcomer_counts_from_its_own_beginning() -> None:
    pulse = expecting(BLOCKS)
    pulse.sample(5.0)
    pulse.expect(frozenset({BLOCKS, TRADES}), 8.0)
    for _ in range(6):
        pulse.hear(TRADES, 9.0)
    assert pulse.health(10.0)[1].rate == 3


def test_losses_are_those_of_the_route() -> None:
    pulse = expecting(BLOCKS, TRADES)
    pulse.intakes[BLOCKS].lose()
    assert [it.gaps for it in pulse.health(2.0)] == [1, 0]


def test_who_only_asks_again_does_not_make_it_come_back() -> None:
    pulse = expecting(BLOCKS)
    assert pulse.fallen_silent(30.0)
    pulse.expect(frozenset({BLOCKS}), 31.0)
    assert pulse.come_back() == []
    assert pulse.health(31.0)[0].is_silent
    assert pulse.fallen_silent(99.0) == []


def test_who_was_forgotten_and_is_asked_for_again_is_counted_anew() -> None:
    pulse = expecting(BLOCKS)
    for now in range(50):
        pulse.hear(BLOCKS, now)
    pulse.sample(50.0)
    pulse.sample(60.0)
    pulse.expect(frozenset(), 61.0)
    pulse.expect(frozenset({BLOCKS}), 62.0)
    pulse.hear(BLOCKS, 63.0)
    pulse.hear(BLOCKS, 64.0)
    assert [(it.events, it.rate) for it in pulse.health(64.0)] == [(2, 1.0)]


def test_who_is_listened_to_is_shown_before_it_is_asked_for() -> None:
    pulse = expecting()
    pulse.join(BLOCKS, 1.0)
    shown = pulse.health(3.0)
    assert [(it.topic, it.events, it.event_age, it.is_silent) for it in shown] == [
        (BLOCKS, 0, None, False)
    ]


def test_on_a_new_socket_each_topic_is_waited_for_from_the_moment_it_is_asked_for() -> None:
    pulse = expecting(BLOCKS)
    pulse.hear(BLOCKS, 1.0)
    assert pulse.fallen_silent(31.0)
    assert pulse.health(31.0)[0].is_silent
    pulse.restart()
    assert (pulse.due, pulse.fallen_silent(500.0)) == (float("inf"), [])
    pulse.expect(frozenset({BLOCKS}), 600.0)
    assert pulse.fallen_silent(629.9) == []
    assert pulse.fallen_silent(630.0) == [(BLOCKS, 30.0)]
    assert pulse.health(631.0)[0].events == 1, "the counts go on"


def test_on_a_new_socket_what_is_not_asked_for_again_is_forgotten() -> None:
    pulse = expecting(BLOCKS, TRADES, TICKERS[0])
    pulse.restart()
    pulse.change(frozenset({BLOCKS, TICKERS[1]}), frozenset(), 5.0)
    assert pulse.intakes.keys() == {BLOCKS, TICKERS[1]}
    pulse.change(frozenset({TRADES}), frozenset({BLOCKS}), 6.0)
    assert pulse.intakes.keys() == {TRADES, TICKERS[1]}
    assert pulse.fallen_silent(99.0) == [(TICKERS[1], 15.0)]


def test_what_is_asked_for_meanwhile_disturbs_nobody_who_looks() -> None:
    more = list(TICKERS)

    def intake(_: Topic[object]) -> Intake:
        # As the reader may, between any two steps of another thread.
        if more:
            pulse.change({more.pop()}, frozenset(), 1.0)
        return Intake()

    pulse = Pulse(limit, None, intake, lambda _: None, 0.0)
    pulse.change({BLOCKS, TRADES}, frozenset(), 0.0)
    for now in (2.0, 3.0, 4.0):
        pulse.sample(now)
    assert not more


def test_one_limit_for_all_that_ticks() -> None:
    pulse = Listened(3.0)
    pulse.expect(frozenset({BLOCKS, TRADES, TICKERS[0]}), 0.0)
    assert pulse.fallen_silent(3.0) == [(BLOCKS, 3.0), (TICKERS[0], 3.0)]
