"""Lines of several pipelines: a clock, a coloured name, what there is to say."""

import time
from collections import Counter
from collections.abc import Mapping

from rxdex.cli.terminal import BOLD, FAINT, Terminal

__all__ = ["COLOURS", "Screen"]

#: The colours to tell names apart by, as ANSI codes.
COLOURS = ("36", "33", "35", "32", "34", "31")


class Screen:
    """
    A terminal whose lines say how late it is and who speaks; `counts` has how often each did.

    :param colours: of each name
    :param terminal: where to write
    """

    def __init__(self, colours: Mapping[str, str], terminal: Terminal) -> None:
        self.counts: Counter[str] = Counter()
        self._terminal = terminal
        self._colours = colours
        self._width = max(map(len, colours), default=0)
        self._began = time.monotonic()

    def say(self, name: str, what: str) -> None:
        """One line of one pipeline."""
        clock = self._terminal.painted(FAINT, f"{time.monotonic() - self._began:5.1f} s")
        self.counts[name] += 1
        self._terminal.write(f"{clock}  {self.name(name)}  {what}")

    def write(self, text: str = "") -> None:
        """A line as it is."""
        self._terminal.write(text)

    def head(self, text: str) -> None:
        """A line that stands out."""
        self._terminal.write(self._terminal.painted(BOLD, text))

    def name(self, name: str) -> str:
        """A name, padded and in its colour."""
        return self._terminal.painted(self._colours[name], f"{name:<{self._width}}")
