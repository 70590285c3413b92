"""What the exchange answers over REST, as text (PROTOCOL 8)."""

from datetime import UTC, datetime, timedelta

from rxdex.events.values import Side
from rxdex.simulator import wire
from rxdex.simulator.engine import Chain

__all__ = ["account", "depth", "markets", "time"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NS_PER_SECOND = 1_000_000_000


def depth(chain: Chain, symbol: str, limit: int) -> str:
    """The best levels of a book, best first, and the height they belong to."""
    return wire.text(
        {
            "asks": wire.levels(chain.levels(symbol, Side.SELL, limit)),
            "bids": wire.levels(chain.levels(symbol, Side.BUY, limit)),
            "height": chain.height,
            # Replies are made between blocks, where no order waits for its auction.
            "pending_match": False,
        }
    )


def markets(chain: Chain) -> str:
    """What is listed, each with its list price and the tick and lot it has now."""
    views = [chain.market(symbol) for symbol in chain.symbols]
    return wire.text(
        [
            {
                "base_asset_symbol": view.base,
                "quote_asset_symbol": view.quote,
                "list_price": wire.amount(view.list_price),
                "tick_size": wire.amount(view.tick),
                "lot_size": wire.amount(view.lot),
            }
            for view in views
        ]
    )


def account(chain: Chain, address: str, sequence: int) -> str:
    """
    What an address holds, in the order of an account frame.

    The account's number is its place among all addresses; `sequence` is how many transactions of
    the address went into blocks.
    """
    owners = chain.owners
    return wire.text(
        {
            "account_number": owners.index(address) if address in owners else 0,
            "address": address,
            "balances": [
                {
                    "free": wire.amount(holding.free),
                    "frozen": wire.amount(holding.frozen),
                    "locked": wire.amount(holding.locked),
                    "symbol": asset,
                }
                for asset, holding in chain.account(address).items()
            ],
            "flags": 0,
            "public_key": None,
            "sequence": sequence,
        }
    )


def time(chain: Chain) -> str:
    """Chain time, which is the only time here: to the second, in UTC."""
    moment = _EPOCH + timedelta(seconds=chain.time_ns // _NS_PER_SECOND)
    written = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    return wire.text({"ap_time": written, "block_time": written})
