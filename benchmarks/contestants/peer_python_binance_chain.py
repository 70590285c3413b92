"""python-binance-chain 0.1.20: websockets 8, ujson, a coroutine a frame."""

import asyncio
import importlib
import json
from contextlib import AbstractContextManager
from typing import Any

from benchmarks.contestants.competing import compete
from benchmarks.contestants.laps import Heard, Job
from benchmarks.contestants.raw_socket import subscriptions
from benchmarks.contestants.threaded import staying


def listen(job: Job, heard: Heard) -> AbstractContextManager[None]:
    """Count dicts."""
    return staying(lambda: asyncio.run(_listen(job, heard)))


async def _listen(job: Job, heard: Heard) -> None:
    sockets: Any = importlib.import_module("binance_chain.websockets")
    environment: Any = importlib.import_module("binance_chain.environment")

    async def on_frame(frame: object) -> None:
        heard(frame)

    manager = await sockets.BinanceChainSocketManager.create(
        asyncio.get_running_loop(),
        on_frame,
        env=environment.BinanceEnvironment("http://127.0.0.1", f"{job.url}/", "bnb"),
    )
    line = manager._conn
    while line._socket is None:
        # It would wait for a whole second itself.
        await asyncio.sleep(0.01)
    for said in subscriptions(job):
        # What its subscribe_trades() and the like do, a stream each.
        await line.send_message(json.loads(said))
    await asyncio.Event().wait()


if __name__ == "__main__":
    compete(
        listen,
        needs=("python-binance-chain", "websockets", "ujson"),
        imports=("binance_chain.websockets", "binance_chain.environment"),
        stamp=lambda frame: int(frame["data"][0]["T"]),
    )
