"""Which core runs what: the firehose on one, the contestant on another."""

import os

__all__ = ["cores", "on", "pin"]


def cores() -> tuple[int, int] | None:
    """The firehose's core and the contestants'; None where they cannot be told apart."""
    if not hasattr(os, "sched_getaffinity"):
        return None
    allowed = sorted(os.sched_getaffinity(0))
    return (allowed[0], allowed[-1]) if len(allowed) > 1 else None


def pin(core: int | None) -> None:
    """Keep this process on one core, and children of its with it."""
    if core is not None and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {core})


def on(place: int) -> list[str]:
    """What to say on a command line: 0 for the firehose's core, 1 for the contestants'."""
    both = cores()
    return [] if both is None else ["--core", str(both[place])]
