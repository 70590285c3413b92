"""Those who keep a simulated exchange busy."""

from rxdex.simulator.traders.crowd import Traders

__all__ = ["Traders"]
