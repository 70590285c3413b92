"""A limit: a client written in Cython, and the fastest parser into dicts; no dispatch, no types."""

import asyncio
import importlib
import ssl
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
    picows: Any = importlib.import_module("picows")
    loads: Any = importlib.import_module("orjson").loads
    text = picows.WSMsgType.TEXT

    def on_ws_connected(_: object, transport: Any) -> None:
        for said in subscriptions(job):
            transport.send(text, said.encode())

    def on_ws_frame(_: object, __: object, frame: Any) -> None:
        if frame.msg_type == text:
            heard(loads(frame.get_payload_as_memoryview()))

    listener = type(
        "Listener",
        (picows.WSListener,),
        {"on_ws_connected": on_ws_connected, "on_ws_frame": on_ws_frame},
    )
    transport, _ = await picows.ws_connect(
        listener, f"{job.url}/ws", ssl_context=ssl.create_default_context()
    )
    await transport.wait_disconnected()


if __name__ == "__main__":
    compete(
        listen,
        needs=("picows", "orjson"),
        imports=("picows", "orjson"),
        stamp=lambda frame: int(frame["data"][0]["T"]),
    )
