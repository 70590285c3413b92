"""Watching one stream: until there was enough of it, or it ends."""

import threading
import time
from collections.abc import Callable, Sequence
from math import inf
from typing import Any

from attrs import frozen
from reactivex import Observable
from reactivex import operators as ops
from reactivex.disposable import CompositeDisposable

from rxdex.cli.ending import BAD_CALL, FAILED, OK, tell, written
from rxdex.cli.statusline import StatusLine
from rxdex.cli.terminal import Terminal
from rxdex.dex import Dex
from rxdex.events import Event, LineState, Status
from rxdex.patience import Patience, patient

__all__ = ["Limits", "Show", "Watching"]

#: The lines for what came together: one event, or all that belong to one moment.
Show = Callable[[Sequence[Event]], Sequence[str]]

_COMMAND = "watch"
#: Seconds after which a symbol that nothing was heard of is looked up.
_SILENCE = 5.0
#: Seconds. So long a reader of ours may be gone, while there is nothing to write, until we see it; and so
#: old the status line may be.
_PACE = 0.5


@frozen
class Limits:
    """
    How much is enough.

    :param count: so many events; None: no such limit
    :param seconds: so long; None: no such limit
    """

    count: int | None = None
    seconds: float | None = None


class Watching:
    """
    One stream, shown as it comes.

    :param dex: where it is from
    :param symbols: those that were asked for by name, to be looked up if nothing is heard of them
    :param show: the lines of what came
    :param terminal: where they go
    :param has_status: whether a line below them says how the lines to the venue are, if the terminal can
    """

    def __init__(
        self,
        dex: Dex,
        symbols: Sequence[str],
        show: Show,
        terminal: Terminal,
        *,
        has_status: bool = False,
    ) -> None:
        self._dex = dex
        self._silent = {symbol.upper() for symbol in symbols}
        self._show = show
        self._terminal = terminal
        self._status = StatusLine(dex.health, terminal, is_wanted=has_status)
        self._count = 0
        self._down: dict[str, str] = {}
        self._listed: Sequence[str] | Exception | None = None
        self._failure: Exception | None = None
        self._over = threading.Event()

    def run(self, stream: Observable[Any], limits: Limits) -> int:
        """
        Show the stream.

        :return: what the process ends with
        :raises Exception: what the stream failed with
        """
        wanted = stream if limits.count is None else stream.pipe(ops.take(limits.count))
        subscriptions = CompositeDisposable(self._dex.status.subscribe(self._note))
        with self._status, subscriptions:
            with patient(Patience(tries=1)):
                subscriptions.add(wanted.subscribe(self._hear, self._fail, self._over.set))
            is_listed = self._wait(limits.seconds, subscriptions)
        if self._failure is not None:
            raise self._failure
        if not is_listed:
            return BAD_CALL
        return self._outcome(limits)

    def _hear(self, value: Event | tuple[Event, ...]) -> None:
        events = value if isinstance(value, tuple) else (value,)
        self._terminal.write(*self._show(events))
        self._count += 1
        for event in events if self._silent else ():
            self._silent.discard(getattr(event, "symbol", ""))

    def _fail(self, error: Exception) -> None:
        self._failure = error
        self._over.set()

    def _note(self, status: Status) -> None:
        """Which lines are down, and why."""
        self._status.note(status)
        if status.lane is None:
            return
        if status.state is LineState.WAITING:
            self._down[status.lane] = status.what
        elif status.state is LineState.UP:
            self._down.pop(status.lane, None)

    def _wait(self, seconds: float | None, subscriptions: CompositeDisposable) -> bool:
        """Whether it was worth waiting: some of the symbols asked for are listed."""
        now = time.monotonic()
        end = inf if seconds is None else now + seconds
        look_up = now + _SILENCE
        while not self._over.wait(max(0.0, min(_PACE, end - now))):
            now = time.monotonic()
            self._terminal.look()
            self._status.refresh()
            if now >= end or self._terminal.unheard.is_set():
                break
            if now >= look_up and self._silent:
                look_up = inf
                subscriptions.add(self._dex.symbols().subscribe(self._learn, self._learn))
            if self._listed is not None and not self._some_are_listed():
                return False
        return True

    def _learn(self, listed: Sequence[str] | Exception) -> None:
        self._listed = listed

    def _some_are_listed(self) -> bool:
        """Tell which of the silent symbols are not listed, once; whether there is anything to wait for."""
        silent, listed = sorted(self._silent), self._listed
        self._listed = None
        if isinstance(listed, Exception) or listed is None:
            said = f"nothing of {', '.join(silent)} so far, nor does the venue say what it lists: {listed}"
            self._tell(said)
            return True
        unknown = [symbol for symbol in silent if symbol not in listed]
        if unknown:
            what = f"{', '.join(unknown)} {'is' if len(unknown) == 1 else 'are'} not listed at "
            self._tell(f"{what}{self._dex.venue.name}; `rxdex symbols` shows what is")
        return self._count > 0 or len(unknown) < len(silent)

    def _tell(self, what: str) -> None:
        with self._terminal.aside():
            tell(_COMMAND, what)

    def _outcome(self, limits: Limits) -> int:
        if self._terminal.unheard.is_set():
            return written(_COMMAND, self._terminal)
        if limits.count is not None and self._count >= limits.count:
            return OK
        # The time is over.
        if self._down:
            tell(_COMMAND, "; ".join(f"{lane}: {what}" for lane, what in self._down.items()))
            return FAILED
        if limits.count is None and self._count:
            return OK
        some = f"{self._count} of {limits.count} events" if limits.count else "nothing"
        tell(
            _COMMAND,
            f"{some} came in {limits.seconds:g} s; some streams are quiet: try --for longer",
        )
        return FAILED
