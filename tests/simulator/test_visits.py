"""The visitors' book."""

import threading

from rxdex.simulator.stream_names import Entry
from rxdex.simulator.visits import VisitorsBook

TRADES = frozenset({Entry("trades", "A_B")})


def test_a_visit_from_opening_to_closing() -> None:
    book = VisitorsBook()
    first = book.opened("/api/ws", frozenset())
    second = book.opened("/api/ws/A_B@trades", TRADES)
    book.heard(first, "hello", TRADES)
    before = book.visits
    book.closed(first, 1000)
    assert [visit.is_open for visit in before] == [True, True]
    now, other = book.visits
    assert (now.path, now.said, now.subscriptions) == ("/api/ws", ("hello",), TRADES)
    assert (now.opened, other.opened, now.closed) == (1, 2, 3)
    assert (now.close_code, other.close_code) == (1000, None)
    book.closed(second, 1006)
    assert [visit.is_open for visit in book.visits] == [False, False]


def test_what_was_said_is_kept_up_to_a_size() -> None:
    book = VisitorsBook()
    chatty, flooding = book.opened("/api/ws", frozenset()), book.opened("/api/ws", frozenset())
    book.heard(chatty, "hello", TRADES)
    for _ in range(300):
        book.heard(flooding, "x" * 60_000, frozenset())
    book.heard(chatty, "still here", TRADES)
    one, other = book.visits
    assert one.said == ("still here",), "the oldest is forgotten, whoever said it"
    assert 260 <= len(other.said) < 270
    for _ in range(100_000):
        book.heard(chatty, "", TRADES)
    assert sum(len(visit.said) for visit in book.visits) == 100_000


def test_waiting_ends_with_the_change() -> None:
    book = VisitorsBook()
    asked = threading.Event()

    def is_there() -> bool:
        asked.set()
        return bool(book.visits)

    def open_one() -> None:
        asked.wait(5)
        book.touch()
        book.opened("/api/ws", frozenset())

    thread = threading.Thread(target=open_one)
    thread.start()
    assert book.wait_for(is_there, 5)
    thread.join()


def test_waiting_gives_up() -> None:
    assert not VisitorsBook().wait_for(lambda: False, 0.01)


def test_the_lock_is_free_while_the_condition_is_asked() -> None:
    book = VisitorsBook()

    def changes_it() -> bool:
        thread = threading.Thread(target=book.touch)
        thread.start()
        thread.join(5)
        return not thread.is_alive()

    assert book.wait_for(changes_it, 1)
