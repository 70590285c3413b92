"""What the figures were taken on; nothing that names the machine or its owner."""

import os
import platform
from pathlib import Path

from benchmarks.pinning import cores

__all__ = ["facts", "load"]


def facts() -> dict[str, object]:
    """Cores, Python, kind of system."""
    return {
        "cores": os.cpu_count(),
        "pinned": cores() is not None,
        "processor": _processor(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
    }


def load() -> float | None:
    """How many processes want a core, on average of a minute; more than none is noise."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None


def _processor() -> str | None:
    cpuinfo = Path("/proc/cpuinfo")
    if not cpuinfo.exists():
        return None
    lines = cpuinfo.read_text(encoding="utf-8").splitlines()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), None)
