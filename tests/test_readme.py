"""The README is true: its code runs, and the commands it names exist."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from rxdex.simulator.exchange import Exchange

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


def assert_runs(code: str) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\n") >= 3


@pytest.mark.parametrize("number", range(len(BLOCKS)))
def test_a_block_of_code_runs(number: int) -> None:
    assert_runs(BLOCKS[number])


def test_for_another_venue_one_line_changes() -> None:
    here = BLOCKS[0].replace("2.0", "0.2")
    with Exchange() as exchange:
        there = here.replace("Dex.simulated()", f'Dex("{exchange.url}")')
        changed = [line for line in there.splitlines() if line not in here.splitlines()]
        assert changed == [f'with Dex("{exchange.url}") as dex:']
        assert_runs(there)


def test_there_are_such_blocks() -> None:
    assert len(BLOCKS) == 2


def test_every_verb_it_names_can_be_said() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for verb in re.findall(r"make ([a-z]+)", README):
        assert f"\n{verb}:" in makefile, verb
