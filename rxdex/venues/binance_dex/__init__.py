"""Binance DEX, the order book of the BNB Beacon Chain (2019 to 2024)."""
