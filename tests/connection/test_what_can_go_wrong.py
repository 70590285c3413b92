"""The page on what can go wrong: each row has its tests, and each fault that can be made has its row."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from rxdex.simulator.faults.hits import Chosen, Hits, Newcomers
from rxdex.simulator.faults.kit import Faults
from rxdex.simulator.faults.oddities import Oddity
from rxdex.simulator.partition import Partition
from tests.connection.proofs import ROWS

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "explanation" / "what-can-go-wrong.md"

HUNG_UP = "it hangs up (1000, 1001, 1012), or the line is cut"
SILENT = "nothing comes, not even a ping"
SHUT_OUT = "nobody lets it in again"
PROTOCOL = (
    "a frame breaks the protocol: masked, compressed, a reserved bit, a control frame in pieces"
)
TOO_LARGE = "a frame is larger than `max_frame`"
MALFORMED = "a frame is no JSON, not UTF-8 in what we read, or not of its stream's shape"
HARMLESS = "a binary frame, one in pieces, keys that are new"
ASTRAY = "frames are lost, doubled, late or in another order, and the line is well"
NO_PINGS = "it sends no pings, or answers none of ours"
SLOW = (
    "the network is slow, or holds all back for a moment: byte by byte, late, through a thin wire"
)

#: Which row a fault of the kit, of a network or among the oddities makes.
FAULTS = {
    "hang_up": HUNG_UP,
    "hang_up_at_subscribe": HUNG_UP,
    "stall": SILENT,
    "stall_mid_frame": "half a frame comes, and not the rest",
    "mute": "it pings, but a topic that ticks fell silent",
    "stop_pinging": NO_PINGS,
    "ignore_pings": NO_PINGS,
    "lose": ASTRAY,
    "repeat": ASTRAY,
    "reverse": ASTRAY,
    "delay": ASTRAY,
    "echo": ASTRAY,
    "refuse": SHUT_OUT,
    "ignore": SHUT_OUT,
    "partition": SILENT,
    "half_open": SILENT,
    "cut": HUNG_UP,
    "shape": SLOW,
    Oddity.GARBAGE: MALFORMED,
    Oddity.NOT_UTF8: MALFORMED,
    Oddity.BINARY: HARMLESS,
    Oddity.FRAGMENTED: HARMLESS,
    Oddity.UNKNOWN_KEYS: HARMLESS,
    Oddity.MASKED: PROTOCOL,
    Oddity.COMPRESSED: PROTOCOL,
    Oddity.LARGE: TOO_LARGE,
    Oddity.ENDLESS: TOO_LARGE,
    Oddity.UNKNOWN_STREAM: "a stream, or a word, that rxdex does not know",
    Oddity.ERROR: "an error message, as for a symbol that is not listed",
}
#: What the kit can do besides: choose, plan, and end it.
NO_FAULTS = {"call_off", "chaos", "close", "heal", "next", "of", "send"}


def rows(text: str) -> Iterator[str]:
    """The first cell of each row of each table, heads left out."""
    for table in re.findall(r"^\|.*\n\|--.*\n((?:\|.*\n?)*)", text, re.MULTILINE):
        for line in table.splitlines():
            yield line.split(" | ")[0].removeprefix("| ")


@pytest.fixture(scope="module")
def nodes() -> frozenset[str]:
    """Every test that the proofs are among, as pytest finds it, with its parameters and without."""
    files = sorted(
        {f"tests/{proof.partition('::')[0]}" for all_ in ROWS.values() for proof in all_}
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", *files],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found = [line.removeprefix("tests/") for line in done.stdout.splitlines() if "::" in line]
    return frozenset(found) | {re.sub(r"\[.*", "", node) for node in found}


def test_every_row_has_its_proofs_and_every_proof_its_row() -> None:
    found = list(rows(PAGE.read_text(encoding="utf-8")))
    assert len(found) == len(set(found)) >= 40
    assert found == list(ROWS)


@pytest.mark.parametrize("row", ROWS)
def test_the_proofs_of_a_row_are_tests_that_run(row: str, nodes: frozenset[str]) -> None:
    assert ROWS[row], "nothing proves it"
    assert [proof for proof in ROWS[row] if proof not in nodes] == []
    assert len(set(ROWS[row])) == len(ROWS[row])


def test_every_fault_that_can_be_made_has_its_row() -> None:
    kinds = (Hits, Chosen, Newcomers, Faults, Partition)
    made = {name for kind in kinds for name in vars(kind) if callable(vars(kind)[name])}
    named = {name for name in made if not name.startswith("_")} - NO_FAULTS
    assert named | set(Oddity) == set(FAULTS)
    assert set(FAULTS.values()) <= set(ROWS)


def test_rows_are_found() -> None:
    text = "| a | b |\n|---|---|\n| one, `x` | 1 |\n| two | 2 |\n\nwords\n\n| c |\n|---|\n| three | 3 |"
    assert list(rows(text)) == ["one, `x`", "two", "three"]
