"""What symbols, addresses, levels (PROTOCOL 10) and base URLs may look like."""

import re
from urllib.parse import urlsplit

from rxdex.errors import InvalidSubject, UnsupportedTopic
from rxdex.venues.binance_dex.bech32 import address_bytes

__all__ = ["PREFIXES", "as_address", "as_base_url", "as_levels", "as_symbol"]

#: The prefixes of an address: mainnet's and testnet's.
PREFIXES = ("bnb", "tbnb")

# BEP2 names have two characters at least since BEP-87, BEP8 ones always had.
_ASSET = r"(?:BNB|[A-Z0-9]{2,8}(?:\.B)?-[0-9A-F]{3}|[A-Z0-9]{2,8}-[0-9A-F]{3}M)"
_SYMBOL = re.compile(f"{_ASSET}_{_ASSET}", re.ASCII)
_FORBIDDEN = frozenset(" ?#\\")
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
    # A plain text, whatever kind of text was given: topics are kept, and shared.
    address = text.lower() if text.isascii() and text.isupper() else str.__str__(text)
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


def as_base_url(text: str) -> str:
    """
    The base URL that `text` is, without a slash at the end.

    :raises InvalidSubject: when it cannot be one, or holds a password
    """
    if not isinstance(text, str):  # pyright: ignore[reportUnnecessaryIsInstance] - callers are not all typed
        raise InvalidSubject(f"{text!r} is no base URL; give text, such as 'wss://my-gateway/api'")
    url = text.rstrip("/")
    try:
        parts = urlsplit(url)
        fits = parts.scheme in {"ws", "wss"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fits = False
        parts = urlsplit("")
    if "@" in parts.netloc:
        raise InvalidSubject(
            f"{_shown(url)} holds a user or a password, which logs would show; leave it out, and say "
            "who you are in LineSettings(headers=...)"
        )
    # `urlsplit` forgets line breaks and an empty query, which would still be sent.
    if not fits or not url.isprintable() or not _FORBIDDEN.isdisjoint(url):
        raise InvalidSubject(
            f"{_shown(text)} cannot be the base URL of a venue; one looks like 'wss://my-gateway/api': "
            "ws:// or wss:// (in place of http:// or https://), a host, perhaps a port and a path, "
            "nothing behind it"
        )
    if parts.path.endswith("/ws"):
        raise InvalidSubject(f"{text!r} is the URL of a socket; give the base, {url[:-3]!r}")
    return parts.scheme + url[len(parts.scheme) :]


def _shown(url: str) -> str:
    """For people and logs: without what may be a password, or a token."""
    place, *rest = re.split(r"(?=[?#])", url, maxsplit=1)
    scheme = "".join(re.findall(r"^\w+://", url))
    if rest and "@" in rest[0]:
        # Where a password ends here is anybody's guess.
        return repr(f"{scheme}…")
    _, at, host = place.rpartition("@")
    shown = f"{scheme}…@{host}" if at else place
    return repr(shown + "".join(it if len(it) == 1 else f"{it[0]}…" for it in rest))
