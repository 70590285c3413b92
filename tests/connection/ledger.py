"""What a simulated exchange really sent, by its own account: the truth that subscribers are measured by."""

import json
import threading
from collections import Counter, deque
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, cast

import pytest

from rxdex.events import AccountUpdate, BlockHeight, DepthSnapshot, Trade
from rxdex.simulator.changes import changed_prices
from rxdex.simulator.engine import Block
from rxdex.simulator.faults import Oddity, blows, flows
from rxdex.simulator.faults.plot import Blow, Plot, Target
from rxdex.simulator.post import Post, Wanted, everything
from rxdex.simulator.publisher import Publisher
from rxdex.topics import Kind

#: A stream whose events have ids, whichever lane they travel on.
Key = tuple[Kind, str]

BLOCKS: Key = (Kind.BLOCKS, "")
#: Ids of each stream that are remembered: more than a line is ever down for.
KEPT = 600


def key_of(event: object) -> tuple[Key, Hashable] | None:
    """Of which stream an event is, and which of its ids; None where it has none."""
    match event:
        case BlockHeight():
            return BLOCKS, event.height
        case Trade():
            return (Kind.TRADES, event.symbol), event.trade_id
        case DepthSnapshot():
            return (Kind.DEPTH, event.symbol), event.block_height
        case AccountUpdate():
            return (Kind.ACCOUNT, event.address), event.block_height
    return None


class Row:
    """The ids of one stream, in the order in which they were sent; the first are forgotten."""

    def __init__(self) -> None:
        self.places: dict[Hashable, int] = {}
        self.ids: deque[Hashable] = deque()
        #: Those that the venue lost, repeated, reversed or held back, and told nobody; and which it did.
        self.astray: dict[Hashable, str] = {}
        self.length = 0

    def append(self, it: Hashable) -> None:
        self.places[it] = self.length
        self.ids.append(it)
        self.length += 1
        if len(self.ids) > KEPT:
            old = self.ids.popleft()
            del self.places[old]
            self.astray.pop(old, None)

    def between(self, one: int, other: int) -> list[Hashable]:
        """The ids behind one place and before another, as far as they are remembered."""
        begin = self.length - len(self.ids)
        return [self.ids[place - begin] for place in range(max(one + 1, begin), other)]


class Ledger:
    """
    Every id that the exchange made, before it is sent, and those that a fault led astray in silence.

    Of such an id no line can know: the exchange never sent it, or sent it twice, or out of turn.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rows: dict[Key, Row] = {}
        self.strays: Counter[str] = Counter()

    def note(self, block: Block) -> None:
        """What a block brings."""
        with self._lock:
            self._row(BLOCKS).append(block.height)
            for trade in block.trades:
                self._row((Kind.TRADES, trade.symbol)).append(f"{block.height}-{trade.index}")
            for symbol in changed_prices(block.orders):
                self._row((Kind.DEPTH, symbol)).append(block.height)
            for address in block.touched:
                self._row((Kind.ACCOUNT, address)).append(block.height)

    def stray(self, text: bytes, why: str) -> None:
        """A fault has this frame for itself."""
        said = json.loads(text)
        stream, data = said["stream"], said["data"]
        with self._lock:
            for key, it in self._within(stream, data):
                row = self._row(key)
                if it in row.places:
                    # Whatever else befalls it, what is told again is of the past.
                    if row.astray.get(it) != "echo":
                        row.astray[it] = why
                    self.strays[why] += 1

    def head(self, key: Key) -> int:
        """The place of the last id that was made; -1 where there is none."""
        with self._lock:
            return self._row(key).length - 1

    def place(self, key: Key, it: Hashable) -> int | None:
        """Where an id stands; None where it was never made, or long ago."""
        with self._lock:
            return self._row(key).places.get(it)

    def astray(self, key: Key, it: Hashable) -> str:
        """Why the venue may bring an id never, late or twice, and nobody knows; nothing: it does not."""
        with self._lock:
            return self._row(key).astray.get(it, "")

    def unexcused(self, key: Key, one: int, other: int) -> list[Hashable]:
        """The ids between two places that the venue sent, and not only made."""
        with self._lock:
            row = self._row(key)
            return [it for it in row.between(one, other) if it not in row.astray]

    def _row(self, key: Key) -> Row:
        return self._rows.setdefault(key, Row())

    def _within(self, stream: str, data: Any) -> Iterable[tuple[Key, Hashable]]:
        if stream == "blockheight":
            yield BLOCKS, data["h"]
        elif stream == "trades":
            for trade in data:
                yield (Kind.TRADES, trade["s"]), trade["t"]
        elif stream.startswith("marketDepth"):
            yield (Kind.DEPTH, data["symbol"]), data["lastUpdateId"]
        elif stream == "accounts":
            # It does not say whose.
            for key in tuple(self._rows):
                if key[0] is Kind.ACCOUNT:
                    yield key, data["E"]


def keep(ledger: Ledger, patch: pytest.MonkeyPatch) -> None:
    """Have an exchange tell a ledger of all its blocks, and of what its faults lead astray."""
    publish = Publisher.publish

    def noted(self: Publisher, block: Block, is_wanted: Wanted = everything) -> tuple[Post, ...]:
        ledger.note(block)
        return publish(self, block, is_wanted)

    patch.setattr(Publisher, "publish", noted)
    for flow in (flows.Losing, flows.Repeating, flows.Reversing, flows.Delaying):
        patch.setattr(flow, "take", _overheard(flow, ledger))
    encode = Oddity.encode

    def told(self: Oddity, height: int) -> bytes:
        ledger.stray(b'{"stream":"blockheight","data":{"h":%d}}' % height, "oddity")
        return encode(self, height)

    patch.setattr(Oddity, "encode", told)
    echo = blows.echo

    def echoed(frames: int, plot: Plot, *, is_reversed: bool) -> Blow:
        blow = echo(frames, plot, is_reversed=is_reversed)
        return lambda target: blow(cast("Target", _Overheard(target, ledger)))

    patch.setattr(blows, "echo", echoed)


class _Overheard:
    """A websocket to which the past is told again."""

    def __init__(self, target: Target, ledger: Ledger) -> None:
        self._target = target
        self._ledger = ledger

    def __getattr__(self, name: str) -> Any:
        return getattr(self._target, name)

    def push(self, payloads: Iterable[bytes]) -> None:
        again = list(payloads)
        for text in again:
            self._ledger.stray(text, "echo")
        self._target.push(again)


def _overheard(flow: type[Any], ledger: Ledger) -> Callable[[Any, bytes], Sequence[bytes]]:
    take: Callable[[Any, bytes], Sequence[bytes]] = flow.take
    why = flow.__name__.lower()

    def taken(self: Any, frame: bytes) -> Sequence[bytes]:
        if not self.is_spent:
            ledger.stray(_payload(frame), why)
        return take(self, frame)

    return taken


def _payload(frame: bytes) -> bytes:
    """What a whole frame of a server holds (RFC 6455, 5.2)."""
    return frame[{126: 4, 127: 10}.get(frame[1], 2) :]
