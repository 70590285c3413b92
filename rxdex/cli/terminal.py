"""Where the lines of a command go: whole and in order, in colour for people, quietly if nobody reads."""

import io
import os
import select
import sys
import threading
from pathlib import Path
from typing import TextIO

__all__ = ["BOLD", "CYAN", "FAINT", "GREEN", "RED", "YELLOW", "Terminal"]

BOLD = "1"
FAINT = "2"
RED = "31"
GREEN = "32"
YELLOW = "33"
CYAN = "36"


class Terminal:
    """
    Something to write lines on, from any thread.

    Colours are for terminals; `NO_COLOR` in the environment turns them off. `unheard` is set when
    nobody reads any more, as after `| head`, or nothing can be written, as on a full disk; what is written
    then goes nowhere.

    :param out: where to write; stdout if not said
    """

    def __init__(self, out: TextIO | None = None) -> None:
        self.unheard = threading.Event()
        #: Why nothing can be written any more; None where nobody reads, or all is well.
        self.failure: OSError | None = None
        self._out = out or sys.stdout or self._nowhere()
        self._is_watched = self._out.isatty()
        self._is_coloured = self._is_watched and _wants_colours()
        self._lock = threading.Lock()
        if isinstance(it := self._out, io.TextIOWrapper):
            # A locale without arrows gets question marks, not a traceback.
            it.reconfigure(errors="replace")

    @property
    def is_watched(self) -> bool:
        """Whether a person looks at it, rather than a program."""
        return self._is_watched

    def write(self, *lines: str) -> None:
        """Lines, together."""
        with self._lock:
            if self.unheard.is_set():
                return
            try:
                self._out.write("".join(f"{line}\n" for line in lines))
                self._out.flush()
            except OSError as error:
                if not isinstance(error, BrokenPipeError):
                    self.failure = error
                self._forsake()

    def painted(self, colour: str, text: str) -> str:
        """
        The text in a colour, where there are any.

        :param colour: an ANSI code; none leaves the text as it is
        """
        return f"\x1b[{colour}m{text}\x1b[0m" if self._is_coloured and colour else text

    def look(self) -> None:
        """See whether anybody still reads; on a quiet stream nothing else would tell."""
        if not hasattr(select, "poll") or self.unheard.is_set():
            return
        poll = select.poll()
        try:
            poll.register(self._out.fileno(), 0)
        except (OSError, ValueError):
            # No file behind it, or one that is closed: whoever reads a text in memory stays.
            return
        if any(what & (select.POLLERR | select.POLLHUP) for _, what in poll.poll(0)):
            with self._lock:
                self._forsake()

    def _nowhere(self) -> TextIO:
        # Started without a stdout, as by `>&-`: nobody will ever read.
        self.unheard.set()
        return io.StringIO()

    def _forsake(self) -> None:
        # What could not be written is still buffered, and would fail again when Python ends.
        with Path(os.devnull).open("w") as nowhere:
            os.dup2(nowhere.fileno(), self._out.fileno())
        self.unheard.set()


def _wants_colours() -> bool:
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
