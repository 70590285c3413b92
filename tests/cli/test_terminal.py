"""Where the lines of a command go."""

import errno
import io
import os
import select
import threading
from collections.abc import Iterator
from contextlib import suppress

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


CLEAR = "\r\x1b[K"


def test_a_kept_line_stays_below_what_is_written() -> None:
    out = Typewriter()
    terminal = Terminal(out)
    terminal.write("one")
    terminal.keep("last", FAINT)
    terminal.write("two", "three")
    terminal.keep("last but newer")
    terminal.keep("")
    terminal.write("four")
    last = "\x1b[2mlast\x1b[0m"
    newer = f"{CLEAR}last but newer{CLEAR}"
    assert out.getvalue() == f"one\n{last}{CLEAR}two\nthree\n{last}{newer}four\n"


def test_it_makes_way_for_what_is_written_past_it_and_comes_back() -> None:
    out = Typewriter()
    terminal = Terminal(out)
    with terminal.aside():
        out.write("before there is one\n")
    terminal.keep("last")
    with suppress(ValueError), terminal.aside():
        out.write("past\n")
        raise ValueError
    terminal.keep("")
    with terminal.aside():
        out.write("after it\n")
    assert out.getvalue() == f"before there is one\nlast{CLEAR}past\nlast{CLEAR}after it\n"


@pytest.fixture
def keyboard() -> Iterator[tuple[int, io.TextIOWrapper]]:
    """What a person looks at, and what is written on."""
    pty = pytest.importorskip("pty")
    primary, secondary = pty.openpty()
    with os.fdopen(secondary, "w", encoding="utf-8") as out:
        yield primary, out
    os.close(primary)


def seen(primary: int, end: str) -> str:
    """What a person sees, up to an end, if that comes in time."""
    said = b""
    while not said.endswith(end.encode()) and select.select([primary], [], [], 5)[0]:
        said += os.read(primary, 1_000)
    return said.decode()


@pytest.mark.parametrize("what", ["write", "keep"])
def test_nobody_writes_amid_what_is_written_past_it(
    keyboard: tuple[int, io.TextIOWrapper], what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rxdex.cli.terminal._STUCK", 5.0)
    primary, out = keyboard
    terminal = Terminal(out)
    terminal.keep("up 3 s")
    begun, goes_on = threading.Event(), threading.Event()

    def other() -> None:
        begun.set()
        getattr(terminal, what)("up 4 s")
        goes_on.set()

    thread = threading.Thread(target=other)
    with terminal.aside():
        thread.start()
        assert begun.wait(5)
        # Long enough for it to write, were it let.
        assert not goes_on.wait(0.05)
        os.write(out.fileno(), b"past\n")
    thread.join(5)
    last = {"write": f"{CLEAR}up 4 s\r\nup 3 s", "keep": f"{CLEAR}up 4 s"}[what]
    whole = f"up 3 s{CLEAR}past\r\nup 3 s{last}"
    assert seen(primary, whole) == whole


def test_who_writes_past_it_does_not_wait_for_a_terminal_that_is_stuck(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("rxdex.cli.terminal._STUCK", 0.01)
    out = Typewriter()
    terminal = Terminal(out)
    terminal.keep("last")
    halting = terminal._lock  # pyright: ignore[reportPrivateUsage]
    with halting, terminal.aside():
        out.write("past\n")
    assert out.getvalue() == "lastpast\n"
    terminal.write("one")
    assert out.getvalue() == f"lastpast\n{CLEAR}one\nlast"


def test_lines_and_the_last_one_are_one_write() -> None:
    written: list[str] = []

    class Listing(Typewriter):
        def write(self, text: str) -> int:
            written.append(text)
            return len(text)

    terminal = Terminal(Listing())
    terminal.keep("last")
    terminal.write("one", "two")
    assert written == ["last", f"{CLEAR}one\ntwo\nlast"]


def test_what_was_never_kept_is_not_taken_away() -> None:
    out = Typewriter()
    Terminal(out).keep("")
    assert out.getvalue() == ""


def test_a_program_and_a_dumb_terminal_get_no_last_line(monkeypatch: pytest.MonkeyPatch) -> None:
    out, dumb = io.StringIO(), Typewriter()
    assert not Terminal(out).can_keep
    Terminal(out).keep("last")
    monkeypatch.setenv("TERM", "dumb")
    terminal = Terminal(dumb)
    assert not terminal.can_keep
    terminal.keep("last")
    for one in (terminal, Terminal(out)):
        with one.aside():
            assert out.getvalue() == dumb.getvalue() == ""
    assert out.getvalue() == dumb.getvalue() == ""


def test_without_colours_there_is_a_last_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    out = Typewriter()
    Terminal(out).keep("last", FAINT)
    assert out.getvalue() == "last"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("as wide as it", "as wide as it"),
        ("wider than it is", "wider than i…"),
        ("市場市場市場", "市場市場市場"),
        ("市場市場市場市", "市場市場市場…"),
        ("12345市場市場市", "12345市場市…"),
        ("e\u0301" * 13, "e\u0301" * 13),
        ("e\u0301" * 14, "e\u0301" * 12 + "…"),
    ],
)
def test_the_last_line_is_cut_to_the_width(
    keyboard: tuple[int, io.TextIOWrapper], text: str, shown: str
) -> None:
    termios = pytest.importorskip("termios")
    primary, out = keyboard
    # One column stays free: in the last one some terminals begin a new line.
    termios.tcsetwinsize(primary, (24, 14))
    Terminal(out).keep(text)
    assert os.read(primary, 1_000).decode() == shown


@pytest.mark.parametrize("what", ["write", "aside"])
def test_it_is_cut_to_the_width_of_the_moment(
    keyboard: tuple[int, io.TextIOWrapper], what: str
) -> None:
    """In a terminal that became narrower it would stand on two lines, of which one is erased."""
    termios = pytest.importorskip("termios")
    primary, out = keyboard
    terminal = Terminal(out)
    for columns, shown in [(14, "wider than i…"), (6, "wide…"), (40, "wider than it is")]:
        termios.tcsetwinsize(primary, (24, columns))
        if columns == 14:
            terminal.keep("wider than it is", FAINT)
        elif what == "write":
            terminal.write("one")
        else:
            with terminal.aside():
                pass
        last = f"\x1b[2m{shown}\x1b[0m"
        assert seen(primary, last).endswith(last)


def test_a_terminal_without_a_size_has_the_usual_one(
    keyboard: tuple[int, io.TextIOWrapper],
) -> None:
    primary, out = keyboard
    Terminal(out).keep("x" * 100)
    assert os.read(primary, 1_000).decode() == "x" * 78 + "…"


def test_a_terminal_that_takes_nothing_is_not_waited_for(
    keyboard: tuple[int, io.TextIOWrapper], monkeypatch: pytest.MonkeyPatch
) -> None:
    primary, out = keyboard
    os.set_blocking(out.fileno(), False)
    terminal = Terminal(out)
    with suppress(BlockingIOError):
        while True:
            os.write(out.fileno(), b"x" * 1_000)
    os.set_blocking(out.fileno(), True)
    terminal.keep("last")
    assert b"last" not in os.read(primary, 100_000)

    halting = terminal._lock  # pyright: ignore[reportPrivateUsage]
    monkeypatch.setattr("rxdex.cli.terminal._STUCK", 0.01)
    with halting:
        terminal.keep("somebody is amid a write")


def test_a_last_line_that_cannot_be_written_is_a_failure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class FullTerminal(Full):
        def isatty(self) -> bool:
            return True

    terminal = Terminal(FullTerminal())
    terminal.keep("lost")
    assert terminal.unheard.is_set()
    terminal.keep("to nobody")


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
