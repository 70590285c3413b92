"""benchmarks: one tiny round of everything, with a real firehose; what it measures is never judged here."""

import json

import pytest

from benchmarks.acceptance import promises
from benchmarks.contest import Plan
from benchmarks.contestants import CONTESTANTS, Contestant
from benchmarks.heats import BUSY, DELAYS, HEATS, PLAIN, SPREAD, TLS, Heat
from benchmarks.lines import child
from benchmarks.report import report
from benchmarks.run import run
from benchmarks.shapes import SHAPES

OWN = [one for one in CONTESTANTS if one.home is None]
#: A client that is not installed where it is run.
MISSING = Contestant("missing", "", "peer_ccxt", wires=("dex", "spot"))
#: A heat of each kind.
SOME = [PLAIN[0], PLAIN[-1], TLS[0], BUSY[0], SPREAD[0], SPREAD[-1], DELAYS[-1]]
TINY = Plan(
    rounds=1,
    warm=0.001,
    seconds=0.001,
    repeats=1,
    contestants=[*OWN, MISSING],
    heats=SOME,
    flat=10_000,
)

each_heat = pytest.mark.parametrize("heat", HEATS, ids=lambda heat: heat.name)


def test_a_tiny_round_of_everything() -> None:
    told: list[str] = []
    results = run(TINY, told.append)
    assert results["failures"] == []
    assert list(results["absent"]) == ["missing"]
    assert "No module named 'ccxt'" in results["absent"]["missing"]
    assert len(told) > len(SOME)

    expected = {heat.name: {one.name for one in OWN if heat.takes(one)} for heat in SOME}
    timed = {heat.name for heat in SOME if not heat.rate}
    assert {name: set(row) for name, row in results["medians"].items()} == {
        name: those for name, those in expected.items() if name in timed
    }
    assert {name: set(row) for name, row in results["delays"].items()} == {
        DELAYS[-1].name: expected[DELAYS[-1].name]
    }
    for name, row in results["ratios"]["wall_us"].items():
        assert all(set(others) == expected[name] for others in row.values())
        assert all(row[one][one] == 1 for one in row)
    # Another thread takes what there is of the processor then.
    assert BUSY[0].name not in results["ratios"]["cpu_us"]
    assert all(0 <= part <= 1 for row in results["waiting"].values() for part in row.values())

    own = results["own"]
    for measure in ("bytes_an_event", "hops", "reads"):
        assert list(own[measure]) == [shape.name for shape in SHAPES]
    assert all(us > 0 for spent in own["reads"].values() for us in spent.values())
    assert list(own["one_more_subscriber"]) == ["1", "5000"]
    assert own["bytes_a_subscription"]["0"] < own["bytes_a_subscription"]["1"]
    assert len(own["flat"]["us"]) == len(own["flat"]["mib"]) == 10

    verdicts = {one.what: one.verdict for one in promises(results)}
    assert verdicts["spot trades: times faster than ccxt"] == "not measured"
    assert verdicts["a trade: times the memory of a plain slotted object"] in {"pass", "miss"}
    shown = report(json.loads(json.dumps(results)))
    assert max(map(len, shown.splitlines())) < 160
    for title in (
        "times rxdex",
        "frames/s of one trade",
        "import rxdex",
        "promised",
        "firehose",
        "missing cannot run",
    ):
        assert title in shown


@each_heat
def test_there_is_somebody_for_each_heat(heat: Heat) -> None:
    assert [one.name for one in CONTESTANTS if heat.takes(one)].count("rxdex") == 1


def test_names_can_be_said_on_a_command_line() -> None:
    names = [*(one.name for one in CONTESTANTS), *(heat.name for heat in HEATS)]
    assert len(set(names)) == len(names)
    assert not any("," in name for name in names)


def test_a_child_that_fails_says_so() -> None:
    with (
        child("benchmarks.firehose") as hose,
        pytest.raises(RuntimeError, match="KeyError"),
    ):
        hose.ask({"serve": "no such shape"})
    with child("benchmarks.no_such_module") as nobody, pytest.raises(RuntimeError):
        nobody.ask({})
