"""One symbol: its book, its prices, its tick and lot (MATCHING 4)."""

from collections import deque
from collections.abc import Iterable, Sequence

from attrs import frozen

from rxdex.simulator.engine.book import Book
from rxdex.simulator.engine.genesis import Listing
from rxdex.simulator.engine.rates import Rates

__all__ = [
    "Market",
    "MarketView",
    "lot_size",
    "resize",
    "tick_size",
    "weighted_average",
]

_SAMPLES_NEEDED = 500
_SAMPLES_KEPT = 2_000


@frozen(kw_only=True)
class MarketView:
    """
    What is known of a symbol after the last block.

    `tick` is in quote units, `lot` in base units. `last_price` is that of the last trade printed,
    `reference` the price the last auction that traded concluded with (MATCHING 1): the two differ
    when the last trade went at a maker's price. Both are `list_price` before any trade.
    """

    symbol: str
    base: str
    quote: str
    tick: int
    lot: int
    last_price: int
    reference: int
    list_price: int


def tick_size(price: int) -> int:
    """The least step between two prices near `price`, quote units: six digits count."""
    return int(10 ** max(len(str(price)) - 6, 0))


def lot_size(price: int) -> int:
    """The least step between two quantities of an asset that costs `price`, base units."""
    return int(10 ** max(14 - len(str(price)), 0))


def weighted_average(samples: Iterable[int]) -> int:
    """The average, the oldest weighing 1 and each newer one 1 more, rounded down."""
    total = weights = 0
    for weight, sample in enumerate(samples, start=1):
        total += weight * sample
        weights += weight
    return total // weights


class Market:
    """A symbol inside the engine."""

    __slots__ = (
        "_samples",
        "book",
        "last_price",
        "listing",
        "lot",
        "reference",
        "tick",
    )

    def __init__(self, listing: Listing) -> None:
        self.listing = listing
        self.book = Book()
        self.reference = self.last_price = listing.price
        self.tick = self.lot = 1
        self._samples: deque[int] = deque(maxlen=_SAMPLES_KEPT)

    def sample(self) -> None:
        """Note the reference price, for later ticks and lots."""
        self._samples.append(self.reference)

    @property
    def is_sampled(self) -> bool:
        """Whether there are enough samples to change tick and lot by."""
        return len(self._samples) >= _SAMPLES_NEEDED

    @property
    def average(self) -> int:
        """The price tick and lot go by: that of the samples, or the list price at first."""
        return weighted_average(self._samples) if self.is_sampled else self.listing.price

    def view(self) -> MarketView:
        """What may be known of it now."""
        return MarketView(
            symbol=self.listing.symbol,
            base=self.listing.base,
            quote=self.listing.quote,
            tick=self.tick,
            lot=self.lot,
            last_price=self.last_price,
            reference=self.reference,
            list_price=self.listing.price,
        )


def resize(markets: Sequence[Market]) -> None:
    """
    Set every tick by the symbol's own price, and every lot by what the base asset costs in BNB.

    An asset with no way to BNB has lots by the symbol's own price.
    """
    averages = {market.listing.symbol: market.average for market in markets}
    rates = Rates([market.listing for market in markets], averages.__getitem__)
    for market in markets:
        own = averages[market.listing.symbol]
        native = rates.price(market.listing.base)
        market.tick = tick_size(own)
        market.lot = lot_size(own if native is None else native)
