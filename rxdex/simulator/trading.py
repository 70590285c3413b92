"""Where transactions are handed in, in the words of people."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TypeVar

from rxdex.errors import SubmissionRefused
from rxdex.events.values import Side
from rxdex.simulator import submissions
from rxdex.simulator.engine import Cancel, Chain, Transaction
from rxdex.simulator.submissions import Amount

__all__ = ["Trading"]

T = TypeVar("T")


class Trading(ABC):
    """The part of an exchange that takes transactions; all of them wait for the next block."""

    @property
    @abstractmethod
    def user(self) -> str:
        """An address with funds that does nothing of itself: yours."""

    @abstractmethod
    def inspect(self, look: Callable[[Chain], T]) -> T:
        """What `look` finds out about the chain, between two blocks."""

    def submit(self, transaction: Transaction) -> str:
        """
        Queue a transaction, in whole units, for the next block.

        :return: the id of the order placed or to be cancelled, or the hash of the transfer
        :raises SubmissionRefused: it cannot go into a block
        :raises RuntimeError: the exchange is closed
        """
        return self.inspect(lambda chain: chain.submit(transaction))

    def buy(
        self,
        symbol: str,
        price: Amount,
        quantity: Amount,
        *,
        owner: str | None = None,
        ioc: bool = False,
    ) -> str:
        """
        Queue a limit order to buy, of `user` if nobody else is named; see `submit`.

        :param price: quote assets for one whole base asset
        :param quantity: whole base assets
        :param ioc: whether what is not filled at once is dropped
        :return: the id of the order
        :raises TypeError: an amount is a float
        """
        return self.submit(
            submissions.order(owner or self.user, symbol, Side.BUY, price, quantity, ioc=ioc)
        )

    def sell(
        self,
        symbol: str,
        price: Amount,
        quantity: Amount,
        *,
        owner: str | None = None,
        ioc: bool = False,
    ) -> str:
        """Queue a limit order to sell; all else is as with `buy`."""
        return self.submit(
            submissions.order(owner or self.user, symbol, Side.SELL, price, quantity, ioc=ioc)
        )

    def cancel(self, order_id: str, *, symbol: str | None = None, owner: str | None = None) -> str:
        """
        Queue a cancel of an order of `user`, if nobody else is named.

        :param symbol: needed for an order that is in no book yet
        :return: the id of the order
        :raises SubmissionRefused: without a symbol, when the owner has no such open order
        """
        holder = owner or self.user

        def submit(chain: Chain) -> str:
            orders = () if symbol else chain.open_orders(holder)
            found = symbol or next((it.symbol for it in orders if it.order_id == order_id), None)
            if found is None:
                raise SubmissionRefused(
                    f"{holder} has no open order {order_id!r}; name its symbol too if it is in no book yet"
                )
            return chain.submit(Cancel(owner=holder, symbol=found, order_id=order_id))

        return self.inspect(submit)

    def send(
        self,
        receiver: str,
        asset: str,
        amount: Amount,
        *,
        sender: str | None = None,
        memo: str = "",
    ) -> str:
        """
        Queue a transfer of whole assets, from `user` if nobody else is named.

        :return: the hash of the transfer
        :raises TypeError: the amount is a float
        :raises SubmissionRefused: it cannot go into a block
        """
        return self.submit(submissions.transfer(sender or self.user, receiver, asset, amount, memo))
