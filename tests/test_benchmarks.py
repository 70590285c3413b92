"""benchmarks: one tiny round of everything, with a real firehose; what it measures is never judged here."""

import json

import pytest

from benchmarks.contest import Plan
from benchmarks.contestants import CONTESTANTS, OURS
from benchmarks.contestants.headers import count_frames
from benchmarks.contestants.laps import Lap
from benchmarks.contestants.naive_app import events
from benchmarks.contestants.rxdex_streams import topic
from benchmarks.lines import child
from benchmarks.report import aligned, number, report
from benchmarks.run import run
from benchmarks.shapes import BY_TOPICS, SHAPES, Shape
from benchmarks.summary import headroom, medians, ratios
from benchmarks.websocket_server import Hearing, Message, framed
from rxdex.events import Notice
from rxdex.venues import BinanceDex

TINY = Plan(rounds=1, warm=0.0, seconds=0.001, repeats=1)
VENUE = BinanceDex("ws://localhost/api")

each_shape = pytest.mark.parametrize("shape", [*SHAPES, *BY_TOPICS], ids=lambda shape: shape.name)


def test_a_tiny_round_of_everything() -> None:
    told: list[str] = []
    results = run(TINY, told.append)
    assert results["failures"] == []
    assert len(told) > len(SHAPES) * len(CONTESTANTS)

    everybody = {one.name for one in CONTESTANTS}
    routing = {one.name for one in CONTESTANTS if one.routes}
    for clock in ("wall_us", "cpu_us"):
        table = results["ratios"][clock]
        assert list(table) == [shape.name for shape in (*SHAPES, *BY_TOPICS)]
        for shape, row in table.items():
            assert set(row) == (everybody if shape in {one.name for one in SHAPES} else routing)
            assert all(set(others) == set(row) for others in row.values())
            assert all(row[name][name] == 1 for name in row)
    own = results["own"]
    names = [shape.name for shape in SHAPES]
    assert list(own["bytes_an_event"]) == list(own["hops"]) == names
    assert list(own["one_more_subscriber"]) == ["1", "5000"]
    assert set(results["headroom"]) == set(names)

    shown = report(json.loads(json.dumps(results)))
    assert max(map(len, shown.splitlines())) < 160
    for title in ("by the clock", "of the processor", "import rxdex", "bytes an event", "firehose"):
        assert title in shown


@each_shape
def test_the_frames_are_what_rxdex_takes_for_its_events(shape: Shape) -> None:
    cycle = shape.cycle()
    found = [item for frame in cycle.frames for item in VENUE.decode(frame)]
    assert not any(isinstance(item, Notice) for item in found)
    assert len(found) == cycle.events
    wanted = {VENUE.normalise(topic(*named)) for named in cycle.topics}
    assert {item.topic for item in found if not isinstance(item, Notice)} == wanted


@each_shape
def test_the_naive_client_makes_as_many_of_them(shape: Shape) -> None:
    cycle = shape.cycle()
    found = [event for frame in cycle.frames for event in events(frame.decode())]
    assert len(found) == cycle.events
    assert {(stream, symbol) for stream, symbol, _ in found} == set(cycle.topics)


@pytest.mark.parametrize("size", [10, 125, 126, 65_535, 65_536])
def test_frames_are_framed_and_counted(size: int) -> None:
    wire = framed(bytes(size)) * 3
    assert count_frames(wire, len(wire)) == (3, len(wire))
    frames, at = count_frames(wire, len(wire) - 1)
    assert (frames, at) == (2, len(wire) // 3 * 2)


def test_what_a_client_says_is_heard_in_any_pieces() -> None:
    texts = [b"a", b"b" * 200, b"c" * 70_000]
    sizes = [b"\x81", b"\xfe\x00\xc8", b"\xff" + (70_000).to_bytes(8, "big")]
    mask = b"\x01\x02\x03\x04"
    wire = b"".join(
        b"\x81" + size + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(text))
        for size, text in zip(sizes, texts, strict=True)
    )
    hearing, found = Hearing(), list[Message]()
    for start in range(0, len(wire), 997):
        found += hearing.hear(wire[start : start + 997])
    assert found == [Message(1, text) for text in texts]


def test_a_lap_counts_whole_cycles() -> None:
    lap = Lap(10, 0.0, 0.0)
    heard = lap.by_one()
    for _ in range(25):
        heard(None)
    assert lap.done.is_set()
    assert lap.cost()[0] == 10


def test_a_lap_counts_batches() -> None:
    lap = Lap(10, 0.0, 0.0)
    heard = lap.by_number()
    for _ in range(3):
        heard(17)
    assert lap.cost()[0] == 17


def lap_of(contestant: str, number_of_round: int, us: float) -> dict[str, object]:
    costs = {"wall_us": us, "cpu_us": us / 2}
    return {"round": number_of_round, "shape": "s", "contestant": contestant, **costs}


def test_ratios_are_of_the_same_round() -> None:
    laps = [lap_of("recv", n, us) for n, us in enumerate((1.0, 10.0, 1.0))]
    laps += [lap_of(OURS, n, us) for n, us in enumerate((4.0, 40.0, 5.0))]
    assert ratios(laps, "wall_us")["s"][OURS]["recv"] == 4
    assert headroom(laps) == {"s": 4}
    assert medians(laps)["s"][OURS]["wall_us"] == 5
    assert medians(laps[:1])["s"]["recv"]["spread"] is None


def test_a_table_is_aligned() -> None:
    assert aligned([("", "b"), ("name", "100")]) == "        b\nname  100"
    assert [number(value) for value in (0.01234, 1.234, 123.4, 12345.6)] == [
        "0.0123", "1.23", "123", "12,346",
    ]  # fmt: skip


def test_a_child_that_fails_says_so() -> None:
    with (
        child("benchmarks.firehose") as hose,
        pytest.raises(RuntimeError, match="KeyError"),
    ):
        hose.ask({"serve": "no such shape"})
    with child("benchmarks.no_such_module") as nobody, pytest.raises(RuntimeError):
        nobody.ask({})
