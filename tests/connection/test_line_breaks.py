"""How a line breaks that was up, in plain and over TLS: each time the same is seen, told and done."""

import re
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

import pytest
from attrs import Factory, frozen

from rxdex import Dex, LineSettings
from rxdex.backoff import Backoff
from rxdex.events import GapReason, LineState
from tests.connection.peer import (
    BINARY,
    CLOSE,
    MORE,
    PING,
    PONG,
    TEXT,
    Authority,
    Guest,
    Peer,
    Said,
    farewell,
    frame,
)
from tests.connection.witness import Witness

LINE = partial(LineSettings, close_timeout=0.2, backoff=Backoff(start=0.01, ceiling=0.01))
BLOCK = '{"stream":"blockheight","data":{"h":%d}}'
LOST, STALE = GapReason.LINE_LOST, GapReason.STALE
HUNG_UP = "hung up without a word"
PROTOCOL_ERROR = 1002


@frozen(kw_only=True)
class Break:
    """
    How a line breaks.

    :param script: of who breaks it
    :param says: what status says of it
    :param gap: why events may be missing
    :param settings: of the line
    :param is_answered: whether we say that it broke the protocol
    :param is_tls_alone: whether there is no such thing in plain
    """

    script: Callable[[Guest], None]
    says: str
    gap: GapReason = LOST
    settings: dict[str, Any] = Factory(dict)
    is_answered: bool = False
    is_tls_alone: bool = False


def says(*parts: bytes, then: Callable[[Guest], None]) -> Callable[[Guest], None]:
    def script(guest: Guest) -> None:
        guest.say(b"".join(parts))
        then(guest)

    return script


def hangs_up(code: int) -> Break:
    def script(guest: Guest) -> None:
        guest.say(farewell(code, "bye"))
        guest.see_off()

    return Break(script=script, says=rf"hung up \({code} bye\)")


def refused(what: str, *parts: bytes, **settings: Any) -> Break:
    return Break(
        script=says(*parts, then=lambda _: None),
        says=f"sent what is refused: .*{what}",
        settings=settings,
        is_answered=True,
    )


def reads_nothing(guest: Guest) -> None:
    with suppress(OSError):
        while not guest.over.is_set():
            guest.say(frame(bytes(125), PING) * 1000)


def beneath_tls(then: Callable[[Guest], None]) -> Callable[[Guest], None]:
    """The head of a TLS record and a bit of what it announces, and then."""

    def script(guest: Guest) -> None:
        assert isinstance(guest.sock, ssl.SSLSocket)
        guest.sock = socket.socket(fileno=guest.sock.detach())
        guest.say(b"\x17\x03\x03\x40\x00" + bytes(100))
        then(guest)

    return script


BREAKS = {
    "it hangs up with 1000": hangs_up(1000),
    "it hangs up with 1001": hangs_up(1001),
    "it hangs up with 1012": hangs_up(1012),
    "it hangs up without a word": Break(script=lambda _: None, says=HUNG_UP),
    "the line is cut": Break(script=Guest.reset, says=f"Connection reset by peer|{HUNG_UP}"),
    "the line is cut within a TLS record": Break(
        script=beneath_tls(lambda _: None), says=HUNG_UP, is_tls_alone=True
    ),
    "nothing comes": Break(
        script=Guest.stay,
        says=r"sent nothing, not even a ping, within 0\.2 s",
        gap=STALE,
        settings={"silence": 0.2},
    ),
    "nothing comes of the rest of a TLS record": Break(
        script=beneath_tls(Guest.stay),
        says="sent nothing",
        gap=STALE,
        settings={"silence": 0.2},
        is_tls_alone=True,
    ),
    "half a frame comes": Break(
        script=says(frame("x" * 300)[:100], then=Guest.stay),
        says=r"sent half a frame, and not the rest within 0\.2 s",
        gap=STALE,
        settings={"frame_timeout": 0.2},
    ),
    "it takes no frame": Break(
        script=reads_nothing, says=r"took no frame within 0\.2 s", settings={"send_timeout": 0.2}
    ),
    "masked": refused("masked", frame("x", is_masked=True)),
    "compressed": refused("reserved bit", frame("x", reserved=4)),
    "the second reserved bit": refused("reserved bit", frame("x", reserved=2)),
    "the third reserved bit": refused("reserved bit", frame("x", reserved=1)),
    "a ping in pieces": refused("control frame in fragments", frame("x", PING, fin=False)),
    "a pong in pieces": refused("control frame in fragments", frame("x", PONG, fin=False)),
    "a close in pieces": refused("in fragments", frame(struct.pack("!H", 1000), CLOSE, fin=False)),
    "a control frame that is too long": refused(
        "a control frame of 126 bytes", frame(bytes(126), PING)
    ),
    "an opcode that means nothing": refused("opcode 3", frame("x", 3)),
    "a control opcode that means nothing": refused("opcode 11", frame("x", 11)),
    "the rest of what never began": refused("never began", frame("x", MORE)),
    "a frame within the pieces of another": refused(
        "amid the fragments", frame("x", fin=False), frame("y", TEXT)
    ),
    "a frame that is too large": refused(
        "a frame of 1001 bytes", frame("x" * 1001), max_frame=1000
    ),
    "pieces that are too large together": refused(
        "a frame of 1200 bytes",
        frame("x" * 600, BINARY, fin=False),
        frame("x" * 600, MORE),
        max_frame=1000,
    ),
}
CASES = [
    pytest.param(name, is_tls, id=f"{name}{', with TLS' if is_tls else ''}")
    for name, it in BREAKS.items()
    for is_tls in (False, True)
    if is_tls or not it.is_tls_alone
]


class Venue:
    """The first socket breaks behind a block, the second is well."""

    def __init__(self, it: Break) -> None:
        self._script = it.script
        self._is_answered = it.is_answered
        self._guests = 0
        self.is_heard = threading.Event()
        self.asked: list[bytes] = []
        self.answers: list[Said] = []

    def serve(self, guest: Guest) -> None:
        self._guests += 1
        is_first = self._guests == 1
        guest.welcome()
        self.asked.append(guest.hear().payload)
        assert self.is_heard.wait(5)
        guest.say(frame(BLOCK % (1 if is_first else 9)))
        if not is_first:
            # Our goodbye, which it answers.
            guest.hear()
            guest.say(farewell())
            return
        self._script(guest)
        if self._is_answered:
            self.answers.append(guest.hear())


@contextmanager
def listening(it: Break, authority: Authority | None) -> Iterator[tuple[Venue, Witness]]:
    """A venue, and who listens to it."""
    venue, settings = Venue(it), dict(it.settings)
    scheme, tls = "ws", None
    if authority is not None:
        scheme, tls = "wss", authority.server()
        settings["ssl"] = authority.client()
    with (
        Peer(venue.serve, tls=tls) as peer,
        Dex(peer.url(scheme, path="/api"), LINE(**settings)) as dex,
    ):
        who = Witness(dex)
        venue.is_heard.set()
        yield venue, who


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


@pytest.mark.parametrize(("name", "is_tls"), CASES)
def test_a_gap_a_status_and_everything_is_asked_for_again(
    name: str, is_tls: bool, authority: Authority
) -> None:
    it = BREAKS[name]
    with listening(it, authority if is_tls else None) as (venue, who):
        assert who.blocks.has(3)
        assert who.plain.has(2)
        assert who.wait_state(LineState.UP, 2)
        assert (who.seen, who.heights) == ([1, it.gap, 9], [1, 9])
        assert (who.blocks.errors, who.faults.values) == ([], [])
        connecting, up, waiting = LineState.CONNECTING, LineState.UP, LineState.WAITING
        assert who.states == [connecting, up, waiting, connecting, up]
        assert re.search(it.says, who.told[2].what), who.told[2].what
        assert who.told[2].retry_in == pytest.approx(0.01, rel=0.6)
        assert who.told[4].down_for is not None
        assert venue.asked[0] == venue.asked[1]
        said = [(it.opcode, it.payload[:2]) for it in venue.answers]
        assert said == [(CLOSE, struct.pack("!H", PROTOCOL_ERROR))] * it.is_answered
