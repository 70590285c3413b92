"""crowd: what an ear finds wrong, and what nobody could have known."""

import pytest

from rxdex.events import BlockHeight, Gap, GapReason
from tests.connection.crowd import Ear, Verdict
from tests.connection.ledger import BLOCKS, Ledger

GAP = Gap(topic=None, since_ns=0, reason=GapReason.LINE_LOST, received_ns=1)


def wrongs(heard: str, astray: str = "", why: str = "repeating") -> list[str]:
    """What is wrong with hearing these of ten blocks, `|` being a gap."""
    ledger, verdict = Ledger(), Verdict()
    for height in range(10):
        ledger._row(BLOCKS).append(height)
    for height in map(int, astray):
        for reason in why.split():
            ledger.stray(b'{"stream":"blockheight","data":{"h":%d}}' % height, reason)
    ear = Ear("ear", ledger, verdict)
    for what in heard:
        ear.on_next(GAP if what == "|" else BlockHeight(height=int(what)))
    return verdict.wrongs


@pytest.mark.parametrize(
    ("heard", "astray"),
    [
        ("012345", ""),
        ("3456", ""),
        ("01|567", ""),
        ("0145", "23"),
        ("012234", "2"),
        # Who came when 4 had been told hears of 2 once more.
        ("256", "2"),
    ],
)
def test_what_is_right(heard: str, astray: str) -> None:
    assert wrongs(heard, astray) == []


@pytest.mark.parametrize("why", ["echo", "echo reversing", "reversing echo"])
def test_after_a_gap_the_past_may_be_told_again(why: str) -> None:
    """As in: 0 and 1, the line broke, 4 and 3 told again, and the present begins with 7."""
    assert wrongs("01|437", "34", why) == []
    assert wrongs("01|4379", "34", why) != [], "but 8 is owed"


@pytest.mark.parametrize(
    ("heard", "astray", "says"),
    [
        ("0145", "", "[2, 3] of 2 are missing before 4, and no gap"),
        ("0145", "2", "[3] of 1 are missing before 4, and no gap"),
        ("01224", "", "2 came 0 behind its turn, or twice"),
        ("2346", "2", "[5] of 1 are missing before 6, and no gap"),
        ("01245", "2", "[3] of 1 are missing before 4, and no gap"),
        ("01|4|6789|3", "", "3 came 6 behind its turn, or twice"),
    ],
)
def test_what_is_wrong(heard: str, astray: str, says: str) -> None:
    assert any(says in wrong for wrong in wrongs(heard, astray))
