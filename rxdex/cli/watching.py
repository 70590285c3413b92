"""Watching one stream: until there was enough of it, or it ends."""

import threading
import time
from collections.abc import Callable, Sequence
from math import inf
from typing import Any

from attrs import frozen
from reactivex import Observable
from reactivex import operators as ops

from rxdex.cli.ending import BAD_CALL, FAILED, OK, tell
from rxdex.cli.terminal import Terminal
from rxdex.dex import Dex
from rxdex.errors import RxdexError
from rxdex.events import Event
from rxdex.oneoff import first
from rxdex.patience import Patience, patient

__all__ = ["Limits", "Show", "Watching"]

#: The lines for what came together: one event, or all that belong to one moment.
Show = Callable[[Sequence[Event]], Sequence[str]]

_COMMAND = "watch"
#: Seconds after which a symbol that nothing was heard of is looked up.
_SILENCE = 5.0
#: Seconds. So long a reader of ours may be gone, while there is nothing to write, until we see it.
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
    """

    def __init__(
        self,
        dex: Dex,
        symbols: Sequence[str],
        show: Show,
        terminal: Terminal,
    ) -> None:
        self._dex = dex
        self._unheard = {symbol.upper() for symbol in symbols}
        self._show = show
        self._terminal = terminal
        self._count = 0
        self._failure: Exception | None = None
        self._over = threading.Event()

    def run(self, stream: Observable[Any], limits: Limits) -> int:
        """
        Show the stream.

        :return: what the process ends with
        :raises Exception: what the stream failed with
        """
        wanted = stream if limits.count is None else stream.pipe(ops.take(limits.count))
        with patient(Patience(tries=1)):
            subscription = wanted.subscribe(self._hear, self._fail, self._over.set)
        with subscription:
            is_listed = self._wait(limits.seconds)
        if self._failure is not None:
            raise self._failure
        if not is_listed:
            return BAD_CALL
        return self._outcome(limits)

    def _hear(self, value: Event | tuple[Event, ...]) -> None:
        events = value if isinstance(value, tuple) else (value,)
        self._terminal.write(*self._show(events))
        self._count += 1
        for event in events if self._unheard else ():
            self._unheard.discard(getattr(event, "symbol", ""))

    def _fail(self, error: Exception) -> None:
        self._failure = error
        self._over.set()

    def _wait(self, seconds: float | None) -> bool:
        """Whether it was worth waiting: some of the symbols asked for are listed."""
        now = time.monotonic()
        end = inf if seconds is None else now + seconds
        look_up = now + _SILENCE
        while not self._over.wait(max(0.0, min(_PACE, end - now))):
            now = time.monotonic()
            self._terminal.look()
            if now >= end or self._terminal.unheard.is_set():
                break
            if now >= look_up:
                look_up = inf
                if not self._some_are_listed():
                    return False
        return True

    def _some_are_listed(self) -> bool:
        silent = sorted(self._unheard)
        if not silent:
            return True
        try:
            listed = set(first(self._dex.symbols(), timeout=_SILENCE))
        except (RxdexError, TimeoutError) as error:
            tell(_COMMAND, f"nothing of {', '.join(silent)} so far; which are listed? {error}")
            return True
        unknown = [symbol for symbol in silent if symbol not in listed]
        if unknown:
            what = f"{', '.join(unknown)} {'is' if len(unknown) == 1 else 'are'} not listed at "
            tell(_COMMAND, f"{what}{self._dex.venue.name}; `rxdex symbols` shows what is")
        return self._count > 0 or len(unknown) < len(silent)

    def _outcome(self, limits: Limits) -> int:
        if self._terminal.unheard.is_set():
            return OK
        if limits.count is not None and self._count < limits.count:
            tell(
                _COMMAND,
                f"{self._count} of {limits.count} events came in {limits.seconds:g} s; "
                "some streams are quiet: give them more time with --for",
            )
            return FAILED
        if not self._count:
            tell(_COMMAND, f"nothing came in {limits.seconds:g} s")
        return OK
