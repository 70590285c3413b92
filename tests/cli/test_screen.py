"""Lines for people."""

import io

import pytest

from rxdex.cli.screen import Screen


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_lines_are_aligned_and_counted() -> None:
    out = io.StringIO()
    screen = Screen({"a": "31", "longer": "32"}, out)
    screen.say("a", "one")
    screen.say("longer", "two")
    screen.write()
    first, second, empty = out.getvalue().splitlines()
    assert first.index("one") == second.index("two")
    assert empty == ""
    assert screen.counts == {"a": 1, "longer": 1}
    assert "\x1b" not in out.getvalue()


def test_a_terminal_gets_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    out = Terminal()
    screen = Screen({"a": "31"}, out)
    screen.head("title")
    screen.write(screen.name("a"))
    assert out.getvalue() == "\x1b[1mtitle\x1b[0m\n\x1b[31ma\x1b[0m\n"


def test_unless_the_environment_says_no(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    out = Terminal()
    Screen({"a": "31"}, out).head("title")
    assert out.getvalue() == "title\n"
