"""binancechain 0.1.6: aiohttp, orjson, and an emitter that calls a function a stream."""

import asyncio
import importlib
import importlib.util
import sys
from contextlib import AbstractContextManager
from typing import Any

from benchmarks.contestants.competing import compete
from benchmarks.contestants.laps import Heard, Job
from benchmarks.contestants.threaded import staying

_MODULE = "binancechain.websocket"


def listen(job: Job, heard: Heard) -> AbstractContextManager[None]:
    """Count dicts."""
    return staying(lambda: asyncio.run(_listen(_module(), job, heard)))


def _module() -> Any:
    """Its websocket alone: the package itself also imports a wallet, which today's protobuf refuses."""
    emitters: Any = importlib.import_module("pyee")
    if not hasattr(emitters, "AsyncIOEventEmitter"):
        named: Any = importlib.import_module("pyee.asyncio")
        emitters.AsyncIOEventEmitter = named.AsyncIOEventEmitter
    package = importlib.util.find_spec("binancechain")
    if package is None or not package.submodule_search_locations:
        raise ImportError("binancechain is not installed")
    path = f"{package.submodule_search_locations[0]}/websocket.py"
    spec = importlib.util.spec_from_file_location(_MODULE, path)
    if spec is None or spec.loader is None:
        raise ImportError(_MODULE)
    module = importlib.util.module_from_spec(spec)
    sys.modules[_MODULE] = module
    spec.loader.exec_module(module)
    return module


async def _listen(module: Any, job: Job, heard: Heard) -> None:
    client = module.WebSocket(url=f"{job.url}/ws")
    by_stream: dict[str, list[str]] = {}
    for stream, symbol in job.topics:
        by_stream.setdefault(stream, []).append(symbol)

    def on_open() -> None:
        for stream, symbols in by_stream.items():
            client.subscribe(stream, symbols=symbols, callback=heard)

    await client.start_async(on_open=on_open)


if __name__ == "__main__":
    compete(
        listen,
        needs=("binancechain", "aiohttp", "orjson"),
        imports=("aiohttp", "orjson", "pyee"),
        stamp=lambda frame: int(frame["data"][0]["T"]),
    )
