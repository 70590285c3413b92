"""A venue on loopback that says what a test wrote down, as soon as it is asked."""

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection, serve

SYMBOLS = (
    "BNB_BUSD-BD1",
    "BTCB-1DE_BUSD-BD1",
    "BNB_BTCB-1DE",
    "RUNE-B1A_BNB",
    "AWC-986_BNB",
)

PATIENCE = 10.0


class Act(NamedTuple):
    """What is said on one websocket as soon as just this has been asked for, `trades BNB_BUSD-BD1`."""

    asked: frozenset[str]
    frames: Sequence[str]


def act(*asked: str, says: Sequence[str] = ()) -> Act:
    """An act, in short."""
    return Act(frozenset(asked), says)


def topics_of(said: str) -> set[str]:
    """What a client's message asks for; to leave is nothing to be answered."""
    message = json.loads(said)
    subjects = message.get("symbols") or [message.get("address")]
    return {f"{message['topic']} {it}" for it in subjects if message["method"] == "subscribe"}


class Stage:
    """The n-th websocket gets the n-th act, further ones silence."""

    def __init__(self, acts: Sequence[Act]) -> None:
        self.url = ""
        #: What was asked for, websocket by websocket.
        self.asked: list[set[str]] = []
        self._acts = acts
        self._lock = threading.Lock()

    def receive(self, guest: ServerConnection) -> None:
        """One websocket, from its first word to its last."""
        with self._lock:
            number = len(self.asked)
            asked: set[str] = set()
            self.asked.append(asked)
        part = self._acts[number] if number < len(self._acts) else act()
        try:
            while asked != part.asked:
                asked |= topics_of(str(guest.recv()))
            for text in part.frames:
                guest.send(text)
            for said in guest:
                asked |= topics_of(str(said))
        except ConnectionClosed:
            # The program has what it came for.
            return


def answer(guest: ServerConnection, request: Request) -> Response | None:
    """The one question that can be asked over HTTP; all else is a websocket's."""
    if not request.path.startswith("/api/v1/markets?"):
        return None
    pairs = [symbol.split("_") for symbol in SYMBOLS]
    rows = [{"base_asset_symbol": base, "quote_asset_symbol": quote} for base, quote in pairs]
    return guest.respond(200, json.dumps(rows))


@contextmanager
def stage(acts: Sequence[Act]) -> Iterator[Stage]:
    """A server on loopback, until the block is left."""
    room = Stage(acts)
    with serve(room.receive, "127.0.0.1", 0, process_request=answer, close_timeout=1) as server:
        host, port = server.socket.getsockname()[:2]
        room.url = f"ws://{host}:{port}/api"
        thread = threading.Thread(target=server.serve_forever, name="stage", daemon=True)
        thread.start()
        try:
            yield room
        finally:
            server.shutdown()
            thread.join(PATIENCE)
