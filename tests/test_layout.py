"""layout: where things lie, and how large they may be."""

import ast
import importlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = sorted(path.relative_to(ROOT) for path in (ROOT / "rxdex").rglob("*.py"))
OWN = [path for path in MODULES if path.name not in {"__init__.py", "__main__.py"}]

LINES, HARD_LINES, FUNCTION_LINES = 250, 300, 40

#: Modules beyond the measure, and why they are not two.
LONGER = {
    "rxdex/events/market.py": "six kinds of event, each field of each documented with its wire key",
}

NO_SUBJECT = {"base", "common", "handy", "helper", "helpers", "misc", "util", "utils"}

each_module = pytest.mark.parametrize("path", MODULES, ids=str)
each_own_module = pytest.mark.parametrize("path", OWN, ids=str)


def tree(path: Path) -> ast.Module:
    return ast.parse((ROOT / path).read_text(encoding="utf-8"))


def name_of(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def face_order(name: str) -> tuple[int, list[tuple[int, str]]]:
    """Constants, then classes, then all else; numbers by value: the order ruff keeps."""
    rank = 0 if name.isupper() else 1 if name.lstrip("_")[:1].isupper() else 2
    parts = re.findall(r"\d+|\D+", name)
    return rank, [(int(part), "") if part.isdigit() else (0, part) for part in parts]


def test_there_are_modules() -> None:
    assert len(OWN) > 20


@each_own_module
def test_a_module_has_its_tests_at_the_same_place(path: Path) -> None:
    mirrored = Path("tests", *path.parts[1:-1], f"test_{path.name}")
    assert (ROOT / mirrored).exists(), f"{path} has no {mirrored}"


@each_module
def test_a_module_is_of_a_size_to_be_read(path: Path) -> None:
    lines = len((ROOT / path).read_text(encoding="utf-8").splitlines())
    assert lines <= (HARD_LINES if path.as_posix() in LONGER else LINES), f"{path}: {lines} lines"


@pytest.mark.parametrize("name", LONGER)
def test_what_may_be_longer_is(name: str) -> None:
    assert len((ROOT / name).read_text(encoding="utf-8").splitlines()) > LINES


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function, without decorators and docstring."""
    first, last = function.lineno, function.end_lineno or function.lineno
    lines = last - first + 1
    if ast.get_docstring(function) is not None:
        docstring = function.body[0]
        lines -= (docstring.end_lineno or docstring.lineno) - docstring.lineno + 1
    return lines


@each_module
def test_a_function_fits_on_a_screen(path: Path) -> None:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = length(node)
            assert lines <= FUNCTION_LINES, f"{path}:{node.lineno} {node.name}: {lines} lines"


@each_module
def test_a_module_is_named_for_its_subject(path: Path) -> None:
    assert NO_SUBJECT.isdisjoint(part.strip("_") for part in path.with_suffix("").parts)


@each_module
def test_a_module_says_what_it_is(path: Path) -> None:
    assert ast.get_docstring(tree(path))


@each_module
def test_a_module_says_what_it_offers(path: Path) -> None:
    if path.name == "__main__.py":
        return
    module = importlib.import_module(name_of(path))
    offered = getattr(module, "__all__", None)
    if offered is None and path.name == "__init__.py":
        return
    assert isinstance(offered, list), f"{path} has no __all__"
    assert offered == sorted(set(offered), key=face_order)
    assert [name for name in offered if not hasattr(module, name)] == []


def test_the_face_order_is_ruffs() -> None:
    names = ["first", "Dex", "MAX_NS", "aio", "Dex2", "Dex10", "A"]
    assert sorted(names, key=face_order) == ["A", "MAX_NS", "Dex", "Dex2", "Dex10", "aio", "first"]
