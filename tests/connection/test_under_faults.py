"""What subscribers see when a venue or a network misbehaves: a row for each fault."""

import itertools
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any

import pytest
from attrs import frozen

from rxdex import Dex, LineSettings, topics
from rxdex.backoff import Backoff
from rxdex.events import BlockHeight, Fault, FaultReason, Gap, GapReason, LineState, Status
from rxdex.simulator.exchange import Exchange
from rxdex.simulator.faults import Chosen, Newcomers, Oddity
from rxdex.simulator.partition import Partition
from rxdex.simulator.timings import Timings
from tests.conftest import eventually
from tests.connection.peer import Authority, duration
from tests.connection.recorder import Recorder

LINE = partial(
    LineSettings,
    silence=0.9,
    frame_timeout=0.2,
    open_timeout=0.3,
    close_timeout=0.2,
    backoff=Backoff(start=0.01, ceiling=0.05),
)
DEADLINE = 10.0


@pytest.fixture(scope="module")
def exchange() -> Iterator[Exchange]:
    # It pings often enough that no line is silent by itself.
    with Exchange(speed=None, warm_up=20, timings=Timings(ping=0.3, goodbye=0.2)) as it:
        yield it


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


class Scene:
    """A `Dex` on an exchange, through a network: trades, blocks and, on a line of its own, an address."""

    def __init__(self, exchange: Exchange, network: Partition, dex: Dex) -> None:
        self.exchange = exchange
        self.network = network
        self.dex = dex
        self.before = len(exchange.faults.log)
        self.symbol, self.address = exchange.symbols[0], exchange.addresses[0]
        self.trades: Recorder[Any] = Recorder()
        self.blocks: Recorder[Any] = Recorder()
        self.plain: Recorder[BlockHeight] = Recorder()
        self.account: Recorder[Any] = Recorder()
        self.status: Recorder[Status] = Recorder()
        self.faults: Recorder[Fault] = Recorder()
        dex.status.subscribe(self.status)
        dex.faults.subscribe(self.faults)
        dex.stream(topics.trades(self.symbol), gaps=True).subscribe(self.trades)
        dex.stream(topics.blocks(), gaps=True).subscribe(self.blocks)
        dex.blocks().subscribe(self.plain)
        dex.stream(topics.account(self.address), gaps=True).subscribe(self.account)
        assert self.goes_on(*self.streams)
        for recorder in (*self.streams, self.status):
            recorder.values.clear()

    @property
    def streams(self) -> tuple[Recorder[Any], ...]:
        return self.trades, self.blocks, self.plain, self.account

    @property
    def market(self) -> Chosen:
        """Whoever trades and blocks come to."""
        return self.exchange.faults.of(self.symbol)

    @property
    def come(self) -> Newcomers:
        """Who comes next."""
        return self.exchange.faults.next()

    def steps(self, condition: Callable[[], bool], deadline: float = DEADLINE) -> bool:
        """Whether a condition comes true within some blocks, in time."""

        def holds() -> bool:
            self.exchange.step()
            return condition()

        return eventually(holds, deadline)

    def goes_on(self, *recorders: Recorder[Any]) -> bool:
        """Whether each gets a further event, which is no gap."""
        so_far = [len(it.values) for it in recorders]
        return self.steps(
            lambda: all(
                any(not isinstance(event, Gap) for event in it.values[count:])
                for it, count in zip(recorders, so_far, strict=True)
            )
        )

    def is_missed(self, deadline: float = DEADLINE) -> bool:
        """Whether a gap is told, in time."""
        return self.steps(lambda: bool(gaps(self.blocks)), deadline)

    def deeds(self) -> int:
        """How many faults were made in this scene."""
        return len(self.exchange.faults.log) - self.before

    def of_lane(self, lane: str) -> list[Status]:
        return [status for status in self.status.values if status.lane == lane]


def gaps(recorder: Recorder[Any]) -> list[GapReason]:
    return [event.reason for event in recorder.values if isinstance(event, Gap)]


def heights(recorder: Recorder[Any]) -> list[int]:
    return [event.height for event in recorder.values if isinstance(event, BlockHeight)]


@contextmanager
def scene(
    exchange: Exchange, authority: Authority | None = None, **settings: Any
) -> Iterator[Scene]:
    """One that leaves nothing behind; with an authority, its lines speak TLS."""
    with ExitStack() as stack:
        stack.callback(
            lambda: exchange.wait_for(lambda it: not any(visit.is_open for visit in it.visits))
        )
        stack.callback(exchange.faults.heal)
        url = exchange.url
        if authority is not None:
            url = stack.enter_context(Partition(url, tls=authority.server())).url
            settings["ssl"] = authority.client()
        network = stack.enter_context(Partition(url))
        dex = stack.enter_context(Dex(network.url, LINE(**settings)))
        yield Scene(exchange, network, dex)
    assert not any(visit.is_open for visit in exchange.visits)


# Faults that take more than one call.


def refused(status: int, scene: Scene, *, times: int = 2, **more: Any) -> None:
    scene.exchange.faults.next(times).refuse(status, **more)
    scene.market.hang_up()


def ignored(scene: Scene) -> None:
    scene.come.ignore()
    scene.market.hang_up()


def cut_short(scene: Scene) -> None:
    """The next two lines break as they ask for their topics."""
    scene.exchange.faults.next(2).hang_up_at_subscribe(1, 1012)
    scene.market.hang_up()


def echoed(scene: Scene, *, is_reversed: bool) -> None:
    scene.come.echo(3, is_reversed=is_reversed)
    scene.market.hang_up()


def partitioned(scene: Scene) -> None:
    scene.network.partition()
    assert scene.is_missed()
    scene.network.heal()


def partitioned_for_a_moment(scene: Scene) -> None:
    scene.network.partition()
    scene.exchange.step(3)
    scene.network.heal()


def mute_for_a_while(scene: Scene) -> None:
    scene.market.mute()
    scene.exchange.step(3)
    scene.market.heal()


@frozen(kw_only=True)
class Row:
    """
    A fault and what is to be seen of it.

    :param gap: why events are missing, to those who want to know
    :param says: what `status` says of the line that broke; nothing: none did
    :param faults: what `faults` tells
    :param is_whole: whether every height comes that is not within a gap, and in order
    :param hits_all: whether it is the network's, and so all lines'
    """

    fault: Callable[[Scene], object]
    gap: GapReason | None = None
    says: str = ""
    faults: tuple[FaultReason, ...] = ()
    is_whole: bool = True
    hits_all: bool = False


LOST, STALE, MALFORMED = GapReason.LINE_LOST, GapReason.STALE, GapReason.MALFORMED_FRAME
REFUSED, NOTICED = (FaultReason.MALFORMED_FRAME,), (FaultReason.NOTICE,)
HUNG_UP = r"hung up without a word"


def hung_up(code: int) -> Row:
    return Row(
        fault=lambda it: it.market.hang_up(code), gap=LOST, says=rf"hung up \({code} a fault on pu"
    )


def sent(oddity: Oddity, **row: Any) -> Row:
    return Row(fault=lambda it: it.market.send(oddity), **row)


ROWS = {
    # The end of a line.
    "hangs up with 1000": hung_up(1000),
    "hangs up with 1001": hung_up(1001),
    "hangs up with 1012": hung_up(1012),
    "hangs up without a word": Row(fault=lambda it: it.market.hang_up(), gap=LOST, says=HUNG_UP),
    "hangs up in the midst of a subscribe": Row(fault=cut_short, gap=LOST, says=r"hung up \(1012"),
    "a reset": Row(
        fault=lambda it: it.network.cut(), gap=LOST, says="Connection reset by peer", hits_all=True
    ),
    # Whoever comes back.
    **{
        f"refuses with {status}": Row(
            fault=partial(refused, status), gap=LOST, says=f"refuses the handshake with {status}"
        )
        for status in (403, 404, 500, 503)
    },
    **{
        f"refuses with {status}, for a second": Row(
            fault=partial(refused, status, times=1, retry_after=1),
            gap=LOST,
            says=f"refuses the handshake with {status}",
        )
        for status in (418, 429)
    },
    "does not answer a handshake": Row(fault=ignored, gap=LOST, says="did not answer within 0.3 s"),
    # Silence.
    "stalls": Row(fault=lambda it: it.market.stall(), gap=STALE, says="sent nothing, not even a"),
    "stalls within a frame": Row(
        fault=lambda it: it.market.stall_mid_frame(), gap=STALE, says="sent half a frame"
    ),
    "is mute for a moment": Row(fault=mute_for_a_while, is_whole=False),
    "answers no ping": Row(fault=lambda it: it.market.ignore_pings()),
    "does not ping": Row(fault=lambda it: it.market.stop_pinging()),
    # Nonsense.
    "garbage": sent(Oddity.GARBAGE, gap=MALFORMED, faults=REFUSED),
    "no UTF-8": sent(Oddity.NOT_UTF8, gap=MALFORMED, faults=REFUSED),
    "binary": sent(Oddity.BINARY),
    "in fragments": sent(Oddity.FRAGMENTED),
    "unknown keys": sent(Oddity.UNKNOWN_KEYS),
    "unknown stream": sent(Oddity.UNKNOWN_STREAM, faults=NOTICED),
    "an error": sent(Oddity.ERROR, faults=NOTICED),
    "masked": sent(Oddity.MASKED, gap=LOST, says="sent what is refused"),
    "compressed": sent(Oddity.COMPRESSED, gap=LOST, says="sent what is refused"),
    "17 MiB": sent(Oddity.LARGE, gap=LOST, says="sent what is refused: a frame of 17825792 bytes"),
    "4 EiB": sent(Oddity.ENDLESS, gap=LOST, says="sent what is refused: a frame of 46116860184"),
    # Frames that go astray: nobody can know by the line alone.
    "loses frames": Row(fault=lambda it: it.market.lose(3), is_whole=False),
    "repeats frames": Row(fault=lambda it: it.market.repeat(3)),
    "reverses frames": Row(fault=lambda it: it.market.reverse(6), is_whole=False),
    "is late by blocks": Row(fault=lambda it: it.market.delay(3, blocks=2)),
    "is late by the clock": Row(fault=lambda it: it.market.delay(3, seconds=0.1)),
    "repeats itself after a reconnect": Row(
        fault=partial(echoed, is_reversed=False), gap=LOST, says=HUNG_UP, is_whole=False
    ),
    "and in reverse order": Row(
        fault=partial(echoed, is_reversed=True), gap=LOST, says=HUNG_UP, is_whole=False
    ),
    # The network.
    "is partitioned": Row(fault=partitioned, gap=STALE, says="sent nothing", hits_all=True),
    "is partitioned for a moment": Row(fault=partitioned_for_a_moment, hits_all=True),
    "the venue is gone, and no word of it": Row(
        fault=lambda it: it.network.half_open(), gap=STALE, says="sent nothing", hits_all=True
    ),
    "the venue does not know that we are gone": Row(
        fault=lambda it: it.network.half_open("client"), gap=LOST, says=HUNG_UP, hits_all=True
    ),
    "byte by byte": Row(fault=lambda it: it.network.shape(piece=1), hits_all=True),
    "far away": Row(fault=lambda it: it.network.shape(latency=0.05, jitter=0.05), hits_all=True),
    "through a thin wire": Row(fault=lambda it: it.network.shape(bandwidth=50_000), hits_all=True),
}

#: Rows that are played with TLS as well, and what is said then where it differs.
WITH_TLS = {
    "hangs up with 1012": "",
    "hangs up without a word": "",
    "a reset": "hung up without a word",
    "hangs up in the midst of a subscribe": "",
    "refuses with 503": "",
    "does not answer a handshake": "",
    "stalls": "",
    "stalls within a frame": "",
    "17 MiB": "",
    "is partitioned": "",
    "the venue is gone, and no word of it": "",
    "byte by byte": "",
}


@pytest.mark.parametrize("name", list(ROWS))
def test_what_is_seen_of_a_fault(exchange: Exchange, name: str) -> None:
    # A byte at a time takes as long as the machine is busy.
    patient: dict[str, Any] = (
        {"frame_timeout": 20.0, "silence": 20.0} if name == "byte by byte" else {}
    )
    with scene(exchange, **patient) as it:
        play(it, ROWS[name])


@pytest.mark.parametrize(("name", "says"), list(WITH_TLS.items()), ids=list(WITH_TLS))
def test_and_with_tls(exchange: Exchange, authority: Authority, name: str, says: str) -> None:
    row = ROWS[name]
    with scene(exchange, authority) as it:
        play(it, row, says or row.says)


def play(it: Scene, row: Row, says: str = "", deadline: float = DEADLINE) -> None:
    row.fault(it)
    if row.gap is not None:
        assert it.is_missed(deadline), "nobody is told of a loss"
    for _ in range(3):
        assert it.goes_on(*it.streams)
    expected = [] if row.gap is None else [row.gap]
    assert (gaps(it.blocks), gaps(it.trades)) == (expected, expected)
    for recorder in it.streams:
        assert (recorder.errors, recorder.is_complete) == ([], False)
    assert [fault.reason for fault in it.faults.values] == list(row.faults)
    if row.is_whole:
        assert_whole(it.blocks.values)
    assert_status(it, says or row.says)
    if not row.hits_all:
        assert gaps(it.account) == []
        assert it.of_lane(f"address:{it.address}") == []


def assert_whole(events: list[Any]) -> None:
    """Every height is told, none too early, save within a gap."""
    for one, other in itertools.pairwise(events):
        if isinstance(one, BlockHeight) and isinstance(other, BlockHeight):
            assert other.height - one.height in (0, 1)
        else:
            assert type(one) is not type(other), "two gaps are one"


def assert_status(it: Scene, says: str) -> None:
    """What `status` says of the market's line, which is up again."""
    told = it.of_lane("market")
    if not says:
        assert told == []
        return
    assert [status for status in told if status.state is LineState.WAITING]
    assert any(re.search(says, status.what) for status in told), [s.what for s in told]
    states = [status.state for status in told]
    assert states[-1] is LineState.UP
    # It may have been up for a moment more than once.
    before = [state for state in states if state is not LineState.UP]
    assert before == [LineState.WAITING, LineState.CONNECTING] * (len(before) // 2)
    assert told[-1].down_for is not None


def test_a_mute_line_is_up_and_what_ticks_is_missed(exchange: Exchange) -> None:
    with scene(exchange, topic_silence=0.4) as it:
        it.market.mute()
        assert it.is_missed()
        assert gaps(it.blocks) == [STALE]
        assert it.goes_on(it.account)
        it.market.heal()
        assert it.goes_on(*it.streams)
        assert (gaps(it.blocks), gaps(it.trades), gaps(it.account)) == ([STALE], [], [])
        told = it.of_lane("market")
        assert [status.state for status in told] == [LineState.UP, LineState.UP]
        assert "nothing of blocks for 0.4 s, although the line is up" in told[0].what
        assert "blocks came back" in told[1].what


def test_what_only_pings_and_has_nothing_to_say_is_alive(exchange: Exchange) -> None:
    with scene(exchange) as it:
        it.market.mute()
        # Longer than the silence that a line may keep.
        it.status.wait(lambda status: bool(status.values), 1.2)
        it.market.heal()
        assert it.goes_on(*it.streams)
        assert (gaps(it.blocks), it.of_lane("market")) == ([], [])


#: What loses nothing in silence; a refusal would take a second each.
HONEST = frozenset(
    {"delay", "hang_up", "hang_up_at_subscribe", "ignore", "send", "stall", "stall_mid_frame"}
)


@pytest.mark.parametrize("seed", range(3))
def test_in_chaos_what_is_not_told_is_within_a_gap(exchange: Exchange, seed: int) -> None:
    survives(exchange, seed, 12)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100, 140))
def test_in_long_chaos_too(exchange: Exchange, seed: int) -> None:
    survives(exchange, seed, 100, 60.0)


def survives(exchange: Exchange, seed: int, deeds: int, deadline: float = DEADLINE) -> None:
    with scene(exchange) as it:
        exchange.faults.chaos(seed, every=10.0, only=HONEST)
        assert it.steps(lambda: it.deeds() >= deeds, deadline)
        # Healed, whoever is stalled would have lost frames, and not know.
        exchange.faults.hang_up()
        exchange.faults.heal()
        assert it.goes_on(*it.streams), exchange.faults.log
        assert_whole(it.blocks.values)
        for recorder in it.streams:
            assert (recorder.errors, recorder.is_complete) == ([], False)


def test_in_any_chaos_every_stream_goes_on(exchange: Exchange) -> None:
    with scene(exchange) as it:
        exchange.faults.chaos(11, every=5.0)
        assert it.steps(lambda: it.deeds() >= 20)
        exchange.faults.heal()
        assert it.goes_on(*it.streams), exchange.faults.log
        for recorder in it.streams:
            assert (recorder.errors, recorder.is_complete) == ([], False)


def test_close_returns_in_time_whatever_is_wrong(exchange: Exchange) -> None:
    faults: list[Callable[[Scene], object]] = [
        lambda it: it.market.stall(),
        lambda it: it.market.stall_mid_frame(),
        lambda it: it.network.partition(),
        lambda it: it.network.half_open(),
        ignored,
    ]
    for fault in faults:
        with scene(exchange) as it:
            fault(it)
            assert duration(partial(it.dex.close, timeout=1.0)) < 1.5
            assert it.blocks.is_complete


@pytest.mark.parametrize("fault", [Chosen.stall, Chosen.stall_mid_frame], ids=["whole", "half"])
def test_a_line_that_stalls_and_is_renewed_leaves_a_gap(
    exchange: Exchange, fault: Callable[[Chosen], int]
) -> None:
    with scene(exchange, renew_overlap=0.05, frame_timeout=5.0, silence=5.0) as it:
        fault(it.market)
        # Nobody ever hears of these.
        exchange.step(3)
        it.dex.renew()
        assert it.steps(lambda: any("renewed: " in status.what for status in it.status.values))
        assert it.goes_on(it.blocks)
        assert_whole(it.blocks.values)
        assert gaps(it.blocks) == [GapReason.RENEWAL_FAILED]
