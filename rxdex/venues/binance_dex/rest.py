"""What Binance DEX's REST face is asked, and what it answers (PROTOCOL 1 and 8)."""

import msgspec
from msgspec import Struct

from rxdex.errors import MalformedFrame

__all__ = ["MARKETS_PATH", "parse_markets"]

#: All markets at once; the venue's own default is 100.
MARKETS_PATH = "/v1/markets?limit=1000"


class _Market(Struct):
    base_asset_symbol: str
    quote_asset_symbol: str


_DECODER = msgspec.json.Decoder(list[_Market])


def parse_markets(reply: bytes) -> tuple[str, ...]:
    """
    The symbols that the reply to `markets` lists.

    :raises MalformedFrame: when it is no such reply
    """
    try:
        markets = _DECODER.decode(reply)
    except (ValueError, RecursionError) as error:
        text = reply.decode("utf-8", "replace")
        reason = f"the answer is no list of markets ({error}), so mend the URL of the venue"
        raise MalformedFrame(reason, text) from None
    return tuple(f"{m.base_asset_symbol}_{m.quote_asset_symbol}" for m in markets)
