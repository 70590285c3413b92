"""What the library logs, on stderr."""

import io
import logging
import re
import threading

import pytest

from rxdex import Dex, first
from rxdex.cli.log import logged
from rxdex.cli.terminal import Terminal
from tests.cli.typewriter import Typewriter

LIBRARY = logging.getLogger("rxdex")


@pytest.fixture
def dex() -> Dex:
    return Dex("ws://127.0.0.1:1/api")


def test_before_a_line_was_up_the_command_alone_says_why_it_ends(
    dex: Dex, capsys: pytest.CaptureFixture[str]
) -> None:
    with dex, logged(dex, Terminal(io.StringIO()), verbose=False), pytest.raises(ConnectionError):
        first(dex.blocks())
    assert capsys.readouterr().err == ""


def test_once_a_line_was_up_warnings_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    with Dex.simulated(speed=20.0) as dex, logged(dex, Terminal(io.StringIO()), verbose=False):
        first(dex.blocks())
        LIBRARY.warning("the line broke")
        LIBRARY.info("nobody listens any more")
    said = capsys.readouterr().err
    assert said.endswith("  the line broke\n")
    assert said.count("\n") == 1


def test_verbose_is_everything_from_the_beginning(
    dex: Dex, capsys: pytest.CaptureFixture[str]
) -> None:
    with dex, logged(dex, Terminal(io.StringIO()), verbose=True), pytest.raises(ConnectionError):
        first(dex.blocks())
    said = capsys.readouterr().err
    assert "connecting to Binance DEX at ws://127.0.0.1:1/api" in said
    assert "given up" in said


def test_afterwards_all_is_as_it_was(dex: Dex) -> None:
    before = (LIBRARY.level, list(LIBRARY.handlers))
    with dex, logged(dex, Terminal(io.StringIO()), verbose=True):
        assert len(LIBRARY.handlers) == len(before[1]) + 1
    assert (LIBRARY.level, LIBRARY.handlers) == before


def test_it_makes_way_for_what_is_told(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    out = Typewriter()
    terminal = Terminal(out)
    with Dex.simulated(speed=20.0) as dex, logged(dex, terminal, verbose=False):
        first(dex.blocks())
        terminal.keep("all is well")
        LIBRARY.warning("the line broke")
    assert out.getvalue() == "all is well\r\x1b[Kall is well"
    assert capsys.readouterr().err.endswith("  the line broke\n")


class Crowded(Typewriter):
    """A screen on which somebody else wants to write as soon as a line is begun."""

    def __init__(self) -> None:
        super().__init__()
        self.terminal = Terminal(self)
        self.others = [
            threading.Thread(target=self.terminal.keep, args=["up 4 s"]),
            threading.Thread(target=self.terminal.write, args=["an event"]),
        ]

    def write(self, text: str) -> int:
        if "the line broke" in text:
            for other in self.others:
                other.start()
            # Long enough for them to write, were they let.
            self.others[0].join(0.05)
        return super().write(text)


def test_whatever_others_write_a_line_of_the_log_stands_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    screen = Crowded()
    monkeypatch.setattr("sys.stderr", screen)
    with Dex.simulated(speed=20.0) as dex, logged(dex, screen.terminal, verbose=False):
        first(dex.blocks())
        screen.terminal.keep("up 3 s")
        LIBRARY.warning("the line broke")
    for other in screen.others:
        other.join(5)
    before, line, after = re.split(r"(\d\d:\d\d:\d\d  the line broke\n)", screen.getvalue())
    assert line
    assert before == "up 3 s\r\x1b[K"
    assert after.startswith("up 3 s")
    assert "\x1b[Kan event\n" in after
