"""The venues: each turns topics into text and text into events."""

from rxdex.venues.binance_dex import BinanceDex

__all__ = ["BinanceDex"]
