"""types.md is true: mypy and pyright say of each form what it says, and nothing against its alert."""

import json
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/howto/types.md").read_text(encoding="utf-8")
BEGIN, ALERT, MORE = re.findall(r"^```python\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
SECONDS = 100

MYPY = "mypy --strict --config-file= --cache-dir .mypy_cache/typed_page --output json"
PYRIGHT = "pyright --outputjson --pythonpath"

#: What the operators are given of which the page has but the names; those without a line, nothing.
ARGUMENTS: Mapping[str, str] = {
    "buffer_with_count": "3",
    "buffer_with_time": "1.0",
    "catch": "trades",
    "combine_latest": "depth",
    "debounce": "1.0",
    "delay": "1.0",
    "do_action": "print",
    "element_at": "1",
    "filter": "is_large",
    "flat_map": "depth_of",
    "group_by": "symbol_of",
    "map": "price",
    "merge": "trades",
    "reduce": "add, Decimal(0)",
    "retry": "3",
    "sample": "1.0",
    "scan": "add, Decimal(0)",
    "skip": "1",
    "skip_until": "depth",
    "skip_while": "is_large",
    "start_with": "first(trades)",
    "switch_map": "depth_of",
    "take": "1",
    "take_last": "1",
    "take_until": "depth",
    "take_while": "is_large",
    "throttle_first": "1.0",
    "timeout": "1.0",
    "window_with_time": "1.0",
    "with_latest_from": "depth",
    "zip": "depth",
}
DEPTH_OF = (
    "def depth_of(trade: Trade) -> Observable[DepthSnapshot]: return dex.depth(trade.symbol)\n"
)


class Row(NamedTuple):
    """A form, and what the page says becomes of it: a type, or how an error begins."""

    written: str
    mypy: str
    pyright: str


class Operator(NamedTuple):
    """An operator, and where the page says that it keeps the type."""

    name: str
    in_method: bool
    in_pipe: bool

    @property
    def method(self) -> str:
        return f"trades.{self.name}({ARGUMENTS.get(self.name, '')})"

    @property
    def piped(self) -> str:
        return f"trades.pipe(ops.{self.name}({ARGUMENTS.get(self.name, '')}))"


def rows() -> Iterator[Row]:
    lines = r"^\| `(.+?)` \| `(.+?)` \| (?:`(.+?)`|the same) \|$"
    for cells in re.findall(lines, PAGE, re.MULTILINE):
        written, mypy, pyright = (cell.replace(r"\|", "|") for cell in cells)
        yield Row(written, mypy, pyright or mypy)


def operators() -> Iterator[Operator]:
    lines = r"^\| (keep|lose)\b.*? \| (keep|lose)\b.*? \| (.+) \|$"
    for method, pipe, names in re.findall(lines, PAGE, re.MULTILINE):
        for name in re.findall(r"`(\w+)`", names):
            yield Operator(name, method == "keep", pipe == "keep")


ROWS, OPERATORS = list(rows()), list(operators())
(TO_BEGIN_WITH,) = re.findall(r"They are (`.+?`)\.$", PAGE, re.DOTALL | re.MULTILINE)
SECOND = {
    name: f"trades.pipe(ops.skip(1), ops.{name}({ARGUMENTS.get(name, '')}))"
    for name in re.findall(r"`(\w+)`", TO_BEGIN_WITH)
}
SEVEN, EIGHT = (f"trades.pipe({', '.join(['ops.skip(1)'] * number)})" for number in (7, 8))
ONE_LAMBDA = "trades.do_action(lambda trade: print(trade.amount))"
ASKED = [
    *(row.written for row in ROWS),
    *(form for operator in OPERATORS for form in (operator.method, operator.piped)),
    *SECOND.values(),
    *(SEVEN, EIGHT, ONE_LAMBDA),
]
# Some stand in a row and have a name as well.
FORMS = list(dict.fromkeys(ASKED))
LOOP = "for _ in trades: ..."

#: What is said of each form; what is said of all else is under its file and line.
Verdicts = Mapping[str, list[str]]


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Verdicts]:
    """What each checker says, by its name; they work side by side."""
    place = tmp_path_factory.mktemp("typed")
    before = BEGIN + MORE + DEPTH_OF
    asked = "\n".join([*(f"reveal_type({form})" for form in FORMS), LOOP])
    (place / "forms.py").write_text(f"{before}{asked}\n", encoding="utf-8")
    (place / "alert.py").write_text(f"# pyright: strict\n{ALERT}", encoding="utf-8")
    files = [str(place / "forms.py"), str(place / "alert.py")]
    commands = {"mypy": MYPY.split(), "pyright": [*PYRIGHT.split(), sys.executable]}
    running = {
        name: subprocess.Popen(
            [sys.executable, "-m", *command, *files], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        for name, command in commands.items()
    }
    said = {name: process.communicate(timeout=SECONDS)[0] for name, process in running.items()}
    begin = before.count("\n") + 1
    places = {("forms.py", begin + number): form for number, form in enumerate([*FORMS, LOOP])}
    found = {"mypy": mypy_said(said["mypy"]), "pyright": pyright_said(said["pyright"])}
    return {name: by_form(it, places) for name, it in found.items()}


def mypy_said(output: str) -> Iterator[tuple[str, int, str, str]]:
    for line in output.splitlines():
        it = json.loads(line)
        yield it["file"], it["line"], it["severity"], it["message"]


def pyright_said(output: str) -> Iterator[tuple[str, int, str, str]]:
    for it in json.loads(output)["generalDiagnostics"]:
        yield it["file"], it["range"]["start"]["line"] + 1, it["severity"], it["message"]


def by_form(
    said: Iterator[tuple[str, int, str, str]], places: Mapping[tuple[str, int], str]
) -> Verdicts:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for file, line, severity, message in said:
        name = Path(file).name
        revealed = re.search(r' is "(.+)"$', message) if severity != "error" else None
        # mypy says where a class is from.
        verdict = (
            re.sub(r"\b(?:[a-z_]\w*\.)+", "", revealed[1]) if revealed else f"error: {message}"
        )
        found[places.get((name, line), f"{name}:{line}")].append(verdict)
    return found


def keeps_its_type(verdicts: list[str]) -> bool:
    (verdict,) = verdicts
    assert not verdict.startswith("error: "), verdict
    return not re.search(r"\b(?:Any|Never|Unknown)\b", verdict)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.written)
def test_a_form_becomes_what_its_row_says(row: Row, verdicts: Mapping[str, Verdicts]) -> None:
    for checker, claim in (("mypy", row.mypy), ("pyright", row.pyright)):
        said = verdicts[checker][row.written]
        if claim.startswith("error: "):
            assert any(it.startswith(claim) for it in said), (checker, said)
        else:
            assert said == [claim], checker


@pytest.mark.parametrize("operator", OPERATORS, ids=lambda operator: operator.name)
@pytest.mark.parametrize("checker", ["mypy", "pyright"])
def test_an_operator_keeps_the_type_where_the_page_says(
    operator: Operator, checker: str, verdicts: Mapping[str, Verdicts]
) -> None:
    said = verdicts[checker]
    assert keeps_its_type(said[operator.method]) == operator.in_method, said[operator.method]
    assert keeps_its_type(said[operator.piped]) == operator.in_pipe, said[operator.piped]


@pytest.mark.parametrize("name", SECOND)
def test_an_operator_that_has_to_begin_is_not_inferred_as_the_second(
    name: str, verdicts: Mapping[str, Verdicts]
) -> None:
    assert any("Cannot infer" in it for it in verdicts["mypy"][SECOND[name]])
    assert keeps_its_type(verdicts["pyright"][SECOND[name]])


@pytest.mark.parametrize("checker", ["mypy", "pyright"])
def test_seven_operators_are_the_most(checker: str, verdicts: Mapping[str, Verdicts]) -> None:
    assert verdicts[checker][SEVEN] == ["Observable[Trade]"]
    assert any(it.startswith("error: ") for it in verdicts[checker][EIGHT])


@pytest.mark.parametrize("checker", ["mypy", "pyright"])
def test_a_handler_that_reads_what_is_not_there_is_refused(
    checker: str, verdicts: Mapping[str, Verdicts]
) -> None:
    assert any('"amount"' in it for it in verdicts[checker][ONE_LAMBDA])


def test_mypy_alone_refuses_a_loop(verdicts: Mapping[str, Verdicts]) -> None:
    assert any("not iterable" in it for it in verdicts["mypy"][LOOP])
    assert not verdicts["pyright"].get(LOOP)


@pytest.mark.parametrize("checker", ["mypy", "pyright"])
def test_nothing_else_is_refused(checker: str, verdicts: Mapping[str, Verdicts]) -> None:
    others = {form: said for form, said in verdicts[checker].items() if form not in [*FORMS, LOOP]}
    assert others == {}


def test_there_is_enough_to_ask() -> None:
    assert len(ROWS) >= 40
    assert len(OPERATORS) >= 40
    assert ARGUMENTS.keys() <= {operator.name for operator in OPERATORS}
