"""Where the lines of a command go: whole and in order, in colour for people, quietly if nobody reads."""

import io
import os
import select
import sys
import threading
import unicodedata
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

__all__ = ["BOLD", "CYAN", "FAINT", "GREEN", "RED", "YELLOW", "Terminal"]

BOLD = "1"
FAINT = "2"
RED = "31"
GREEN = "32"
YELLOW = "33"
CYAN = "36"

#: Back to the first column, and nothing in the line.
_ERASE = "\r\x1b[K"
#: Columns of a terminal that does not say how many it has.
_USUAL_WIDTH = 80
#: Seconds to wait for a writer, who needs so long only when nothing can be written.
_STUCK = 0.2


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
        self._is_clever = self._is_watched and os.environ.get("TERM") != "dumb"
        self._is_coloured = self._is_clever and not os.environ.get("NO_COLOR")
        self._lock = threading.Lock()
        # Under the lock: the last line with its colour, and whether it stands there.
        self._kept = ("", "")
        self._is_shown = False
        if isinstance(it := self._out, io.TextIOWrapper):
            # A locale without arrows gets question marks, not a traceback.
            it.reconfigure(errors="replace")

    @property
    def is_watched(self) -> bool:
        """Whether a person looks at it, rather than a program."""
        return self._is_watched

    @property
    def can_keep(self) -> bool:
        """Whether it can have a last line that stays where it is: it is a terminal that can go back."""
        return self._is_clever

    def write(self, *lines: str) -> None:
        """Lines, together."""
        with self._lock:
            self._put("".join(f"{line}\n" for line in lines), self._last())

    def keep(self, line: str, colour: str = "") -> None:
        """
        Have a line stay below all that is written, as far as it fits, until there is another.

        It is worth no waiting: where nothing can be written now, it is left out.

        :param line: plain text; none takes the last one away
        :param colour: an ANSI code
        """
        with self._mine() as is_mine:
            if is_mine:
                self._kept = line, colour
                self._show(self._last())

    @contextmanager
    def aside(self) -> Generator[None, None, None]:
        """
        Make room for whole lines that somebody writes past this terminal, such as those on stderr.

        The last line is gone meanwhile, and nobody writes anything here.
        """
        with self._mine() as is_mine:
            if is_mine:
                self._show("")
            try:
                yield
            finally:
                if is_mine:
                    self._show(self._last())

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

    @contextmanager
    def _mine(self) -> Generator[bool, None, None]:
        """Whether there can be a last line, and nobody else writes for now."""
        is_mine = self._is_clever and self._lock.acquire(timeout=_STUCK)
        try:
            yield is_mine
        finally:
            if is_mine:
                self._lock.release()

    def _last(self) -> str:
        """The last line, as much of it as fits by now: a terminal may have become narrower."""
        line, colour = self._kept
        return self.painted(colour, _cut(line, _width(self._out) - 1)) if line else ""

    def _show(self, last: str) -> None:
        """Have this as the last line, unless nothing can be written now."""
        if (last or self._is_shown) and _takes_more(self._out):
            self._put("", last)

    def _put(self, text: str, last: str) -> None:
        """Lines above the last one, in one write."""
        if self.unheard.is_set():
            return
        erase = _ERASE if self._is_shown else ""
        # Before: ctrl-C may come as soon as it is written.
        self._is_shown = self._is_shown or bool(last)
        try:
            self._out.write(f"{erase}{text}{last}")
            self._out.flush()
            self._is_shown = bool(last)
        except OSError as error:
            if not isinstance(error, BrokenPipeError):
                self.failure = error
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


def _width(out: TextIO) -> int:
    try:
        # A terminal nobody has told its size says 0.
        return os.get_terminal_size(out.fileno()).columns or _USUAL_WIDTH
    except (OSError, ValueError):
        return _USUAL_WIDTH


def _takes_more(out: TextIO) -> bool:
    """Whether something can be written now, as far as is known."""
    if not hasattr(select, "poll"):
        return True
    poll = select.poll()
    try:
        poll.register(out.fileno(), select.POLLOUT)
    except (OSError, ValueError):
        return True
    return bool(poll.poll(0))


def _cut(text: str, columns: int) -> str:
    """As much of a text as fits, by what its letters take up; what is left out is told by three dots."""
    taken = 0
    fits = 0
    for number, letter in enumerate(text):
        taken += 0 if unicodedata.combining(letter) else 2 if _is_wide(letter) else 1
        if taken > columns:
            return f"{text[:fits]}…"
        if taken < columns:
            fits = number + 1
    return text


def _is_wide(letter: str) -> bool:
    return unicodedata.east_asian_width(letter) in {"W", "F"}
