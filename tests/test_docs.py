"""The documentation is true: its code runs, what it names exists, and it shows all there is."""

import argparse
import importlib
import re
import shlex
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from attrs import frozen

from docs import generated, stream_table
from rxdex import errors, events, topics
from rxdex.cli import app
from rxdex.cli.watched import WATCHED
from rxdex.streams import Streams

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
    assert len(PAGES) >= 16
    assert len(WITH_CODE) >= 10


@each_page
def test_a_page_names_files_that_exist(page: Path) -> None:
    for name in re.findall(r"`((?:rxdex|tests|docs|examples)/[\w./]*)`", text_of(page)):
        # What `make docs` builds is there once it was said.
        assert name.startswith("docs/_build/") or (ROOT / name).exists(), name


@each_page
def test_a_page_names_verbs_that_can_be_said(page: Path) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    said = re.findall(r"`make ([a-z]+)\b", text_of(page))
    said += re.findall(r"^make ([a-z]+)\b", "\n".join(shell_of(page)), re.MULTILINE)
    for verb in said:
        assert f"\n{verb}:" in makefile, verb


def shell_of(page: Path) -> list[str]:
    """What a page has its readers say to a shell, a block each."""
    return re.findall(r"^```sh\n(.*?)^```", text_of(page), re.DOTALL | re.MULTILINE)


def commands_of(page: Path) -> list[str]:
    """What a page has its readers say to `rxdex`, a command a line."""
    lines = "\n".join(shell_of(page)).splitlines()
    return [line for line in lines if line.removeprefix(".venv/bin/").startswith("rxdex ")]


@each_page
def test_a_page_names_commands_that_can_be_said(page: Path) -> None:
    for line in commands_of(page):
        _, name, *arguments = shlex.split(line.partition("|")[0], comments=True)
        if name.startswith("-"):
            assert name in {"--help", "--version"}, line
            continue
        parser = argparse.ArgumentParser(exit_on_error=False)
        app.COMMANDS[name].add_arguments(parser)
        _, unknown = parser.parse_known_args([it for it in arguments if it != "&"])
        assert unknown == [], line


def test_there_are_such_commands() -> None:
    assert len([line for page in PAGES for line in commands_of(page)]) >= 3


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


def columns_of(shown: str, *wanted: int) -> set[str]:
    """What stands in some columns of a table, in backticks."""
    rows = [line.split("|")[1:-1] for line in shown.splitlines()[2:]]
    return {
        name for row in rows for column in wanted for name in re.findall(r"`([^`]+)`", row[column])
    }


def test_every_method_is_among_the_streams() -> None:
    public = {name for name in vars(Streams) if not name.startswith("_")}
    others = {"venue", "stream", "snapshot", "symbols"}
    assert columns_of(stream_table.names(), 0) == public - others
    calls = columns_of(stream_table.streams(), 0)
    assert {re.split(r"[.(]", call)[1] for call in calls} == public - others


def test_every_topic_and_every_command_is_among_the_names() -> None:
    made = {name for name in topics.__all__ if name.islower()}
    assert columns_of(stream_table.names(), 1) == made
    assert columns_of(stream_table.names(), 4) == set(WATCHED)


def test_a_stream_shows_its_event_lane_and_wire_name() -> None:
    assert (
        "| `dex.tickers()` | {py:class}`tuple[Ticker, ...] <rxdex.events.market.Ticker>` | "
        in stream_table.streams()
    )
    names = stream_table.names().splitlines()
    assert (
        "| `depth_updates` | `depth_updates` | `market` | `marketDiff` | `depth-updates` |" in names
    )
    assert "| `kline` | `kline` | `market` | `kline_<interval>` | `kline` |" in names
    assert "| `account` | `account` | `address:<address>` | `accounts` | `account` |" in names
    assert (
        "| `depth` | `depth` | `market`, `depth:100`, `depth:500` "
        "| `marketDepth`, `marketDepth100`, `marketDepth500` | `depth` |" in names
    )


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
