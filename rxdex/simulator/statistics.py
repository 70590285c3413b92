"""What trades add up to: four prices and the sums of a stretch of time."""

from collections.abc import Iterable

from attrs import frozen

from rxdex.simulator.engine.records import TradeRecord

__all__ = ["Stretch", "stretches"]


@frozen
class Stretch:
    """
    The trades of one symbol over a stretch of time, which may hold none.

    Prices and volumes are units; the sums may exceed what 64 bits hold. The two trade ids, as the
    wire has them, are empty while there is no trade. `before_last` is the price of the trade before
    the last one, or None when that is not part of the stretch.
    """

    open: int
    high: int
    low: int
    close: int
    volume: int = 0
    quote_volume: int = 0
    trade_count: int = 0
    first_trade_id: str = ""
    last_trade_id: str = ""
    last_quantity: int = 0
    before_last: int | None = None

    @classmethod
    def still(cls, price: int) -> "Stretch":
        """A stretch without a trade, at the price of the last trade before it."""
        return cls(price, price, price, price)

    @classmethod
    def of(cls, trades: list[TradeRecord], height: int) -> "Stretch":
        """The trades of one symbol in the block of that height; at least one, by their index."""
        prices = [trade.price for trade in trades]
        return cls(
            open=prices[0],
            high=max(prices),
            low=min(prices),
            close=prices[-1],
            volume=sum(trade.quantity for trade in trades),
            quote_volume=sum(trade.quote for trade in trades),
            trade_count=len(trades),
            first_trade_id=f"{height}-{trades[0].index}",
            last_trade_id=f"{height}-{trades[-1].index}",
            last_quantity=trades[-1].quantity,
            before_last=prices[-2] if len(prices) > 1 else None,
        )

    def then(self, later: "Stretch") -> "Stretch":
        """Itself and the stretch right after it, as one."""
        if not later.trade_count:
            return self
        if not self.trade_count:
            return later
        return Stretch(
            open=self.open,
            high=max(self.high, later.high),
            low=min(self.low, later.low),
            close=later.close,
            volume=self.volume + later.volume,
            quote_volume=self.quote_volume + later.quote_volume,
            trade_count=self.trade_count + later.trade_count,
            first_trade_id=self.first_trade_id,
            last_trade_id=later.last_trade_id,
            last_quantity=later.last_quantity,
            before_last=self.close if later.before_last is None else later.before_last,
        )


def stretches(trades: Iterable[TradeRecord], height: int) -> dict[str, Stretch]:
    """What each symbol that traded in the block of that height did there."""
    by_symbol: dict[str, list[TradeRecord]] = {}
    for trade in trades:
        by_symbol.setdefault(trade.symbol, []).append(trade)
    return {symbol: Stretch.of(several, height) for symbol, several in by_symbol.items()}
