"""draft: an event in the making, and that nothing of the making is left."""

from typing import Any

import attrs
import pytest

from rxdex.events import BlockHeight, Event
from rxdex.events.draft import draft
from tests.events.test_event import EVENTS

every_event = pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)


def made_by_draft(event: Event) -> Event:
    made: Any = draft(type(event))()
    for field in attrs.fields(type(event)):
        setattr(made, field.name, getattr(event, field.name))
    made.__class__ = type(event)
    assert isinstance(made, Event)
    return made


@every_event
def test_a_draft_becomes_the_event_it_was_made_for(event: Event) -> None:
    made = made_by_draft(event)
    assert type(made) is type(event)
    assert made == event
    assert event == made
    assert hash(made) == hash(event)
    assert repr(made) == repr(event)


@every_event
def test_and_is_locked_from_then_on(event: Event) -> None:
    made = made_by_draft(event)
    for field in attrs.fields(type(event)):
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            setattr(made, field.name, None)
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            delattr(made, field.name)
    assert not hasattr(made, "__dict__")


def test_a_draft_is_stored_into_without_a_detour() -> None:
    """CPython's own way to store: both methods have to be its own, or each field costs ten times as much."""
    drafts: Any = draft(BlockHeight)
    for name in ("__setattr__", "__delattr__", "__init__"):
        assert vars(drafts)[name] is vars(object)[name]
    assert drafts.__basicsize__ == BlockHeight.__basicsize__
