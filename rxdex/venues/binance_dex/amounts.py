"""Amounts, times and fees as the wire writes them (PROTOCOL 6 and 9)."""

import re
from collections.abc import Callable
from decimal import Decimal

from msgspec import Raw

from rxdex.events import MAX_NS, Fee

__all__ = [
    "NS_PER_MS",
    "NS_PER_S",
    "amount",
    "fees",
    "match_pairs",
    "match_side",
    "millis",
    "seconds",
    "time_by_magnitude",
    "usual",
]

_AMOUNT = re.compile(r"-?[0-9]+(?:\.[0-9]+)?").fullmatch
_LONGEST = 40
_UNITS = Decimal("1e-8")

# As the venue writes amounts: always with a point. What is possessive is never tried again in another way.
_POSITIVE = r"[0-9]{1,31}+\.[0-9]{1,8}+"
_SIGNED = r"-?[0-9]{1,30}+\.[0-9]{1,8}+"
_LEVEL = rf'\["{_POSITIVE}","{_POSITIVE}"\]'
# Groups are not possessive: before 3.11.5 Python forgets where one began (gh-106052).
_SIDE = rf"\[(?:{_LEVEL}(?:,{_LEVEL})*)?\]"

#: What matches the JSON text of a side of a book as the venue writes it: a compact list of pairs of amounts.
match_side: Callable[[Raw], object | None] = re.compile(_SIDE.encode()).fullmatch

_PAIR = rf"{_POSITIVE};{_POSITIVE}"

#: What matches pairs of amounts with a semicolon within and commas between, as the venue writes what is not
#: negative.
match_pairs: Callable[[str], object | None] = re.compile(rf"{_PAIR}(?:,{_PAIR})*").fullmatch

_NS_PER_US = 1_000
#: Nanoseconds in a millisecond.
NS_PER_MS = 1_000_000
#: Nanoseconds in a second.
NS_PER_S = 1_000_000_000

# Bounds of PROTOCOL 6: what is smaller counts the larger unit.
_BY_MAGNITUDE = ((10**11, NS_PER_S), (10**14, NS_PER_MS), (10**17, _NS_PER_US))

_WIRE_PART = re.compile(r"(?P<asset>[^:;#]+):(?P<amount>[0-9]+(?:\.[0-9]+)?)")
# An asset may begin with a digit, so eight decimals are taken first and greedily.
_DOCS_PART = re.compile(
    r"(?P<amount>[0-9]+\.[0-9]{8}|[0-9]+(?:\.[0-9]+)?)(?P<asset>[A-Z0-9][A-Za-z0-9.-]*)"
)
_COUNT_PART = re.compile(r"#(?:Cxl|Exp):[^;]*")


def amount(text: str) -> Decimal:
    """
    An amount or a price: digits, at most one point, perhaps a minus; never NaN, infinite, or an exponent.

    :raises ValueError: when it is anything else, or longer than 40 characters
    """
    if len(text) > _LONGEST or _AMOUNT(text) is None:
        raise ValueError(f"no amount: {text[:_LONGEST]!r}")
    return Decimal(text)


def usual(count: int, signed: int = 0) -> Callable[[str], object | None]:
    """
    What matches amounts with commas between, each as the venue writes it: of what `amount` takes, a part.

    :param count: how many
    :param signed: how many of them, the first ones, may be negative
    """
    parts = [_SIGNED] * signed + [_POSITIVE] * (count - signed)
    return re.compile(",".join(parts)).fullmatch


def _within_calendar(ns: int) -> int:
    if not 0 <= ns <= MAX_NS:
        raise ValueError(f"no time: {ns} ns")
    return ns


def seconds(number: int) -> int:
    """Seconds since the Unix epoch, in nanoseconds."""
    return _within_calendar(number * NS_PER_S)


def millis(number: int) -> int:
    """Milliseconds since the Unix epoch, in nanoseconds."""
    return _within_calendar(number * NS_PER_MS)


def time_by_magnitude(number: int) -> int:
    """A time since the Unix epoch whose unit was never documented, in nanoseconds."""
    for bound, factor in _BY_MAGNITUDE:
        if number < bound:
            return _within_calendar(number * factor)
    return _within_calendar(number)


def fees(text: str) -> tuple[Fee, ...]:
    """
    The parts of a fee text; the counts of charged cancels and expiries in it are left out.

    Both forms are read, `BNB:0.00039999` of the wire and `1.00000000BNB` of the documentation; an
    amount without a point is in units of 1e-8, as inside the node.

    :raises ValueError: when it is neither form
    """
    if not text:
        return ()
    parts: list[Fee] = []
    for part in text.removesuffix(";").split(";"):
        if _COUNT_PART.fullmatch(part):
            continue
        match = _WIRE_PART.fullmatch(part) or _DOCS_PART.fullmatch(part)
        if match is None:
            raise ValueError(f"no fee: {part[:_LONGEST]!r}")
        number = match["amount"]
        value = amount(number)
        parts.append(Fee(match["asset"], value if "." in number else value * _UNITS))
    return tuple(parts)
