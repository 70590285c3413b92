"""
The client that rxdex replaces, made typed in the plainest way.

WebSocketApp on a thread, json, an attrs object of each row with `Decimal` amounts, one `Subject` for all,
and for each subscriber a filter of its stream and symbol.
"""

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from decimal import Decimal
from typing import Any

import attrs
import websocket
from reactivex import operators as ops
from reactivex.subject import Subject

from benchmarks.contestants.competing import compete
from benchmarks.contestants.laps import Heard, Job
from benchmarks.contestants.raw_socket import subscriptions
from benchmarks.contestants.threaded import reading

__all__ = ["events", "listen"]


def _levels(rows: list[list[str]]) -> tuple[tuple[Decimal, Decimal], ...]:
    return tuple((Decimal(price), Decimal(quantity)) for price, quantity in rows)


def _made(name: str, plain: str, amounts: str = "", levels: str = "") -> Callable[..., Any]:
    """A class of events, its fields named as on the wire."""
    fields: dict[str, Any] = {key: attrs.field(default=None) for key in plain.split()}
    fields |= {key: attrs.field(converter=Decimal) for key in amounts.split()}
    fields |= {key: attrs.field(converter=_levels) for key in levels.split()}
    return attrs.make_class(name, fields, frozen=True, kw_only=True)


_KLINE = _made("Kline", "s t T i f L n x", "o c h l v q")
_TICKER = _made("Ticker", "e E s O C F L n", "p P w x c Q b B a A o h l v q")
_TRADE = _made("Trade", "e E s t b a T sa ba tt", "p q")

_ROWS: dict[str, Callable[..., Any]] = {
    "trades": _TRADE,
    "marketDiff": _made("Diff", "e E s", levels="b a"),
    "marketDepth": _made("Depth", "lastUpdateId symbol", levels="bids asks"),
    "kline_1m": lambda e, E, s, k: _KLINE(**k),  # noqa: N803 - the wire's names
    "ticker": _TICKER,
    "miniTicker": _made("MiniTicker", "e E s", "c o h l v q"),
    "blockheight": _made("Block", "h"),
}


def events(text: str) -> Iterator[tuple[str, str, Any]]:
    """Stream, symbol and object of each event of a frame."""
    frame = json.loads(text)
    stream, data = frame["stream"], frame["data"]
    if stream == "allTickers":
        yield stream, "$all", [_TICKER(**row) for row in data]
        return
    make = _ROWS[stream]
    for row in data if isinstance(data, list) else [data]:
        symbol = row.get("s") or row.get("symbol") or "$all"
        yield stream, symbol, make(**row)


def listen(job: Job, heard: Heard) -> AbstractContextManager[None]:
    """Count objects."""
    subject: Subject[tuple[str, str, Any]] = Subject()
    for wanted in job.topics:
        subject.pipe(ops.filter(_is(*wanted)), ops.map(_event)).subscribe(heard)

    def on_open(app: websocket.WebSocketApp) -> None:
        for text in subscriptions(job):
            app.send(text)

    def on_message(_: websocket.WebSocketApp, text: str) -> None:
        for found in events(text):
            subject.on_next(found)

    app = websocket.WebSocketApp(f"{job.url}/ws", on_open=on_open, on_message=on_message)

    def read() -> None:
        app.run_forever()

    def hang_up() -> None:
        # Without the farewell: it would first read all that is under way.
        app.keep_running = False
        if app.sock is not None and app.sock.sock is not None:
            app.sock.sock.shutdown(socket.SHUT_RDWR)

    return reading(read, hang_up)


def _event(found: tuple[str, str, Any]) -> Any:
    return found[2]


def _is(stream: str, symbol: str) -> Callable[[tuple[str, str, Any]], bool]:
    return lambda found: found[0] == stream and found[1] == symbol


if __name__ == "__main__":
    compete(
        listen,
        counts="events",
        needs=("websocket-client", "reactivex", "attrs"),
        stamp=lambda trade: int(trade.T),
    )
