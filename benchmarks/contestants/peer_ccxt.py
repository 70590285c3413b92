"""ccxt.pro, on Binance's spot market: dicts of its own, from a coroutine that is asked again and again."""

import asyncio
import importlib
import ssl
from contextlib import AbstractContextManager
from typing import Any

from benchmarks.contestants.competing import compete
from benchmarks.contestants.laps import Heard, Job
from benchmarks.contestants.threaded import staying

_SYMBOL = "BTC/USDT"
#: What it would have asked the exchange's REST face.
_MARKET = {
    "id": "BTCUSDT", "lowercaseId": "btcusdt", "symbol": _SYMBOL, "base": "BTC", "quote": "USDT",
    "baseId": "BTC", "quoteId": "USDT", "type": "spot", "spot": True, "margin": False, "swap": False,
    "future": False, "option": False, "active": True, "contract": False, "limits": {}, "info": {},
    "precision": {"price": 0.01, "amount": 0.00001},
}  # fmt: skip
#: More than a socket brings at once.
_KEPT = 100_000


def listen(job: Job, heard: Heard) -> AbstractContextManager[None]:
    """Count trades; they come in lists of those that are new."""
    return staying(lambda: asyncio.run(_listen(job, heard)))


async def _listen(job: Job, heard: Heard) -> None:
    pro: Any = importlib.import_module("ccxt.pro")
    # Whom TLS trusts is said in the environment; it looks elsewhere by itself.
    trusted = ssl.get_default_verify_paths().cafile
    client = pro.binance({"newUpdates": True, "enableRateLimit": False, "cafile": trusted})
    client.urls["api"]["ws"]["spot"] = f"{job.url}/ws"
    client.set_markets([client.safe_market_structure(_MARKET)])
    client.options["tradesLimit"] = _KEPT
    while True:
        heard(len(await client.watch_trades(_SYMBOL, params={"name": "aggTrade"})))


if __name__ == "__main__":
    compete(
        listen, counts="events", in_batches=True, needs=("ccxt", "aiohttp"), imports=("ccxt.pro",)
    )
