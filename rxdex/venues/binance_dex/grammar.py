"""What symbols, addresses and levels may look like (PROTOCOL 10)."""

import re

from rxdex.errors import InvalidSubject, UnsupportedTopic
from rxdex.venues.binance_dex.bech32 import address_bytes

__all__ = ["PREFIXES", "as_address", "as_levels", "as_symbol"]

#: The prefixes of an address: mainnet's and testnet's.
PREFIXES = ("bnb", "tbnb")

# BEP2 names have two characters at least since BEP-87, BEP8 ones always had.
_ASSET = r"(?:BNB|[A-Z0-9]{2,8}(?:\.B)?-[0-9A-F]{3}|[A-Z0-9]{2,8}-[0-9A-F]{3}M)"
_SYMBOL = re.compile(f"{_ASSET}_{_ASSET}", re.ASCII)
_LEVELS = {"20", "100", "500"}
_TOO_DEEP = "1000"


def _check_text(text: object, what: str) -> None:
    if not isinstance(text, str):
        raise InvalidSubject(f"{text!r} is no {what}; give text")


def as_symbol(text: str) -> str:
    """
    The symbol that `text` names, in upper case: the chain knows no other.

    :raises InvalidSubject: when it cannot be a symbol
    """
    _check_text(text, "symbol")
    # Upper case of a letter outside ASCII may lie within: 'ß' would become 'SS'.
    symbol = text.upper() if text.isascii() else text
    if not _SYMBOL.fullmatch(symbol):
        raise InvalidSubject(
            f"{text!r} cannot be a symbol of Binance DEX; one looks like 'BNB_BUSD-BD1': "
            "base, underscore, quote, each 'BNB' or a token such as 'RUNE-B1A'"
        )
    return symbol


def as_address(text: str, prefix: str | None = None) -> str:
    """
    The address that `text` is.

    :param prefix: of the venue's network, where it is known
    :raises InvalidSubject: when it cannot be an address, or is one of the other network
    """
    _check_text(text, "address")
    address = text.lower() if text.isascii() and text.isupper() else text
    expected = (prefix,) if prefix else PREFIXES
    try:
        found, _ = address_bytes(address)
    except ValueError as error:
        raise InvalidSubject(f"{text!r} cannot be an address of Binance DEX: {error}") from None
    if found not in expected:
        raise InvalidSubject(
            f"{text!r} is an address of another network; give one that begins with "
            f"{' or '.join(repr(it + '1') for it in expected)}"
        )
    return address


def as_levels(text: str) -> str:
    """
    A number of depth levels the venue offers.

    :raises UnsupportedTopic: for 1000, which this client cannot receive
    :raises InvalidSubject: for any other number
    """
    if text == _TOO_DEEP:
        raise UnsupportedTopic(
            "depth with 1000 levels comes compressed only (permessage-deflate), which websocket-client "
            "does not speak; take 500 levels, or 100, or 20"
        )
    if text not in _LEVELS:
        raise InvalidSubject(f"Binance DEX has no depth of {text} levels; take 20, 100 or 500")
    return text
