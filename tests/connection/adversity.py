"""What may go wrong in an ordeal, by name, and what somebody may lose by it."""

from collections.abc import Callable
from functools import partial

from attrs import frozen

from rxdex.events import GapReason
from rxdex.simulator.faults import Chosen, Oddity
from tests.connection.ordeal import Ordeal

_LOST, _STALE, _MALFORMED = GapReason.LINE_LOST, GapReason.STALE, GapReason.MALFORMED_FRAME


@frozen
class Fault:
    """
    What a venue does to a websocket.

    :param blow: does it
    :param reason: of the gap that it may cost
    :param hides: what nobody can know of while it is at work: "lose", "again", "shuffle" or "delay"
    :param repeats: whether it says the last height once more
    """

    blow: Callable[[Chosen], object]
    reason: GapReason | None = None
    hides: str = ""
    repeats: bool = False

    @property
    def is_told(self) -> bool:
        """Whether a gap tells of it for sure, though nothing may be missing."""
        return self.reason in {_LOST, _MALFORMED}


def _oddity(oddity: Oddity, reason: GapReason | None = None, *, repeats: bool = False) -> Fault:
    return Fault(lambda it: it.send(oddity), reason, "", repeats)


FAULTS = {
    "hang up": Fault(Chosen.hang_up, _LOST),
    "hang up with 1000": Fault(lambda it: it.hang_up(1000), _LOST),
    "hang up with 1001": Fault(lambda it: it.hang_up(1001), _LOST),
    "hang up with 1012": Fault(lambda it: it.hang_up(1012), _LOST),
    "stall": Fault(Chosen.stall, _STALE, "lose"),
    # The half frame is one that says the last height, should its rest ever come.
    "stall amid a frame": Fault(Chosen.stall_mid_frame, _STALE, "lose", repeats=True),
    "mute": Fault(Chosen.mute, None, "lose"),
    "lose": Fault(lambda it: it.lose(2), None, "lose"),
    "repeat": Fault(lambda it: it.repeat(3), None, "again"),
    "reverse": Fault(lambda it: it.reverse(3), None, "shuffle"),
    "delay": Fault(lambda it: it.delay(3, blocks=2), None, "delay"),
    "ignore pings": Fault(Chosen.ignore_pings),
    "stop pinging": Fault(Chosen.stop_pinging, _STALE),
    # What a good client bears, what it drops, and what ends a line.
    "binary": _oddity(Oddity.BINARY, repeats=True),
    "fragments": _oddity(Oddity.FRAGMENTED, repeats=True),
    "unknown keys": _oddity(Oddity.UNKNOWN_KEYS, repeats=True),
    "unknown stream": _oddity(Oddity.UNKNOWN_STREAM),
    "an error": _oddity(Oddity.ERROR),
    "garbage": _oddity(Oddity.GARBAGE, _MALFORMED),
    "no UTF-8": _oddity(Oddity.NOT_UTF8, _MALFORMED),
    "masked": _oddity(Oddity.MASKED, _LOST),
    "compressed": _oddity(Oddity.COMPRESSED, _LOST),
    "17 MiB": _oddity(Oddity.LARGE, _LOST),
    "4 EiB": _oddity(Oddity.ENDLESS, _LOST),
}


def _refuse(status: int, it: Ordeal) -> None:
    it.exchange.faults.next(2).refuse(status)


def _ignore(it: Ordeal) -> None:
    it.exchange.faults.next().ignore()


def _break_at_subscribe(code: int, it: Ordeal) -> None:
    it.exchange.faults.next(2).hang_up_at_subscribe(1, code)
    it.pending += 2
    it.suffer(None, _LOST, 2)


def _break_later(it: Ordeal) -> None:
    """Not the first subscribe, but the second."""
    it.exchange.faults.next().hang_up_at_subscribe(2)
    it.pending += 1
    it.suffer(None, _LOST)


def _echo(it: Ordeal, *, is_reversed: bool) -> None:
    it.exchange.faults.next().echo(4, is_reversed=is_reversed)
    it.distort(None, "again", 0)


#: What happens to who comes next.
PLANS: dict[str, Callable[[Ordeal], None]] = {
    "refuse with 403": partial(_refuse, 403),
    "refuse with 503": partial(_refuse, 503),
    "ignore": _ignore,
    "break at the first subscribe": partial(_break_at_subscribe, 1006),
    "break at the first subscribe, with 1012": partial(_break_at_subscribe, 1012),
    "break at the second subscribe": _break_later,
    "echo": partial(_echo, is_reversed=False),
    "echo in reverse": partial(_echo, is_reversed=True),
}


def _cut(it: Ordeal) -> None:
    it.suffer(None, _LOST)
    it.network.cut()


def _half_open(it: Ordeal) -> None:
    """One side is gone, and the other does not know; a patient client would wait for ever."""
    it.suffer(None, _LOST)
    if not it.conditions.is_patient:
        it.network.half_open("venue")
        return
    there = it.visits()
    it.network.half_open("client")
    # A patient venue would believe in these for a minute.
    for visit in there:
        it.exchange.faults.of(visit).hang_up()


def _part(it: Ordeal) -> None:
    it.network.partition()
    it.step(2)
    it.network.heal()


#: What happens between a venue and its clients.
TROUBLES: dict[str, Callable[[Ordeal], None]] = {
    "cut": _cut,
    "half open": _half_open,
    "part for a moment": _part,
    "thirteen bytes at a time": lambda it: it.network.shape(piece=13),
    "far away": lambda it: it.network.shape(latency=0.003),
    "good": lambda it: it.network.shape(),
}
