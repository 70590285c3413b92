"""The parts of the benchmark, one by one."""

import os
import sys
import threading
from pathlib import Path

import pytest

from benchmarks import environments
from benchmarks.acceptance import promises
from benchmarks.contestants import LIMITS, OURS
from benchmarks.contestants.delays import Delays
from benchmarks.contestants.fork import in_a_fork
from benchmarks.contestants.headers import count_frames
from benchmarks.contestants.laps import Lap
from benchmarks.contestants.naive_app import events
from benchmarks.contestants.rxdex_streams import topic
from benchmarks.contestants.spot_venue import BinanceSpot
from benchmarks.environments import CannotRun, Environment, python_of
from benchmarks.flow import Gauge
from benchmarks.shapes import BY_TOPICS, SHAPES, SPOT, Shape
from benchmarks.summary import across, delays, headroom, medians, ratios, waiting
from benchmarks.tables import aligned, number
from benchmarks.visitor import Visitor, streams_of
from benchmarks.websocket_server import CLOSE, Hearing, Message, framed
from rxdex import topics
from rxdex.errors import MalformedFrame, UnsupportedTopic
from rxdex.events import Trade
from rxdex.venue import Venue
from rxdex.venues import BinanceDex
from tests.builders import deliveries, notices

VENUE = BinanceDex("ws://localhost/api")

each_shape = pytest.mark.parametrize("shape", [*SHAPES, *BY_TOPICS], ids=lambda shape: shape.name)


@each_shape
def test_the_frames_are_what_rxdex_takes_for_its_events(shape: Shape) -> None:
    cycle = shape.cycle()
    found = [item for frame in cycle.frames for item in VENUE.decode(frame)]
    assert not notices(found)
    assert len(deliveries(found)) == cycle.events
    wanted = {VENUE.normalise(topic(*named)) for named in cycle.topics}
    assert {item.topic for item in deliveries(found)} == wanted


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
    costs = {"wall_us": us, "cpu_us": us / 2, "blocked": 0.75}
    return {"round": number_of_round, "heat": "s", "contestant": contestant, **costs}


def test_ratios_are_of_the_same_round() -> None:
    laps = [lap_of("recv", n, us) for n, us in enumerate((1.0, 10.0, 1.0))]
    laps += [lap_of(OURS, n, us) for n, us in enumerate((4.0, 40.0, 5.0))]
    assert ratios(laps, "wall_us")["s"][OURS]["recv"] == 4
    assert headroom(laps) == {"s": 4}
    assert waiting(laps) == {"s": {"recv": 0.75, OURS: 0.75}}
    assert medians(laps)["s"][OURS]["wall_us"] == 5
    assert medians(laps[:1])["s"]["recv"]["spread"] is None
    assert across([*laps, {**lap_of(OURS, 1, 60.0), "heat": "t"}], "s", OURS) == {"s": 1, "t": 1.5}


def test_without_peers_nothing_of_them_is_promised_or_broken() -> None:
    laps = [lap_of(OURS, 0, 1.0), lap_of("picows+orjson", 0, 0.5)]
    trades = [{**lap, "heat": "trades x1"} for lap in laps]
    paced = [
        {
            "round": 0,
            "heat": "10000 frames/s",
            "contestant": name,
            "p50_us": us,
            "p99_us": us,
            "core": 0.1,
        }
        for name, us in ((OURS, 50.0), ("binancechain", 40.0), ("picows+orjson", 1.0))
    ]
    results = {
        "contestants": {name: {"is_c_client": False} for name in (OURS, *LIMITS)},
        "ratios": {"wall_us": ratios(trades, "wall_us")},
        "delay_ratios": {key: ratios(paced, key) for key in ("p50_us", "p99_us")},
        "times_one_topic": {"500 topics": 1.1},
        "own": {"bytes_an_event": {"trades x1": 130.0}, "bytes_a_plain_trade": 100.0},
    }
    found = {one.what: one for one in promises(results)}
    limit = found["trades x1: times the time of picows+orjson"]
    assert (limit.value, limit.verdict) == (2, "miss")
    assert found["10000 frames/s: p50 in parts of the best peer's (binancechain)"].value == 1.25
    assert found["500 topics: times the time of one"].verdict == "pass"
    assert found["trades x1: times faster than binance-dex"].verdict == "not measured"
    assert delays(paced)["10000 frames/s"][OURS]["p50_us"] == 50


def test_a_table_is_aligned() -> None:
    assert aligned([("", "b"), ("name", "100")]) == "        b\nname  100"
    assert [number(value) for value in (0.01234, 1.234, 123.4, 12345.6, None)] == [
        "0.0123", "1.23", "123", "12,346", "-",
    ]  # fmt: skip


def test_delays_are_taken_from_the_stamp() -> None:
    lap = Delays(lambda _: 0, 0.0, 60.0)
    heard = lap.heard()
    for _ in range(100):
        heard(None)
    assert not lap.done.is_set()
    assert lap.result()["frames"] in {98, 99}
    assert lap.result()["p50_us"] > 1e15


def test_delays_end_with_the_first_that_is_late_enough() -> None:
    lap = Delays(lambda _: 0, 0.0, 1e-9)
    heard = lap.heard()
    while not lap.done.is_set():
        heard(None)
    heard(None)
    assert lap.result()["frames"] == 1


def test_a_fork_answers_and_its_threads_end_with_it() -> None:
    def work() -> dict[str, object]:
        threading.Thread(target=threading.Event().wait, daemon=True).start()
        return {"pid": os.getpid()}

    assert in_a_fork(work, 10)["pid"] != os.getpid()


def test_a_fork_that_fails_says_so() -> None:
    def fail() -> dict[str, object]:
        raise KeyError("what")

    with pytest.raises(RuntimeError, match="what"):
        in_a_fork(fail, 10)
    with pytest.raises(RuntimeError, match="without a word"):
        in_a_fork(lambda: os._exit(0), 10)
    with pytest.raises(RuntimeError, match="did not end"):
        in_a_fork(lambda: {"never": threading.Event().wait()}, 0.05)


def test_a_gauge_counts_the_wait_it_is_in() -> None:
    gauge = Gauge()
    with gauge.waiting():
        assert 0 < gauge.blocked() <= 1
    gauge.end()
    assert gauge.blocked() == gauge.blocked()


def masked(text: bytes, opcode: int = 1) -> bytes:
    return bytes([0x80 | opcode, 0x80 | len(text)]) + bytes(4) + text


def test_a_visitor_is_answered_when_there_is_time() -> None:
    visitor = Visitor({("trades", "A"), ("aggTrade", "b")})
    visitor.hear(masked(b'{"method":"subscribe","topic":"trades","symbols":["A"]}'))
    assert visitor.waited_for == {("aggTrade", "b")}
    assert visitor.replies() == b""
    visitor.hear(masked(b'{"method":"SUBSCRIBE","params":["b@aggTrade"],"id":7}'))
    assert visitor.waited_for == set()
    assert visitor.replies() == framed(b'{"result": null, "id": 7}')
    visitor.hear(masked(b"\x03\xe8", CLOSE))
    assert visitor.is_leaving
    assert visitor.replies() == framed(b"\x03\xe8", CLOSE)
    assert visitor.replies() == b""


@pytest.mark.parametrize(
    ("target", "named"),
    [
        ("/api/ws", set()),
        ("/api/ws/A_B@trades", {("trades", "A_B")}),
        ("/api/stream?streams=a@aggTrade/b@aggTrade", {("aggTrade", "a"), ("aggTrade", "b")}),
        ("/api/stream", set()),
    ],
)
def test_topics_are_read_from_a_url(target: str, named: set[tuple[str, str]]) -> None:
    assert streams_of(target) == named


def test_the_house_speaks_a_second_dialect() -> None:
    venue: Venue = BinanceSpot("ws://localhost/api")
    wanted = venue.normalise(topics.trades("btcusdt"))
    assert list(venue.subscribe([wanted])) == [
        '{"method":"SUBSCRIBE","params":["btcusdt@aggTrade"],"id":1}'
    ]
    for frame in SPOT.cycle().frames:
        (delivery,) = deliveries(venue.decode(frame))
        assert delivery.topic == wanted
        assert isinstance(delivery.event, Trade)
    assert venue.decode(b'{"result":null,"id":1}') == ()
    with pytest.raises(MalformedFrame, match="no trade"):
        venue.decode(b'{"data":{"s":"BTCUSDT"}}')
    with pytest.raises(UnsupportedTopic, match="take topics"):
        venue.lane(topics.blocks())


def test_an_environment_is_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = tmp_path / "said.txt"
    uv = tmp_path / "bin" / "uv"
    uv.parent.mkdir()
    uv.write_text(
        f"#!{sys.executable}\nimport pathlib, sys\n"
        f'pathlib.Path("{said}").open("a").write(sys.argv[1] + "\\n")\n'
        f'sys.exit("no such package" if "bad" in sys.argv else 0)\n'
    )
    uv.chmod(0o755)
    monkeypatch.setattr(environments, "_TOOLS", tmp_path)
    told: list[str] = []
    (tmp_path / "peers" / "it").mkdir(parents=True)
    it = Environment("it", ("one", "two"), bare="three")
    assert python_of(it, told.append) == str(tmp_path / "peers" / "it" / "bin" / "python")
    assert python_of(it, told.append) == str(tmp_path / "peers" / "it" / "bin" / "python")
    assert said.read_text().split() == ["venv", "pip", "pip"]
    assert told == ["making an environment: it"]
    with pytest.raises(CannotRun, match="uv pip failed: no such package"):
        python_of(Environment("it", ("bad",)), told.append)
