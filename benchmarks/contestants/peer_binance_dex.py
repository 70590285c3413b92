"""binance-dex 0.1.3, the client that rxdex takes the place of: the frame's text reaches a function."""

import importlib
import os
import sys
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.contestants.competing import compete
from benchmarks.contestants.laps import Heard, Job
from benchmarks.contestants.threaded import staying

_STAMP = '"T":'
_QUIET = "--quiet"


def listen(job: Job, heard: Heard) -> AbstractContextManager[None]:
    """Count texts; what the client traces goes where it costs least."""
    sys.stdout = sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - for ever
    if _QUIET in sys.argv:
        websocket: Any = importlib.import_module("websocket")
        websocket.enableTrace = _nothing
    client = importlib.import_module("binance_dex.sockets").BinanceChainSocket()
    client.base_ws_url = f"{job.url}/ws/"
    return staying(partial(_listen, client, job, heard))


def _listen(client: Any, job: Job, heard: Heard) -> None:
    # A socket of its is for one stream: this one is sent all that the job holds.
    _, symbol = job.topics[0]
    client.fetch_trades_updates(
        symbol, one_off=False, callback_function=lambda _, text: heard(text)
    )


def _nothing(*_: object) -> None:
    pass


def _stamp(text: str) -> int:
    start = text.index(_STAMP) + len(_STAMP)
    return int(text[start : start + 19])


if __name__ == "__main__":
    compete(
        listen,
        needs=("binance-dex", "websocket-client"),
        imports=("binance_dex.sockets",),
        stamp=_stamp,
    )
