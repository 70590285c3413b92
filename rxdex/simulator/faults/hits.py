"""What can be done to whom; from any thread."""

from collections.abc import Callable

from rxdex.simulator.faults import blows
from rxdex.simulator.faults.checks import check_code, check_count, check_duration, check_status
from rxdex.simulator.faults.flows import Losing, Repeating, Reversing
from rxdex.simulator.faults.oddities import BINARY, PING, PONG, TEXT, Oddity
from rxdex.simulator.faults.plot import PAST, Blow, Choice, Plan, Plot, Refusal
from rxdex.simulator.loop_thread import LoopThread

__all__ = ["MOST", "Chosen", "Hits", "Newcomers"]

#: Of whatever is counted.
MOST = 1_000


class Hits:
    """
    What can be done to a websocket.

    Each method returns how many it hit, which is none where nobody was there yet. A frame here is one of a
    stream, unless something else is said; counts are of each websocket by itself.
    """

    def __init__(self, strike: Callable[[str, Blow], int], plot: Plot) -> None:
        self._strike = strike
        self._plot = plot

    def hang_up(self, code: int = 1006) -> int:
        """
        Close the websocket.

        :param code: of the close frame; 1006: without one, the TCP connection just ends
        :raises ValueError: no close frame may say that
        """
        check_code(code)
        return self._strike(f"hang_up({code})", blows.hang_up(code))

    def hang_up_at_subscribe(self, nth: int = 1, code: int = 1006) -> int:
        """
        Close the websocket instead of doing what its n-th subscribe from now asks for.

        :raises ValueError: no close frame may say that, or the count cannot be
        """
        check_count("nth", nth, MOST)
        check_code(code)
        what = f"hang_up_at_subscribe({nth}, {code})"
        return self._strike(what, blows.hang_up_at_subscribe(nth, code))

    def stall(self) -> int:
        """Say nothing more, not even a ping or an answer to one; but hear what is said."""
        return self._strike("stall()", lambda it: it.outlet.stall())

    def stall_mid_frame(self) -> int:
        """Send half a frame, and then nothing more."""
        return self._strike("stall_mid_frame()", blows.stall_mid_frame(self._plot))

    def mute(self) -> int:
        """Send no frame of a stream any more, but go on with pings and with answers to them."""
        return self._strike("mute()", blows.withhold(TEXT, BINARY))

    def stop_pinging(self) -> int:
        """Send no ping any more; the other side is not held to answer any either."""
        return self._strike("stop_pinging()", blows.withhold(PING))

    def ignore_pings(self) -> int:
        """Answer no ping any more."""
        return self._strike("ignore_pings()", blows.withhold(PONG))

    def send(self, what: Oddity | str | bytes) -> int:
        """
        Say something that the exchange would not; at once, ahead of frames that are held back.

        :param what: one of the `Oddity`; text, which becomes a text frame; or bytes, which go as they are
        :raises TypeError: it is nothing of these
        """
        given: object = what
        if not isinstance(given, Oddity | str | bytes):  # pyright: ignore[reportUnnecessaryIsInstance] - callers are not all typed
            raise TypeError(f"{what!r} cannot be sent; give an Oddity, text or bytes")
        shown = str(what) if isinstance(what, Oddity) else repr(what)
        return self._strike(f"send({shown})", blows.say(what, self._plot))

    def lose(self, frames: int = 1) -> int:
        """
        Drop the next so many frames, and say nothing of it.

        :raises ValueError: the count cannot be; `repeat`, `reverse` and `delay` raise it as well
        """
        check_count("frames", frames, MOST)
        return self._strike(f"lose({frames})", blows.flow(lambda: Losing(frames)))

    def repeat(self, frames: int = 1) -> int:
        """Send the next so many frames twice."""
        check_count("frames", frames, MOST)
        return self._strike(f"repeat({frames})", blows.flow(lambda: Repeating(frames)))

    def reverse(self, frames: int = 2) -> int:
        """Hold the next so many frames back, then send them in reverse order."""
        check_count("frames", frames, MOST)
        return self._strike(f"reverse({frames})", blows.flow(lambda: Reversing(frames)))

    def delay(
        self, frames: int = 1, *, seconds: float | None = None, blocks: int | None = None
    ) -> int:
        """
        Send the next so many frames later; what comes behind them waits for them.

        :param seconds: how much later, by the wall clock
        :param blocks: or after how many further blocks
        :raises ValueError: a number that cannot be
        :raises TypeError: not one of the two was given
        """
        check_count("frames", frames, MOST)
        if (seconds is None) == (blocks is None):
            raise TypeError("a delay takes seconds or blocks; give one of the two")
        if seconds is not None:
            check_duration("seconds", seconds)
            blow = blows.delay(frames, seconds)
            return self._strike(f"delay({frames}, seconds={seconds})", blow)
        check_count("blocks", blocks, MOST)
        blow = blows.delay_blocks(frames, blocks or 0, self._plot)
        return self._strike(f"delay({frames}, blocks={blocks})", blow)


class Chosen(Hits):
    """Faults for some of those who are there."""

    def __init__(self, choice: Choice, plot: Plot, thread: LoopThread) -> None:
        def strike(what: str, blow: Blow) -> int:
            return thread.call(lambda: plot.strike(what, choice, blow))

        super().__init__(strike, plot)

    def heal(self) -> int:
        """
        End what is at work.

        What was held back is sent, the rest of half a frame too, and pings go on; what was lost stays lost.
        """
        return self._strike("heal()", lambda it: it.heal())


class Newcomers(Hits):
    """
    Faults for the next so many who come.

    REST questions do not count, and whoever is refused does not count as one who was let in.
    """

    def __init__(self, count: int, plot: Plot, thread: LoopThread) -> None:
        super().__init__(self._await, plot)
        self._count = count
        self._thread = thread
        self._plans: list[Plan] = []

    def refuse(self, status: int = 503, *, retry_after: int | None = None) -> None:
        """
        Answer the handshake with an error of HTTP.

        :param retry_after: seconds, for the header of that name
        :raises ValueError: no such error, or no such number
        """
        check_status(status)
        what = f"refuse({int(status)})"
        if retry_after is not None:
            check_count("retry_after", retry_after, 1 << 31)
            what = f"refuse({int(status)}, retry_after={retry_after})"
        self._refuse(what, Refusal(status=int(status), retry_after=retry_after))

    def ignore(self) -> None:
        """Never answer the handshake: a black hole, until the client hangs up or the exchange is closed."""
        self._refuse("ignore()", Refusal(status=None))

    def echo(self, frames: int = 1, *, is_reversed: bool = False) -> None:
        """
        Say once more, of whatever they subscribe to, the last frames that were sent to anybody.

        As a venue does that repeats itself after a reconnect.

        :param frames: how many, of the last hundred
        :param is_reversed: whether they come in reverse order
        :raises ValueError: the count cannot be
        """
        check_count("frames", frames, PAST)
        what = f"echo({frames}{', is_reversed=True' if is_reversed else ''})"
        self._strike(what, blows.echo(frames, self._plot, is_reversed=is_reversed))

    def call_off(self) -> None:
        """Forget what was planned here; who was hit already stays so."""
        self._thread.call(lambda: self._plot.call_off(self._plans))

    def _refuse(self, what: str, refusal: Refusal) -> None:
        self._plan(Plan(what, self._count, refusal=refusal))

    def _await(self, what: str, blow: Blow) -> int:
        self._plan(Plan(what, self._count, blow=blow))
        return 0

    def _plan(self, plan: Plan) -> None:
        self._plans.append(plan)
        self._thread.call(lambda: self._plot.plan(plan))
