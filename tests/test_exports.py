"""exports: what the faces show."""

import importlib
from types import ModuleType

import pytest

import rxdex
from rxdex import errors, events, venues
from tests.test_layout import face_order

EVENT_MODULES = ["account", "chain", "event", "line", "market", "values"]
#: What `rxdex` itself offers, besides every error.
FRONT = ["Dex", "LineSettings", "first", "topics"]

has_face = pytest.mark.skipif(not hasattr(rxdex, "__all__"), reason="rxdex has no face yet")


@pytest.mark.parametrize("face", [events, venues, errors], ids=lambda face: face.__name__)
def test_a_face_is_sorted_and_true(face: ModuleType) -> None:
    assert face.__all__ == sorted(set(face.__all__), key=face_order)
    assert all(hasattr(face, name) for name in face.__all__)


@pytest.mark.parametrize("name", EVENT_MODULES)
def test_the_face_of_the_events_shows_all_of_them(name: str) -> None:
    module = importlib.import_module(f"rxdex.events.{name}")
    for public in module.__all__:
        assert public in events.__all__
        assert getattr(events, public) is getattr(module, public)


def test_the_face_of_the_events_shows_nothing_else() -> None:
    modules = [importlib.import_module(f"rxdex.events.{name}") for name in EVENT_MODULES]
    assert sorted(name for module in modules for name in module.__all__) == sorted(events.__all__)


def test_the_face_of_the_venues() -> None:
    assert venues.__all__ == ["BinanceDex"]


@has_face
@pytest.mark.parametrize("name", errors.__all__)
def test_every_error_is_at_the_front(name: str) -> None:
    assert name in rxdex.__all__
    assert getattr(rxdex, name) is getattr(errors, name)


@has_face
@pytest.mark.parametrize("name", FRONT)
def test_what_a_user_begins_with_is_at_the_front(name: str) -> None:
    assert name in rxdex.__all__
    assert hasattr(rxdex, name)


@has_face
def test_the_front_is_sorted_and_true() -> None:
    offered = [name for name in rxdex.__all__ if not name.startswith("__")]
    assert offered == sorted(set(offered), key=face_order)
    assert all(hasattr(rxdex, name) for name in rxdex.__all__)
