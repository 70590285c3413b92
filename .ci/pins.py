"""Refresh `[tool.uv] constraint-dependencies` in pyproject.toml: `make pins`."""

import re
import subprocess
import sys
from pathlib import Path

PYPROJECT = Path("pyproject.toml")
BLOCK = re.compile(r"constraint-dependencies = \[\n.*?\]", re.DOTALL)


def main(uv: str) -> None:
    text = PYPROJECT.read_text()
    PYPROJECT.write_text(BLOCK.sub("constraint-dependencies = [\n]", text))
    try:
        subprocess.run([uv, "lock", "--quiet", "--upgrade"], check=True)
        export = [
            "export",
            "--quiet",
            "--no-hashes",
            "--no-annotate",
            "--no-emit-project",
            "--no-header",
        ]
        pins = subprocess.run([uv, *export], check=True, capture_output=True, text=True).stdout
    except BaseException:
        PYPROJECT.write_text(text)
        raise
    # One pin per package: a marker would leave the other platforms free.
    names = sorted({line.partition(";")[0].strip() for line in pins.splitlines() if "==" in line})
    block = "".join(f'    "{name}",\n' for name in names)
    PYPROJECT.write_text(BLOCK.sub(f"constraint-dependencies = [\n{block}]", text))
    sys.stdout.write(f"{len(names)} packages pinned\n")


main(sys.argv[1])
