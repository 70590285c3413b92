"""answer: one event, or why there is none, whoever waits for it."""

import gc
import threading
import weakref
from contextlib import suppress

import pytest
import reactivex
from reactivex.internal.exceptions import SequenceContainsNoElementsError
from reactivex.subject import Subject

from rxdex.answer import Answer, check_stream, check_thread
from rxdex.errors import ConnectionLost
from rxdex.patience import current_patience
from tests.counted import Counted


class Setting:
    """An answer that nobody waits for, so that a test can look at it."""

    def __init__(self) -> None:
        self.source = Counted()
        self.settled = 0
        self.answer = Answer(self.source, 5, self._settle)

    def _settle(self) -> None:
        self.settled += 1


@pytest.fixture
def here() -> Setting:
    return Setting()


def test_nothing_is_asked_before_it_is_asked(here: Setting) -> None:
    assert here.source.listening == 0
    here.answer.ask()
    assert here.source.listening == 1
    assert here.settled == 0


def test_an_event_settles_it_once(here: Setting) -> None:
    here.answer.ask()
    here.source.subject.on_next(7)
    here.source.subject.on_next(8)
    assert here.settled == 1
    assert here.source.listening == 0
    assert here.answer.get() == 7


def test_a_failure_settles_it(here: Setting) -> None:
    lost = ConnectionLost("nobody there")
    here.answer.ask()
    here.source.subject.on_error(lost)
    assert here.settled == 1
    with pytest.raises(ConnectionLost) as caught:
        here.answer.get()
    assert caught.value is lost


def test_the_end_settles_it(here: Setting) -> None:
    here.answer.ask()
    here.source.subject.on_completed()
    assert here.settled == 1
    with pytest.raises(SequenceContainsNoElementsError, match="ended without an event"):
        here.answer.get()


def test_nothing_came(here: Setting) -> None:
    here.answer.ask()
    here.answer.leave()
    here.answer.leave()
    assert here.source.listening == 0
    with pytest.raises(TimeoutError, match="no event within 5 s: a quiet stream"):
        here.answer.get()


def test_nothing_came_since_the_line_is_down(here: Setting) -> None:
    here.answer.ask()
    assert here.source.patience is not None
    here.source.patience.last_loss = lost = ConnectionLost("refused")
    with pytest.raises(TimeoutError, match="is being tried again: refused") as caught:
        here.answer.get()
    assert caught.value.__cause__ is lost


def test_it_bears_one_attempt(here: Setting) -> None:
    here.answer.ask()
    assert here.source.patience is not None
    assert here.source.patience.tries == 1
    assert current_patience().tries is None


@pytest.mark.parametrize("is_answered", [True, False])
def test_nothing_is_left_for_the_garbage_collector(is_answered: bool) -> None:
    gc.collect()
    gc.disable()
    try:
        source = Counted()
        answer = Answer(source, 5, threading.Event().set)
        answer.ask()
        if is_answered:
            source.subject.on_next(7)
        answer.leave()
        with suppress(TimeoutError):
            answer.get()
        gone = weakref.ref(answer)
        del answer
        assert gone() is None
    finally:
        gc.enable()


def test_what_is_no_stream_is_told_by_who_asks() -> None:
    with pytest.raises(TypeError, match=r"^iterate\(\) takes a stream"):
        check_stream("iterate", [1])
    check_stream("iterate", reactivex.never())
    check_stream("iterate", Subject[int]())


def test_a_thread_of_rxdex_is_told_by_who_asks() -> None:
    refused: list[RuntimeError] = []

    def within() -> None:
        with pytest.raises(RuntimeError, match=r"^first\(\) would stop") as caught:
            check_thread("first")
        refused.append(caught.value)

    thread = threading.Thread(target=within, name="rxdex:market")
    thread.start()
    thread.join(10)
    assert len(refused) == 1
    check_thread("first")
