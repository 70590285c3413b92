"""Events of the chain itself."""

from attrs import frozen

from rxdex.events.event import Event

__all__ = ["BlockHeight"]


@frozen(kw_only=True, weakref_slot=False)
class BlockHeight(Event):
    """
    A block was made. Heights rise, but after a hiccup of the venue some may be missing.

    :param height: the number of the block [``h``]
    """

    height: int
