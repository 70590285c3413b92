"""Where the traders' luck comes from."""

from random import Random

__all__ = ["chance"]


def chance(seed: int, name: str) -> Random:
    """The luck of that name, the same for a seed at all times and on all machines."""
    return Random(f"{seed} {name}")  # noqa: S311 - a simulation has to be repeatable, not secret
