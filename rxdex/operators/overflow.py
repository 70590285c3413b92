"""What becomes of events that a subscriber is too slow for."""

from enum import StrEnum

__all__ = ["Overflow", "check_bound"]


class Overflow(StrEnum):
    """
    What becomes of events that a subscriber is too slow for.

    In the diagrams `g` is the `Gap` in the place of what is missing; a subscriber that is busy is in its
    `on_next`.

    `DROP_OLDEST`: what comes pushes out what has waited longest.

    .. marble::
        :alt: While the subscriber is busy with 1, 2 to 5 come. It then gets a gap, 4 and 5; 2 and 3 are lost.

        source:      -1-2-3-4-5------6--|
        [ buffered(2, Overflow.DROP_OLDEST) ]
        subscriber:  -1---------(g45)6--|
        busy:         [=========]

    `DROP_NEWEST`: what comes while there is no room is refused.

    .. marble::
        :alt: While the subscriber is busy with 1, 2 to 5 come. It then gets 2, 3 and a gap; 4 and 5 are lost.

        source:      -1-2-3-4-5------6--|
        [ buffered(2, Overflow.DROP_NEWEST) ]
        subscriber:  -1---------(23g)6--|
        busy:         [=========]

    `LATEST`: only the newest waits, whatever the capacity. With a `key`, the newest of each key does, at the
    place of the one that it replaces; one key more than there is room for pushes out the one that has waited
    longest.

    .. marble::
        :alt: While the subscriber is busy with 1, 2 to 5 come. It then gets a gap and 5; 2, 3 and 4 are lost.

        source:      -1-2-3-4-5------6--|
        [ buffered(1, Overflow.LATEST) ]
        subscriber:  -1---------(g5)-6--|
        busy:         [=========]

    .. marble::
        :alt: While the subscriber is busy with 1, a, A, b and B come. It then gets a gap and A, a gap and B.

        source:      -1-a-A-b-B--------2--|
        [ buffered(2, Overflow.LATEST, key=str.lower) ]
        subscriber:  -1---------(gAgB)-2--|
        busy:         [=========]

    `BLOCK`: the source waits in its own `on_next` until there is room, and so does all that is on its thread:
    of a `Dex`, its whole lane. Disposing lets it go. Nothing is lost.

    .. marble::
        :alt: While the subscriber is busy with 1, 2 to 4 come; the source waits with 4 until 1 is done.

        source:      -1-2-3-4---------5--|
        source waits:       [====]
        [ buffered(2, Overflow.BLOCK) ]
        subscriber:  -1----------(234)5--|
        busy:         [==========]

    `FAIL`: behind what waits the stream ends with `EventsLost`; the source is let go at once.

    .. marble::
        :alt: While the subscriber is busy with 1, 2 to 4 come. It then gets 2, 3 and an error.

        source:      -1-2-3-4-5------6--|
        [ buffered(2, Overflow.FAIL) ]
        subscriber:  -1---------(23#)
        busy:         [=========]
    """

    DROP_OLDEST = "drop oldest"
    DROP_NEWEST = "drop newest"
    LATEST = "latest"
    BLOCK = "block"
    FAIL = "fail"


def check_bound(capacity: object, overflow: object) -> None:
    """
    Refuse what cannot bound what waits.

    :raises TypeError: when the capacity is no whole number, or the overflow none
    :raises ValueError: when the capacity is below 1
    """
    if not isinstance(capacity, int) or isinstance(capacity, bool):
        raise TypeError(f"capacity is {capacity!r}; give a whole number of events")
    if capacity < 1:
        raise ValueError(
            f"capacity is {capacity}; one event at least must be able to wait, so take 1 or more"
        )
    if not isinstance(overflow, Overflow):
        raise TypeError(f"overflow is {overflow!r}; give one of Overflow, such as Overflow.LATEST")
