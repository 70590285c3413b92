"""patience: what a subscriber bears, told to whoever opens the line on this thread."""

import threading

import pytest

from rxdex.errors import ConnectionLost
from rxdex.patience import Patience, current_patience, patient


def test_nobody_has_said_anything() -> None:
    assert current_patience().tries is None
    assert current_patience().last_loss is None


def test_within_the_patience_is_the_one_that_was_given() -> None:
    mine = Patience(tries=1)
    with patient(mine):
        assert current_patience() is mine
    assert current_patience() is not mine


def test_the_inner_patience_holds_until_it_ends() -> None:
    outer, inner = Patience(tries=3), Patience(tries=1)
    with patient(outer):
        with patient(inner):
            assert current_patience() is inner
        assert current_patience() is outer


def test_an_exception_ends_it_too() -> None:
    mine = Patience()
    with pytest.raises(KeyError), patient(mine):
        raise KeyError
    assert current_patience() is not mine


def test_another_thread_has_its_own() -> None:
    heard: list[Patience] = []
    mine = Patience(tries=1)
    with patient(mine):
        other = threading.Thread(target=lambda: heard.append(current_patience()))
        other.start()
        other.join(10)
    assert [patience.tries for patience in heard] == [None]


def test_two_patiences_are_never_one() -> None:
    assert Patience(tries=1) != Patience(tries=1)


def test_unsaid_patience_is_not_shared() -> None:
    current_patience().last_loss = ConnectionLost("written to nobody")
    assert current_patience().last_loss is None
