"""The visitors' book of the simulated exchange: who came, what was said, how it ended."""

import threading
import time
from collections import deque
from collections.abc import Callable

from attrs import define, field, frozen

from rxdex.simulator.stream_names import Entry

__all__ = ["Page", "Visit", "VisitorsBook"]

#: Visits; and of all of them together, messages and the characters of these.
_REMEMBERED = 10_000
_MESSAGES = 100_000
_CHARACTERS = 16_000_000


@frozen(kw_only=True)
class Visit:
    """
    One websocket that was opened, as it stands now.

    `path` is the request's, with its query. `said` is what the client sent, oldest first; where all
    clients together said too much to be kept, the oldest is forgotten. `opened` and `closed` are
    places in the order of all openings and closings, so that it can be told what came first;
    `closed` is `None` while it `is_open`. `close_code` is the code that began the end, ours or
    theirs, and 1006 when the line broke without one. `subscriptions` are those of the moment, or of
    the end.
    """

    path: str
    said: tuple[str, ...]
    subscriptions: frozenset[Entry]
    opened: int
    closed: int | None
    close_code: int | None

    @property
    def is_open(self) -> bool:
        """Whether the websocket still stands; a closing handshake under way counts as standing."""
        return self.closed is None


@define(eq=False)
class Page:
    """A visit while it is being written; only the book looks inside."""

    path: str
    opened: int
    subscriptions: frozenset[Entry] = frozenset()
    said: deque[str] = field(factory=deque[str])
    closed: int | None = None
    close_code: int | None = None

    def visit(self) -> Visit:
        """What stands here now, for others to keep."""
        return Visit(
            path=self.path,
            said=tuple(self.said),
            subscriptions=self.subscriptions,
            opened=self.opened,
            closed=self.closed,
            close_code=self.close_code,
        )


class VisitorsBook:
    """
    Every socket ever, the last ten thousand of them; read and waited for from any thread. What the
    clients said is kept up to a size, so that none can fill the memory.

    Each entry is written by the exchange's thread. The lock is never held while calling out.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._pages: deque[Page] = deque(maxlen=_REMEMBERED)
        # Who said something, in that order: the first one's first message is the oldest of all.
        self._speakers: deque[Page] = deque()
        self._characters = 0
        self._order = 0
        self._changes = 0

    @property
    def visits(self) -> tuple[Visit, ...]:
        """All visits in the order of opening."""
        with self._changed:
            return tuple(page.visit() for page in self._pages)

    def opened(self, path: str, subscriptions: frozenset[Entry]) -> Page:
        """Begin a page; the socket keeps it and shows it whenever there is something to add."""
        with self._changed:
            self._order += 1
            page = Page(path, self._order, subscriptions)
            self._pages.append(page)
            self._notify()
            return page

    def heard(self, page: Page, said: str, subscriptions: frozenset[Entry]) -> None:
        """Note what a client said, and what it is subscribed to since."""
        with self._changed:
            page.said.append(said)
            page.subscriptions = subscriptions
            self._speakers.append(page)
            self._characters += len(said)
            while len(self._speakers) > _MESSAGES or self._characters > _CHARACTERS:
                self._characters -= len(self._speakers.popleft().said.popleft())
            self._notify()

    def closed(self, page: Page, close_code: int) -> None:
        """Note that a socket is no more."""
        with self._changed:
            self._order += 1
            page.closed = self._order
            page.close_code = close_code
            self._notify()

    def touch(self) -> None:
        """Wake those who wait: something outside the book has changed."""
        with self._changed:
            self._notify()

    def wait_for(self, condition: Callable[[], bool], timeout: float) -> bool:
        """
        Wait until `condition` holds, asked anew after every change; at most `timeout` seconds.

        :return: whether it held
        """
        deadline = time.monotonic() + timeout
        while True:
            with self._changed:
                seen = self._changes
            if condition():
                return True
            with self._changed:
                while self._changes == seen:
                    left = deadline - time.monotonic()
                    if left <= 0:
                        return False
                    self._changed.wait(left)

    def _notify(self) -> None:
        self._changes += 1
        self._changed.notify_all()
