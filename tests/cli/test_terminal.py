"""Where the lines of a command go."""

import errno
import io
import os
import threading

import pytest

from rxdex.cli.terminal import FAINT, Terminal
from tests.cli.typewriter import Typewriter


@pytest.fixture(autouse=True)
def colours_are_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")


def test_lines_go_out_together() -> None:
    out = io.StringIO()
    Terminal(out).write("one", "two")
    assert out.getvalue() == "one\ntwo\n"


def test_only_a_person_gets_colours() -> None:
    assert Terminal(io.StringIO()).painted(FAINT, "text") == "text"
    assert Terminal(Typewriter()).painted(FAINT, "text") == "\x1b[2mtext\x1b[0m"
    assert Terminal(Typewriter()).painted("", "text") == "text"
    assert Terminal(Typewriter()).is_watched
    assert not Terminal(io.StringIO()).is_watched


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_unless_the_environment_says_no(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    terminal = Terminal(Typewriter())
    assert terminal.painted(FAINT, "text") == "text"
    assert terminal.is_watched


#: Nobody sets it: to wait for it is to give others their turn.
_TURN = threading.Event()


class Halting(io.StringIO):
    """It lets others go before when it is amid a write."""

    def write(self, text: str) -> int:
        half = len(text) // 2
        super().write(text[:half])
        _TURN.wait(0.0001)
        super().write(text[half:])
        return len(text)


def test_lines_of_several_threads_stay_whole() -> None:
    out = Halting()
    terminal = Terminal(out)

    def write(letter: str) -> None:
        for _ in range(200):
            terminal.write(letter * 50, letter * 50)

    threads = [threading.Thread(target=write, args=[letter]) for letter in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lines = out.getvalue().splitlines()
    assert len(lines) == 1600
    assert all(one == other for one, other in zip(lines[::2], lines[1::2], strict=True))


@pytest.fixture
def pipe() -> tuple[int, io.TextIOWrapper]:
    reader, writer = os.pipe()
    return reader, os.fdopen(writer, "w")


def test_a_reader_who_left_is_seen_when_there_is_nothing_to_write(
    pipe: tuple[int, io.TextIOWrapper],
) -> None:
    reader, out = pipe
    with out:
        terminal = Terminal(out)
        terminal.look()
        assert not terminal.unheard.is_set()
        os.close(reader)
        terminal.look()
        assert terminal.unheard.is_set()
        terminal.look()
        terminal.write("to nobody")


def test_a_reader_who_left_is_seen_when_writing(pipe: tuple[int, io.TextIOWrapper]) -> None:
    reader, out = pipe
    with out:
        terminal = Terminal(out)
        os.close(reader)
        terminal.write("to nobody")
        assert terminal.unheard.is_set()
        # What was buffered is gone too: closing does not fail.


def test_text_in_memory_has_no_reader_to_leave() -> None:
    terminal = Terminal(io.StringIO())
    terminal.look()
    assert not terminal.unheard.is_set()


def test_a_locale_without_arrows_gets_question_marks() -> None:
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="ascii")
    Terminal(out).write("▲ buy")
    assert raw.getvalue() == b"? buy\n"


class Full(io.StringIO):
    def write(self, text: str) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    def fileno(self) -> int:
        return os.open(os.devnull, os.O_WRONLY)


def test_what_cannot_be_written_is_kept() -> None:
    terminal = Terminal(Full())
    terminal.write("lost")
    assert terminal.unheard.is_set()
    assert terminal.failure is not None
    assert terminal.failure.strerror == "No space left on device"


def test_without_a_stdout_nobody_hears(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout", None)
    terminal = Terminal()
    terminal.write("to nobody")
    assert terminal.unheard.is_set()
    assert terminal.failure is None
