"""unicorn-binance-websocket-api: 1.46.2 on Binance DEX, the newest on Binance's spot market; dicts."""

import importlib
import logging
import sys
import threading
from contextlib import AbstractContextManager
from functools import partial
from typing import Any

from benchmarks.contestants.competing import compete
from benchmarks.contestants.laps import Heard, Job
from benchmarks.contestants.threaded import staying

_PACKAGE = "unicorn_binance_websocket_api"
_SETTINGS = f"{_PACKAGE}.connection_settings"
_PICOWS = "--picows"


def listen(job: Job, heard: Heard) -> AbstractContextManager[None]:
    """Count dicts."""
    logging.disable(logging.CRITICAL)
    is_spot = any(stream == "aggTrade" for stream, _ in job.topics)
    return staying(partial(_listen_spot if is_spot else _listen_dex, job, heard))


def _listen_dex(job: Job, heard: Heard) -> None:
    _point("binance.org", f"{job.url}/", "")
    streams = list(dict.fromkeys(stream for stream, _ in job.topics))
    symbols = list(dict.fromkeys(symbol for _, symbol in job.topics))
    manager = _manager("binance.org", process_stream_data=_function(heard))
    if symbols == ["$all"]:
        # It has the stream and the market the other way round here.
        streams, symbols = symbols, streams
    manager.create_stream(streams, symbols)
    threading.Event().wait()


def _listen_spot(job: Job, heard: Heard) -> None:
    _point("binance.com", f"{job.url}/", f"{job.url}/")
    more = {"websocket_library": "picows"} if _PICOWS in sys.argv else {}
    manager = _manager("binance.com", **more)
    # It would wait five seconds for a socket that it is about to open.
    manager.send_with_stream = _no
    (stream, symbol), *_ = job.topics
    manager.create_stream([stream], [symbol], process_stream_data=_function(heard))
    threading.Event().wait()


def _point(exchange: str, url: str, api_url: str) -> None:
    """At a server here, by the table it looks its own up in."""
    settings: Any = importlib.import_module(_SETTINGS)
    known = next(one for one in settings.Exchanges if one.value == exchange)
    settings.CONNECTION_SETTINGS[known] = (1024, url, api_url)


def _manager(exchange: str, **more: object) -> Any:
    package: Any = importlib.import_module(_PACKAGE)
    return package.BinanceWebSocketApiManager(
        exchange=exchange, output_default="dict", warn_on_update=False, **more
    )


def _no(*_: object, **__: object) -> bool:
    return False


def _function(heard: Heard) -> Any:
    """It is given further arguments, by name."""

    def function(frame: object, **_: object) -> None:
        heard(frame)

    return function


if __name__ == "__main__":
    compete(
        listen,
        needs=("unicorn-binance-websocket-api", "websockets"),
        imports=(_PACKAGE, _SETTINGS),
        stamp=lambda frame: int(frame["data"][0]["T"]),
    )
