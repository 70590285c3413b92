"""account: whose order, whose balance, who sent what to whom."""

from decimal import Decimal

from attrs import evolve

from rxdex.events import AccountUpdate, Balance, OrderUpdate, Transfer, moment
from tests.builders import BUYER, HOME, TIME_NS, account, found, only, order, transfer
from tests.builders import events as events_of


def test_an_order_update_has_its_moments() -> None:
    (update,) = events_of(OrderUpdate, found("orders", [order()], HOME))
    assert update.time == moment(TIME_NS + 1_000_000_000)
    assert update.created == moment(TIME_NS)


def test_an_order_that_was_never_accepted_has_no_creation() -> None:
    (update,) = events_of(OrderUpdate, found("orders", [order(O=0)], HOME))
    assert update.created == moment(0)


def test_the_balance_of_an_asset_that_is_held() -> None:
    update = only(AccountUpdate, "accounts", account())
    assert update.balance("BNB") == Balance("BNB", Decimal(7), Decimal(3), Decimal(1))


def test_the_balance_of_an_asset_that_has_gone_is_zero() -> None:
    update = only(AccountUpdate, "accounts", account())
    gone = update.balance("RUNE-B1A")
    assert gone == Balance("RUNE-B1A", Decimal(0), Decimal(0), Decimal(0))
    assert gone.total == 0


def test_accounts_without_a_height_are_possible_elsewhere() -> None:
    update = AccountUpdate(address=BUYER, balances=())
    assert update.block_height is None
    assert update.balance("BNB").total == 0


def test_a_transfer_without_memo_differs_from_an_empty_one() -> None:
    sent = only(Transfer, "transfers", transfer(M=""))
    assert sent.memo == ""
    assert evolve(sent, memo=None) != sent
