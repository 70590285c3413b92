"""Watching one stream."""

import io
import os
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

import pytest
import reactivex
from reactivex.subject import Subject

from rxdex import Dex
from rxdex.cli import watching
from rxdex.cli.terminal import Terminal
from rxdex.cli.watching import Limits, Watching
from rxdex.errors import ConnectionLost
from rxdex.events import BlockHeight, Event, LineState
from rxdex.simulator.exchange import Exchange
from tests.cli.typewriter import Typewriter

UNLISTED = "FOO-123_BNB"


@pytest.fixture(scope="module")
def dex() -> Iterator[Dex]:
    with Dex.simulated(speed=20.0) as it:
        yield it


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "_SILENCE", 0.3)
    monkeypatch.setattr(watching, "_PACE", 0.05)


@contextmanager
def black_hole() -> Iterator[str]:
    """Who takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"ws://127.0.0.1:{listener.getsockname()[1]}/api"


def show(events: Sequence[Event]) -> Sequence[str]:
    return [type(event).__name__ for event in events]


def of(dex: Dex, *symbols: str, out: io.TextIOBase | None = None) -> Watching:
    return Watching(dex, symbols, show, Terminal(out or io.StringIO()))  # type: ignore[arg-type]


def test_so_many_events_and_no_more(dex: Dex, capsys: pytest.CaptureFixture[str]) -> None:
    out = io.StringIO()
    assert of(dex, out=out).run(dex.blocks(), Limits(count=3)) == 0
    assert out.getvalue() == "BlockHeight\n" * 3
    assert capsys.readouterr().err == ""


def test_a_moment_of_the_whole_market_is_one_event_of_many_lines(dex: Dex) -> None:
    out = io.StringIO()
    assert of(dex, out=out).run(dex.tickers(), Limits(count=1)) == 0
    assert out.getvalue() == "Ticker\n" * len(dex.exchange.symbols)


def test_so_long_and_no_longer(dex: Dex) -> None:
    out = io.StringIO()
    assert of(dex, out=out).run(dex.blocks(), Limits(seconds=0.5)) == 0
    assert out.getvalue()


def test_too_few_in_the_time_is_told(dex: Dex, capsys: pytest.CaptureFixture[str]) -> None:
    assert of(dex).run(reactivex.never(), Limits(count=2, seconds=0.1)) == 1
    assert "0 of 2 events came in 0.1 s" in capsys.readouterr().err


def test_nothing_in_the_time_is_told(dex: Dex, capsys: pytest.CaptureFixture[str]) -> None:
    assert of(dex).run(reactivex.never(), Limits(seconds=0.1)) == 1
    assert "nothing came in 0.1 s" in capsys.readouterr().err


def test_a_line_that_is_down_when_the_time_is_over_is_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with Exchange(speed=20.0) as exchange, Dex(exchange.url) as it:
        heard = threading.Event()

        def hang_up(events: Sequence[Event]) -> Sequence[str]:
            if not heard.is_set():
                heard.set()
                threading.Thread(target=exchange.close).start()
            return show(events)

        watching = Watching(it, (), hang_up, Terminal(io.StringIO()))
        assert watching.run(it.blocks(), Limits(seconds=1)) == 1
    assert "rxdex watch: market: " in capsys.readouterr().err


class Interrupting(Typewriter):
    """A terminal before which somebody presses ctrl-C, once they have seen the last line."""

    def write(self, text: str) -> int:
        done = super().write(text)
        if "market up" in text and threading.current_thread() is threading.main_thread():
            raise KeyboardInterrupt
        return done


@pytest.mark.parametrize("out", [Typewriter(), Interrupting()], ids=["the time is over", "ctrl-C"])
def test_the_last_line_is_there_until_the_end(
    dex: Dex, out: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    watching = Watching(dex, (), show, Terminal(out), has_status=True)
    with suppress(KeyboardInterrupt):
        assert watching.run(dex.blocks(), Limits(seconds=0.5)) == 0
    shown = out.getvalue()
    assert "market up 0." in shown
    assert shown.rpartition("\r\x1b[K")[2] in {"", *("BlockHeight\n" * n for n in range(1, 9))}


def test_what_is_told_meanwhile_stands_in_a_line_of_its_own(
    dex: Dex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    both = Typewriter()
    monkeypatch.setattr("sys.stderr", both)
    symbols = [dex.exchange.symbols[0], UNLISTED]
    watching = Watching(dex, symbols, show, Terminal(both), has_status=True)
    assert watching.run(dex.ticker(symbols), Limits(seconds=2)) == 0
    before, told, _ = both.getvalue().partition("rxdex watch: ")
    assert told
    assert before.endswith(("\r\x1b[K", "\n"))


def test_what_the_stream_fails_with_comes_out(dex: Dex) -> None:
    lost = ConnectionLost("refused")
    with pytest.raises(ConnectionLost) as caught:
        of(dex).run(reactivex.throw(lost), Limits())
    assert caught.value is lost


def test_a_line_is_tried_once() -> None:
    tried: list[LineState] = []
    with Dex("ws://127.0.0.1:1/api") as gone:
        gone.status.subscribe(lambda it: tried.append(it.state))
        with pytest.raises(ConnectionLost, match="refused"):
            of(gone).run(gone.blocks(), Limits())
    assert tried.count(LineState.CONNECTING) == 1


def test_symbols_that_are_not_listed_are_told_from_the_markets(
    dex: Dex, capsys: pytest.CaptureFixture[str]
) -> None:
    assert of(dex, UNLISTED.lower()).run(dex.trades(UNLISTED), Limits()) == 2
    said = capsys.readouterr().err
    assert f"rxdex watch: {UNLISTED} is not listed at " in said


def test_one_of_several_that_is_not_listed_ends_nothing(
    dex: Dex, capsys: pytest.CaptureFixture[str]
) -> None:
    symbols = [dex.exchange.symbols[0], UNLISTED, "BAR-123_BNB"]
    assert of(dex, *symbols).run(dex.ticker(symbols), Limits(seconds=2)) == 0
    assert f"BAR-123_BNB, {UNLISTED} are not listed at " in capsys.readouterr().err


def test_a_quiet_symbol_that_is_listed_is_waited_for(
    dex: Dex, capsys: pytest.CaptureFixture[str]
) -> None:
    quiet = of(dex, dex.exchange.symbols[-1])
    assert quiet.run(reactivex.never(), Limits(seconds=1)) == 1
    assert "listed" not in capsys.readouterr().err


def test_they_are_looked_up_once(dex: Dex, capsys: pytest.CaptureFixture[str]) -> None:
    symbols = [dex.exchange.symbols[0], UNLISTED]
    assert of(dex, *symbols).run(dex.ticker(symbols), Limits(seconds=2)) == 0
    assert capsys.readouterr().err.count("listed") == 1


def test_symbols_that_were_heard_of_are_not_looked_up(
    dex: Dex, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Dex, "symbols", lambda _: pytest.fail("nobody need ask"))
    symbol = dex.exchange.symbols[0]
    assert of(dex, symbol.lower()).run(dex.ticker(symbol), Limits(seconds=2)) == 0


def test_a_listing_that_does_not_come_holds_nothing_up(dex: Dex) -> None:
    with black_hole() as nowhere, Dex(nowhere) as silent:
        began = time.monotonic()
        assert of(silent, UNLISTED).run(dex.blocks(), Limits(seconds=1)) == 0
        assert time.monotonic() - began < 3


def test_who_cannot_be_asked_what_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    with Dex("ws://127.0.0.1:1/api") as gone:
        assert of(gone, UNLISTED).run(reactivex.never(), Limits(seconds=1)) == 1
    said = capsys.readouterr().err
    assert f"nothing of {UNLISTED} so far, nor does the venue say what it lists: cannot ask" in said


def test_a_reader_who_left_ends_it_even_when_nothing_comes(
    dex: Dex, capsys: pytest.CaptureFixture[str]
) -> None:
    reader, writer = os.pipe()
    stream: Subject[BlockHeight] = Subject()
    with os.fdopen(writer, "w") as out:
        codes: list[int] = []
        run = threading.Thread(
            target=lambda: codes.append(of(dex, out=out).run(stream, Limits(count=5))), daemon=True
        )
        run.start()
        os.close(reader)
        run.join(5)
    assert codes == [0]
    assert capsys.readouterr().err == ""
