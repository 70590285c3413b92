"""The face: one-offs, awaiting, the simulated exchange, and what a call gets wrong."""

import asyncio
import signal
import threading
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import reactivex
from reactivex import Observable
from reactivex import operators as ops
from reactivex.scheduler import VirtualTimeScheduler
from reactivex.scheduler.eventloop import AsyncIOScheduler, AsyncIOThreadSafeScheduler

import rxdex
from rxdex import (
    ConnectionLost,
    Dex,
    InvalidSubject,
    LineSettings,
    UnsupportedTopic,
    VenueGone,
    first,
    topics,
)
from rxdex.events import (
    AccountUpdate,
    BlockHeight,
    DepthSnapshot,
    DepthUpdate,
    Fault,
    FaultReason,
    Interval,
    Kline,
    LineState,
    MiniTicker,
    OrderStatus,
    OrderUpdate,
    Ticker,
    Trade,
    Transfer,
)
from rxdex.simulator.exchange import Exchange
from rxdex.venues import BinanceDex
from tests.connection.recorder import Recorder


@pytest.fixture(scope="module")
def exchange() -> Iterator[Exchange]:
    # Fast enough that a one-off waits for nothing.
    with Exchange(seed=11, block_time=0.4, speed=20.0, warm_up=50) as it:
        yield it


@pytest.fixture
def dex(exchange: Exchange) -> Iterator[Dex]:
    with Dex(exchange.url) as it:
        yield it
        # Not by closing: every test leaves nothing subscribed.
        assert exchange.wait_for(lambda it: not any(visit.is_open for visit in it.visits))


# A one-off leaves nothing.


def test_first_gives_an_event_and_leaves_nothing(dex: Dex) -> None:
    assert first(dex.blocks(), timeout=5).height > 100_000_000


def test_run_gives_an_event_and_leaves_nothing(dex: Dex) -> None:
    assert dex.blocks().pipe(ops.first()).run().height > 100_000_000


@pytest.mark.filterwarnings("error")
def test_await_gives_an_event_at_once_and_leaves_nothing(dex: Dex) -> None:
    async def main() -> tuple[BlockHeight, float]:
        began = time.monotonic()
        block = await dex.blocks().pipe(ops.first())
        return block, time.monotonic() - began

    block, took = asyncio.run(main(), debug=True)
    assert block.height > 100_000_000
    assert took < 2


@pytest.mark.parametrize(
    "pipeline",
    [
        pytest.param((ops.first(),), id="first"),
        pytest.param((ops.take(3),), id="take"),
        pytest.param((ops.element_at(2),), id="element_at"),
        pytest.param((ops.map(str), ops.first()), id="map"),
        pytest.param((ops.buffer_with_count(3), ops.first()), id="buffer"),
        pytest.param((ops.buffer_with_time(0.1), ops.first()), id="buffer_with_time"),
        pytest.param((ops.debounce(0.001), ops.first()), id="debounce"),
        pytest.param((ops.timeout(5.0), ops.first()), id="timeout"),
        pytest.param((ops.pairwise(), ops.first()), id="pairwise"),
        pytest.param((ops.share(), ops.first()), id="share"),
    ],
)
def test_await_wakes_on_any_pipeline(dex: Dex, pipeline: tuple[Any, ...]) -> None:
    async def main() -> Any:
        async with asyncio.timeout(5):
            return await dex.blocks().pipe(*pipeline)

    assert asyncio.run(main()) is not None


def test_a_cancelled_await_leaves_nothing(dex: Dex, exchange: Exchange) -> None:
    async def main() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await dex.orders(exchange.user).pipe(ops.first())

    asyncio.run(main())


def test_events_arrive_on_the_loop_whose_scheduler_is_given(dex: Dex) -> None:
    async def main() -> set[str]:
        threads: set[str] = set()
        done = asyncio.Event()

        def see(_: BlockHeight) -> None:
            threads.add(threading.current_thread().name)
            done.set()

        scheduler = AsyncIOScheduler(asyncio.get_running_loop())
        with dex.blocks().subscribe(see, scheduler=scheduler):
            await asyncio.wait_for(done.wait(), 5)
        return threads

    assert asyncio.run(main()) == {threading.current_thread().name}


def test_a_loop_that_does_not_run_yet_will_do(dex: Dex) -> None:
    loop = asyncio.new_event_loop()
    seen: list[str] = []

    def see(_: BlockHeight) -> None:
        seen.append(threading.current_thread().name)
        loop.stop()

    with dex.blocks().subscribe(see, scheduler=AsyncIOThreadSafeScheduler(loop)):
        loop.run_forever()
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()
    assert set(seen) == {threading.current_thread().name}


def test_a_subscriber_that_raises_on_a_loop_is_out_and_nobody_else(
    dex: Dex, caplog: pytest.LogCaptureFixture
) -> None:
    faults: Recorder[Any] = Recorder()
    reasons: list[Exception] = []

    def bad(_: BlockHeight) -> None:
        raise RuntimeError("mine")

    async def main() -> None:
        scheduler = AsyncIOScheduler(asyncio.get_running_loop())
        dex.blocks().subscribe(bad, reasons.append, scheduler=scheduler)
        await dex.blocks().pipe(ops.take(3))

    with dex.faults.subscribe(faults):
        asyncio.run(main())
        assert faults.has(1)
    assert [str(reason) for reason in reasons] == ["mine"]
    assert [fault.reason for fault in faults.values] == [FaultReason.SUBSCRIBER]


def test_status_and_faults_can_be_awaited(dex: Dex) -> None:
    async def main() -> Any:
        return await dex.status.pipe(ops.first())

    assert asyncio.run(main()).state is LineState.CLOSED


def test_ctrl_c_during_first_leaves_nothing(dex: Dex, exchange: Exchange) -> None:
    me = threading.main_thread().ident
    assert me is not None

    def press() -> None:
        # The quiet stream of an address that does nothing: only ctrl-C ends it.
        exchange.wait_for(lambda it: any(v.is_open and v.subscriptions for v in it.visits))
        signal.pthread_kill(me, signal.SIGINT)

    thread = threading.Thread(target=press)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        first(dex.orders(exchange.user), timeout=10)
    thread.join(5)


def test_first_within_an_event_is_refused_at_once(dex: Dex) -> None:
    errors: list[Exception] = []
    done = threading.Event()

    def ask(_: BlockHeight) -> None:
        try:
            first(dex.blocks())
        except RuntimeError as error:
            errors.append(error)
        done.set()

    with dex.blocks().subscribe(ask):
        assert done.wait(5)
    assert "would stop the very line whose thread it is called on" in str(errors[0])


def test_first_times_out_with_the_seconds_it_waited(dex: Dex, exchange: Exchange) -> None:
    with pytest.raises(TimeoutError, match=r"no event within 0\.05 s"):
        first(dex.orders(exchange.user), timeout=0.05)


# Every stream of the venue.


def every_stream(dex: Dex, symbol: str, address: str) -> dict[str, tuple[Observable[Any], type]]:
    return {
        "trades": (dex.trades(symbol), Trade),
        "depth_updates": (dex.depth_updates(symbol), DepthUpdate),
        "depth": (dex.depth(symbol), DepthSnapshot),
        "depth 100": (dex.depth(symbol, levels=100), DepthSnapshot),
        "depth 500": (dex.depth(symbol, 500), DepthSnapshot),
        "kline": (dex.kline(symbol, "1m"), Kline),
        "kline 1M": (dex.kline(symbol, Interval.MONTH_1), Kline),
        "ticker": (dex.ticker(symbol), Ticker),
        "mini_ticker": (dex.mini_ticker(symbol), MiniTicker),
        "tickers": (dex.tickers(), tuple),
        "mini_tickers": (dex.mini_tickers(), tuple),
        "blocks": (dex.blocks(), BlockHeight),
        "orders": (dex.orders(address), OrderUpdate),
        "account": (dex.account(address), AccountUpdate),
        "transfers": (dex.transfers(exchange_wallets(dex)), Transfer),
        "activity": (dex.activity(address), (OrderUpdate, AccountUpdate, Transfer)),  # type: ignore[dict-item]
    }


_WALLETS: list[str] = []


def exchange_wallets(_: Dex) -> list[str]:
    return _WALLETS


def test_every_stream_brings_its_events(dex: Dex, exchange: Exchange) -> None:
    _WALLETS[:] = exchange.addresses
    for name, (stream, event) in every_stream(
        dex, exchange.symbols[0], exchange.addresses[0]
    ).items():
        got = first(stream, timeout=10)
        assert isinstance(got, event), name


def test_what_is_ordered_is_told_to_its_owner(dex: Dex, exchange: Exchange) -> None:
    symbol = exchange.symbols[0]
    activity: Recorder[Any] = Recorder()
    with dex.activity(exchange.user).subscribe(activity):
        assert exchange.wait_for(
            lambda it: any(v.is_open and len(v.subscriptions) == 3 for v in it.visits)
        )
        order_id = exchange.buy(symbol, "1", "1.5")
        assert activity.has(2)
        exchange.cancel(order_id)
        exchange.send(exchange.addresses[0], "BNB", Decimal("0.5"), memo="thanks")
        assert activity.wait(
            lambda it: (
                any(isinstance(e, Transfer) for e in it.values)
                and any(isinstance(e, OrderUpdate) and e.status.is_final for e in it.values)
            )
        )
    orders = [event for event in activity.values if isinstance(event, OrderUpdate)]
    assert [order.status for order in orders] == [OrderStatus.ACK, OrderStatus.CANCELED]
    assert {order.order_id for order in orders} == {order_id}
    assert orders[0].quantity == Decimal("1.5")
    assert next(e for e in activity.values if isinstance(e, Transfer)).memo == "thanks"


def test_the_activity_of_several_addresses(dex: Dex, exchange: Exchange) -> None:
    addresses = exchange.addresses[:2]
    activity: Recorder[Any] = Recorder()
    with dex.activity(addresses).subscribe(activity):
        assert activity.wait(lambda it: {e.address for e in it.values} == set(addresses))


def test_what_is_not_listed_is_told_by_the_venue_and_hinted_at(
    dex: Dex, caplog: pytest.LogCaptureFixture
) -> None:
    for symbol in ("ABC-123_BNB", "XYZ-123_BNB"):
        with pytest.raises(TimeoutError, match=r"look at first\(dex\.symbols\(\)\)"):
            first(dex.trades(symbol), timeout=0.2)
        assert symbol in caplog.text


def test_the_symbols_are_asked_for_once(dex: Dex, exchange: Exchange) -> None:
    assert first(dex.symbols()) == exchange.symbols

    async def main() -> tuple[str, ...]:
        return await dex.symbols()

    assert asyncio.run(main()) == exchange.symbols


def test_a_stream_of_several_topics_keeps_the_order_of_the_wire(
    dex: Dex, exchange: Exchange
) -> None:
    trades: Recorder[Trade] = Recorder()
    with dex.trades(exchange.symbols).subscribe(trades):
        assert trades.has(20)
    heights = [trade.block_height or 0 for trade in trades.values]
    assert heights == sorted(heights)


# What a call gets wrong is raised by the call.

ODD: Any = 5


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda d: d.trades("BNBBUSD"), InvalidSubject, "'BNBBUSD' cannot be a symbol"),
        (lambda d: d.trades([]), InvalidSubject, r"\[\] names no symbol"),
        (lambda d: d.trades(5), InvalidSubject, "5 is no symbol"),
        (lambda d: d.trades(None), InvalidSubject, "None is no symbol"),
        (lambda d: d.trades([["BNB"]]), InvalidSubject, r"\['BNB'\] is no symbol"),
        (lambda d: d.activity(None), InvalidSubject, "None is no address"),
        (lambda d: d.stream(topics.trades(ODD)), InvalidSubject, "5 is no symbol"),
        (lambda d: d.stream("trades"), TypeError, "'trades' is no topic"),
        (lambda d: d.frames(topics.trades), TypeError, "is no topic; give one"),
        (lambda d: d.trades([5]), InvalidSubject, "5 is no symbol"),
        (lambda d: d.trades("BNB_BUSD-BD1 "), InvalidSubject, "cannot be a symbol"),
        (lambda d: d.kline("BNB_BUSD-BD1", "4m"), InvalidSubject, "no kline interval '4m'"),
        (lambda d: d.depth("BNB_BUSD-BD1", 50), InvalidSubject, "no depth of 50 levels"),
        (lambda d: d.depth("BNB_BUSD-BD1", 1000), UnsupportedTopic, "permessage-deflate"),
        (lambda d: d.orders("bnb1abc"), InvalidSubject, "cannot be an address"),
        (lambda d: d.activity("nobody"), InvalidSubject, "cannot be an address"),
        (lambda d: d.frames(topics.trades("x")), InvalidSubject, "cannot be a symbol"),
    ],
)
def test_a_wrong_call_raises_before_any_io(
    call: Callable[[Dex], object], error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        call(Dex("ws://127.0.0.1:1/api"))


def test_a_symbol_may_be_written_in_lower_case(dex: Dex, exchange: Exchange) -> None:
    assert first(dex.ticker(exchange.symbols[0].lower())).symbol == exchange.symbols[0]


def test_a_dex_without_a_venue_names_the_ways_to_have_one() -> None:
    with pytest.raises(TypeError, match=r"Dex\.simulated\(\)"):
        Dex()


@pytest.mark.parametrize(
    "venue", [5, b"ws://h/api", Path("/api"), BinanceDex, BinanceDex.testnet, ["ws://h/api"]]
)
def test_what_is_no_venue(venue: Any) -> None:
    with pytest.raises(TypeError, match=r"is no venue\. .*Dex\.simulated\(\)"):
        Dex(venue)


@pytest.mark.parametrize("line", [5.0, "fast", {}, LineSettings])
def test_what_is_no_settings_of_a_line(line: Any) -> None:
    with pytest.raises(TypeError, match=r"give LineSettings\(\.\.\.\)"):
        Dex("ws://127.0.0.1:1/api", line)


def test_a_stream_of_several_lines_connects_at_once_whatever_the_scheduler(
    dex: Dex, exchange: Exchange
) -> None:
    before = len(exchange.visits)
    both = dex.account(exchange.addresses[:2])
    with both.subscribe(scheduler=VirtualTimeScheduler()):
        assert exchange.wait_for(lambda it: len(it.visits) == before + 2)


def test_a_stream_of_several_lines_can_be_asked_within_a_subscribe(
    dex: Dex, exchange: Exchange
) -> None:
    def ask(_: object) -> Observable[AccountUpdate]:
        return reactivex.just(first(dex.account(exchange.addresses[:2])))

    assert first(reactivex.defer(ask)).address in exchange.addresses[:2]


def test_who_listened_on_a_loop_that_is_closed_is_let_go(dex: Dex, exchange: Exchange) -> None:
    faults: Recorder[Fault] = Recorder()
    dex.faults.subscribe(faults)

    async def listen() -> None:
        heard = asyncio.Event()
        scheduler = AsyncIOScheduler(asyncio.get_running_loop())
        dex.blocks().subscribe(lambda _: heard.set(), scheduler=scheduler)
        await heard.wait()

    asyncio.run(listen())
    assert faults.has(1)
    assert faults.values[0].reason is FaultReason.SUBSCRIBER
    assert "loop is closed" in faults.values[0].what


@pytest.mark.parametrize("venue", [BinanceDex.mainnet(), BinanceDex.testnet()])
def test_a_venue_that_is_gone_says_so_within_a_second(venue: BinanceDex) -> None:
    with Dex(venue) as dex:
        began = time.monotonic()
        trades: Recorder[Trade] = Recorder()
        dex.trades("BNB_BUSD-BD1").subscribe(trades)
        assert trades.fails()
        assert time.monotonic() - began < 1
        assert isinstance(trades.errors[0], VenueGone)
        assert "shut down in 2023" in str(trades.errors[0])
        assert "Dex.simulated()" in str(trades.errors[0])
        with pytest.raises(VenueGone):
            first(dex.blocks())
        with pytest.raises(VenueGone):
            first(dex.symbols())


def test_only_a_simulated_dex_has_an_exchange() -> None:
    with pytest.raises(AttributeError, match=r"only Dex\.simulated\(\)"):
        _ = Dex("ws://127.0.0.1:1/api").exchange


# The simulated exchange.


def test_the_simulated_dex_says_what_it_is(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="rxdex")
    with Dex.simulated(seed=5, speed=None) as dex:
        status = first(dex.status)
        assert "simulated exchange (seed 5)" in status.what
        assert "no real market" in status.what
        assert f"rxdex venue: {status.what}" in caplog.text
        blocks: Recorder[BlockHeight] = Recorder()
        with dex.blocks().subscribe(blocks):
            assert dex.exchange.wait_for(lambda it: bool(it.visits and it.visits[-1].subscriptions))
            dex.exchange.step(3)
            assert blocks.has(3)
        assert [b.height for b in blocks.values] == list(
            range(dex.exchange.height - 2, dex.exchange.height + 1)
        )


def test_settings_reach_the_lines_of_a_simulated_dex() -> None:
    with Dex.simulated(line=LineSettings(headers={"X-Who": "me"}, linger=0.01)) as dex:
        assert first(dex.blocks()).height


# Its end.


def test_close_completes_every_stream_and_refuses_new_ones(exchange: Exchange) -> None:
    dex = Dex(exchange.url)
    blocks: Recorder[BlockHeight] = Recorder()
    status: Recorder[Any] = Recorder()
    dex.status.subscribe(status)
    dex.blocks().subscribe(blocks)
    assert blocks.has(1)
    dex.close()
    dex.close()
    assert blocks.completes()
    assert status.completes()
    for stream in (dex.blocks(), dex.symbols()):
        with pytest.raises(ConnectionLost, match="this Dex is closed"):
            first(stream)


def test_the_face_has_a_version() -> None:
    assert rxdex.__version__.count(".") == 2
