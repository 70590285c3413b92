"""The works: blocks at a pace, and what becomes of a block that cannot be made."""

import asyncio
import logging
import time

import pytest

from rxdex.simulator.exchange import Exchange
from rxdex.simulator.works import check_opening
from tests.simulator.clients import PATIENCE, closing, connected, eventually


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"speed": 0.0}, "speed is 0.0; take a number above zero, or None"),
        ({"speed": float("nan")}, "speed is nan"),
        ({"speed": float("inf")}, "speed is inf"),
        ({"port": -1}, "port is -1; take one from 1 to 65535"),
        ({"port": 65536}, "port is 65536"),
        ({"warm_up": -1}, "warm_up is -1 blocks; take 0 or more"),
        ({"speed": "fast"}, "speed is 'fast'; take a number"),
        ({"port": "8080"}, "port is '8080'; take one from 1"),
        ({"warm_up": None}, "warm_up is None blocks; take 0 or more"),
    ],
)
def test_what_no_exchange_can_be_opened_with(wrong: dict[str, object], words: str) -> None:
    fine: dict[str, object] = {"speed": 1.0, "port": 0, "warm_up": 0}
    with pytest.raises(ValueError, match=words):
        check_opening(**{**fine, **wrong})


@pytest.mark.parametrize("host", ["nowhere.invalid", "a" * 70, "192.0.2.1"])
def test_a_host_that_cannot_be_had(host: str) -> None:
    with pytest.raises(OSError, match=r"cannot listen at .*; take another host, such as 127"):
        Exchange(host=host, warm_up=0)


def test_the_longest_blocks_have_klines_of_every_interval() -> None:
    with Exchange(block_time=60, speed=None, warm_up=3, traders=False) as exchange:
        assert exchange.height == 100_000_003


def test_blocks_come_at_the_pace_of_the_clock() -> None:
    begun = time.monotonic()
    with Exchange(warm_up=0, block_time=0.4, speed=20.0) as exchange:
        first = exchange.height
        eventually(exchange, lambda it: it.height >= first + 10)
        assert time.monotonic() - begun >= 10 * 0.4 / 20.0


def test_a_backlog_does_not_become_a_burst() -> None:
    with Exchange(warm_up=0, block_time=0.4, speed=40.0, traders=False) as exchange:

        def block_the_loop(_: object) -> tuple[int, float]:
            until = time.monotonic() + 0.5
            while time.monotonic() < until:
                pass
            # The clock is read here: by the time the other thread runs, blocks have been made.
            return exchange.height, time.monotonic()

        stuck, begun = exchange.inspect(block_the_loop)
        eventually(exchange, lambda it: it.height >= stuck + 10)
        # Half a second was fifty blocks; three or four of them are made up for, the rest is let go.
        assert time.monotonic() - begun >= 5 * 0.01


def test_a_block_that_cannot_be_made_is_told_to_all(caplog: pytest.LogCaptureFixture) -> None:
    with (
        caplog.at_level(logging.ERROR),
        Exchange(warm_up=0, speed=10.0, traders=False) as exchange,
        connected(f"{exchange.url}/ws/$all@blockheight") as client,
    ):

        def break_it(chain: object) -> None:
            def step() -> None:
                raise ZeroDivisionError("a bug")

            exchange.inspect(lambda it: setattr(it, "step", step))

        break_it(exchange)
        assert closing(client) == (1011, "no more blocks")
        assert "no more blocks: one could not be made" in caplog.text
        assert "ZeroDivisionError" in caplog.text
        with pytest.raises(ZeroDivisionError):
            exchange.step()


def test_an_unwatched_block_costs_no_text_and_changes_nothing() -> None:
    def heights(*, is_watched: bool) -> list[object]:
        with Exchange(speed=None, warm_up=5) as exchange:
            if is_watched:
                with connected(f"{exchange.url}/ws/$all@allTickers"):
                    exchange.step(10)
            else:
                exchange.step(10)
            symbols = exchange.symbols
            return [exchange.inspect(lambda it: [it.market(name) for name in symbols])]

    assert heights(is_watched=True) == heights(is_watched=False)


def test_its_loop_is_free_between_blocks() -> None:
    with Exchange(speed=None, warm_up=0) as exchange:
        assert exchange.inspect(lambda _: asyncio.get_running_loop().is_running())
        assert exchange.wait_for(lambda it: it.inspect(lambda _: True), PATIENCE)
