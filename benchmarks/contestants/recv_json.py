"""What one writes by hand: websocket-client's `recv`, then `json.loads`; no dispatch, no types."""

import json
import threading
from contextlib import AbstractContextManager
from typing import Any

import websocket

from benchmarks.contestants.competing import compete
from benchmarks.contestants.laps import Heard, Job
from benchmarks.contestants.raw_socket import subscriptions
from benchmarks.contestants.threaded import reading


def listen(job: Job, heard: Heard) -> AbstractContextManager[None]:
    """Count dicts."""
    sock: Any = websocket.create_connection(f"{job.url}/ws")
    for text in subscriptions(job):
        sock.send(text)

    over = threading.Event()

    def read() -> None:
        while not over.is_set():
            heard(json.loads(sock.recv()))
        sock.shutdown()

    # Without the farewell: it would first read all that is under way.
    return reading(read, over.set)


if __name__ == "__main__":
    compete(listen, needs=("websocket-client",), stamp=lambda frame: int(frame["data"][0]["T"]))
