"""The documentation is true: its code runs, what it names exists, and it shows all there is."""

import importlib
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from attrs import frozen

from docs import generated
from rxdex import errors, events
from rxdex.cli import app

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(path.relative_to(DOCS) for path in DOCS.rglob("*.md") if "_build" not in path.parts)
# Of one page; some wait for the market to move, which as a rule takes a second or two.
SECONDS = 60.0


def text_of(page: Path) -> str:
    return (DOCS / page).read_text(encoding="utf-8")


def code_of(page: Path) -> str:
    """The blocks of a page, in order: they are read as one program."""
    return "\n".join(re.findall(r"^```python\n(.*?)^```", text_of(page), re.DOTALL | re.MULTILINE))


WITH_CODE = [page for page in PAGES if code_of(page)]

each_page = pytest.mark.parametrize("page", PAGES, ids=str)


@pytest.mark.parametrize("page", WITH_CODE, ids=str)
def test_the_code_of_a_page_runs(page: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code_of(page)],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Exception in thread" not in done.stderr, done.stderr


def test_there_are_such_pages() -> None:
    assert len(PAGES) >= 9
    assert len(WITH_CODE) >= 5


@each_page
def test_a_page_names_files_that_exist(page: Path) -> None:
    for name in re.findall(r"`((?:rxdex|tests|docs)/[\w./]+)`", text_of(page)):
        assert (ROOT / name).exists(), name


@each_page
def test_a_page_names_verbs_that_can_be_said(page: Path) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for verb in re.findall(r"make ([a-z]+)\b", "\n".join(re.findall(r"`[^`]+`", text_of(page)))):
        assert f"\n{verb}:" in makefile, verb


@each_page
def test_every_page_can_be_found(page: Path) -> None:
    if page.name != "index.md":
        assert page.with_suffix("").as_posix() in text_of(Path("index.md"))


def test_every_event_is_on_its_page() -> None:
    named = re.findall(
        r"^```\{values\} ([\w.]+)$", text_of(Path("reference/events.md")), re.MULTILINE
    )
    modules = [importlib.import_module(name) for name in named]
    shown = {cls.__name__ for module in modules for cls in generated.classes(module)}
    values = {name for name in events.__all__ if isinstance(getattr(events, name), type)}
    assert shown == values


@pytest.mark.parametrize(
    "name", [it for it in events.__all__ if it[0].isupper() and it != "MAX_NS"]
)
def test_every_event_has_something_to_show(name: str) -> None:
    shown = generated.value(getattr(events, name))
    assert shown.startswith(generated.prose(getattr(events, name)))
    assert "|---|" in shown.replace(" ", "")


def test_a_field_shows_its_type_meaning_and_wire_key() -> None:
    lines = generated.value(events.Kline).splitlines()
    assert "| field | type | meaning | wire key |" in lines
    assert "| `close_time_ns` | `int` | its last millisecond | ``k.T``, in ms |" in lines


def test_a_field_nobody_explains_is_noticed() -> None:
    @frozen
    class Silent:
        """
        A class.

        :param told: it is
        """

        told: int
        untold: int

    with pytest.raises(ValueError, match="disagree about untold"):
        generated.value(Silent)


@pytest.mark.parametrize("name", app.COMMANDS)
def test_every_command_shows_its_help(name: str) -> None:
    assert f"```{{command}} {name}\n" in text_of(Path("reference/command-line.md"))
    assert f"usage: rxdex {name}" in generated.command(name)


def test_the_floors_are_those_of_the_contract() -> None:
    lines = generated.floors().splitlines()
    assert lines[2].startswith("| 10 | `cli` |")
    assert lines[-1] == f"| 1 | `errors` | {first_line(errors)} |"


def first_line(module: ModuleType) -> str:
    return generated.prose(module).partition("\n")[0]


def test_a_line_has_all_its_states() -> None:
    for state in events.LineState:
        assert f"| `{state.name}` |" in generated.states()
