"""The rules of the shared connection, each on real sockets."""

import json
import random
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from rxdex import ConnectionLost, Dex, LineSettings, StaleConnection, first, topics
from rxdex.backoff import Backoff
from rxdex.connection.session import Session
from rxdex.connection.watch import Watch
from rxdex.events import (
    BlockHeight,
    FaultReason,
    Frame,
    LineState,
    Status,
    Trade,
)
from rxdex.simulator.exchange import Exchange
from rxdex.venues import BinanceDex
from tests.conftest import eventually, our_threads
from tests.connection import peer as peers
from tests.connection.hall import Guest, hall, linger
from tests.connection.recorder import Recorder

QUICK = Backoff(start=0.01, ceiling=0.02)
BLOCK = '{"stream":"blockheight","data":{"h":%d}}'
SUBSCRIBE_BLOCKS = '{"method":"subscribe","topic":"blockheight","symbols":["$all"]}'


@pytest.fixture(scope="module")
def exchange() -> Iterator[Exchange]:
    with Exchange(seed=3, speed=None, warm_up=20) as it:
        yield it


@pytest.fixture
def dex(exchange: Exchange) -> Iterator[Dex]:
    with Dex(exchange.url) as it:
        yield it
    assert exchange.wait_for(lambda it: not any(visit.is_open for visit in it.visits))


def asked_for(exchange: Exchange, topics: int) -> bool:
    """Whether an open socket has so many topics, in time."""
    return exchange.wait_for(
        lambda it: any(v.is_open and len(v.subscriptions) == topics for v in it.visits)
    )


def stepping(exchange: Exchange, condition: Callable[[], bool]) -> bool:
    """Whether a condition comes true within some blocks, in time."""

    def holds() -> bool:
        exchange.step()
        return condition()

    return eventually(holds)


def said(exchange: Exchange, since: int) -> list[dict[str, Any]]:
    """Everything that clients said on the sockets opened since."""
    return [json.loads(text) for visit in exchange.visits[since:] for text in visit.said]


# 1. States are compared, events are not handled.


def test_1_many_observers_are_one_socket_and_one_subscribe_a_topic(
    dex: Dex, exchange: Exchange
) -> None:
    before = len(exchange.visits)
    every = exchange.symbols
    streams: list[Callable[[], Any]] = [
        *(lambda s=s: dex.trades(s) for s in every),
        *(lambda s=s: dex.ticker(s) for s in every[:3]),
        dex.blocks,
        dex.tickers,
    ]
    assert len(streams) == 10
    barrier = threading.Barrier(8)
    recorders: list[Recorder[Any]] = [Recorder() for _ in range(100)]
    subscriptions: list[Any] = []

    def join(worker: int) -> None:
        barrier.wait(5)
        for number in range(worker, 100, 8):
            recorder = recorders[number]
            subscriptions.append(streams[number % 10]().subscribe(recorder))

    joining = [threading.Thread(target=join, args=(worker,)) for worker in range(8)]
    for thread in joining:
        thread.start()
    for thread in joining:
        thread.join(10)
    assert len(subscriptions) == 100

    assert asked_for(exchange, 10)
    assert len(exchange.visits) == before + 1
    wanted = Counter(
        (message["topic"], symbol)
        for message in said(exchange, before)
        if message["method"] == "subscribe"
        for symbol in message["symbols"]
    )
    assert len(wanted) == 10
    assert set(wanted.values()) == {1}

    exchange.step(5)
    # Blocks and tickers tick; a symbol may be quiet for long.
    assert all(recorder.has(1) for recorder in recorders if recorders.index(recorder) % 10 >= 5)

    chance = random.Random(5)
    chance.shuffle(subscriptions)
    leaving = [
        threading.Thread(
            target=lambda own: [it.dispose() for it in own], args=(subscriptions[n::8],)
        )
        for n in range(8)
    ]
    for thread in leaving:
        thread.start()
    for thread in leaving:
        thread.join(10)
    assert exchange.wait_for(lambda it: not it.visits[-1].is_open)
    assert len(exchange.visits) == before + 1
    # Each topic was taken back once at most; closing the socket took back the rest.
    taken_back = Counter(
        (message["topic"], symbol)
        for message in said(exchange, before)
        if message["method"] == "unsubscribe"
        for symbol in message["symbols"]
    )
    assert set(taken_back.values()) <= {1}


def test_1_a_topic_is_taken_back_when_its_last_subscriber_leaves(
    dex: Dex, exchange: Exchange
) -> None:
    symbol = exchange.symbols[0]
    with dex.blocks().subscribe():
        one, two = dex.trades(symbol).subscribe(), dex.trades(symbol).subscribe()
        assert asked_for(exchange, 2)
        one.dispose()
        two.dispose()
        assert asked_for(exchange, 1)
        unsubscribes = [text for text in exchange.visits[-1].said if '"unsubscribe"' in text]
        assert unsubscribes == [
            f'{{"method":"unsubscribe","topic":"trades","symbols":["{symbol}"]}}'
        ]


def test_1_after_a_reconnect_each_topic_is_asked_for_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def hang_up(guest: Guest) -> None:
        guest.recv()
        guest.recv()
        guest.send(BLOCK % 1)

    def go_on(guest: Guest) -> None:
        guest.recv()
        guest.recv()
        guest.send(BLOCK % 2)
        linger(guest)

    with (
        hall(hang_up, hang_up, go_on) as server,
        Dex(server.url, LineSettings(backoff=QUICK)) as dex,
    ):
        blocks: Recorder[BlockHeight] = Recorder()
        with dex.blocks().subscribe(blocks), dex.tickers().subscribe():
            assert blocks.has(3)
        assert [block.height for block in blocks.values] == [1, 1, 2]
        assert not blocks.errors
        every = {SUBSCRIBE_BLOCKS, '{"method":"subscribe","topic":"allTickers","symbols":["$all"]}'}
        assert [set(heard) for heard in server.heard] == [every] * 3
        assert all(len(heard) == 2 for heard in server.heard)


def test_1_a_frame_may_ask_for_many_symbols(dex: Dex, exchange: Exchange) -> None:
    with dex.trades(exchange.symbols).subscribe():
        assert asked_for(exchange, 5)
        assert len(exchange.visits[-1].said) == 1


# 2. A session is one stretch from first subscriber to last.


def test_2_the_newcomer_who_arrives_while_the_last_one_leaves_is_never_stranded(
    dex: Dex, exchange: Exchange
) -> None:
    for _ in range(200):
        last = dex.blocks().subscribe()
        newcomer: Recorder[BlockHeight] = Recorder()
        barrier = threading.Barrier(2)
        held: list[Any] = []

        def leave(barrier: threading.Barrier = barrier, last: Any = last) -> None:
            barrier.wait(5)
            last.dispose()

        thread = threading.Thread(target=leave)
        thread.start()
        barrier.wait(5)
        held.append(dex.blocks().subscribe(newcomer))
        thread.join(5)
        assert exchange.wait_for(
            lambda it: sum(len(visit.subscriptions) for visit in it.visits if visit.is_open) >= 1
        )

        def hears(it: Exchange, newcomer: Recorder[BlockHeight] = newcomer) -> bool:
            return bool(newcomer.values)

        until = time.monotonic() + 5
        while not newcomer.values and time.monotonic() < until:
            exchange.step()
            newcomer.wait(lambda it: bool(it.values), 0.05)
        assert newcomer.values
        held[0].dispose()


@pytest.mark.parametrize("starting", [Session, Watch])
@pytest.mark.parametrize("is_started", [True, False])
@pytest.mark.parametrize("reason", [KeyboardInterrupt, RuntimeError])
def test_2_who_is_interrupted_while_a_thread_is_waited_for_leaves_nothing(
    exchange: Exchange,
    monkeypatch: pytest.MonkeyPatch,
    starting: type[Session] | type[Watch],
    is_started: bool,
    reason: type[BaseException],
) -> None:
    """Ctrl-C is raised wherever the main thread is; or no thread is to be had."""
    start = starting.start

    def interrupted(it: Any) -> None:
        if is_started:
            start(it)
        raise reason

    threads = our_threads()
    with Dex(exchange.url, LineSettings(linger=60.0)) as dex:
        monkeypatch.setattr(starting, "start", interrupted)
        with pytest.raises(reason):
            dex.orders(exchange.user).subscribe()
        monkeypatch.undo()
        assert eventually(lambda: our_threads() <= threads | {"rxdex:watch"})
        assert exchange.wait_for(lambda it: not any(visit.is_open for visit in it.visits))
        blocks: Recorder[BlockHeight] = Recorder()
        with dex.blocks().subscribe(blocks):
            assert stepping(exchange, lambda: bool(blocks.values))


def test_2_who_comes_back_within_the_linger_finds_the_line_as_it_was(exchange: Exchange) -> None:
    with Dex(exchange.url, LineSettings(linger=30.0)) as dex:
        before = len(exchange.visits)
        with dex.blocks().subscribe():
            assert asked_for(exchange, 1)
        blocks: Recorder[BlockHeight] = Recorder()
        with dex.blocks().subscribe(blocks):
            exchange.step()
            assert blocks.has(1)
        assert len(exchange.visits) == before + 1
        assert exchange.visits[-1].is_open
        assert exchange.visits[-1].said == (SUBSCRIBE_BLOCKS,)
    assert exchange.wait_for(lambda it: not it.visits[-1].is_open)


def test_2_how_the_old_line_ends_is_no_news_of_the_lane_once_there_is_a_new_one() -> None:
    def deaf(guest: peers.Guest) -> None:
        # It does not answer a close for as long as the client waits.
        guest.welcome()
        guest.stay()

    with (
        peers.Peer(deaf) as peer,
        Dex(peer.url(path="/api"), LineSettings(close_timeout=0.2)) as dex,
    ):
        status: Recorder[Status] = Recorder()
        dex.status.subscribe(status)
        with dex.blocks().subscribe():
            assert status.wait(lambda it: it.values[-1].state is LineState.UP)
            (old,) = (it for it in threading.enumerate() if it.name == "rxdex:market")
        with dex.blocks().subscribe():
            assert status.wait(lambda it: sum(s.state is LineState.UP for s in it.values) == 2)
            old.join(5)
            assert first(dex.status).state is LineState.UP


def test_2_a_line_that_is_down_does_not_linger_on() -> None:
    def breaks(guest: peers.Guest) -> None:
        guest.welcome()
        guest.reset()

    settings = LineSettings(linger=0.05, backoff=Backoff(start=60))
    with peers.Peer(breaks) as peer, Dex(peer.url(path="/api"), settings) as dex:
        status: Recorder[Status] = Recorder()
        dex.status.subscribe(status)
        with dex.blocks().subscribe():
            assert status.wait(lambda it: it.values[-1].state is LineState.WAITING)
        assert status.wait(lambda it: it.values[-1].state is LineState.CLOSED)


def test_2_a_lingering_line_ends_when_nobody_came(exchange: Exchange) -> None:
    with Dex(exchange.url, LineSettings(linger=0.05)) as dex:
        before = len(exchange.visits)
        with dex.blocks().subscribe():
            assert exchange.wait_for(lambda it: len(it.visits) == before + 1)
        assert exchange.wait_for(lambda it: not it.visits[-1].is_open)
        assert eventually(
            lambda: not any(name.startswith("rxdex:market") for name in our_threads())
        )


# 3. No lock is held while calling out, and leaving waits for nothing.


def test_3_joining_and_leaving_go_on_while_a_subscriber_is_busy(
    dex: Dex, exchange: Exchange
) -> None:
    busy, done = threading.Event(), threading.Event()

    def dawdle(_: BlockHeight) -> None:
        busy.set()
        done.wait(10)

    with dex.blocks().subscribe(dawdle):
        assert asked_for(exchange, 1)
        exchange.step()
        assert busy.wait(5)
        began = time.monotonic()
        dex.trades(exchange.symbols).subscribe().dispose()
        assert time.monotonic() - began < 1
        done.set()


def test_3_a_subscriber_may_leave_and_join_from_within_an_event(
    dex: Dex, exchange: Exchange
) -> None:
    later: Recorder[BlockHeight] = Recorder()
    held: list[Any] = []

    def swap(_: BlockHeight) -> None:
        held.append(dex.blocks().subscribe(later))
        held.pop(0).dispose()

    held.append(dex.blocks().subscribe(swap))
    assert asked_for(exchange, 1)
    exchange.step()
    assert eventually(lambda: len(held) == 1)
    exchange.step()
    assert later.has(1)
    held[0].dispose()


# 4. The reader does not die in silence.


class Broken(BinanceDex):
    """A venue with a bug."""

    def decode(self, *_: Any, **__: Any) -> Any:
        raise ZeroDivisionError("a bug")


def test_4_a_bug_is_told_to_every_subscriber(
    exchange: Exchange, caplog: pytest.LogCaptureFixture
) -> None:
    with Dex(Broken(exchange.url)) as dex:
        faults: Recorder[Any] = Recorder()
        one: Recorder[Any] = Recorder()
        two: Recorder[Any] = Recorder()
        with dex.faults.subscribe(faults), dex.blocks().subscribe(one):
            dex.tickers().subscribe(two)
            assert asked_for(exchange, 2)
            exchange.step()
            assert one.fails()
            assert two.fails()
            assert isinstance(one.errors[0], ZeroDivisionError)
            assert faults.has(1)
            assert faults.values[0].reason is FaultReason.BUG
    assert "a bug ended the line" in caplog.text


# 5. Every deadline is monotonic and every wait has an end.


@pytest.fixture
def black_hole() -> Iterator[str]:
    """Somebody who takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"ws://127.0.0.1:{server.getsockname()[1]}/api"


def test_5_close_returns_in_time_before_a_black_hole(black_hole: str) -> None:
    dex = Dex(black_hole)
    blocks: Recorder[BlockHeight] = Recorder()
    connecting: Recorder[Status] = Recorder()
    dex.status.subscribe(connecting)
    dex.blocks().subscribe(blocks)
    assert connecting.has(2)
    began = time.monotonic()
    dex.close(timeout=1.0)
    assert time.monotonic() - began < 1.2
    assert blocks.completes()
    assert connecting.completes()
    assert "rxdex:market" not in our_threads()


def test_5_close_returns_in_time_while_a_subscriber_is_stuck(exchange: Exchange) -> None:
    dex = Dex(exchange.url)
    stuck, done = threading.Event(), threading.Event()
    blocks: Recorder[BlockHeight] = Recorder()

    def never(_: BlockHeight) -> None:
        stuck.set()
        done.wait(10)

    dex.blocks().subscribe(never)
    dex.blocks().subscribe(blocks)
    assert asked_for(exchange, 1)
    exchange.step()
    assert stuck.wait(5)
    began = time.monotonic()
    dex.close(timeout=0.3)
    assert 0.25 < time.monotonic() - began < 0.6
    # The socket is gone although the reader still is where it was.
    assert exchange.wait_for(lambda it: not it.visits[-1].is_open)
    done.set()
    assert blocks.completes()
    assert eventually(lambda: "rxdex:market" not in our_threads())


def test_5_after_close_a_slow_subscriber_gets_nothing_more(exchange: Exchange) -> None:
    dex = Dex(exchange.url)
    busy, go_on = threading.Event(), threading.Event()
    heights: list[int] = []

    def dawdle(block: BlockHeight) -> None:
        heights.append(block.height)
        busy.set()
        go_on.wait(10)

    dex.blocks().subscribe(dawdle)
    assert asked_for(exchange, 1)
    exchange.step()
    assert busy.wait(5)
    # A backlog, which the next read will bring as a whole.
    exchange.step(50)
    busy.clear()
    go_on.set()
    assert busy.wait(5)
    go_on.clear()
    dex.close(timeout=0.1)
    so_far = len(heights)
    go_on.set()
    assert eventually(lambda: "rxdex:market" not in our_threads())
    assert len(heights) <= so_far + 1


def test_5_close_may_be_called_from_within_an_event(exchange: Exchange) -> None:
    dex = Dex(exchange.url)
    blocks: Recorder[BlockHeight] = Recorder()
    closed = threading.Event()

    def close(_: BlockHeight) -> None:
        dex.close()
        closed.set()

    dex.blocks().subscribe(close)
    dex.blocks().subscribe(blocks)
    assert asked_for(exchange, 1)
    exchange.step()
    assert closed.wait(5)
    assert blocks.completes()
    assert exchange.wait_for(lambda it: not it.visits[-1].is_open)


def test_5_close_from_within_a_merged_event_does_not_wait_for_the_other_lines(
    exchange: Exchange,
) -> None:
    dex = Dex(exchange.url, LineSettings(close_timeout=0.1))
    took: list[float] = []
    closed = threading.Event()

    def close(_: object) -> None:
        # Whoever merges lets one line in at a time: the other one's end waits for this to return.
        took.append(peers.duration(lambda: dex.close(timeout=20)))
        closed.set()

    dex.account(exchange.addresses[:2]).subscribe(close)
    assert exchange.wait_for(
        lambda it: sum(bool(visit.is_open and visit.subscriptions) for visit in it.visits) == 2
    )
    assert stepping(exchange, closed.is_set)
    assert took[0] < 5


def test_5_a_line_that_says_nothing_is_stale_and_is_tried_again() -> None:
    settings = LineSettings(silence=0.2, backoff=QUICK)
    with hall(linger) as server, Dex(server.url, settings) as dex:
        status: Recorder[Status] = Recorder()
        dex.status.subscribe(status)
        with dex.blocks().subscribe():
            assert status.wait(lambda it: sum(s.state is LineState.UP for s in it.values) == 2)
        waiting = next(s for s in status.values if s.state is LineState.WAITING)
        assert isinstance(waiting.error, StaleConnection)
        assert "sent nothing, not even a ping, within 0.2 s" in waiting.what


def test_5_a_line_that_only_pings_is_alive() -> None:
    def ping(guest: Guest) -> None:
        guest.recv()
        for _ in range(8):
            assert guest.ping().wait(0.1)
            threading.Event().wait(0.1)
        guest.send(BLOCK % 1)
        linger(guest)

    with hall(ping) as server, Dex(server.url, LineSettings(silence=0.4)) as dex:
        assert first(dex.blocks()).height == 1
        assert server.guests == 1


def test_5_the_keepalive_is_said_in_time() -> None:
    with hall(linger) as server, Dex(server.url, LineSettings(keepalive=0.02)) as dex:
        with dex.blocks().subscribe():
            assert eventually(
                lambda: bool(server.heard) and server.heard[0].count('{"method":"keepAlive"}') >= 3
            )
        assert server.heard[0][0] == SUBSCRIBE_BLOCKS


# 6. What came before the end is delivered before the end.


def test_6_the_last_frames_before_a_close_are_delivered() -> None:
    def say_and_go(guest: Guest) -> None:
        guest.recv()
        for height in range(50):
            guest.send(BLOCK % height)

    with hall(say_and_go) as server, Dex(server.url, LineSettings(backoff=QUICK)) as dex:
        blocks: Recorder[BlockHeight] = Recorder()
        with dex.blocks().subscribe(blocks):
            assert blocks.has(50)
        assert [block.height for block in blocks.values[:50]] == list(range(50))


# 7. A lane that was up is tried for ever; one that never was gives up after some tries.


@pytest.fixture
def nobody() -> str:
    """Where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"ws://127.0.0.1:{server.getsockname()[1]}/api"


def test_7_a_line_that_never_was_up_gives_up_after_five_tries(nobody: str) -> None:
    with Dex(nobody, LineSettings(backoff=QUICK)) as dex:
        blocks: Recorder[BlockHeight] = Recorder()
        status: Recorder[Status] = Recorder()
        dex.status.subscribe(status)
        dex.blocks().subscribe(blocks)
        assert blocks.fails()
        assert isinstance(blocks.errors[0], ConnectionLost)
        assert nobody in str(blocks.errors[0])
        assert status.wait(lambda it: it.values[-1].what.startswith("given up"))
        assert sum(s.state is LineState.CONNECTING for s in status.values) == 5
        assert sum(s.state is LineState.WAITING for s in status.values) == 4


def test_7_first_gives_up_after_one_while_others_wait(nobody: str) -> None:
    with Dex(nobody, LineSettings(backoff=Backoff(start=0.2, ceiling=0.2))) as dex:
        blocks: Recorder[BlockHeight] = Recorder()
        with dex.blocks().subscribe(blocks):
            with pytest.raises(ConnectionLost, match="Connection refused"):
                first(dex.blocks(), timeout=5)
            assert not blocks.errors


def test_7_a_line_that_was_up_is_tried_on_and_first_tells_why_it_timed_out() -> None:
    def once(guest: Guest) -> None:
        guest.recv()
        guest.send(BLOCK % 1)

    def never(guest: Guest) -> None:
        guest.close(1012, "restarting")

    with hall(once, never) as server, Dex(server.url, LineSettings(backoff=QUICK, tries=1)) as dex:
        blocks: Recorder[BlockHeight] = Recorder()
        with dex.blocks().subscribe(blocks):
            assert eventually(lambda: server.guests > 8)
            assert not blocks.errors
            with pytest.raises(TimeoutError) as timeout:
                first(dex.tickers(), timeout=0.3)
            assert isinstance(timeout.value.__cause__, ConnectionLost)
            assert "1012 restarting" in str(timeout.value.__cause__)


# 8. Topics of different lanes never share a socket.


def test_8_each_address_and_each_deeper_depth_has_a_socket_of_its_own(
    dex: Dex, exchange: Exchange
) -> None:
    before = len(exchange.visits)
    one, two = exchange.addresses[:2]
    symbol = exchange.symbols[0]
    recorders: list[Recorder[Any]] = [Recorder() for _ in range(5)]
    streams: list[Any] = [
        dex.account(one),
        dex.account(two),
        dex.depth(symbol, 100),
        dex.depth(symbol, 500),
        dex.depth(symbol),
    ]
    held = [stream.subscribe(it) for stream, it in zip(streams, recorders, strict=True)]
    assert exchange.wait_for(lambda it: sum(bool(v.subscriptions) for v in it.visits[before:]) == 5)
    # Nobody acts in every block: it takes as many as it takes.
    assert stepping(exchange, lambda: all(it.values for it in recorders))
    assert recorders[0].values[0].address == one
    assert recorders[1].values[0].address == two
    assert max(len(s.bids) for s in recorders[2].values) > 20
    for subscription in held:
        subscription.dispose()


def test_8_several_addresses_can_be_one_stream(dex: Dex, exchange: Exchange) -> None:
    addresses = exchange.addresses[:3]
    accounts: Recorder[Any] = Recorder()
    before = len(exchange.visits)
    with dex.account(addresses).subscribe(accounts):
        assert exchange.wait_for(
            lambda it: sum(bool(v.subscriptions) for v in it.visits[before:]) == 3
        )
        assert stepping(exchange, lambda: {a.address for a in accounts.values} == set(addresses))


# One bad frame, one bad subscriber never harm another.


def test_a_malformed_frame_is_a_fault_and_the_stream_goes_on() -> None:
    def stutter(guest: Guest) -> None:
        guest.recv()
        guest.send(BLOCK % 1)
        guest.send("{")
        guest.send('{"stream":"blockheight","data":{"h":"x"}}')
        guest.send('{"error":{"message":"no"}}')
        guest.send('{"error":{"message":"no"},"again":1}')
        guest.send('{"error":{"message":"no symbol \'X\' is listed"}}')
        guest.send('{"stream":"gossip","data":1}')
        guest.send(BLOCK % 2)
        linger(guest)

    with hall(stutter) as server, Dex(server.url) as dex:
        blocks: Recorder[BlockHeight] = Recorder()
        faults: Recorder[Any] = Recorder()
        dex.faults.subscribe(faults)
        with dex.blocks().subscribe(blocks):
            assert blocks.has(2)
        assert [block.height for block in blocks.values] == [1, 2]
        assert server.guests == 1
        assert [fault.reason for fault in faults.values] == [
            FaultReason.MALFORMED_FRAME,
            FaultReason.MALFORMED_FRAME,
            FaultReason.NOTICE,
            FaultReason.NOTICE,
            FaultReason.NOTICE,
        ]
        assert faults.values[0].text == "{"
        assert "no symbol 'X' is listed" in faults.values[3].what


def test_a_subscriber_that_raises_is_out_and_nobody_else(
    dex: Dex, exchange: Exchange, caplog: pytest.LogCaptureFixture
) -> None:
    good: Recorder[BlockHeight] = Recorder()
    faults: Recorder[Any] = Recorder()
    calls: list[int] = []
    reasons: list[Exception] = []

    def bad(block: BlockHeight) -> None:
        calls.append(block.height)
        raise RuntimeError("mine")

    dex.faults.subscribe(faults)
    dex.blocks().subscribe(bad, reasons.append)
    dex.blocks().subscribe(bad)
    with dex.blocks().subscribe(good):
        assert asked_for(exchange, 1)
        exchange.step(3)
        assert good.has(3)
    assert len(calls) == 2
    assert [str(reason) for reason in reasons] == ["mine"]
    assert [fault.reason for fault in faults.values] == [FaultReason.SUBSCRIBER] * 2
    assert "RuntimeError: mine" in caplog.text


def test_frames_are_told_as_they_came(dex: Dex, exchange: Exchange) -> None:
    symbols = exchange.symbols
    frames: Recorder[Frame] = Recorder()
    trades: Recorder[Trade] = Recorder()
    with (
        dex.frames(topics.trades(symbols[0]), topics.trades(symbols[1])).subscribe(frames),
        dex.trades(symbols[:2]).subscribe(trades),
    ):
        assert asked_for(exchange, 2)
        assert stepping(exchange, lambda: len(trades.values) >= 5)
        assert frames.has(1)
        assert eventually(
            lambda: (
                sum(len(json.loads(f.text)["data"]) for f in frames.values) == len(trades.values)
            )
        )
    assert all(json.loads(frame.text)["stream"] == "trades" for frame in frames.values)
    assert all(frame.lane == "market" and not frame.sent for frame in frames.values)
    assert all(frame.received_ns > 0 for frame in frames.values)


def test_the_status_tells_the_way_of_a_line(dex: Dex, exchange: Exchange) -> None:
    status: Recorder[Status] = Recorder()
    dex.status.subscribe(status)
    assert status.values[0].lane is None
    with dex.blocks().subscribe():
        assert status.wait(lambda it: it.values[-1].state is LineState.UP)
    assert status.wait(lambda it: it.values[-1].state is LineState.CLOSED)
    assert [s.state for s in status.values[1:]] == [
        LineState.CONNECTING,
        LineState.UP,
        LineState.CLOSING,
        LineState.CLOSED,
    ]
    assert {s.lane for s in status.values[1:]} == {"market"}


# What health says of lines that end.


@pytest.mark.parametrize("how", ["leave", "close", "give up"])
def test_a_lane_that_ends_is_not_shown(how: str) -> None:
    shown: dict[LineState, list[str]] = {}

    def look(status: Status) -> None:
        if status.lane is not None:
            shown[status.state] = [lane.lane for lane in it.health().lanes]

    with hall(linger) as there:
        url = "ws://127.0.0.1:1/api" if how == "give up" else there.url
        with Dex(url, LineSettings(tries=1)) as it:
            it.status.subscribe(look)
            subscription = it.blocks().subscribe(on_error=lambda _: None)
            if how != "give up":
                assert eventually(lambda: LineState.UP in shown)
            if how == "leave":
                subscription.dispose()
            elif how == "close":
                it.close()
            assert eventually(lambda: LineState.CLOSED in shown)
    assert shown.pop(LineState.CONNECTING) == ["market"]
    assert shown.pop(LineState.UP, ["market"]) == ["market"]
    assert set(map(tuple, shown.values())) == {()}


def test_a_lane_that_hangs_up_while_the_next_begins_is_shown_once() -> None:
    bad_manners = LineSettings(close_timeout=0.5)

    def stays(guest: peers.Guest) -> None:
        guest.welcome()
        guest.stay()

    with peers.Peer(stays) as peer, Dex(peer.url(path="/api"), bad_manners) as there:
        status: Recorder[Status] = Recorder()
        there.status.subscribe(status)
        subscription = there.blocks().subscribe()
        assert status.wait(lambda it: it.values[-1].state is LineState.UP)
        subscription.dispose()
        assert status.wait(lambda it: it.values[-1].state is LineState.CLOSING)
        assert there.health().lanes == ()
        there.blocks().subscribe()
        assert [lane.lane for lane in there.health().lanes] == ["market"]
