"""ledger: coins move, and are neither made nor lost."""

import pytest

from rxdex.simulator.engine.ledger import Ledger
from rxdex.simulator.engine.records import Holding


def test_an_account_begins_with_what_it_was_given() -> None:
    ledger = Ledger({"b": {"BNB": 5, "AVA": 0}, "a": {}})
    assert ledger.account("b") == {"BNB": Holding(free=5)}
    assert ledger.addresses == ("b", "a"), "oldest first"
    assert ledger.supply() == {"BNB": 5}


def test_who_is_unknown_has_nothing_and_gets_no_account_by_being_asked_for() -> None:
    ledger = Ledger({})
    assert ledger.free("a", "BNB") == 0
    assert ledger.account("a") == {}
    assert ledger.addresses == ()


def test_a_first_receipt_opens_an_account() -> None:
    ledger = Ledger({"a": {"BNB": 5}})
    ledger.spend("a", "BNB", 2)
    ledger.earn("b", "BNB", 2)
    assert ledger.addresses == ("a", "b")
    assert (ledger.free("a", "BNB"), ledger.free("b", "BNB")) == (3, 2)


def test_locked_units_are_there_but_not_free() -> None:
    ledger = Ledger({"a": {"BNB": 5}})
    ledger.lock("a", "BNB", 4)
    assert ledger.account("a") == {"BNB": Holding(free=1, locked=4)}
    ledger.unlock("a", "BNB", 1)
    assert ledger.account("a") == {"BNB": Holding(free=2, locked=3)}
    assert ledger.supply() == {"BNB": 5}


def test_free_assets_are_told_before_those_only_locked_each_in_ascii_order() -> None:
    ledger = Ledger({"a": {"Z": 1, "B": 3, "A": 2, "C": 4, "M": 0}})
    ledger.lock("a", "A", 2)
    ledger.lock("a", "C", 3)
    assert list(ledger.account("a")) == ["B", "C", "Z", "A"]


@pytest.mark.parametrize("move", [Ledger.spend, Ledger.lock, Ledger.unlock])
@pytest.mark.parametrize("units", [6, -1])
def test_moving_what_is_not_there_is_a_bug(move: object, units: int) -> None:
    ledger = Ledger({"a": {"BNB": 5}})
    assert callable(move)
    with pytest.raises(AssertionError, match=f"a cannot move {units} of"):
        move(ledger, "a", "BNB", units)
    assert ledger.account("a") == {"BNB": Holding(free=5)}
