"""
Events in the making, for decoders that make them by the million.

The constructor of a frozen class goes round its own lock for each field, which is most of what it costs. A
draft is the same object before the lock is on: a subclass without slots of its own, which is made empty, and
whose attributes can be set. Once they are, its class is set too, and it is an event as any other::

    _TradeDraft = draft(Trade)

    trade = _TradeDraft()
    trade.received_ns = received_ns
    ...
    trade.__class__ = Trade
"""

from typing import Any

from rxdex.events.event import Event

__all__ = ["draft"]


def draft(kind: type[Event]) -> type[Any]:
    """The class of drafts of `kind`; who makes one fills it, and at last sets its `__class__` to `kind`."""
    # The first two both, for CPython stores without a detour only where neither is overridden; the last for
    # the same reason, since a call of the class takes less than one of `object.__new__`.
    plain = {name: vars(object)[name] for name in ("__setattr__", "__delattr__", "__init__")}
    return type(f"_{kind.__name__}Draft", (kind,), {"__slots__": (), **plain})
