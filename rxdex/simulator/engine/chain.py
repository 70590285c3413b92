"""The chain: transactions in, blocks out."""

from collections.abc import Mapping

from rxdex.events.values import Side
from rxdex.simulator.engine.breathing import breathe, is_breathe
from rxdex.simulator.engine.checks import check
from rxdex.simulator.engine.draft import Draft
from rxdex.simulator.engine.execution import Queued, execute, transaction_hash
from rxdex.simulator.engine.fees import Till
from rxdex.simulator.engine.genesis import Genesis
from rxdex.simulator.engine.market import MarketView
from rxdex.simulator.engine.orders import OpenOrder
from rxdex.simulator.engine.publication import publish
from rxdex.simulator.engine.records import (
    Block,
    BookLevel,
    Cancel,
    Holding,
    PlaceOrder,
    Send,
    Transaction,
)
from rxdex.simulator.engine.settlement import settle
from rxdex.simulator.engine.state import State

__all__ = ["Chain"]


class Chain:
    """
    A chain with an exchange on it, from its genesis on.

    Transactions wait in the order they were submitted until `step` makes the next block of them.
    Between two blocks all that can be asked is as the last block left it. The methods that name a
    symbol raise `KeyError` when it is not listed. Not for use by several threads at a time.
    """

    def __init__(self, genesis: Genesis) -> None:
        self._state = State(genesis)
        self._queue: list[Queued] = []
        self._waiting: dict[str, int] = {}
        self._coming: set[tuple[str, str, str]] = set()

    @property
    def height(self) -> int:
        """The height of the last block made."""
        return self._state.height

    @property
    def time_ns(self) -> int:
        """The chain time of the last block made, ns since the Unix epoch."""
        return self._state.genesis.block_time(self._state.height)

    @property
    def symbols(self) -> tuple[str, ...]:
        """The symbols listed, in the order of listing."""
        return tuple(self._state.markets)

    @property
    def owners(self) -> tuple[str, ...]:
        """The addresses that have an account, oldest first; a first receipt opens one."""
        return self._state.ledger.addresses

    def submit(self, transaction: Transaction) -> str:
        """
        Queue a transaction for the next block, if the last block's state allows it.

        Returns the id the order will have, the id of the order to cancel, or the hash of the
        transfer. An order's id ends with the sequence its transaction will have: what its owner's
        account counts by then, with all that waits. When one of those fails in the block, the
        orders after it get lower numbers than they were promised, and a cancel by a promised
        number fails or meets a later order. Funds are checked without what waits; if they do not
        suffice for all, the later ones fail in the block.

        :raises SubmissionRefused: when it cannot be executed; nothing is queued
        """
        check(self._state, transaction, self._coming)
        owner = transaction.sender if isinstance(transaction, Send) else transaction.owner
        ahead = self._waiting.get(owner, 0) + 1
        if isinstance(transaction, PlaceOrder):
            reference = self._state.order_id(owner, ahead)
            self._coming.add((owner, transaction.symbol, reference))
        elif isinstance(transaction, Cancel):
            reference = transaction.order_id
        else:
            sequence = self._state.sequences.get(owner, 0) + ahead
            reference = transaction_hash(transaction, self.height + 1, sequence)
        self._waiting[owner] = ahead
        self._queue.append(Queued(transaction, owner, reference))
        return reference

    def step(self) -> Block:
        """Make the next block of what waits, in the order of MATCHING 0."""
        state = self._state
        genesis = state.genesis
        height = state.height + 1
        queue, self._queue = self._queue, []
        self._waiting.clear()
        self._coming.clear()
        draft = Draft(
            height=height,
            time_ns=genesis.block_time(height),
            till=Till(state.ledger, state.rates, genesis.fees),
            is_breathe=is_breathe(genesis, height),
        )
        execute(state, draft, queue)
        settle(state, draft)
        if draft.is_breathe:
            breathe(state, draft)
        if height % genesis.sample_blocks == 0:
            for market in state.markets.values():
                market.sample()
        fees = draft.till.pay_out(genesis.proposer)
        if fees:
            draft.touched.add(genesis.proposer)
        state.height = height
        return publish(draft, fees)

    def market(self, symbol: str) -> MarketView:
        """What is known of a symbol."""
        return self._state.markets[symbol].view()

    def levels(self, symbol: str, side: Side, limit: int) -> tuple[BookLevel, ...]:
        """The best `limit` levels of a side, best first."""
        return self._state.markets[symbol].book.side(side).levels(limit)

    def level_quantity(self, symbol: str, side: Side, price: int, within: int) -> int:
        """The open quantity at `price` if that is among the best `within` levels, else 0."""
        levels = self._state.markets[symbol].book.side(side)
        return levels.quantity(price) if levels.rank(price) < within else 0

    def open_orders(self, owner: str, symbol: str | None = None) -> tuple[OpenOrder, ...]:
        """The resting orders of an owner, oldest first, of one symbol or of all."""
        orders = self._state.owned.get(owner, {}).values()
        return tuple(order.view() for order in orders if symbol in {None, order.symbol})

    def sequence(self, address: str) -> int:
        """How many transactions of an address went into blocks, and did not fail there."""
        return self._state.sequences.get(address, 0)

    def account(self, address: str) -> Mapping[str, Holding]:
        """What an address holds: nothing at all if it has no account."""
        return self._state.ledger.account(address)

    def supply(self) -> Mapping[str, int]:
        """How much there is of each asset over all accounts, units."""
        return self._state.ledger.supply()
