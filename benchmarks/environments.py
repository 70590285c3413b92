"""Environments for clients that are no dependencies of ours: made at first use, kept in .tools/peers."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

__all__ = ["CannotRun", "Environment", "python_of"]

_TOOLS = Path(__file__).parents[1] / ".tools"
_LONGEST = 300.0
_SHOWN = 200


class CannotRun(Exception):
    """There is no such environment here, and why."""


class Environment(NamedTuple):
    """
    What a client needs.

    :param name: where it is kept
    :param packages: to install, with what they need
    :param bare: one to install without what it says it needs
    """

    name: str
    packages: tuple[str, ...]
    bare: str | None = None


def python_of(environment: Environment, progress: Callable[[str], None]) -> str:
    """
    Its interpreter; the environment is made if it is not there.

    :raises CannotRun: when it cannot be made
    """
    home = _TOOLS / "peers" / environment.name
    python, done = home / "bin" / "python", home / "made-of.txt"
    wanted = repr((sys.version_info[:2], environment))
    if not done.exists() or done.read_text(encoding="utf-8") != wanted:
        progress(f"making an environment: {environment.name}")
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        _uv("venv", "--clear", "--python", version, str(home))
        install = ("pip", "install", "--python", str(python))
        _uv(*install, *environment.packages)
        if environment.bare is not None:
            _uv(*install, "--no-deps", environment.bare)
        done.write_text(wanted, encoding="utf-8")
    return str(python)


def _uv(*arguments: str) -> None:
    ours = _TOOLS / "bin" / "uv"
    uv = str(ours) if ours.exists() else shutil.which("uv")
    if uv is None:
        raise CannotRun("there is no uv here; `make bench` brings it")
    # Elsewhere than here, where the pins of this project would count.
    with tempfile.TemporaryDirectory() as elsewhere:
        try:
            subprocess.run(
                [uv, *arguments, "--quiet"],
                cwd=elsewhere,
                env={**os.environ, "UV_PYTHON_DOWNLOADS": "never"},
                check=True,
                capture_output=True,
                text=True,
                timeout=_LONGEST,
            )
        except subprocess.CalledProcessError as error:
            said = " ".join(error.stderr.split())
            raise CannotRun(f"uv {arguments[0]} failed: {said[-_SHOWN:]}") from None
        except subprocess.TimeoutExpired:
            raise CannotRun(f"uv {arguments[0]} took more than {_LONGEST:.0f} s") from None
