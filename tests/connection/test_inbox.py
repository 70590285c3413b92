"""inbox: in order, with back-pressure, and nobody is kept waiting once it is over."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import reactivex

from rxdex.connection.inbox import Inbox
from tests.conftest import eventually

PATIENCE = 5.0


@contextmanager
def beside(*steps: Callable[[], None]) -> Iterator[threading.Thread]:
    """A thread that takes these steps; it has to come to its end."""

    def take() -> None:
        for step in steps:
            step()

    thread = threading.Thread(target=take, daemon=True)
    thread.start()
    yield thread
    thread.join(PATIENCE)
    assert not thread.is_alive()


def bring(inbox: Inbox[int], count: int, brought: list[int]) -> Callable[[], None]:
    def step() -> None:
        for number in range(count):
            inbox.on_next(number)
            brought.append(number)

    return step


def test_events_come_in_order_and_end_with_the_stream() -> None:
    with Inbox[int]() as inbox:
        reactivex.of(1, 2, 3).subscribe(inbox)
        assert list(inbox) == [1, 2, 3]
        assert list(inbox) == []


def test_the_failure_of_the_stream_is_raised_behind_what_came_before() -> None:
    with Inbox[int]() as inbox:
        reactivex.concat(reactivex.of(1, 2), reactivex.throw(LookupError("gone"))).subscribe(inbox)
        assert [next(inbox), next(inbox)] == [1, 2]
        with pytest.raises(LookupError, match="gone"):
            next(inbox)
    assert list(inbox) == []


def test_an_event_wakes_who_waits_for_it() -> None:
    inbox: Inbox[int] = Inbox()
    with beside(lambda: inbox.on_next(5)):
        assert next(inbox) == 5


@pytest.mark.parametrize(
    "end", [Inbox[Any].on_completed, Inbox[Any].close], ids=["completed", "closed"]
)
def test_an_end_wakes_who_waits(end: Callable[[Inbox[Any]], None]) -> None:
    inbox: Inbox[Any] = Inbox()
    with beside(lambda: end(inbox)):
        assert list(inbox) == []


def test_who_brings_waits_for_room_and_nothing_is_lost() -> None:
    inbox: Inbox[int] = Inbox(bound=3)
    brought: list[int] = []
    with beside(bring(inbox, 10, brought), inbox.on_completed) as thread:
        assert eventually(lambda: len(brought) == 3)
        assert thread.is_alive()
        assert next(inbox) == 0
        assert eventually(lambda: len(brought) == 4)
        assert list(inbox) == list(range(1, 10))


def test_close_lets_go_who_waits_for_room_and_drops_what_waits() -> None:
    inbox: Inbox[int] = Inbox(bound=3)
    brought: list[int] = []
    with beside(bring(inbox, 10, brought)):
        assert eventually(lambda: len(brought) == 3)
        inbox.close()
        inbox.close()
    assert len(brought) == 10
    assert list(inbox) == []


def test_leaving_its_with_by_an_exception_lets_go_who_waits_for_room() -> None:
    brought: list[int] = []
    inbox: Inbox[int] = Inbox(bound=3)
    with beside(bring(inbox, 10, brought)), pytest.raises(ZeroDivisionError), inbox:
        raise ZeroDivisionError
    assert len(brought) == 10


def test_it_can_be_closed_amid_anything_as_by_the_handler_of_a_signal() -> None:
    inbox: Inbox[int] = Inbox()
    changed: threading.Condition = vars(inbox)["_changed"]
    with changed:
        inbox.close()
    assert list(inbox) == []
