"""ticking: who is silent for too long; no clock, so every moment is a number."""

from hypothesis import given
from hypothesis import strategies as st

from rxdex import topics
from rxdex.connection.ticking import Ticking
from rxdex.topics import Kind, Topic

SYMBOL = "BNB_BUSD-BD1"
BLOCKS, TRADES = topics.blocks(), topics.trades(SYMBOL)
TICKERS = [topics.ticker(f"A{number}-{number:03d}_BNB") for number in range(5)]


def limit(topic: Topic[object]) -> float | None:
    return {Kind.BLOCKS: 30.0, Kind.TICKER: 15.0}.get(topic.kind)


def expecting(*wanted: Topic[object], now: float = 0.0) -> Ticking:
    ticking = Ticking(limit)
    ticking.expect(frozenset(wanted), now)
    return ticking


def test_what_ticks_and_does_not_come_is_told_once() -> None:
    ticking = expecting(BLOCKS, TRADES)
    assert ticking.due == 30
    assert ticking.fallen_silent(29.9) == []
    assert ticking.fallen_silent(30) == [(BLOCKS, 30.0)]
    assert ticking.fallen_silent(99) == []
    assert ticking.due == float("inf")


def test_each_tick_buys_the_limit_again() -> None:
    ticking = expecting(BLOCKS)
    assert ticking.hear(BLOCKS, 20) is False
    assert ticking.fallen_silent(30) == []
    assert ticking.due == 50
    assert ticking.fallen_silent(50) == [(BLOCKS, 30.0)]


def test_who_comes_back_is_told_and_waited_for_again() -> None:
    ticking = expecting(BLOCKS)
    assert ticking.fallen_silent(30)
    assert ticking.hear(BLOCKS, 40) is True
    assert ticking.hear(BLOCKS, 41) is False
    assert ticking.due <= 71
    assert ticking.fallen_silent(70.9) == []
    assert ticking.fallen_silent(72) == [(BLOCKS, 30.0)]


def test_what_may_be_quiet_is_never_told() -> None:
    ticking = expecting(TRADES)
    assert ticking.due == float("inf")
    assert ticking.hear(TRADES, 5) is False
    assert ticking.fallen_silent(1e9) == []


def test_what_is_not_wanted_any_more_is_not_waited_for() -> None:
    ticking = expecting(BLOCKS, TICKERS[0])
    ticking.expect(frozenset({TICKERS[0]}), 10)
    assert ticking.fallen_silent(99) == [(TICKERS[0], 15.0)]
    ticking.expect(frozenset({BLOCKS}), 99)
    ticking.expect(frozenset({BLOCKS, TICKERS[0]}), 100)
    assert ticking.fallen_silent(114) == []
    assert ticking.fallen_silent(115) == [(TICKERS[0], 15.0)]


@given(
    st.lists(
        st.tuples(
            st.floats(0, 20),
            st.sampled_from(["expect", "hear", "look"]),
            st.sets(st.sampled_from([BLOCKS, TRADES, *TICKERS])),
        ),
        max_size=40,
    )
)
def test_it_tells_what_a_plain_model_tells(
    steps: list[tuple[float, str, set[Topic[object]]]],
) -> None:
    ticking, now = Ticking(limit), 0.0
    heard: dict[Topic[object], float] = {}
    told: set[Topic[object]] = set()
    for passed, what, some in steps:
        now += passed
        match what:
            case "expect":
                ticking.expect(frozenset(some), now)
                heard = {it: heard.get(it, now) for it in some if limit(it) is not None}
                told &= heard.keys()
            case "hear":
                for topic in some:
                    assert ticking.hear(topic, now) is (topic in told)
                    if topic in heard:
                        heard[topic] = now
                        told.discard(topic)
            case _:
                late = {it for it in heard.keys() - told if heard[it] + (limit(it) or 0) <= now}
                assert {topic for topic, _ in ticking.fallen_silent(now)} == late
                told |= late
                # Who waits until then misses nobody.
                ends = [heard[it] + (limit(it) or 0) for it in heard.keys() - told]
                assert ticking.due <= min(ends, default=float("inf"))


def test_time_that_nobody_read_is_no_silence() -> None:
    ticking = expecting(BLOCKS)
    ticking.forgive(10)
    assert ticking.fallen_silent(39.9) == []
    assert ticking.fallen_silent(40) == [(BLOCKS, 30.0)]
