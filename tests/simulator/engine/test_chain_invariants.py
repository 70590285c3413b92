"""chain: what must hold after every block, whatever was submitted (MATCHING 7)."""

import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from attrs import define, field
from hypothesis import given, settings
from hypothesis import strategies as st

from rxdex.errors import SubmissionRefused
from rxdex.events.values import OrderStatus, Side, TimeInForce
from rxdex.simulator.engine import (
    Block,
    Cancel,
    Chain,
    FeeSchedule,
    Genesis,
    OrderRecord,
    PlaceOrder,
    Send,
    Transaction,
)
from rxdex.simulator.engine.fees import transfer_fee
from tests.simulator.engine.builders import (
    BTCB,
    BUSD,
    DAY_NS,
    PROPOSER,
    RUNE,
    address,
    genesis,
    units,
)

FILLS = {OrderStatus.PARTIAL_FILL, OrderStatus.FULL_FILL}
CLOSED = {
    OrderStatus.CANCELED,
    OrderStatus.EXPIRED,
    OrderStatus.IOC_NO_FILL,
    OrderStatus.IOC_EXPIRE,
}
TRADERS = tuple(address(number) for number in range(1, 6))
ASSETS = ("BNB", RUNE, BUSD, BTCB)
EVERYTHING = 10_000

Books = dict[tuple[str, Side], dict[int, int]]


def beginning(sample_blocks: int = 1_000) -> Genesis:
    rich = {"BNB": "50", RUNE: "20000", BUSD: "3000", BTCB: "0.5"}
    return genesis(
        {
            TRADERS[0]: rich,
            TRADERS[1]: rich,
            # Neither of these can pay its fees in BNB for long.
            TRADERS[2]: {RUNE: "20000", BUSD: "3000", BTCB: "0.1"},
            TRADERS[3]: {"BNB": "0.0006", RUNE: "500", BUSD: "100"},
            PROPOSER: {"BNB": "1", RUNE: "100"},
        },
        block_time_ns=DAY_NS // 5,
        fees=FeeSchedule(),
        expiry_days=1,
        sample_blocks=sample_blocks,
    )


class Crowd:
    """Submits at random, near the market, so that much is traded and much goes wrong."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def transaction(self, chain: Chain, promised: list[tuple[str, str, str]]) -> Transaction:
        dice = self._random
        kind = dice.random()
        if kind < 0.08:
            coins = tuple(
                (asset, dice.choice([1, 10**6, 10**9]))
                for asset in dice.sample(ASSETS, dice.randint(1, 2))
            )
            outputs = tuple((dice.choice(TRADERS), coins) for _ in range(dice.randint(1, 2)))
            return Send(sender=dice.choice(TRADERS), outputs=outputs, memo="")
        if kind < 0.3 and promised:
            owner, symbol, order_id = dice.choice(promised[-12:])
            return Cancel(owner=owner, symbol=symbol, order_id=order_id)
        return self._order(chain)

    def _order(self, chain: Chain) -> PlaceOrder:
        dice = self._random
        view = chain.market(dice.choice(chain.symbols))
        # Prices land on a few ticks, some far away; quantities are rough or a single lot.
        step = max(view.reference // 200 // view.tick, 1) * view.tick
        near = view.reference // view.tick * view.tick
        return PlaceOrder(
            owner=dice.choice((*TRADERS, PROPOSER)),
            symbol=view.symbol,
            side=dice.choice([Side.BUY, Side.SELL]),
            price=max(near + step * dice.choice([-40, -3, -2, -1, 0, 0, 1, 2, 3, 40]), view.tick),
            quantity=view.lot * dice.choice([1, 1, 3, 10, 77, 500]),
            time_in_force=dice.choice([TimeInForce.GTE, TimeInForce.GTE, TimeInForce.IOC]),
        )

    def block(self, chain: Chain, promised: list[tuple[str, str, str]]) -> Iterator[Transaction]:
        for _ in range(self._random.choice([0, 1, 4, 12])):
            transaction = self.transaction(chain, promised)
            try:
                reference = chain.submit(transaction)
            except SubmissionRefused:
                continue
            if isinstance(transaction, PlaceOrder):
                promised.append((transaction.owner, transaction.symbol, reference))
            yield transaction


def books_of(chain: Chain) -> Books:
    return {
        (symbol, side): {
            level.price: level.quantity for level in chain.levels(symbol, side, EVERYTHING)
        }
        for symbol in chain.symbols
        for side in (Side.BUY, Side.SELL)
    }


def totals_of(chain: Chain) -> Counter[tuple[str, str]]:
    """What everybody has of everything, however it is held."""
    return Counter(
        {
            (owner, asset): holding.free + holding.locked
            for owner in chain.owners
            for asset, holding in chain.account(owner).items()
        }
    )


def coins_in(text: str) -> dict[str, int]:
    parts = [part.split(":") for part in text.split(";") if part and not part.startswith("#")]
    return {asset: units(amount) for asset, amount in parts}


@define
class Watch:
    """Follows a chain by its blocks alone, and compares."""

    chain: Chain
    books: Books
    totals: Counter[tuple[str, str]]
    supply: Mapping[str, int]
    filled: dict[str, int] = field(factory=dict[str, int])

    @classmethod
    def of(cls, chain: Chain) -> "Watch":
        return cls(chain, books_of(chain), totals_of(chain), chain.supply())

    def check(self, block: Block) -> None:
        accepted = [r for r in block.orders if r.status is not OrderStatus.FAILED_BLOCKING]
        self.check_coins(block, accepted)
        self.check_locks()
        self.check_records(block, accepted)
        self.check_volume(block, accepted)
        self.check_books(accepted)
        assert self.chain.supply() == self.supply

    def check_coins(self, block: Block, accepted: list[OrderRecord]) -> None:
        """Trades, transfers and fees explain every change of every account."""
        expected = Counter(self.totals)
        for trade in block.trades:
            base, _, quote = trade.symbol.partition("_")
            expected[trade.buyer, base] += trade.quantity
            expected[trade.seller, base] -= trade.quantity
            expected[trade.buyer, quote] -= trade.quote
            expected[trade.seller, quote] += trade.quote
        fees: Counter[str] = Counter()
        for transfer in block.transfers:
            for receiver, coins in transfer.outputs:
                for asset, amount in coins:
                    expected[transfer.sender, asset] -= amount
                    expected[receiver, asset] += amount
            fee = transfer_fee(sum(len(coins) for _, coins in transfer.outputs), FeeSchedule())
            expected[transfer.sender, "BNB"] -= fee
            fees["BNB"] += fee
        for owner, text in self.fee_texts(accepted).items():
            for asset, amount in coins_in(text).items():
                assert amount > 0
                expected[owner, asset] -= amount
                fees[asset] += amount
        assert dict(block.fees) == +fees
        for asset, amount in block.fees:
            expected[PROPOSER, asset] += amount
        self.totals = totals_of(self.chain)
        assert +expected == self.totals

    @classmethod
    def fee_texts(cls, accepted: list[OrderRecord]) -> dict[str, str]:
        """What each owner is told of its fees; all its fills and its first closed order say it."""
        texts: dict[str, str] = {}
        for record in accepted:
            if record.status in FILLS:
                assert texts.setdefault(record.owner, record.fee) == record.fee
        for owner, group in cls.closures(accepted).items():
            assert texts.setdefault(owner, group[0].fee) == group[0].fee
            assert not any(record.fee for record in group[1:])
        return texts

    @staticmethod
    def closures(accepted: list[OrderRecord]) -> dict[str, list[OrderRecord]]:
        groups: defaultdict[str, list[OrderRecord]] = defaultdict(list)
        for record in accepted:
            if record.status in CLOSED:
                groups[record.owner].append(record)
        return groups

    def check_locks(self) -> None:
        for owner in self.chain.owners:
            locked: Counter[str] = Counter()
            for order in self.chain.open_orders(owner):
                base, _, quote = order.symbol.partition("_")
                if order.side is Side.SELL:
                    locked[base] += order.quantity - order.filled
                else:
                    locked[quote] += order.price * order.quantity // 10**8
                    locked[quote] -= order.price * order.filled // 10**8
            holdings = self.chain.account(owner)
            assert +locked == {a: h.locked for a, h in holdings.items() if h.locked}
            assert all(holding.free >= 0 for holding in holdings.values())

    def check_records(self, block: Block, accepted: list[OrderRecord]) -> None:
        touched = {record.owner for record in accepted}
        assert touched <= set(block.touched)
        assert block.touched == tuple(sorted(set(block.touched)))
        fills: defaultdict[int, list[OrderRecord]] = defaultdict(list)
        for record in accepted:
            assert record.cumulative <= record.quantity
            if record.status is OrderStatus.ACK:
                assert self.filled.setdefault(record.order_id, 0) == 0
            if record.trade_index is not None:
                assert record.status in FILLS
                fills[record.trade_index].append(record)
                self.filled[record.order_id] += record.last_quantity
        for record in accepted:
            assert self.filled[record.order_id] == record.cumulative
            is_full = record.cumulative == record.quantity
            assert record.status not in FILLS or (record.status is OrderStatus.FULL_FILL) is is_full
        assert [trade.index for trade in block.trades] == list(range(len(block.trades)))
        assert sorted(fills) == list(range(len(block.trades)))
        for trade in block.trades:
            buy, sell = sorted(fills[trade.index], key=lambda record: record.side is Side.SELL)
            assert (buy.owner, sell.owner) == (trade.buyer, trade.seller)
            assert (buy.order_id, sell.order_id) == (trade.buy_order_id, trade.sell_order_id)
            assert sell.price <= trade.price <= buy.price
            for record in (buy, sell):
                assert (record.last_price, record.last_quantity) == (trade.price, trade.quantity)

    def check_volume(self, block: Block, accepted: list[OrderRecord]) -> None:
        """Each symbol trades the most that any one price would have traded."""
        before = {key: Counter(levels) for key, levels in self.books.items()}
        for record in accepted:
            if record.status is OrderStatus.ACK:
                before[record.symbol, record.side][record.price] += record.quantity
            elif record.status is OrderStatus.CANCELED:
                open_quantity = record.quantity - record.cumulative
                before[record.symbol, record.side][record.price] -= open_quantity
        traded: Counter[str] = Counter()
        for trade in block.trades:
            traded[trade.symbol] += trade.quantity
        for symbol in self.chain.symbols:
            bids, asks = before[symbol, Side.BUY], before[symbol, Side.SELL]
            most = max(
                (
                    min(
                        sum(quantity for at, quantity in bids.items() if at >= price),
                        sum(quantity for at, quantity in asks.items() if at <= price),
                    )
                    for price in {*bids, *asks}
                ),
                default=0,
            )
            assert traded[symbol] == most

    def check_books(self, accepted: list[OrderRecord]) -> None:
        """The differences a depth stream is made of lead from one book to the next (7.3)."""
        expected = {key: Counter(levels) for key, levels in self.books.items()}
        for record in accepted:
            level = expected[record.symbol, record.side]
            if record.status is OrderStatus.ACK:
                level[record.price] += record.quantity
            elif record.status in FILLS:
                level[record.price] -= record.last_quantity
            else:
                level[record.price] += record.cumulative - record.quantity
        self.books = books_of(self.chain)
        for key, levels in expected.items():
            assert +levels == self.books[key]
        for symbol in self.chain.symbols:
            bids, asks = self.books[symbol, Side.BUY], self.books[symbol, Side.SELL]
            assert not bids or not asks or max(bids) < min(asks)
            for price, quantity in bids.items():
                found = self.chain.level_quantity(symbol, Side.BUY, price, EVERYTHING)
                assert found == quantity


@settings(deadline=None, derandomize=True, max_examples=150)
@given(seed=st.integers(0, 2**32))
def test_every_block_leaves_everything_in_order(seed: int) -> None:
    chain, crowd = Chain(beginning()), Crowd(seed)
    watch = Watch.of(chain)
    promised: list[tuple[str, str, str]] = []
    for _ in range(40):
        for _ in crowd.block(chain, promised):
            pass
        watch.check(chain.step())


def test_nothing_gets_out_of_order_when_ticks_and_lots_change() -> None:
    chain, crowd = Chain(beginning(sample_blocks=1)), Crowd(4)
    watch = Watch.of(chain)
    promised: list[tuple[str, str, str]] = []
    sizes: set[tuple[str, int, int]] = set()
    for _ in range(900):
        for _ in crowd.block(chain, promised):
            pass
        watch.check(chain.step())
        views = (chain.market(symbol) for symbol in chain.symbols)
        sizes.update((view.symbol, view.tick, view.lot) for view in views)
    assert len(sizes) > len(chain.symbols)


def test_the_crowd_meets_every_status() -> None:
    """The test above would prove little if nothing happened in it."""
    chain, crowd = Chain(beginning()), Crowd(7)
    seen: Counter[OrderStatus] = Counter()
    texts: set[str] = set()
    promised: list[tuple[str, str, str]] = []
    transfers = 0
    for _ in range(400):
        for _ in crowd.block(chain, promised):
            pass
        block = chain.step()
        seen.update(record.status for record in block.orders)
        texts.update(record.fee for record in block.orders)
        transfers += len(block.transfers)
    assert {*FILLS, *CLOSED, OrderStatus.ACK, OrderStatus.FAILED_BLOCKING} == seen.keys()
    assert min(seen.values()) >= 10
    assert transfers > 10
    assert any(text.startswith(RUNE) for text in texts)
    assert any("#Cxl" in text and "#Exp" in text for text in texts)


def test_the_same_submissions_make_the_same_blocks() -> None:
    def history() -> list[Block]:
        chain, crowd = Chain(beginning()), Crowd(11)
        promised: list[tuple[str, str, str]] = []
        blocks: list[Block] = []
        for _ in range(100):
            for _ in crowd.block(chain, promised):
                pass
            blocks.append(chain.step())
        return blocks

    first = history()
    assert sum(len(block.trades) for block in first) > 50
    assert first == history()
