"""How a chain begins: what is listed, who owns what, what things cost."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from attrs import field, frozen
from attrs.validators import ge, gt

from rxdex.simulator.engine.units import MOST
from rxdex.venues.binance_dex.bech32 import address_bytes

__all__ = ["FeeSchedule", "Genesis", "Listing"]


@frozen(kw_only=True)
class Listing:
    """
    One symbol of the exchange.

    `price` is the list price, quote units for one whole base asset: it is the reference of the
    first auction, and decides the first tick and lot (MATCHING 4).
    """

    base: str
    quote: str
    price: int = field(validator=gt(0))

    def __attrs_post_init__(self) -> None:
        for asset in (self.base, self.quote):
            if not asset or "_" in asset:
                raise ValueError(f"{asset!r} is no asset; take a name such as 'RUNE-B1A'")
        if self.base == self.quote:
            raise ValueError(f"{self.base!r} cannot be traded against itself; take another quote")

    @property
    def symbol(self) -> str:
        """The two assets as `BASE_QUOTE`."""
        return f"{self.base}_{self.quote}"


@frozen(kw_only=True)
class FeeSchedule:
    """
    What the chain takes (MATCHING 3, "Fees"); by default what it took from June 2019 on.

    `cancel` is for a cancel or an expiry of an order that was never filled, `ioc` for an IOC order
    that met nobody, `transfer` for a send of one coin, `multi` for each coin of a larger one: all
    in BNB units. The `_other` of them is the dearer price, still in BNB units, for those who pay
    in another asset. `trade_rate` and `trade_rate_other` are parts per million.
    """

    cancel: int = field(default=5_000, validator=ge(0))
    cancel_other: int = field(default=25_000, validator=ge(0))
    ioc: int = field(default=2_500, validator=ge(0))
    ioc_other: int = field(default=10_000, validator=ge(0))
    trade_rate: int = field(default=400, validator=ge(0))
    trade_rate_other: int = field(default=1_000, validator=ge(0))
    transfer: int = field(default=37_500, validator=ge(0))
    multi: int = field(default=30_000, validator=ge(0))


def _sealed(accounts: Mapping[str, Mapping[str, int]]) -> Mapping[str, Mapping[str, int]]:
    return MappingProxyType(
        {address: MappingProxyType(dict(assets)) for address, assets in accounts.items()}
    )


def _prefix(address: str) -> str:
    try:
        return address_bytes(address)[0]
    except ValueError as fault:
        raise ValueError(f"{address!r} is no address: {fault}") from None


def _check_symbols(symbols: list[str]) -> None:
    twice = sorted({symbol for symbol in symbols if symbols.count(symbol) > 1})
    if twice:
        raise ValueError(f"{' '.join(twice)} is listed twice; list it once")


def _check_network(prefix: str, addresses: Iterable[str]) -> None:
    for address in addresses:
        if _prefix(address) != prefix:
            raise ValueError(
                f"{address} is not of the proposer's network; take one that begins with '{prefix}1'"
            )


def _check_supply(accounts: Mapping[str, Mapping[str, int]]) -> None:
    supply: dict[str, int] = {}
    for address, assets in accounts.items():
        for asset, units in assets.items():
            if units < 0:
                raise ValueError(f"{address} cannot own {units} units of {asset}; take 0 or more")
            supply[asset] = supply.get(asset, 0) + units
            if supply[asset] > MOST:
                raise ValueError(
                    f"{supply[asset]} units of {asset} are more than there can be; take {MOST} at most"
                )


@frozen(kw_only=True)
class Genesis:
    """
    All a chain is made from.

    Block `h` has the time `time_ns + h * block_time_ns`, nanoseconds since the Unix epoch; the
    first block to be made is `height + 1`. `accounts` says what each address (bech32) has free of
    each asset. `proposer` earns the fees of every block.

    The rest is there to be shortened in tests: `expiry_days` and `deep_expiry_days` are how many
    breathe blocks an order within the best 500 prices of its side, or beyond them, may see
    (MATCHING 3.6); every `sample_blocks` blocks the price that ticks and lots follow is noted
    (MATCHING 4).
    """

    time_ns: int = field(validator=ge(0))
    height: int = field(validator=ge(0))
    block_time_ns: int = field(validator=gt(0))
    listings: tuple[Listing, ...]
    accounts: Mapping[str, Mapping[str, int]] = field(converter=_sealed, hash=False)
    proposer: str
    fees: FeeSchedule = field(factory=FeeSchedule)
    expiry_days: int = field(default=30, validator=gt(0))
    deep_expiry_days: int = field(default=3, validator=gt(0))
    sample_blocks: int = field(default=1_000, validator=gt(0))

    def __attrs_post_init__(self) -> None:
        _check_symbols([listing.symbol for listing in self.listings])
        _check_network(self.prefix, self.accounts)
        _check_supply(self.accounts)

    @property
    def prefix(self) -> str:
        """What addresses of this network begin with, such as `bnb`."""
        return _prefix(self.proposer)

    def block_time(self, height: int) -> int:
        """The chain time of the block at `height`, ns."""
        return self.time_ns + height * self.block_time_ns
