"""How the lines are, in one line."""

import pytest

from rxdex.cli.statusline import StatusLine, Waiting, in_a_line, span
from rxdex.cli.terminal import Terminal
from rxdex.errors import ConnectionLost
from rxdex.events import FaultReason, LineState, Status
from rxdex.health import Health, LaneHealth, TopicHealth
from rxdex.topics import Kind, Topic
from tests.cli.typewriter import Typewriter

ADDRESS = "address:bnb1r4gc5ftrkr9ez2khph4h5xxd0mf0hd75uux7gx"


def lane(
    name: str = "market",
    state: LineState = LineState.UP,
    *rates: float,
    up_for: float = 72.0,
    age: float = 0.31,
    lag: float = 0.0,
    silent: int = 0,
) -> LaneHealth:
    is_up = state is LineState.UP
    return LaneHealth(
        lane=name,
        state=state,
        up_for=up_for if is_up else None,
        frame_age=age if is_up else None,
        frames=0,
        rate=0.0,
        lag=lag,
        reconnects=0,
        renewals=0,
        gaps=0,
        faults={},
        topics=tuple(
            TopicHealth(
                topic=Topic(Kind.TRADES, f"S{number}"),
                is_silent=number < silent,
                event_age=None,
                events=0,
                rate=rate,
                gaps=0,
            )
            for number, rate in enumerate(rates)
        ),
    )


def said(
    *lanes: LaneHealth,
    reconnects: int = 0,
    gaps: int = 0,
    faults: int = 0,
    waiting: dict[str, Waiting] | None = None,
) -> str:
    health = Health(
        venue="a venue",
        lanes=lanes,
        reconnects=reconnects,
        renewals=0,
        gaps=gaps,
        faults={FaultReason.NOTICE: faults},
    )
    return in_a_line(health, waiting or {}, 100.0)


UP, WAITING, CONNECTING = LineState.UP, LineState.WAITING, LineState.CONNECTING


def test_a_line_that_is_well() -> None:
    assert said(lane("market", UP, 30.0, 8.21)) == (
        "market up 1m 12s · 38.2 events/s · last 0.3 s ago · 0 reconnects · 0 gaps"
    )


def test_what_is_not_as_it_should_be() -> None:
    its = lane("market", UP, 1234.5, 0, lag=1.25, silent=1)
    assert said(its, reconnects=1, gaps=2, faults=1) == (
        "market up 1m 12s · 1,234 events/s · last 0.3 s ago · 1 reconnect · 2 gaps · lag 1.2 s "
        "· 1 topic silent · 1 fault"
    )


def test_a_lag_that_nobody_sees_is_not_told() -> None:
    assert "lag" not in said(lane(lag=0.09))


def test_several_lines_are_the_sum_and_the_worst() -> None:
    both = said(
        lane(ADDRESS, UP, 2.0, up_for=3.0, age=12.0), lane("market", UP, 3.0, lag=0.5), gaps=1
    )
    assert both == (
        "2 lines up 3.0 s · 5.0 events/s · last 12 s ago · 0 reconnects · 1 gap · lag 0.5 s"
    )


def test_a_line_that_waits_says_until_when_and_why() -> None:
    waiting = {"market": Waiting("cannot connect: refused", 103.2)}
    assert said(lane("market", WAITING), gaps=1, waiting=waiting) == (
        "market waiting: next attempt in 3.2 s · 0 reconnects · 1 gap · cannot connect: refused"
    )
    late = {"market": Waiting("refused", 99.0)}
    assert "next attempt in 0.0 s" in said(lane("market", WAITING), waiting=late)


def test_one_of_several_that_is_down() -> None:
    waiting = {ADDRESS: Waiting("refused", 112.9)}
    assert said(lane(ADDRESS, WAITING), lane("market", UP, 1.0), waiting=waiting) == (
        "1 of 2 lines up 1m 12s · address:bnb1r4gc5ft…x7gx waiting: next attempt in 12 s "
        "· 1.0 events/s · last 0.3 s ago · 0 reconnects · 0 gaps · refused"
    )


def test_why_it_waited_is_no_matter_afterwards() -> None:
    waiting = {"market": Waiting("refused", 99.0)}
    assert said(lane("market", CONNECTING), waiting=waiting) == (
        "market connecting · 0 reconnects · 0 gaps"
    )
    assert "refused" not in said(lane(), waiting=waiting)


def test_before_there_is_any() -> None:
    assert said() == "no line · 0 reconnects · 0 gaps"


def test_what_others_say_moves_no_cursor() -> None:
    waiting = {"market": Waiting("no\x1b[2J\nway", 103.0)}
    assert said(lane("market", WAITING), waiting=waiting).isprintable()


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0, "0.0 s"),
        (9.94, "9.9 s"),
        (12.7, "12 s"),
        (59.9, "59 s"),
        (60, "1m 00s"),
        (3_599, "59m 59s"),
        (3_600, "1h 00m"),
        (7_500, "2h 05m"),
        (273_600, "3d 04h"),
    ],
)
def test_a_length_of_time(seconds: float, text: str) -> None:
    assert span(seconds) == text


def health() -> Health:
    return Health(
        venue="", lanes=(lane("market", WAITING),), reconnects=0, renewals=0, gaps=0, faults={}
    )


def status(error: Exception | None) -> Status:
    return Status(
        lane="market", state=WAITING, what="in words", error=error, retry_in=50.0, received_ns=0
    )


@pytest.mark.parametrize(
    ("error", "why"), [(ConnectionLost("refused"), "refused"), (None, "in words")]
)
def test_it_hears_why_a_line_waits(
    error: Exception | None, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1")
    out = Typewriter()
    with StatusLine(health, Terminal(out), is_wanted=True) as line:
        line.note(status(error))
        line.refresh()
    shown = out.getvalue()
    assert shown.startswith("market waiting: next attempt in ")
    # Its end clears it.
    assert shown.endswith(f" · 0 gaps · {why}\r\x1b[K")


@pytest.mark.parametrize(("term", "is_wanted"), [("dumb", True), ("xterm", False)])
def test_where_nobody_wants_it_nobody_is_asked(
    term: str, is_wanted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", term)
    out = Typewriter()
    with StatusLine(lambda: pytest.fail("asked"), Terminal(out), is_wanted=is_wanted) as line:
        line.refresh()
    assert out.getvalue() == ""
