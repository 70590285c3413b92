"""Dividing a quantity that is too small for everyone (MATCHING 2.4)."""

from collections.abc import Sequence

__all__ = ["ration"]


def ration(quantity: int, weights: Sequence[int], rooms: Sequence[int], lot: int) -> list[int]:
    """
    What each gets of `quantity`, in the order of `weights` and `rooms`.

    Each gets whole lots in proportion to its weight, rounded down, and never more than it has room
    for. The rest is dealt one lot at a time from the first on, around and around; where less than
    a lot is left, or where less fits, that much, so odd sizes from before a lot change pass too.

    :raises ValueError: when all the rooms together are smaller than `quantity`
    """
    if quantity > sum(rooms):
        raise ValueError(f"{quantity} does not fit into rooms of {sum(rooms)} in all")
    lots, whole = quantity // lot, sum(weights)
    shares = [
        min(lot * (lots * weight // whole), room)
        for weight, room in zip(weights, rooms, strict=True)
    ]
    rest = quantity - sum(shares)
    while rest:
        for place, room in enumerate(rooms):
            dealt = min(lot, rest, room - shares[place])
            shares[place] += dealt
            rest -= dealt
    return shares
