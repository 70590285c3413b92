"""Lines for people: a clock, a coloured name, what there is to say."""

import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TextIO

__all__ = ["COLOURS", "Screen"]

#: The colours to tell names apart by, as ANSI codes.
COLOURS = ("36", "33", "35", "32", "34", "31")

_BOLD = "1"
_FAINT = "2"


class Screen:
    """
    Where lines from several threads go, whole and in order.

    Colours are for terminals; `NO_COLOR` in the environment turns them off. `unheard` is set when
    nobody reads any more, as after `| head`; what is written then goes nowhere.

    :param colours: of each name
    :param out: where to write; stdout if not said
    """

    def __init__(self, colours: Mapping[str, str], out: TextIO | None = None) -> None:
        self.counts: Counter[str] = Counter()
        self.unheard = threading.Event()
        self._colours = colours
        self._out = out or sys.stdout
        self._width = max(map(len, colours), default=0)
        self._is_coloured = self._out.isatty() and "NO_COLOR" not in os.environ
        self._began = time.monotonic()
        self._lock = threading.Lock()

    def say(self, name: str, what: str) -> None:
        """One line of one pipeline."""
        clock = self._painted(_FAINT, f"{time.monotonic() - self._began:5.1f} s")
        label = self._painted(self._colours[name], f"{name:<{self._width}}")
        with self._lock:
            self.counts[name] += 1
            self._write(f"{clock}  {label}  {what}\n")

    def write(self, text: str = "") -> None:
        """A line as it is."""
        with self._lock:
            self._write(f"{text}\n")

    def head(self, text: str) -> None:
        """A line that stands out."""
        self.write(self._painted(_BOLD, text))

    def name(self, name: str) -> str:
        """A name, padded and in its colour."""
        return self._painted(self._colours[name], f"{name:<{self._width}}")

    def _write(self, text: str) -> None:
        try:
            self._out.write(text)
            self._out.flush()
        except BrokenPipeError:
            # What could not be written is still buffered, and would fail again when Python ends.
            with Path(os.devnull).open("w") as nowhere:
                os.dup2(nowhere.fileno(), self._out.fileno())
            self.unheard.set()

    def _painted(self, colour: str, text: str) -> str:
        return f"\x1b[{colour}m{text}\x1b[0m" if self._is_coloured else text
