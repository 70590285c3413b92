"""One connection through a bad network, on streams without sockets."""

import asyncio
import random
from collections.abc import Coroutine
from typing import Any, cast

import pytest

from rxdex.simulator.relay import Relay, Road, Side, Weather

PATIENCE = 10.0


class Transport:
    """What a writer is asked for its end."""

    def __init__(self, writer: "Writer") -> None:
        self._writer = writer

    def abort(self) -> None:
        self._writer.is_gone = True
        self._writer.came.set()


class Sock:
    """What lingers no more."""

    def __init__(self) -> None:
        self.options: list[object] = []

    def setsockopt(self, *option: object) -> None:
        self.options.append(option)


class Writer:
    """Writes down what it is given, piece by piece."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.times: list[float] = []
        self.has_ended = False
        self.is_gone = False
        self.refuses = False
        self.sock = Sock()
        self.transport = Transport(self)
        self.came = asyncio.Event()

    @property
    def text(self) -> bytes:
        return b"".join(self.pieces)

    def write(self, data: bytes) -> None:
        self.pieces.append(data)
        self.times.append(asyncio.get_running_loop().time())
        self.came.set()

    async def drain(self) -> None:
        if self.refuses:
            raise ConnectionResetError

    def is_closing(self) -> bool:
        return self.is_gone

    def can_write_eof(self) -> bool:
        return True

    def write_eof(self) -> None:
        self.has_ended = True
        self.came.set()

    def close(self) -> None:
        self.is_gone = True

    async def wait_closed(self) -> None:
        """At once."""

    def get_extra_info(self, _: str) -> Sock:
        return self.sock

    async def has(self, text: bytes) -> None:
        """Wait until so much came."""
        async with asyncio.timeout(PATIENCE):
            while self.text != text:
                await self.came.wait()
                self.came.clear()


class Line:
    """A relay with its two ends."""

    def __init__(self, **weather: Any) -> None:
        self.road = Road()
        self.road.weather = Weather(**weather)
        self.client, self.venue = Writer(), Writer()
        self.from_client, self.from_venue = asyncio.StreamReader(), asyncio.StreamReader()
        self.relay = Relay(self.road, random.Random(1))
        self.connects = 0
        self.refuses = False
        self.task = asyncio.create_task(
            self.relay.run(self.from_client, cast("Any", self.client), self.connect)
        )

    async def connect(self) -> Any:
        self.connects += 1
        if self.refuses:
            raise ConnectionRefusedError
        return self.from_venue, self.venue

    async def ends(self) -> None:
        async with asyncio.timeout(PATIENCE):
            await self.task

    def hang_up(self) -> None:
        """Both sides say goodbye."""
        for reader in (self.from_client, self.from_venue):
            reader.feed_eof()


def run(test: Coroutine[Any, Any, None]) -> None:
    asyncio.run(test)


async def turns(count: int = 50) -> None:
    """Let everybody do what they can."""
    for _ in range(count):
        await asyncio.sleep(0)


def test_bytes_pass_both_ways_and_goodbyes_too() -> None:
    async def main() -> None:
        line = Line()
        line.from_client.feed_data(b"question")
        await line.venue.has(b"question")
        line.from_venue.feed_data(b"answer")
        await line.client.has(b"answer")
        line.from_client.feed_eof()
        await turns()
        assert (line.venue.has_ended, line.client.has_ended) == (True, False)
        line.from_venue.feed_eof()
        await line.ends()
        assert line.client.has_ended

    run(main())


def test_byte_by_byte() -> None:
    async def main() -> None:
        line = Line(piece=1)
        line.from_client.feed_data(b"question")
        await line.venue.has(b"question")
        assert len(line.venue.pieces) == 8
        line.hang_up()
        await line.ends()

    run(main())


def test_latency_is_the_least_it_takes_and_jitter_never_lets_one_overtake_another() -> None:
    async def main() -> None:
        line = Line(latency=0.05, jitter=0.05)
        begun = asyncio.get_running_loop().time()
        for number in range(10):
            line.from_client.feed_data(b"%d" % number)
            await turns()
        await line.venue.has(b"0123456789")
        assert line.venue.times[0] >= begun + 0.05
        line.hang_up()
        await line.ends()

    run(main())


def test_the_same_chance_draws_the_same_jitter() -> None:
    one, two = random.Random("7 0"), random.Random("7 0")
    assert [one.random() for _ in range(5)] == [two.random() for _ in range(5)]


def test_a_bandwidth_takes_its_time() -> None:
    async def main() -> None:
        line = Line(bandwidth=1000)
        begun = asyncio.get_running_loop().time()
        line.from_client.feed_data(b"x" * 100)
        await line.venue.has(b"x" * 100)
        assert {len(piece) for piece in line.venue.pieces} == {20}
        assert line.venue.times[-1] - begun >= 0.08 - 0.01
        line.hang_up()
        await line.ends()

    run(main())


def test_nothing_passes_a_closed_road_nor_does_a_goodbye() -> None:
    async def main() -> None:
        line = Line()
        line.from_client.feed_data(b"a")
        await line.venue.has(b"a")
        line.road.is_open.clear()
        line.from_client.feed_data(b"b")
        line.from_venue.feed_data(b"c")
        line.from_venue.feed_eof()
        await turns()
        assert (line.venue.text, line.client.text, line.client.has_ended) == (b"a", b"", False)
        line.road.is_open.set()
        await line.venue.has(b"ab")
        await line.client.has(b"c")
        line.from_client.feed_eof()
        await line.ends()
        assert line.client.has_ended

    run(main())


def test_what_waits_has_a_bound() -> None:
    async def main() -> None:
        line = Line()
        line.road.is_open.clear()
        for _ in range(1000):
            line.from_client.feed_data(b"x" * 1000)
            await asyncio.sleep(0)
        waiting = len(line.from_client._buffer)  # type: ignore[attr-defined]
        assert waiting > 500_000, "the relay itself took little of it"
        line.task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await line.task

    run(main())


def test_who_comes_while_the_road_is_closed_is_connected_when_it_opens() -> None:
    async def main() -> None:
        line = Line()
        line.road.is_open.clear()
        line.from_client.feed_data(b"hello")
        await turns()
        assert line.connects == 0
        line.road.is_open.set()
        await line.venue.has(b"hello")
        line.hang_up()
        await line.ends()

    run(main())


def test_who_gives_up_while_the_road_is_closed_was_never_there() -> None:
    async def main() -> None:
        line = Line()
        line.road.is_open.clear()
        line.from_client.feed_data(b"hello")
        line.from_client.feed_eof()
        await turns()
        line.road.is_open.set()
        await line.ends()
        assert line.connects == 0
        assert line.client.is_gone

    run(main())


def test_a_venue_that_is_not_there_is_the_end() -> None:
    async def main() -> None:
        line = Line()
        line.refuses = True
        await line.ends()
        assert line.client.is_gone

    run(main())


@pytest.mark.parametrize("gone", Side)
def test_one_side_is_gone_and_the_other_is_not_told(gone: Side) -> None:
    async def main() -> None:
        line = Line()
        line.from_client.feed_data(b"a")
        await line.venue.has(b"a")
        line.relay.lose(gone)
        ends = {
            Side.CLIENT: (line.client, line.from_client),
            Side.VENUE: (line.venue, line.from_venue),
        }
        leaving, its_words = ends.pop(gone)
        staying, words = ends.popitem()[1]
        its_words.feed_eof()
        words.feed_data(b"are you there?")
        await turns()
        assert leaving.is_gone
        assert (staying.is_gone, staying.has_ended) == (False, False)
        assert leaving.text in (b"", b"a")
        words.feed_eof()
        await line.ends()

    run(main())


def test_a_cut_is_a_reset_for_both() -> None:
    async def main() -> None:
        line = Line()
        line.from_client.feed_data(b"a")
        await line.venue.has(b"a")
        line.relay.cut()
        line.relay.cut()
        line.hang_up()
        await line.ends()
        for writer in (line.client, line.venue):
            assert (writer.is_gone, len(writer.sock.options), writer.has_ended) == (True, 1, False)

    run(main())


def test_who_breaks_off_breaks_off_the_other_side_too() -> None:
    async def main() -> None:
        line = Line()
        line.from_client.feed_data(b"a")
        await line.venue.has(b"a")
        line.from_client.set_exception(ConnectionResetError())
        await turns()
        assert (line.venue.is_gone, len(line.venue.sock.options)) == (True, 1)
        line.from_venue.feed_eof()
        await line.ends()

    run(main())


def test_who_takes_no_more_is_left_alone_until_it_ends() -> None:
    async def main() -> None:
        line = Line()
        line.from_client.feed_data(b"a")
        await line.venue.has(b"a")
        line.venue.refuses = True
        line.from_client.feed_data(b"b")
        await turns()
        line.hang_up()
        await line.ends()

    run(main())
