"""Faults of a simulated exchange, made on purpose: whatever a venue or a network may do to a client."""

from rxdex.simulator.faults.hits import Chosen, Hits, Newcomers
from rxdex.simulator.faults.kit import Faults
from rxdex.simulator.faults.oddities import Oddity
from rxdex.simulator.faults.plot import Deed

__all__ = ["Chosen", "Deed", "Faults", "Hits", "Newcomers", "Oddity"]
