"""A simulated Binance DEX that speaks the real one's wire."""
