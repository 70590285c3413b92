"""A `Dex` whose line to the market has fallen into a black hole, and which is to be closed."""

import threading
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from rxdex import Dex, LineSettings
from rxdex.events import BlockHeight, LineState, Status
from rxdex.simulator.partition import Partition
from tests import builders
from tests.conftest import eventually, open_sockets
from tests.connection.holes import BLOCK, PATIENT, Hole, encrypt
from tests.connection.peer import CLOSE, Authority, Guest, Peer, duration, farewell, frame, tunnels
from tests.connection.recorder import Recorder

__all__ = ["TIMEOUT", "Fall", "sockets_to"]

TIMEOUT = 0.5
DEADLINE = 10.0
TRANSFER = frame(builders.frame("transfers", builders.transfer()))
NAME = "somewhere.example"


class Fall:
    """
    A `Dex` whose market line is in a black hole.

    :param has_another: whether it has a line to an address too, which is well
    :param from_within: whether the subscriber of the market line closes
    """

    def __init__(
        self,
        hole: Hole,
        authority: Authority,
        stack: ExitStack,
        *,
        has_another: bool,
        from_within: bool,
    ) -> None:
        self.hole = hole
        self._authority = authority
        self._has_another = has_another or hole.where == "turn"
        self._is_called = has_another or hole.is_renewed
        self._from_within = from_within
        self._guests = 0
        self._looked_up = 0
        self.there, self.fire, self.go, self.free = (threading.Event() for _ in range(4))
        self._came = threading.Event()
        self.took: list[float] = []
        self.blocks: Recorder[Any] = Recorder()
        self.status: Recorder[Status] = Recorder()
        self.dex = self._make(stack)

    def _make(self, stack: ExitStack) -> Dex:
        hole = self.hole
        peer = stack.enter_context(Peer(self._serve))
        self.port = peer.port
        stack.callback(self.free.set)
        settings = PATIENT | hole.settings
        host = NAME if hole.where == "name" else "localhost"
        url = peer.url(hole.scheme, host=host, path="/api")
        if hole.scheme == "wss":
            settings["ssl"] = self._authority.client()
        if hole.where == "proxy":
            proxy = stack.enter_context(Peer(self._join))
            self.port = proxy.port
            settings["proxy"] = f"http://localhost:{proxy.port}"
        if hole.where == "network":
            self.network = stack.enter_context(Partition(url))
            url = self.network.url
            self.port = int(url.split(":")[2].split("/")[0])
        return stack.enter_context(Dex(url, LineSettings(**settings)))

    # The other side.

    def _serve(self, guest: Guest) -> None:
        number, self._guests = self._guests, self._guests + 1
        if self.hole.is_tls or (self.hole.scheme == "wss" and number < self._has_another):
            encrypt(guest, self._authority)
        if number < self._has_another:
            self._be_good(guest, TRANSFER)
        elif number < self._has_another + self.hole.is_renewed:
            self._be_good(guest, BLOCK, BLOCK)
        else:
            self._be_hole(guest)

    def _be_hole(self, guest: Guest) -> None:
        assert self.hole.script is not None
        is_it = self.hole.where != "subscriber" or self.hole.is_renewed
        self.hole.script(guest, self.there if is_it else threading.Event())

    def _be_good(self, guest: Guest, then: bytes, at_once: bytes = b"") -> None:
        guest.welcome()
        guest.hear()
        guest.say(at_once)
        if self._is_called:
            assert self.fire.wait(DEADLINE)
            guest.say(then)
        while guest.hear().opcode != CLOSE:
            pass
        guest.say(farewell())

    def _join(self, guest: Guest) -> None:
        number, self._guests = self._guests, self._guests + 1
        if number < self._has_another:
            self._guests = 0
            tunnels(guest)
        else:
            self._be_hole(guest)

    def look_up(self, found: Callable[..., Any]) -> Callable[..., Any]:
        """The system's look-up, which knows one name more and then, for it, no end."""

        def look_up(host: str, *args: Any, **more: Any) -> Any:
            if host != NAME:
                return found(host, *args, **more)
            self._looked_up += 1
            if self._looked_up > self._has_another:
                self.there.set()
                self.free.wait(DEADLINE)
            return found("localhost", *args, **more)

        return look_up

    # This side.

    def fall(self) -> None:
        """Be in the hole."""
        self.dex.status.subscribe(self.status)
        if self._has_another:
            self.dex.transfers(builders.BUYER).subscribe(self._close_at)
            assert self.status.wait(lambda it: it.values[-1].state is LineState.UP)
        if self.hole.where == "answer":
            self.dex.symbols().subscribe(self.blocks)
        else:
            self.dex.blocks().subscribe(self._hear, self.blocks.on_error, self.blocks.on_completed)
            assert self.status.wait(lambda it: self.hole.state in self._states())
        if self.hole.is_renewed:
            assert self.blocks.has(1)
            self.dex.renew()
        if self.hole.where == "goodbyes":
            self._renew(3)
        if self.hole.script is not None or self.hole.where == "name":
            assert self.there.wait(DEADLINE)
        if self.hole.is_renewed:
            self.fire.set()
            if self.hole.where == "subscriber":
                assert self._came.wait(DEADLINE)
        if self.hole.where == "network":
            # Whoever is to close must have been called before.
            self.fire.set()
            assert self.blocks.has(1)
            if self._from_within or self._has_another:
                assert self._came.wait(DEADLINE)
            self.network.partition()

    def _renew(self, times: int) -> None:
        for number in range(1, times + 1):
            self.dex.renew()
            assert eventually(lambda: self._renewals() == number)  # noqa: B023 - asked here

    def _renewals(self) -> int:
        return sum("renewed:" in it.what for it in list(self.status.values))

    def _states(self) -> list[LineState]:
        return [it.state for it in self.status.values if it.lane == "market"]

    def _hear(self, block: BlockHeight) -> None:
        self.blocks.on_next(block)
        if self.hole.where == "subscriber":
            if self.fire.is_set() or not self.hole.is_renewed:
                self.there.set()
                self._came.set()
                self.free.wait(DEADLINE)
        elif self._from_within and (self.there.is_set() or not self.hole.is_renewed):
            self._close_at(block)

    def _close_at(self, _: object) -> None:
        self._came.set()
        if not self.took:
            assert self.go.wait(DEADLINE)
            self.close()

    def close(self) -> None:
        self.took.append(duration(lambda: self.dex.close(timeout=TIMEOUT)))


def sockets_to(port: int) -> set[str]:
    """The sockets of this process that lead to a port of this machine."""
    rows = Path("/proc/self/net/tcp").read_text(encoding="ascii").splitlines()[1:]
    rows += Path("/proc/self/net/tcp6").read_text(encoding="ascii").splitlines()[1:]
    ends = [(row.split()[2], row.split()[9]) for row in rows]
    return {
        f"socket:[{inode}]" for end, inode in ends if end.endswith(f":{port:04X}")
    } & open_sockets()
