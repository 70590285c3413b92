"""cryptofeed, on Binance's spot market: typed trades at a coroutine."""

import asyncio
import importlib
import os
from contextlib import AbstractContextManager
from functools import partial
from typing import Any

from benchmarks.contestants.competing import compete
from benchmarks.contestants.laps import Heard, Job
from benchmarks.contestants.threaded import staying

_SYMBOL = "BTC-USDT"
_MODULES = (
    "cryptofeed",
    "cryptofeed.connection",
    "cryptofeed.defines",
    "cryptofeed.exchanges",
    "cryptofeed.symbols",
)


def listen(job: Job, heard: Heard) -> AbstractContextManager[None]:
    """Count trades."""
    return staying(partial(_listen, job, heard))


def _listen(job: Job, heard: Heard) -> None:
    package, connection, defines, exchanges, symbols = map(importlib.import_module, _MODULES)
    binance: Any = exchanges.Binance
    # It would ask the exchange's REST face otherwise.
    symbols.Symbols.set(
        binance.id,
        {_SYMBOL: "BTCUSDT"},
        {"instrument_type": {_SYMBOL: "spot"}, "tick_size": {_SYMBOL: "0.01"}},
    )
    binance.websocket_endpoints = [connection.WebsocketEndpoint(job.url)]

    async def on_trade(trade: object, _: float) -> None:
        heard(trade)

    handler: Any = package.FeedHandler(
        config={"log": {"filename": os.devnull, "level": "ERROR"}, "uvloop": True}
    )
    asyncio.set_event_loop(asyncio.new_event_loop())
    trades = defines.TRADES
    handler.add_feed(binance(symbols=[_SYMBOL], channels=[trades], callbacks={trades: on_trade}))
    handler.run(install_signal_handlers=False)


if __name__ == "__main__":
    compete(listen, counts="events", needs=("cryptofeed", "websockets"), imports=_MODULES)
