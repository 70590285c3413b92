"""What the exchange answers over REST, as text (PROTOCOL 8)."""

from datetime import UTC, datetime, timedelta

from rxdex.events.values import Side
from rxdex.simulator import wire
from rxdex.simulator.engine import Chain

__all__ = ["Replies"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NS_PER_SECOND = 1_000_000_000


class Replies:
    """What can be asked about a chain, as its last block left it."""

    def __init__(self, chain: Chain) -> None:
        self._chain = chain

    def depth(self, symbol: str, limit: int) -> str:
        """The best levels of a book, best first, and the height they belong to."""
        chain = self._chain
        return wire.text(
            {
                "asks": wire.levels(chain.levels(symbol, Side.SELL, limit)),
                "bids": wire.levels(chain.levels(symbol, Side.BUY, limit)),
                "height": chain.height,
                # Replies are made between blocks, where no order waits for its auction.
                "pending_match": False,
            }
        )

    def markets(self) -> str:
        """What is listed, each with its list price and the tick and lot it has now."""
        views = [self._chain.market(symbol) for symbol in self._chain.symbols]
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

    def account(self, address: str) -> str:
        """
        What an address holds, in the order of an account frame.

        The account's number is its place among all accounts, oldest first, and never changes; for
        an address without an account it is zero.
        """
        owners = self._chain.owners
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
                    for asset, holding in self._chain.account(address).items()
                ],
                "flags": 0,
                "public_key": None,
                "sequence": self._chain.sequence(address),
            }
        )

    def time(self) -> str:
        """Chain time, which is the only time here: to the second, in UTC."""
        moment = _EPOCH + timedelta(seconds=self._chain.time_ns // _NS_PER_SECOND)
        written = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
        return wire.text({"ap_time": written, "block_time": written})
