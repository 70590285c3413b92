"""Black holes, a script each: what the other side does so that whoever hangs up gets no answer."""

import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Literal

from attrs import Factory, frozen

from rxdex.backoff import Backoff
from rxdex.events import LineState
from tests.connection.peer import PING, PONG, Authority, Guest, frame

__all__ = [
    "BESIDE",
    "BLOCK",
    "HOLES",
    "PATIENT",
    "THREAD",
    "WITHIN",
    "Hole",
    "encrypt",
]

BLOCK = frame('{"stream":"blockheight","data":{"h":1}}')
PATIENT: dict[str, Any] = {
    "open_timeout": 30.0,
    "send_timeout": 30.0,
    "frame_timeout": 30.0,
    "close_timeout": 30.0,
    "silence": 60.0,
}

#: From where it is closed: not of rxdex, in the `on_next` of who is in the hole, in one of another line.
THREAD, WITHIN, BESIDE = "another thread", "its on_next", "another line"

#: What is the hole.
Where = Literal["venue", "proxy", "network", "name", "turn", "subscriber", "answer", "goodbyes"]

#: What is done to whoever comes; the event is set once it is a hole.
Script = Callable[[Guest, threading.Event], None]


@frozen(kw_only=True)
class Hole:
    """
    A kind of black hole.

    :param script: of who falls in; None: nobody gets as far
    :param is_renewed: whether a socket of that very line was well before
    :param ways: from where it can be left
    :param settings: of the line
    :param is_tls: whether TLS is spoken before the script begins
    :param scheme: of the URL
    :param state: of the line, once it is there
    :param where: what is the hole, if not the venue
    :param is_quick: whether there is nothing to wait for
    """

    script: Script | None
    is_renewed: bool = False
    ways: tuple[str, ...] = (THREAD, WITHIN)
    settings: dict[str, Any] = Factory(dict)
    is_tls: bool = False
    scheme: str = "ws"
    state: LineState = LineState.UP
    where: Where = "venue"
    is_quick: bool = False


def says_nothing(guest: Guest, there: threading.Event) -> None:
    there.set()
    guest.stay()


def hears_and_says_nothing(guest: Guest, there: threading.Event) -> None:
    guest.hear_request()
    there.set()
    guest.stay()


def trickles_the_handshake(guest: Guest, there: threading.Event) -> None:
    guest.hear_request()
    there.set()
    guest.trickle(guest.handshake(), 0.05)
    guest.stay()


def welcomed(guest: Guest, there: threading.Event, *then: bytes) -> None:
    """It is let in, asks, gets a block and what follows in the same breath."""
    guest.welcome()
    guest.hear()
    guest.say(BLOCK + b"".join(then))
    there.set()


def goes_silent(guest: Guest, there: threading.Event) -> None:
    welcomed(guest, there)
    guest.stay()


def stalls_mid_frame(guest: Guest, there: threading.Event) -> None:
    welcomed(guest, there, frame("x" * 300)[:100])
    guest.stay()


def trickles_a_frame(guest: Guest, there: threading.Event) -> None:
    welcomed(guest, there)
    guest.trickle(frame("x" * 100_000))


def ignores_our_close(guest: Guest, there: threading.Event) -> None:
    welcomed(guest, there)
    guest.see_off()


def answers_pings_alone(guest: Guest, there: threading.Event) -> None:
    welcomed(guest, there)
    while not guest.over.is_set():
        said = guest.hear()
        if said.opcode == PING:
            guest.say(frame(said.payload, PONG))


def floods(guest: Guest, there: threading.Event, what: bytes) -> None:
    """Say it as fast as it is taken, and read nothing; a hole once it has begun."""
    guest.welcome(BLOCK)
    with suppress(OSError):
        while not guest.over.is_set():
            guest.say(what * 1000)
            there.set()


def floods_with_data(guest: Guest, there: threading.Event) -> None:
    floods(guest, there, BLOCK)


def floods_with_pings(guest: Guest, there: threading.Event) -> None:
    """It reads the answers, so that the flood has no end."""
    reading = threading.Thread(target=guest.see_off, daemon=True)
    guest.welcome(BLOCK)
    reading.start()
    with suppress(OSError):
        while not guest.over.is_set():
            guest.say(frame(b"beat", PING) * 1000)
            there.set()
    reading.join(5)


def reads_nothing(guest: Guest, there: threading.Event) -> None:
    """Each ping is to be answered, until no answer is taken: then neither side gets on."""
    guest.welcome(BLOCK)
    guest.sock.settimeout(0.1)
    with suppress(OSError):
        while not guest.over.is_set():
            try:
                # Not all of it: what is left over of a frame is nobody's business here.
                guest.sock.send(frame(bytes(125), PING) * 1000)
            except TimeoutError:
                there.set()
                guest.stay()


def stalls_mid_record(guest: Guest, there: threading.Event) -> None:
    """The head of a TLS record, and nothing of what it announces."""
    welcomed(guest, there)
    assert isinstance(guest.sock, ssl.SSLSocket)
    guest.sock = socket.socket(fileno=guest.sock.detach())
    guest.say(b"\x17\x03\x03\x40\x00")
    guest.stay()


def breaks(guest: Guest, there: threading.Event) -> None:
    """What waits to come back falls into no hole but its own."""
    guest.welcome(BLOCK)
    guest.reset()
    there.set()


def encrypt(guest: Guest, authority: Authority) -> None:
    """Speak TLS from here on."""
    guest.sock = authority.server().wrap_socket(guest.sock, server_side=True)


NEVER_UP: dict[str, Any] = {
    "state": LineState.CONNECTING,
    "ways": (THREAD, BESIDE),
    "is_quick": True,
}
ALL_WAYS: dict[str, Any] = {"ways": (THREAD, WITHIN, BESIDE)}
SECURE: dict[str, Any] = {"is_tls": True, "scheme": "wss"}
RENEWED: dict[str, Any] = {
    "is_renewed": True,
    "settings": {"renew_overlap": 30.0},
    "is_quick": True,
}
IN_AN_HOUR: dict[str, Any] = {"backoff": Backoff(start=3600.0, ceiling=3600.0)}


def but(form: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The same, save what is given."""
    return form | changes


HOLES = {
    "takes the connection and says nothing": Hole(script=says_nothing, **NEVER_UP),
    "hears the handshake and says nothing": Hole(script=hears_and_says_nothing, **NEVER_UP),
    "answers the handshake byte by byte": Hole(script=trickles_the_handshake, **NEVER_UP),
    "never answers for TLS": Hole(script=says_nothing, scheme="wss", **NEVER_UP),
    "is behind a proxy that says nothing": Hole(script=says_nothing, where="proxy", **NEVER_UP),
    "has a name that nobody answers for": Hole(
        script=None, where="name", **but(NEVER_UP, is_quick=False)
    ),
    "has to wait for its turn": Hole(
        script=None, where="turn", settings={"spacing": 3600.0}, **NEVER_UP
    ),
    "waits for the next attempt": Hole(
        script=breaks, settings=IN_AN_HOUR, **but(NEVER_UP, state=LineState.WAITING)
    ),
    "goes silent": Hole(script=goes_silent, **ALL_WAYS),
    "goes silent, with TLS": Hole(script=goes_silent, **SECURE),
    "is cut off by the network": Hole(script=goes_silent, where="network"),
    "stalls within a frame": Hole(script=stalls_mid_frame),
    "stalls within a TLS record": Hole(script=stalls_mid_record, **SECURE),
    "sends a frame byte by byte": Hole(script=trickles_a_frame),
    "does not answer our close": Hole(script=ignores_our_close),
    "floods us with events": Hole(script=floods_with_data),
    "floods us with pings": Hole(script=floods_with_pings),
    "reads nothing": Hole(script=reads_nothing),
    "reads nothing, with TLS": Hole(script=reads_nothing, **SECURE),
    "is renewed, and the new line is never answered": Hole(
        script=hears_and_says_nothing, **RENEWED, **ALL_WAYS
    ),
    "is renewed, and the new line goes silent": Hole(script=goes_silent, **RENEWED),
    "was renewed, and no old line answers our close": Hole(
        script=answers_pings_alone,
        where="goodbyes",
        settings={"renew_overlap": 0.05},
        ways=(THREAD,),
    ),
    "has a subscriber that never comes back": Hole(
        script=goes_silent, where="subscriber", ways=(THREAD, BESIDE)
    ),
    "is renewed, and has a subscriber that never comes back": Hole(
        script=goes_silent, where="subscriber", ways=(THREAD,), **but(RENEWED, is_quick=False)
    ),
    "never answers a question": Hole(script=hears_and_says_nothing, where="answer", **NEVER_UP),
}
