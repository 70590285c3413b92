"""news: what a line says of itself reaches everybody, once, and harms nobody."""

import logging
from collections.abc import Callable
from typing import Any

import attrs
import pytest

from rxdex.connection.news import News
from rxdex.errors import ConnectionLost, MalformedFrame
from rxdex.events import Fault, FaultReason, LineState, Notice, Status


def status(what: str, error: Exception | None = None) -> Status:
    return Status(lane="market", state=LineState.UP, what=what, error=error, received_ns=1)


@pytest.fixture
def news() -> News:
    return News(status("not connected"))


@pytest.fixture
def faults(news: News) -> list[Fault]:
    heard: list[Fault] = []
    news.faults.observable().subscribe(heard.append)
    return heard


def only(records: list[logging.LogRecord]) -> logging.LogRecord:
    (record,) = records
    return record


class TestStatus:
    def test_a_newcomer_hears_the_latest(self, news: News) -> None:
        heard: list[str] = []
        news.status.observable().subscribe(lambda s: heard.append(s.what))
        news.tell(status("up"))
        news.status.observable().subscribe(lambda s: heard.append(f"late: {s.what}"))
        assert heard == ["not connected", "up", "late: up"]

    @pytest.mark.parametrize(
        ("error", "level"), [(None, logging.INFO), (ConnectionLost("x"), logging.WARNING)]
    )
    def test_it_is_logged(
        self, news: News, caplog: pytest.LogCaptureFixture, error: Exception | None, level: int
    ) -> None:
        caplog.set_level(logging.DEBUG)
        news.tell(status("up", error))
        record = only(caplog.records)
        assert (record.levelno, record.name) == (level, "rxdex.connection.news")
        assert record.getMessage() == "rxdex market: up"


class TestFaults:
    def test_a_malformed_frame(
        self, news: News, faults: list[Fault], caplog: pytest.LogCaptureFixture
    ) -> None:
        error = MalformedFrame("no JSON", "{" * 1000)
        news.malformed("market", error)
        (fault,) = faults
        assert fault.reason is FaultReason.MALFORMED_FRAME
        assert fault.what == f"{error}; it is dropped, the streams go on"
        assert fault.lane == "market"
        assert (fault.text, fault.error) == ("{" * 1000, error)
        assert fault.received_ns > 0
        record = only(caplog.records)
        assert record.levelno == logging.WARNING
        assert record.getMessage() == f"rxdex market: {fault.what}"

    def test_each_malformed_frame_is_told(self, news: News, faults: list[Fault]) -> None:
        for _ in range(3):
            news.malformed("market", MalformedFrame("no JSON", "{"))
        assert len(faults) == 3

    def test_a_notice_once_a_kind(self, news: News, faults: list[Fault]) -> None:
        for what in "abab":
            news.noticed("market", Notice(what=what, text=f"<{what}>"))
            news.noticed("address:x", Notice(what=what, text="another"))
        assert [(f.reason, f.what, f.lane, f.text) for f in faults] == [
            (FaultReason.NOTICE, "a", "market", "<a>"),
            (FaultReason.NOTICE, "b", "market", "<b>"),
        ]

    def test_kinds_without_end_do_not_fill_the_memory(
        self, news: News, faults: list[Fault]
    ) -> None:
        for number in range(1_200):
            news.noticed("market", Notice(what=str(number), text=""))
        # All are told, once each; the oldest thousand are forgotten then, and would be told again.
        assert len(faults) == 1_200
        news.noticed("market", Notice(what="1100", text=""))
        assert len(faults) == 1_200
        news.noticed("market", Notice(what="7", text=""))
        assert len(faults) == 1_201

    def test_a_subscriber_that_raised(
        self, news: News, faults: list[Fault], caplog: pytest.LogCaptureFixture
    ) -> None:
        error = KeyError("x")
        news.raised("market", "a subscriber raised", error)
        (fault,) = faults
        assert (fault.reason, fault.error) == (FaultReason.SUBSCRIBER, error)
        record = only(caplog.records)
        assert record.levelno == logging.ERROR
        assert record.exc_info is not None
        assert record.exc_info[1] is error

    def test_events_that_were_dropped(
        self, news: News, faults: list[Fault], caplog: pytest.LogCaptureFixture
    ) -> None:
        news.overflowed("market", "3 events lost")
        (fault,) = faults
        assert (fault.reason, fault.what) == (FaultReason.OVERFLOW, "3 events lost")
        assert only(caplog.records).levelno == logging.WARNING

    def test_a_bug(self, news: News, faults: list[Fault], caplog: pytest.LogCaptureFixture) -> None:
        error = ZeroDivisionError("ours")
        news.bug("market", error)
        (fault,) = faults
        assert (fault.reason, fault.error) == (FaultReason.BUG, error)
        assert "ZeroDivisionError" in fault.what
        assert only(caplog.records).levelno == logging.CRITICAL


TELLINGS: list[Callable[[News], object]] = [
    lambda news: news.tell(status("100 % up {}")),
    lambda news: news.malformed("market", MalformedFrame("100 % {}", "")),
    lambda news: news.noticed("market", Notice(what="100 % {}", text="")),
    lambda news: news.raised("market", "100 % {}", KeyError()),
    lambda news: news.overflowed("market", "100 % {}"),
    lambda news: news.bug("market", KeyError()),
]


@pytest.mark.parametrize("tell", TELLINGS)
def test_a_log_line_is_made_only_for_who_reads_it(
    news: News, caplog: pytest.LogCaptureFixture, tell: Callable[[News], object]
) -> None:
    tell(news)
    for record in caplog.records:
        assert isinstance(record.msg, str)
        assert record.args, "it comes with its parts, not as a finished text"
        assert record.getMessage().startswith("rxdex market: ")


@pytest.mark.parametrize("tell", TELLINGS)
def test_an_observer_that_raises_harms_nobody(
    news: News, caplog: pytest.LogCaptureFixture, tell: Callable[[News], object]
) -> None:
    def broken(_: object) -> None:
        raise ValueError("the observer's own bug")

    heard: list[Any] = []
    news.status.observable().subscribe(broken)
    news.faults.observable().subscribe(broken)
    news.status.observable().subscribe(heard.append)
    news.faults.observable().subscribe(heard.append)
    before = len(heard)
    tell(news)
    assert len(heard) == before + 1
    assert any("observer of status or faults raised" in r.getMessage() for r in caplog.records)


def test_the_end(news: News) -> None:
    heard: list[str] = []
    news.status.observable().subscribe(
        lambda s: heard.append(s.what), on_completed=lambda: heard.append("|")
    )
    news.faults.observable().subscribe(
        lambda f: heard.append(f.what), on_completed=lambda: heard.append("| of faults")
    )
    news.complete()
    news.tell(status("late"))
    news.overflowed("market", "late")
    assert heard == ["not connected", "|", "| of faults"]


def test_a_line_that_comes_up_late_has_not_come_up_again(news: News) -> None:
    news.tell(attrs.evolve(status("connected, after 3 s"), down_for=3.0))
    assert news.tally.total().reconnects == 0


def test_whoever_was_counted_last_is_forgotten_last(news: News) -> None:
    news.tally.reconnected("market")
    for number in range(10_005):
        news.tally.lost(f"address:{number}")
        if number % 1_000 == 0:
            news.tally.renewed("market")
    assert news.tally.of("market").reconnects == 1
    assert news.tally.of("address:0").gaps == 0
    assert (news.tally.total().reconnects, news.tally.total().gaps) == (1, 10_005)
