"""What the contestants are put to: a shape, and under which conditions."""

from typing import NamedTuple

from benchmarks.contestants import DEX, OURS, YARDSTICKS, Contestant
from benchmarks.contestants import SPOT as SPOT_WIRE
from benchmarks.shapes import BY_TOPICS, SHAPES, SPOT, Shape

__all__ = ["BUSY", "DELAYS", "HEATS", "PLAIN", "QUICK", "SPREAD", "TLS", "Heat"]

_SHAPES = {shape.name: shape for shape in SHAPES}
#: Where those compete too who stand aside elsewhere.
_EVERYBODY = dict.fromkeys(("trades x1", "mix"), "everybody")
_RATES = (1_000, 10_000)
_SUBSCRIBERS = (10, 100)


class Heat(NamedTuple):
    """
    One comparison.

    :param name: what to call it
    :param shape: what is sent
    :param wire: whose clients can read it
    :param tls: whether it is sent over TLS
    :param busy: whether another thread of the contestant's process computes, in Python, all the time
    :param rate: frames a second, each with the moment it left; 0 for as many as are taken
    :param subscribers: how many listen to each topic
    :param of: who takes part: `everybody`, `all` who do not stand aside, `clients`, those who are
        `routing`, or only `ours`
    """

    name: str
    shape: Shape
    wire: str = DEX
    tls: bool = False
    busy: bool = False
    rate: int = 0
    subscribers: int = 1
    of: str = "all"

    def takes(self, one: Contestant) -> bool:
        """Whether it is for this contestant."""
        if self.wire not in one.wires or not (self.tls or one.plain):
            return False
        return {
            "everybody": True,
            "all": not one.aside,
            "clients": not one.aside and one.name not in YARDSTICKS,
            "routing": one.routes,
            "ours": one.name == OURS,
        }[self.of]


#: Shape by shape.
PLAIN = (
    *(Heat(shape.name, shape, of=_EVERYBODY.get(shape.name, "all")) for shape in SHAPES),
    Heat("spot trades", SPOT, wire=SPOT_WIRE),
)
TLS = (
    Heat("trades x1 TLS", _SHAPES["trades x1"], tls=True),
    Heat("mix TLS", _SHAPES["mix"], tls=True),
    Heat("spot trades TLS", SPOT, wire=SPOT_WIRE, tls=True),
)
BUSY = (Heat("trades x1 busy", _SHAPES["trades x1"], busy=True, of="clients"),)
DELAYS = tuple(
    Heat(f"{rate} frames/s", _SHAPES["trades x1"], rate=rate, of="clients") for rate in _RATES
)
#: How the cost grows with the number of topics, and of subscribers of one.
SPREAD = (
    *(Heat(shape.name, shape, of="routing") for shape in BY_TOPICS),
    *(
        Heat(f"{count} subscribers", BY_TOPICS[0], subscribers=count, of="ours")
        for count in _SUBSCRIBERS
    ),
)

HEATS = (*PLAIN, *TLS, *BUSY, *SPREAD, *DELAYS)
#: What shows in half a minute that all of it works.
QUICK = tuple(
    heat
    for heat in HEATS
    if heat.name not in {"mix TLS", "20 topics", "100 topics", "10 subscribers", DELAYS[0].name}
)
