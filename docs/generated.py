# ruff: noqa: INP001 - a folder of pages, not a package
"""
The pages' parts that are made from the code, as Markdown: events, settings, floors, states, help.

No Sphinx here, so that the tests can read them too; `docs.directives` puts them into the pages.
"""

import configparser
import importlib
import inspect
import io
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import redirect_stdout
from enum import Enum
from pathlib import Path
from types import FunctionType, ModuleType
from unittest.mock import patch

import attrs

from rxdex import events
from rxdex.cli import app
from rxdex.connection.status import NEXT
from rxdex.events import Event, LineState

__all__ = [
    "classes",
    "command",
    "contracts",
    "fields",
    "floors",
    "prose",
    "states",
    "table",
    "type_of",
    "value",
]

ROOT = Path(__file__).parents[1]

_FIELD = re.compile(r"^:(\w+)(?: (\w+))?:\s*", re.MULTILINE)
_WIRE = re.compile(r"\s*\[(``.*)\]$")
_QUALIFIER = re.compile(r"\b(?:[a-z_]\w*\.)+")


def prose(thing: object) -> str:
    """A docstring as far as its first field, as it stands."""
    return _FIELD.split(_docstring(thing), maxsplit=1)[0].strip()


def fields(thing: object, kind: str = "param") -> dict[str, str]:
    """What a docstring says of each parameter, by its name, each in one line."""
    _, *parts = _FIELD.split(_docstring(thing))
    names = zip(parts[::3], parts[1::3], parts[2::3], strict=True)
    return {name or "": " ".join(text.split()) for said, name, text in names if said == kind}


def classes(module: ModuleType) -> Iterator[type[object]]:
    """The public classes of a module, in the order of its source."""
    for name, thing in vars(module).items():
        if name in module.__all__ and isinstance(thing, type):
            yield thing


def value(cls: type[object]) -> str:
    """
    A class of values: what it is, its fields, and what it offers besides.

    :raises ValueError: when its docstring leaves a field out, or has one too many
    """
    if issubclass(cls, Enum):
        tables = [table(["name", "value"], ([f"`{it.name}`", f"`{it.value}`"] for it in cls))]
    elif attrs.has(cls):
        tables = [_attrs_table(cls)]
    else:
        tables = [_tuple_table(cls)]
    parts = [prose(cls), *tables, table(["besides", "type", "meaning"], _besides(cls))]
    return "\n\n".join(part for part in parts if part)


def floors() -> str:
    """The floors of `setup.cfg`, from the top down, with what each room says it is."""
    layers = _contract("floors")["layers"].strip().split("\n")
    rows = (
        [str(len(layers) - down), f"`{room}`", _first_line(room)]
        for down, layer in enumerate(layers)
        for room in re.findall(r"\w+", layer)
    )
    return table(["floor", "room", "what it is"], rows)


def contracts() -> str:
    """The further contracts: who must not import what."""
    found: list[str] = []
    for name in ("pure", "websocket"):
        contract = _contract(name)
        sources = ", ".join(f"`{it}`" for it in contract["source_modules"].split())
        forbidden = ", ".join(f"`{it}`" for it in contract["forbidden_modules"].split())
        excepted = contract.get("ignore_imports", "").strip()
        excepted = f", save `{excepted.partition(' ->')[0]}`" if excepted else ""
        found.append(f"* **{contract['name']}.** {sources}{excepted}: never {forbidden}.")
    return "\n".join(found)


def states() -> str:
    """Which state of a line may follow which."""
    rows = (
        [f"`{state.name}`", ", ".join(f"`{it.name}`" for it in LineState if it in following)]
        for state, following in NEXT.items()
    )
    return table(["state", "may be followed by"], rows)


def command(name: str = "") -> str:
    """What a command of `rxdex` says of itself, and what the process ends with; without a name, `rxdex`."""
    if not name:
        return _help()
    module = app.COMMANDS[name]
    more = prose(module).partition("\n")[2].strip()
    code = fields(vars(module)["run"], "return")[""]
    return "\n\n".join(part for part in (_help(name), more, f"Exit code: {code}.") if part)


def type_of(annotation: object) -> str:
    """A type as code, with a link to the class of ours that is in it."""
    shown = annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
    shown = _QUALIFIER.sub("", shown).replace("|", "\\|")
    for name in re.findall(r"\w+", shown):
        cls = getattr(events, name, None)
        if isinstance(cls, type):
            return f"{{py:class}}`{shown} <{cls.__module__}.{name}>`"
    return f"`{shown}`"


def table(head: list[str], rows: Iterable[list[str]]) -> str:
    """A table; a column nobody has anything to say in is left out."""
    said = list(rows)
    used = [column for column in range(len(head)) if any(row[column] for row in said)]
    if not said:
        return ""
    lines = [head, ["---"] * len(head), *said]
    return "\n".join(f"| {' | '.join(line[column] for column in used)} |" for line in lines)


def _docstring(thing: object) -> str:
    return inspect.cleandoc(getattr(thing, "__doc__", None) or "")


def _attrs_table(cls: type[attrs.AttrsInstance]) -> str:
    said = fields(cls)
    own = [field for field in attrs.fields(cls) if not field.inherited and field.init]
    if set(said) != {field.name for field in own}:
        odd = ", ".join(set(said) ^ {field.name for field in own})
        raise ValueError(f"{cls.__name__} and its docstring disagree about {odd}")
    head = ["field", "type", "default", "meaning", "wire key"]
    rows: list[list[str]] = []
    for field in own:
        # Nobody but decoders makes events: what a field would be without them helps no reader.
        default = "" if issubclass(cls, Event) else _default(field.default)
        row = [f"`{field.name}`", type_of(field.type), default, *_meaning(said[field.name])]
        rows.append(row)
    return table(head, rows)


def _tuple_table(cls: type[object]) -> str:
    said = fields(cls)
    types: dict[str, object] = cls.__annotations__
    rows = ([f"`{name}`", type_of(kind), said.get(name, "")] for name, kind in types.items())
    return table(["field", "type", "meaning"], rows)


def _besides(cls: type[object]) -> Iterator[list[str]]:
    """Properties and methods of its own."""
    for name, thing in vars(cls).items():
        if name.startswith("_"):
            continue
        if isinstance(thing, property) and thing.fget is not None:
            result = inspect.signature(thing.fget).return_annotation
            yield [f"`{name}`", type_of(result), _one_line(thing)]
        elif isinstance(thing, FunctionType | classmethod):
            signature = inspect.signature(getattr(cls, name))
            taken = ", ".join(it for it in signature.parameters if it != "self")
            yield [
                f"`{name}({taken})`",
                type_of(signature.return_annotation),
                _one_line(getattr(cls, name)),
            ]


def _meaning(said: str) -> tuple[str, str]:
    """The words, and the wire key behind them in brackets."""
    found = _WIRE.search(said)
    return (said, "") if found is None else (said[: found.start()], found[1])


def _one_line(thing: object) -> str:
    return " ".join(prose(thing).split())


def _default(default: object) -> str:
    if default is attrs.NOTHING:
        return ""
    factory = getattr(default, "factory", None)
    return f"`{default!r}`" if factory is None else f"`{factory.__name__}()`"


def _contract(name: str) -> configparser.SectionProxy:
    found = configparser.ConfigParser(interpolation=None)
    found.read(ROOT / "setup.cfg", encoding="utf-8")
    return found[f"importlinter:contract:{name}"]


def _first_line(room: str) -> str:
    """What a room says of itself; nothing where it is not built yet."""
    if not any((ROOT / "rxdex" / place).exists() for place in (f"{room}.py", room)):
        return "*not built yet*"
    return prose(importlib.import_module(f"rxdex.{room}")).partition("\n")[0]


def _help(*command: str) -> str:
    said = io.StringIO()
    with patch.dict(os.environ, COLUMNS="88", NO_COLOR="1"), redirect_stdout(said):
        app.main([*command, "--help"])
    return f"```text\n{said.getvalue().rstrip()}\n```"
