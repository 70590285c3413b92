"""Arithmetic of whole units of 1e-8, always rounded down."""

from rxdex.simulator.engine.records import UNIT

__all__ = ["LARGEST", "LONGEST_MEMO", "MOST", "NATIVE", "decimal_text", "notional"]

#: The asset fees are paid in.
NATIVE = "BNB"

#: The largest amount the chain can hold.
LARGEST = (1 << 63) - 1

#: The largest supply an asset can have (MATCHING 4, "Limits").
MOST = 9 * 10**18

#: The longest memo a send can have, bytes of UTF-8 (PROTOCOL 10).
LONGEST_MEMO = 128


def notional(price: int, quantity: int) -> int:
    """What `quantity` base units cost at `price`, in quote units."""
    return price * quantity // UNIT


def decimal_text(units: int) -> str:
    """An amount in whole assets, with eight decimals, as the wire has it."""
    whole, rest = divmod(units, UNIT)
    return f"{whole}.{rest:08d}"
