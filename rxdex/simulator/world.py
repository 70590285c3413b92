"""
The world an exchange is simulated in when nobody asks for another.

Five symbols at the prices of mid-2020 (MATCHING 6), four of them busy; thirteen accounts, one of
which no trader ever touches, for whoever wants to take part. The chain begins with the real one's
genesis; at blocks of 0.4 s it stands 53 minutes before the midnight (UTC) of 2020-07-24.
"""

from collections.abc import Mapping
from hashlib import sha256

from attrs import frozen

from rxdex.simulator.engine import UNIT, Genesis, Listing
from rxdex.venues.binance_dex.bech32 import encode_address

__all__ = ["World", "world"]

#: 2019-04-18T00:00:00Z, ns since the Unix epoch.
_GENESIS_NS = 1_555_545_600_000_000_000
_FIRST_HEIGHT = 100_000_000
_ADDRESS_BYTES = 20
#: Seconds of chain time; with longer blocks the first one would be made in a distant century.
_LONGEST_BLOCK = 60.0

_BNB, _BUSD, _BTCB, _RUNE, _AWC = "BNB", "BUSD-BD1", "BTCB-1DE", "RUNE-B1A", "AWC-986"

#: List prices in units of the quote; together they leave nothing to gain by going in a triangle.
_BUSY = (
    Listing(base=_BNB, quote=_BUSD, price=1_571_260_000),
    Listing(base=_BTCB, quote=_BUSD, price=910_000_000_000),
    Listing(base=_BNB, quote=_BTCB, price=172_665),
    Listing(base=_RUNE, quote=_BNB, price=4_000_000),
)
_QUIET = (Listing(base=_AWC, quote=_BNB, price=416_790),)

#: What one whole of each asset is worth in units of BUSD, to give everybody equally of all.
_WORTH = {
    _BNB: 1_571_260_000,
    _BUSD: UNIT,
    _BTCB: 910_000_000_000,
    _RUNE: 62_850_400,
    _AWC: 6_548_854,
}


@frozen(kw_only=True)
class World:
    """
    How a simulated exchange begins, and who is who on it.

    Each of the roles is an address or several, all of them in the genesis: `makers` quote, `takers`
    trade at random, the `follower` runs after trends, the `whale` walks through books, the
    `fumbler` makes mistakes, `wallets` send coins about, the `proposer` earns the fees. `user`
    has funds and does nothing. `quiet` are symbols seldom traded, with thin books.
    """

    genesis: Genesis
    makers: tuple[str, ...]
    takers: tuple[str, ...]
    follower: str
    whale: str
    fumbler: str
    wallets: tuple[str, ...]
    proposer: str
    user: str
    quiet: frozenset[str] = frozenset()


def world(seed: int, block_time: float = 0.4, *, height: int = _FIRST_HEIGHT) -> World:
    """
    The default world.

    :param seed: what the addresses are derived from
    :param block_time: of chain time, s
    :param height: of the block before the first
    :raises ValueError: when blocks would take no time, or more than a minute
    """
    given: object = block_time
    if not (isinstance(given, int | float) and 0 < given <= _LONGEST_BLOCK):  # pyright: ignore[reportUnnecessaryIsInstance] - callers are not all typed
        raise ValueError(
            f"block_time is {given!r} s; take a number above 0, up to {_LONGEST_BLOCK:g}"
        )
    makers = tuple(_address(seed, f"maker {number}") for number in range(3))
    takers = tuple(_address(seed, f"taker {number}") for number in range(3))
    wallets = tuple(_address(seed, f"wallet {number}") for number in range(2))
    names = ("follower", "whale", "fumbler", "proposer", "user")
    follower, whale, fumbler, proposer, user = (_address(seed, name) for name in names)
    worths = {
        **dict.fromkeys(makers, 2_000_000),
        **dict.fromkeys(takers, 250_000),
        **dict.fromkeys(wallets, 50_000),
        follower: 250_000,
        whale: 500_000,
        fumbler: 1_000,
        proposer: 5_000,
        user: 20_000,
    }
    return World(
        genesis=_genesis(worths, proposer, block_time, height),
        makers=makers,
        takers=takers,
        follower=follower,
        whale=whale,
        fumbler=fumbler,
        wallets=wallets,
        proposer=proposer,
        user=user,
        quiet=frozenset(listing.symbol for listing in _QUIET),
    )


def _genesis(worths: Mapping[str, int], proposer: str, block_time: float, height: int) -> Genesis:
    return Genesis(
        time_ns=_GENESIS_NS,
        height=height,
        block_time_ns=max(1, round(block_time * 1_000_000_000)),
        listings=_BUSY + _QUIET,
        accounts={address: _funds(worth) for address, worth in worths.items()},
        proposer=proposer,
    )


def _address(seed: int, role: str) -> str:
    return encode_address("bnb", sha256(f"rxdex {seed} {role}".encode()).digest()[:_ADDRESS_BYTES])


def _funds(worth: int) -> Mapping[str, int]:
    """Of each asset what so many BUSD buy, in units, to the thousandth."""
    step = UNIT // 1_000
    return {asset: worth * UNIT * UNIT // price // step * step for asset, price in _WORTH.items()}
