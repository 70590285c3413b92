"""
What a request line asks for: a snapshot, or a websocket with its first subscriptions.

No I/O here. Paths are those of PROTOCOL 1 and 8, below `/api`.
"""

import json
from collections.abc import Container
from typing import Protocol
from urllib.parse import parse_qs, unquote

from attrs import frozen

from rxdex.errors import InvalidSubject, UnsupportedTopic
from rxdex.simulator.stream_names import check_address, check_symbol
from rxdex.simulator.subscriptions import Subscriptions

__all__ = ["BASE", "Reply", "Routes", "Snapshots", "refusal"]

#: What every path begins with.
BASE = "/api"

_REST = f"{BASE}/v1/"
_SOCKET = f"{BASE}/ws"
_COMBINED = f"{BASE}/stream"
_LIMITS = (5, 10, 20, 50, 100, 500, 1000)
_DEFAULT_LIMIT = "100"
_PLACES = (
    f"websockets at {_SOCKET}, {_SOCKET}/<stream> and {_COMBINED}?streams=<stream>/<stream>; "
    f"snapshots at {_REST}depth?symbol=<symbol>, {_REST}markets, {_REST}account/<address> "
    f"and {_REST}time"
)


class Snapshots(Protocol):
    """Where the replies to snapshot requests come from, as JSON text."""

    def depth(self, symbol: str, limit: int) -> str:
        """The best `limit` levels of both sides of a listed symbol."""
        ...

    def markets(self) -> str:
        """What is listed."""
        ...

    def account(self, address: str) -> str:
        """What an address holds."""
        ...

    def time(self) -> str:
        """The exchange's clock."""
        ...


@frozen
class Reply:
    """A finished HTTP answer: status code and JSON text."""

    status: int
    text: str


class _Refused(Exception):
    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Routes:
    """
    The map of the exchange's paths.

    :param snapshots: where replies to snapshot requests come from
    :param symbols: what is listed
    """

    def __init__(self, snapshots: Snapshots, symbols: Container[str]) -> None:
        self._snapshots = snapshots
        self._symbols = symbols

    def find(self, method: str, target: str, *, is_compressed: bool) -> Reply | Subscriptions:
        """
        What to answer to a request.

        :param target: path and query, as they stand in the request line
        :param is_compressed: whether permessage-deflate was offered
        :return: a finished answer, or what the websocket is subscribed to from the start
        """
        raw, _, query = target.partition("?")
        path = unquote(raw)
        try:
            if path.startswith(_REST):
                return Reply(200, self._snapshot(method, path.removeprefix(_REST), query))
            subscriptions = Subscriptions(self._symbols, is_compressed=is_compressed)
            subscriptions.open(_streams(path, query))
        except _Refused as refused:
            return refusal(refused.status, str(refused))
        except (InvalidSubject, UnsupportedTopic) as unknown:
            return refusal(404, str(unknown))
        return subscriptions

    def _snapshot(self, method: str, place: str, query: str) -> str:
        if method != "GET":
            raise _Refused(405, f"{method} is not for here; take GET")
        name, slash, subject = place.partition("/")
        if name == "account" and slash:
            return self._snapshots.account(check_address(subject))
        if place == "depth":
            return self._depth(query)
        if place == "markets":
            return self._snapshots.markets()
        if place == "time":
            return self._snapshots.time()
        raise _Refused(404, f"nothing at {_REST}{place}; there are {_PLACES}")

    def _depth(self, query: str) -> str:
        asked = parse_qs(query)
        symbol = asked.get("symbol", [""])[-1]
        if not symbol:
            raise _Refused(400, "depth needs a symbol, such as ?symbol=BNB_BUSD-BD1&limit=100")
        limit = asked.get("limit", [_DEFAULT_LIMIT])[-1]
        if limit not in map(str, _LIMITS):
            every = " ".join(map(str, _LIMITS))
            raise _Refused(400, f"no limit {limit!r}; take one of {every}")
        return self._snapshots.depth(check_symbol(symbol, self._symbols), int(limit))


def _streams(path: str, query: str) -> list[str]:
    if path == _SOCKET:
        return []
    if path == _COMBINED:
        streams = "/".join(parse_qs(query).get("streams", [])).split("/")
        if not all(streams):
            raise _Refused(400, f"an empty stream name; take {_COMBINED}?streams=<stream>/<stream>")
        return streams
    # The real server knew no trailing slash either (PROTOCOL 1).
    if path.startswith((f"{_SOCKET}/", f"{_COMBINED}/")) and path.endswith("/"):
        raise _Refused(404, f"nothing at {path}: leave out the trailing slash")
    if path.startswith(f"{_SOCKET}/"):
        return [path.removeprefix(f"{_SOCKET}/")]
    raise _Refused(404, f"nothing at {path}; there are {_PLACES}")


def refusal(status: int, message: str) -> Reply:
    """The answer to what is refused."""
    body = {"code": status, "message": message}
    return Reply(status, json.dumps(body, separators=(",", ":")))
