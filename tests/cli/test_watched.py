"""What can be watched."""

import inspect

import pytest

from rxdex import Dex, InvalidSubject, first
from rxdex.cli.watched import WATCHED, Request, Subject
from rxdex.events import Interval, Kline
from rxdex.streams import Streams

NO_STREAM_OF_EVENTS = {"stream", "snapshot", "symbols", "venue"}


def test_every_stream_can_be_watched() -> None:
    methods = {name for name, _ in inspect.getmembers(Streams) if not name.startswith("_")}
    assert {name.replace("-", "_") for name in WATCHED} == methods - NO_STREAM_OF_EVENTS


@pytest.mark.parametrize("name", WATCHED)
def test_a_stream_brings_what_it_says(name: str) -> None:
    watched = WATCHED[name]
    with Dex.simulated(speed=20.0) as dex:
        subjects = {
            Subject.SYMBOL: dex.exchange.symbols[:1],
            Subject.ADDRESS: dex.exchange.wallets[:1]
            if name == "transfers"
            else dex.exchange.addresses[:1],
            Subject.VENUE: (),
        }
        value = first(watched.start(dex, Request(subjects[watched.about])))
    for event in value if isinstance(value, tuple) else [value]:
        assert isinstance(event, watched.events)


def test_options_reach_the_stream() -> None:
    with Dex.simulated(speed=20.0) as dex:
        symbols = dex.exchange.symbols[:1]
        kline = first(WATCHED["kline"].start(dex, Request(symbols, interval="1h")))
        assert isinstance(kline, Kline)
        assert kline.interval is Interval.HOUR_1
        book = first(WATCHED["depth"].start(dex, Request(symbols, levels=100)))
        assert len(book.bids) > 20
        with pytest.raises(InvalidSubject):
            WATCHED["depth"].start(dex, Request(symbols, levels=7))
