"""What can be done to one websocket."""

from collections.abc import Callable

from rxdex.simulator.faults.flows import Delaying, Flow
from rxdex.simulator.faults.oddities import Oddity, frame
from rxdex.simulator.faults.plot import Blow, Plot, Target
from rxdex.simulator.post import Post
from rxdex.simulator.stream_names import Entry

__all__ = [
    "REASON",
    "delay",
    "delay_blocks",
    "echo",
    "flow",
    "hang_up",
    "hang_up_at_subscribe",
    "say",
    "stall_mid_frame",
    "withhold",
]

#: What close frames and refusals give as their reason.
REASON = "a fault on purpose"
_ABNORMAL = 1006


def hang_up(code: int) -> Blow:
    """Close with a code; 1006 is none at all."""

    def blow(target: Target) -> None:
        if code == _ABNORMAL:
            target.cut()
        else:
            target.hang_up(code, REASON)

    return blow


def hang_up_at_subscribe(nth: int, code: int) -> Blow:
    """Close instead of doing what the n-th subscribe from now asks for."""

    def blow(target: Target) -> None:
        left = nth

        def hear(_: frozenset[Entry]) -> bool:
            nonlocal left
            left -= 1
            if not left:
                hang_up(code)(target)
            return not left

        target.at_subscribe.append(hear)

    return blow


def withhold(*opcodes: int) -> Blow:
    """Let frames of these kinds go nowhere."""

    def blow(target: Target) -> None:
        target.outlet.withhold(*opcodes)

    return blow


def stall_mid_frame(plot: Plot) -> Blow:
    """Send half a frame, and then nothing more."""

    def blow(target: Target) -> None:
        target.outlet.stall(Oddity.UNKNOWN_KEYS.encode(plot.height))

    return blow


def say(what: Oddity | str | bytes, plot: Plot) -> Blow:
    """Put an oddity on the wire, a text frame, or bytes as they are."""

    def blow(target: Target) -> None:
        if isinstance(what, Oddity):
            target.say(what.encode(plot.height))
        else:
            target.say(frame(what) if isinstance(what, str) else what)

    return blow


def flow(make: Callable[[], Flow]) -> Blow:
    """Do something to the data frames to come; each target counts for itself."""

    def blow(target: Target) -> None:
        target.outlet.flow(make())

    return blow


def delay_blocks(frames: int, blocks: int, plot: Plot) -> Blow:
    """Let data frames arrive some blocks later."""
    return flow(lambda: Delaying(frames, blocks, lambda: plot.height))


def delay(frames: int, seconds: float) -> Blow:
    """Let data frames arrive some seconds later."""

    def blow(target: Target) -> None:
        def wake() -> None:
            target.later(seconds, target.outlet.release)

        target.outlet.flow(Delaying(frames, seconds, target.now, wake))

    return blow


def echo(frames: int, plot: Plot, *, is_reversed: bool) -> Blow:
    """Say the last frames of whatever is subscribed to once more."""

    def blow(target: Target) -> None:
        def hear(asked: frozenset[Entry]) -> bool:
            posts: list[Post] = [it for it in plot.past if (it.topic, it.subject) in asked]
            again = posts[-frames:]
            target.push(it.text.encode() for it in (again[::-1] if is_reversed else again))
            return False

        hear(target.entries)
        target.at_subscribe.append(hear)

    return blow
