"""vigil: a wait for a socket that another thread can end."""

import errno
import selectors
import socket
from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest

from rxdex.connection.vigil import Vigil
from tests.connection.peer import Aside, shortest

READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE


@pytest.fixture
def vigil() -> Iterator[Vigil]:
    it = Vigil()
    yield it
    it.end()
    it.close()


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    here, there = socket.socketpair()
    with here, there:
        yield here, there


Ends = tuple[socket.socket, socket.socket]


def test_it_sees_what_it_was_asked_to_look_at(vigil: Vigil, ends: Ends) -> None:
    here, there = ends
    assert vigil.wait(here, READ, 0.01) == (False, False)
    assert vigil.wait(here, WRITE, 5) == (True, False)
    there.send(b"a")
    assert vigil.wait(here, READ, 5) == (True, False)
    assert vigil.wait(here, READ, 5) == (True, False), "it stays ready until it is read"


def test_a_ring_ends_the_wait_and_the_next_until_it_is_forgotten(vigil: Vigil, ends: Ends) -> None:
    here, _ = ends
    ringing = Aside(vigil.ring)
    assert vigil.wait(here, READ, 60) == (False, True)
    assert ringing.ended()
    assert vigil.wait(here, READ, 60) == (False, True)
    vigil.empty()
    assert vigil.wait(here, READ, 0.01) == (False, False)
    vigil.empty()


def test_after_its_end_there_is_no_wait(vigil: Vigil, ends: Ends) -> None:
    here, _ = ends
    vigil.end()
    assert shortest(lambda: vigil.wait(here, READ, 60), 5) < 5
    assert vigil.wait(here, READ, 60) == (False, True)


def test_one_socket_may_take_the_place_of_another(vigil: Vigil, ends: Ends) -> None:
    here, there = ends
    there.send(b"a")
    assert vigil.wait(there, READ, 0.01) == (False, False)
    assert vigil.wait(here, READ, 5) == (True, False)
    here.close()
    another, beyond = socket.socketpair()
    with another, beyond:
        assert vigil.wait(another, READ, 0.01) == (False, False)
        beyond.send(b"a")
        assert vigil.wait(another, READ, 5) == (True, False)


class Closable(NamedTuple):
    """Something that was opened."""

    close: Callable[[], object]
    is_closed: Callable[[], bool]


def closable(sock: socket.socket) -> Closable:
    return Closable(sock.close, lambda: sock.fileno() < 0)


@pytest.mark.parametrize("missing", ["selectors.DefaultSelector", "socket.socketpair"])
def test_where_no_more_files_are_to_be_had_none_is_left(
    missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Closable] = []
    make_selector, make_pair = selectors.DefaultSelector, socket.socketpair

    def refuse() -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    def selector() -> selectors.BaseSelector:
        made = make_selector()
        opened.append(Closable(made.close, lambda: made.get_map() is None))
        return made

    def pair() -> Ends:
        made = make_pair()
        opened.extend(closable(it) for it in made)
        return made

    monkeypatch.setattr(selectors, "DefaultSelector", selector)
    monkeypatch.setattr(socket, "socketpair", pair)
    monkeypatch.setattr(missing, refuse)
    with pytest.raises(OSError, match="Too many open files"):
        Vigil()
    left = [it for it in opened if not it.is_closed()]
    for it in left:
        it.close()
    assert not left
