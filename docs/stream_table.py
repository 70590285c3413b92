# ruff: noqa: INP001 - a folder of pages, not a package
"""
Every stream and what it is called, as Markdown: asked of the code, so that no name is written twice.

What a method listens to is found by calling it on streams that only note it; how the venue calls that, by
having it said; how the command line does, by finding the command that listens to the same.
"""

import inspect
import json
from collections.abc import Iterator
from itertools import product
from typing import Any, TypeVar, cast, get_args

import reactivex
from reactivex import Observable

from docs.generated import prose, table, type_of
from rxdex import Dex, topics
from rxdex.cli.watched import WATCHED
from rxdex.cli.watched import Request as Watch
from rxdex.simulator.world import world
from rxdex.streams import Streams
from rxdex.topics import Topic
from rxdex.venue import Request, Venue
from rxdex.venues import BinanceDex

__all__ = ["names", "streams"]

E = TypeVar("E")
T = TypeVar("T")

_SYMBOL = "BNB_BUSD-BD1"
_ADDRESS = world(seed=1).user
_VENUE = BinanceDex("wss://venue/api")

#: What is asked for in place of each parameter.
_GIVEN: dict[str, tuple[Any, ...]] = {
    "symbol": (_SYMBOL,),
    "address": (_ADDRESS,),
    "interval": ("1m",),
    "levels": (20, 100, 500),
}
#: How an example of a parameter is shown; the levels are no example, there are no others.
_SHOWN = {_ADDRESS: "<address>", "1m": "<interval>"}


class _Noting(Streams):
    """Streams that bring nothing, and note what is listened to."""

    def __init__(self) -> None:
        self.noted: list[Topic[Any]] = []

    @property
    def venue(self) -> Venue:
        """The venue whose names are shown."""
        return _VENUE

    def stream(self, topic: Topic[E], *more: Topic[E]) -> Observable[E]:
        """Note it."""
        self.noted += [topic, *more]
        return reactivex.empty()

    def snapshot(self, request: Request[T]) -> Observable[T]:
        """Bring nothing."""
        return reactivex.empty()


def streams() -> str:
    """A row for each stream: how it is called, and what it brings."""
    rows = (
        [
            f"`dex.{_call(name)}`",
            ", ".join(_event(factory) for factory in _factories(noted)),
            " ".join(prose(getattr(Streams, name)).split("\n\n")[0].split()),
        ]
        for name, noted in _noted().items()
    )
    return table(["call", "event", "what it tells"], rows)


def names() -> str:
    """A row for each stream: its names."""
    watched = {_noted_by_watch(name): name for name in WATCHED}
    rows = (
        [
            f"`{name}`",
            ", ".join(f"`{factory}`" for factory in _factories(noted)),
            _each(str(_VENUE.lane(topic)) for topic in noted),
            _each(_on_the_wire(topic) for topic in noted),
            f"`{watched[noted[0], len(_factories(noted))]}`",
        ]
        for name, noted in _noted().items()
    )
    return table(["method", "topic", "lane", "on the wire", "command line"], rows)


def _noted() -> dict[str, list[Topic[Any]]]:
    """Each method that is a stream, and what it listens to."""
    found = {
        name: _noted_by(name)
        for name, method in vars(Streams).items()
        if inspect.isfunction(method) and not name.startswith("_")
    }
    # Who listens to nothing is what streams are made of, or one answer.
    return {name: noted for name, noted in found.items() if noted}


def _factories(noted: list[Topic[Any]]) -> list[str]:
    """The functions of `rxdex.topics` that make these."""
    return list(dict.fromkeys(topic.kind.value for topic in noted))


def _call(name: str) -> str:
    taken = list(inspect.signature(getattr(Streams, name)).parameters)[1:]
    return f"{name}({', '.join(taken)})"


def _noted_by(name: str) -> list[Topic[Any]]:
    """What a method listens to, for everything that can be given."""
    noting = _Noting()
    method = getattr(noting, name)
    taken = inspect.signature(method).parameters
    if taken.keys() <= _GIVEN.keys():
        for given in product(*(_GIVEN[it] for it in taken)):
            method(*given)
    return noting.noted


def _noted_by_watch(name: str) -> tuple[Topic[Any], int]:
    """What a stream of the command line listens to: the first topic, and how many kinds."""
    noting = _Noting()
    watched = WATCHED[name]
    subject = _ADDRESS if watched.about.value == "address" else _SYMBOL
    watched.start(cast("Dex", noting), Watch([subject], "1m", 20))
    return noting.noted[0], len({topic.kind for topic in noting.noted})


def _event(factory: str) -> str:
    result = inspect.signature(vars(topics)[factory]).return_annotation
    return type_of(get_args(result)[0])


def _on_the_wire(topic: Topic[Any]) -> str:
    (frame,) = _VENUE.subscribe([topic])
    name: str = json.loads(frame)["topic"]
    return name


def _each(names: Iterator[str]) -> str:
    """Each name once, with what was given for example replaced."""
    found = list(names)
    for given, shown in _SHOWN.items():
        found = [name.replace(given, shown) for name in found]
    return ", ".join(f"`{name}`" for name in dict.fromkeys(found))
