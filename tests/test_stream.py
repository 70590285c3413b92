"""stream: an observable that is no iterable."""

import pytest
import reactivex
from reactivex import operators as ops
from reactivex.scheduler import VirtualTimeScheduler

from rxdex import Dex, topics
from rxdex.stream import stream_of


def test_it_is_an_observable_like_any_other() -> None:
    got: list[int] = []
    stream_of(reactivex.of(1, 2, 3)).pipe(ops.skip(1)).subscribe(got.append)
    assert got == [2, 3]


def test_the_scheduler_of_subscribe_goes_on() -> None:
    got: list[int] = []
    scheduler = VirtualTimeScheduler()
    stream_of(reactivex.timer(5.0)).subscribe(got.append, scheduler=scheduler)
    scheduler.advance_to(4.0)
    assert got == []
    scheduler.advance_to(6.0)
    assert got == [0]


def test_every_stream_says_that_it_is_no_iterable() -> None:
    with Dex("ws://127.0.0.1:1/api") as dex:
        streams = [
            dex.blocks(),
            dex.trades(["BNB_BUSD-BD1", "AWC-986_BNB"]),
            dex.stream(topics.blocks(), topics.depth("BNB_BUSD-BD1", 100)),
            dex.frames(topics.blocks()),
            dex.status,
            dex.faults,
            dex.symbols(),
        ]
        for stream in streams:
            with pytest.raises(TypeError, match="a stream is no iterable"):
                iter(stream)  # pyright: ignore[reportArgumentType]
            with pytest.raises(TypeError, match="a stream is no iterable"):
                list(stream)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
