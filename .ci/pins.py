"""Refresh `[tool.uv] constraint-dependencies` in pyproject.toml: `make pins`."""

import re
import subprocess
import sys
from pathlib import Path

PYPROJECT = Path("pyproject.toml")
BLOCK = re.compile(r"constraint-dependencies = \[\n.*?\n?\]", re.DOTALL)
EXPORT = "export --quiet --all-groups --no-hashes --no-annotate --no-emit-project --no-header"


def exported(uv: str) -> list[str]:
    """What the newest environment would hold, a requirement a line."""
    subprocess.run([uv, "lock", "--quiet", "--upgrade"], check=True)
    done = subprocess.run([uv, *EXPORT.split()], check=True, capture_output=True, text=True)
    return [line for line in done.stdout.splitlines() if "==" in line]


def pins(lines: list[str]) -> list[str]:
    """One pin a package, for all platforms; where Python versions need several, each where it belongs."""
    by_package: dict[str, list[str]] = {}
    for line in lines:
        by_package.setdefault(line.partition("==")[0], []).append(line)
    return sorted(
        line if len(versions) > 1 else line.partition(";")[0].strip()
        for versions in by_package.values()
        for line in versions
    )


def main(uv: str) -> None:
    text = PYPROJECT.read_text()
    PYPROJECT.write_text(BLOCK.sub("constraint-dependencies = [\n]", text))
    try:
        found = pins(exported(uv))
    except BaseException:
        PYPROJECT.write_text(text)
        raise
    block = "".join(f'    "{pin}",\n' for pin in found)
    PYPROJECT.write_text(BLOCK.sub(lambda _: f"constraint-dependencies = [\n{block}]", text))
    sys.stdout.write(f"{len(found)} packages pinned\n")


main(sys.argv[1])
