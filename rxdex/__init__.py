"""DEX streams as cold observables."""
