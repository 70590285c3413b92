"""`exchange.faults`: whom it hits, what it remembers, and how it ends."""

from collections.abc import Iterator
from typing import Any

import pytest

from rxdex.simulator.exchange import Exchange
from rxdex.simulator.faults import Deed, Oddity
from rxdex.simulator.visits import Visit
from tests.simulator.clients import (
    connected,
    eventually,
    frame_of,
    handshake,
    heights,
)

BLOCKS = "/ws/$all@blockheight"


@pytest.fixture
def exchange() -> Iterator[Exchange]:
    with Exchange(speed=None, warm_up=1) as it:
        yield it


def test_one_visit_is_hit_and_nobody_else(exchange: Exchange) -> None:
    with connected(exchange.url + BLOCKS) as one, connected(exchange.url + BLOCKS) as two:
        first, second = exchange.visits
        assert exchange.faults.of(second).lose() == 1
        before = exchange.height
        exchange.step(2)
        assert heights(one, 2) == [before + 1, before + 2]
        assert heights(two, 1) == [before + 2]
        assert exchange.faults.of(first).hang_up() == 1
        eventually(exchange, lambda it: not it.visits[0].is_open)
        assert exchange.visits[1].is_open
        assert exchange.faults.of(first).hang_up() == 0


@pytest.mark.parametrize("whom", ["address", "symbol", "stream"])
def test_those_who_are_subscribed_to_something_are_hit(exchange: Exchange, whom: str) -> None:
    address, symbol = exchange.addresses[0], exchange.symbols[0]
    streams = {
        "address": address,
        "symbol": f"{symbol}@trades",
        "stream": f"{symbol}@marketDepth100",
    }
    asked = {"address": address, "symbol": symbol, "stream": "marketDepth100"}[whom]
    meant = {"address": 1, "symbol": 2, "stream": 1}[whom]
    with (
        connected(f"{exchange.url}/ws/{streams['address']}"),
        connected(f"{exchange.url}/ws/{streams['symbol']}"),
        connected(f"{exchange.url}/ws/{streams['stream']}"),
    ):
        assert exchange.faults.of(asked).stall() == meant
        assert exchange.faults.stall() == 3
        assert exchange.faults.of("XYZ-123_BNB").stall() == 0


def test_healing_some_of_them(exchange: Exchange) -> None:
    with connected(exchange.url + BLOCKS) as one, connected(exchange.url + BLOCKS) as two:
        exchange.faults.mute()
        assert exchange.faults.of(exchange.visits[0]).heal() == 1
        exchange.step()
        assert heights(one, 1) == [exchange.height]
        exchange.faults.heal()
        exchange.step()
        assert heights(two, 1) == [exchange.height]


def test_healing_forgets_what_was_planned(exchange: Exchange) -> None:
    faults = exchange.faults
    faults.next(5).refuse()
    faults.next(5).hang_up()
    faults.chaos(1, every=0.1)
    assert handshake(exchange.url + BLOCKS)[0] == 503
    faults.heal()
    with connected(exchange.url + BLOCKS) as client:
        exchange.step(5)
        assert len(heights(client, 5)) == 5


def test_healing_lets_go_who_would_be_hung_up_on(exchange: Exchange) -> None:
    with connected(exchange.url + BLOCKS) as client:
        exchange.faults.hang_up_at_subscribe()
        exchange.faults.heal()
        client.send('{"method":"subscribe","topic":"allTickers","symbols":["$all"]}')
        exchange.wait_for(lambda it: len(it.visits[-1].subscriptions) == 2)
        exchange.step(5)
        assert frame_of(client, "allTickers")


def test_the_log_outlives_the_exchange(exchange: Exchange) -> None:
    with connected(exchange.url + BLOCKS):
        exchange.faults.send(Oddity.GARBAGE)
        exchange.faults.send("hello")
        exchange.faults.delay(2, seconds=0.5)
        exchange.faults.next().refuse(429, retry_after=2)
    exchange.close()
    visit = exchange.visits[0].opened
    assert exchange.faults.log == tuple(
        Deed(height=exchange.height, what=what, visit=visit)
        for what in ("send(Oddity.GARBAGE)", "send('hello')", "delay(2, seconds=0.5)")
    )
    with pytest.raises(RuntimeError, match="is closed"):
        exchange.faults.hang_up()


def test_who_waits_hears_of_what_was_done(exchange: Exchange) -> None:
    exchange.faults.chaos(1, every=0.4, only={"lose"})
    exchange.step(2)
    assert exchange.wait_for(lambda it: len(it.faults.log) >= 2)


def test_chaos_does_the_same_to_the_same_at_the_same_steps() -> None:
    def play(seed: int) -> tuple[Deed, ...]:
        with (
            Exchange(speed=None, warm_up=1, traders=False) as exchange,
            connected(exchange.url + BLOCKS),
            connected(exchange.url + BLOCKS),
        ):
            exchange.faults.chaos(seed, every=0.8, only={"lose", "repeat", "reverse", "delay"})
            exchange.step(60)
            return exchange.faults.log

    assert play(1) == play(1)
    assert play(1) != play(2)
    assert len(play(1)) == 30


def test_chaos_can_be_called_from_the_exchanges_own_thread(exchange: Exchange) -> None:
    exchange.inspect(lambda _: exchange.faults.chaos(1))
    exchange.inspect(lambda _: exchange.step(10))
    assert exchange.faults.log


ODD: Any = "x"


@pytest.mark.parametrize("whom", [5, None, Visit])
def test_who_is_nobody(exchange: Exchange, whom: Any) -> None:
    with pytest.raises(TypeError, match="is nobody; give a Visit, or an address, a symbol"):
        exchange.faults.of(whom)


def test_what_cannot_be_is_refused_at_once(exchange: Exchange) -> None:
    with pytest.raises(ValueError, match="count is 0"):
        exchange.faults.next(0)
    with pytest.raises(TypeError, match="seed is 'x'"):
        exchange.faults.chaos(ODD)
    with pytest.raises(ValueError, match="every is 0"):
        exchange.faults.chaos(1, every=0)
    with pytest.raises(ValueError, match="chaos cannot do"):
        exchange.faults.chaos(1, only={"mute"})
