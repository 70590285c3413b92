"""errors: one tree, texts for people, and nothing lost in a pickle."""

import pickle

import attrs
import pytest

from rxdex import errors
from rxdex.errors import (
    BookOutOfSync,
    ConnectionLost,
    EventsLost,
    InvalidSubject,
    MalformedFrame,
    RxdexError,
    StaleConnection,
    SubmissionRefused,
    SubscriptionRejected,
    UnsupportedTopic,
    VenueGone,
)
from rxdex.events import Gap, GapReason
from tests.builders import TIME_NS

GAP = Gap(topic=("trades", "X"), since_ns=TIME_NS, reason=GapReason.OVERFLOW, lost=5)

TREE: dict[type[Exception], tuple[type[Exception], ...]] = {
    RxdexError: (Exception,),
    UnsupportedTopic: (RxdexError, ValueError),
    InvalidSubject: (RxdexError, ValueError),
    ConnectionLost: (RxdexError, ConnectionError),
    StaleConnection: (ConnectionLost,),
    VenueGone: (ConnectionLost,),
    SubscriptionRejected: (RxdexError,),
    MalformedFrame: (RxdexError, ValueError),
    EventsLost: (RxdexError,),
    BookOutOfSync: (RxdexError,),
    SubmissionRefused: (RxdexError, ValueError),
}


#: Those that are made of more than their text.
OF_PARTS = {EventsLost, MalformedFrame, VenueGone}


def build(kind: type[Exception]) -> Exception:
    if kind is MalformedFrame:
        return MalformedFrame("no JSON", "{]")
    if kind is VenueGone:
        return VenueGone("it was shut down", "Take another")
    if kind is EventsLost:
        return EventsLost("begin again", GAP)
    return kind("what was wrong")


@pytest.mark.parametrize("kind", TREE)
def test_each_error_hangs_where_the_tree_says(kind: type[Exception]) -> None:
    assert kind.__bases__ == TREE[kind]


def test_the_tree_is_whole() -> None:
    assert sorted(kind.__name__ for kind in TREE) == errors.__all__


def test_the_module_shows_the_tree() -> None:
    assert errors.__doc__ is not None
    shown = errors.__doc__
    for name in errors.__all__:
        assert f" {name}" in shown


@pytest.mark.parametrize("kind", TREE)
def test_each_error_pickles(kind: type[Exception]) -> None:
    error = build(kind)
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is kind
    assert again.args == error.args
    assert str(again) == str(error)
    assert vars(again) == vars(error)


@pytest.mark.parametrize("kind", TREE)
def test_each_error_is_caught_as_ours(kind: type[Exception]) -> None:
    with pytest.raises(RxdexError):
        raise build(kind)


@pytest.mark.parametrize("kind", [kind for kind in TREE if kind not in OF_PARTS])
def test_an_error_says_what_it_was_given(kind: type[Exception]) -> None:
    assert str(kind("this and that")) == "this and that"


def test_a_venue_that_is_gone_keeps_apart_what_is_wrong_and_what_to_do() -> None:
    error = VenueGone("it was shut down", "Take another")
    assert str(error) == "it was shut down. Take another"
    assert (error.what, error.remedy) == ("it was shut down", "Take another")
    assert error.errno is None


def test_a_malformed_frame_keeps_its_reason_and_its_whole_text() -> None:
    text = "x" * 10_000
    error = MalformedFrame("no JSON", text)
    assert error.reason == "no JSON"
    assert error.text == text


def test_a_malformed_frame_shows_a_short_text_whole() -> None:
    text = "y" * 200
    assert str(MalformedFrame("no JSON", text)) == f"no JSON: {text!r}"


def test_a_malformed_frame_shows_the_beginning_of_a_long_text() -> None:
    shown = str(MalformedFrame("no JSON", "y" * 201))
    assert shown == f"no JSON: '{'y' * 200}…'"


@pytest.mark.parametrize(
    ("lost", "says"),
    [
        (None, "events may be missing"),
        (1, "1 event is missing"),
        (5, "5 events are missing"),
    ],
)
def test_lost_events_are_counted_where_that_is_known(lost: int | None, says: str) -> None:
    gap = attrs.evolve(GAP, lost=lost)
    error = EventsLost("begin again", gap)
    assert str(error) == f"{says} since 2019-07-13 06:40:00 UTC: overflow; begin again"
    assert (error.gap, error.remedy) == (gap, "begin again")
