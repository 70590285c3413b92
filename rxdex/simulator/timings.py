"""How long the simulated exchange waits for what (PROTOCOL 5)."""

import math

from attrs import Attribute, field, frozen

__all__ = ["Timings"]


def _is_duration(_: object, attribute: "Attribute[float]", value: object) -> None:
    if not (isinstance(value, int | float) and math.isfinite(value) and value > 0):
        raise ValueError(f"{attribute.name} is {value!r}; take a number of seconds above zero")


@frozen(kw_only=True)
class Timings:
    """
    The patience of the server, in seconds; by default that of the real one.

    `ping` is the pause between two pings, and how long the answer may take. `unsubscribed` is how
    long a socket may have no subscription. A socket that never says keepAlive is closed after a
    time between `keepalive` and `longest_keepalive`, drawn from the exchange's seed; each keepAlive
    gives it another `keepalive`. `goodbye` is how long the other side may take to answer a close
    frame before it is cut off.
    """

    ping: float = field(default=30.0, validator=_is_duration)
    unsubscribed: float = field(default=30.0, validator=_is_duration)
    keepalive: float = field(default=1800.0, validator=_is_duration)
    longest_keepalive: float = field(default=3600.0, validator=_is_duration)
    goodbye: float = field(default=1.0, validator=_is_duration)

    def __attrs_post_init__(self) -> None:
        if self.longest_keepalive < self.keepalive:
            raise ValueError(
                f"longest_keepalive is {self.longest_keepalive!r}, shorter than keepalive, "
                f"{self.keepalive!r}; make it at least that"
            )
