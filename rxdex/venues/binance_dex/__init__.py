"""Binance DEX, the order book of the BNB Beacon Chain (2019 to 2024), and whoever speaks its wire."""

from rxdex.venues.binance_dex.venue import BinanceDex

__all__ = ["BinanceDex"]
