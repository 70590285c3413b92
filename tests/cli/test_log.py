"""What the library logs, on stderr."""

import io
import logging

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
    assert out.getvalue() == "all is well\r\x1b[K"
    assert capsys.readouterr().err.endswith("  the line broke\n")
