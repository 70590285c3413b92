"""The chain of the simulated exchange: seeded, deterministic, without I/O or a clock."""
