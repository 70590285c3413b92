"""How much is taken of whom, in which asset (MATCHING 3, "Fees")."""

from collections.abc import Iterable

from attrs import define, field, frozen

from rxdex.events.values import TimeInForce
from rxdex.simulator.engine.genesis import FeeSchedule
from rxdex.simulator.engine.ledger import Ledger
from rxdex.simulator.engine.orders import LiveOrder
from rxdex.simulator.engine.rates import Rates
from rxdex.simulator.engine.units import NATIVE, decimal_text

__all__ = ["FeeTally", "Swap", "Till", "trade_fee", "transfer_fee"]

_MILLION = 1_000_000


@frozen
class Swap:
    """What one account got and gave in one trade, units."""

    received_asset: str
    received: int
    paid_asset: str
    paid: int


@define
class FeeTally:
    """
    The fees of one account in one block.

    `cancels` and `expiries` count the orders that a fixed fee was taken for.
    """

    coins: dict[str, int] = field(factory=dict[str, int])
    cancels: int = 0
    expiries: int = 0

    @property
    def text(self) -> str:
        """The fees as an order's frame has them, such as `BNB:0.00005000;#Exp:1`."""
        parts = [f"{asset}:{decimal_text(self.coins[asset])}" for asset in sorted(self.coins)]
        if self.cancels:
            parts.append(f"#Cxl:{self.cancels}")
        if self.expiries:
            parts.append(f"#Exp:{self.expiries}")
        return ";".join(parts)


def trade_fee(swap: Swap, native: int, rates: Rates, schedule: FeeSchedule) -> tuple[str, int]:
    """
    The asset and the units one side of one trade costs.

    BNB received or paid is charged itself; otherwise the BNB value of what was received. Where
    that comes to nothing, or to more than `native`, the BNB units the account has free, the asset
    received is charged instead, at the dearer rate.
    """
    if swap.received_asset == NATIVE:
        return NATIVE, swap.received * schedule.trade_rate // _MILLION
    asset, units = swap.received_asset, swap.received
    value = swap.paid if swap.paid_asset == NATIVE else rates.to_native(asset, units)
    fee = value * schedule.trade_rate // _MILLION
    if 0 < fee <= native:
        return NATIVE, fee
    return asset, units * schedule.trade_rate_other // _MILLION


def transfer_fee(coins: int, schedule: FeeSchedule) -> int:
    """What a send costs whose outputs hold `coins` coins in all, BNB units."""
    return schedule.transfer if coins == 1 else coins * schedule.multi


class Till:
    """The fees of one block: taken from accounts as they fall due, paid out at its end."""

    __slots__ = ("_ledger", "_rates", "_schedule", "collected", "tallies")

    def __init__(self, ledger: Ledger, rates: Rates, schedule: FeeSchedule) -> None:
        self._ledger = ledger
        self._rates = rates
        self._schedule = schedule
        self.collected: dict[str, int] = {}
        self.tallies: dict[str, FeeTally] = {}

    def text(self, owner: str) -> str:
        """What the order frames of an account say about its fees in this block."""
        tally = self.tallies.get(owner)
        return "" if tally is None else tally.text

    def take_transfer(self, owner: str, coins: int) -> None:
        """Charge a send. It shows in the balance only: the tally is for orders."""
        self._collect(owner, NATIVE, transfer_fee(coins, self._schedule))

    def take_trades(self, owner: str, swaps: Iterable[Swap]) -> None:
        """
        Charge all of an account's trades of the block, in the order the chain does.

        Which comes first decides what the last free BNB are taken for: trades that brought BNB,
        trades that cost BNB, then by the assets received and paid; else as they were printed.
        """
        for swap in sorted(swaps, key=_trade_turn):
            native = self._ledger.free(owner, NATIVE)
            self._charge(owner, *trade_fee(swap, native, self._rates, self._schedule))

    def take_cancel(self, order: LiveOrder) -> None:
        """Charge a canceled order, unless it was filled at all; its funds are free by now."""
        if not order.filled and self._take_fixed(order, is_ioc=False):
            self.tallies[order.owner].cancels += 1

    def take_expiries(self, orders: Iterable[LiveOrder]) -> None:
        """
        Charge those orders that nothing was filled of: by age, or IOC orders that met nobody.

        All their funds are free by now. Those that held BNB come first, then by the asset they
        held and by symbol, which decides who gets the last free BNB.
        """
        unfilled = (order for order in orders if not order.filled)
        for order in sorted(unfilled, key=_expiry_turn):
            if self._take_fixed(order, is_ioc=order.time_in_force is TimeInForce.IOC):
                self.tallies[order.owner].expiries += 1

    def _take_fixed(self, order: LiveOrder, *, is_ioc: bool) -> int:
        """Take the price of an order that never traded; returns the units taken, of any asset."""
        fees = self._schedule
        price, other = (fees.ioc, fees.ioc_other) if is_ioc else (fees.cancel, fees.cancel_other)
        owner, asset = order.owner, order.locks
        native = self._ledger.free(owner, NATIVE)
        if asset == NATIVE or native >= price:
            asset, units = NATIVE, min(price, native)
        else:
            worth = self._rates.from_native(asset, other)
            units = min(worth, self._ledger.free(owner, asset))
        self._charge(owner, asset, units)
        return units

    def _charge(self, owner: str, asset: str, units: int) -> None:
        if units:
            coins = self.tallies.setdefault(owner, FeeTally()).coins
            coins[asset] = coins.get(asset, 0) + units
            self._collect(owner, asset, units)

    def _collect(self, owner: str, asset: str, units: int) -> None:
        self._ledger.spend(owner, asset, units)
        self.collected[asset] = self.collected.get(asset, 0) + units

    def pay_out(self, proposer: str) -> tuple[tuple[str, int], ...]:
        """Give the fees to the proposer; returns them, in ASCII order of the assets."""
        for asset, units in self.collected.items():
            self._ledger.earn(proposer, asset, units)
        return tuple(sorted(self.collected.items()))


def _trade_turn(swap: Swap) -> tuple[bool, bool, str, str]:
    return (
        swap.received_asset != NATIVE,
        swap.paid_asset != NATIVE,
        swap.received_asset,
        swap.paid_asset,
    )


def _expiry_turn(order: LiveOrder) -> tuple[bool, str, str]:
    return order.locks != NATIVE, order.locks, order.symbol
