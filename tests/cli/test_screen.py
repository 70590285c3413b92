"""Lines of several pipelines."""

import io

from rxdex.cli.screen import Screen
from rxdex.cli.terminal import Terminal
from tests.cli.typewriter import Typewriter


def test_lines_are_aligned_and_counted() -> None:
    out = io.StringIO()
    screen = Screen({"a": "31", "longer": "32"}, Terminal(out))
    screen.say("a", "one")
    screen.say("longer", "two")
    screen.write()
    first, second, empty = out.getvalue().splitlines()
    assert first.index("one") == second.index("two")
    assert empty == ""
    assert screen.counts == {"a": 1, "longer": 1}
    assert "\x1b" not in out.getvalue()


def test_a_terminal_gets_colours() -> None:
    out = Typewriter()
    screen = Screen({"a": "31"}, Terminal(out))
    screen.head("title")
    screen.write(screen.name("a"))
    assert out.getvalue() == "\x1b[1mtitle\x1b[0m\n\x1b[31ma\x1b[0m\n"
