"""Which topics to look at again: a change costs what it concerns, however many topics a lane has."""

from collections import deque
from collections.abc import Set as AbstractSet
from itertools import islice
from typing import NamedTuple

from rxdex.topics import Topic

__all__ = ["UNSEEN", "Change", "Changes", "Topics"]

#: Any number of topics.
Topics = AbstractSet[Topic[object]]

#: Where somebody stands who has looked at nothing yet.
UNSEEN = -1
#: So many are remembered; who is further behind looks at everything.
_MOST = 1_000


class Change(NamedTuple):
    """
    What lies between what is wanted and what was said on a socket.

    :param more: what is to be asked for
    :param less: what is to be taken back
    :param seen: where a socket stands that was told
    :param gone: what nobody wants any more, said or not
    """

    more: Topics
    less: Topics
    seen: int
    gone: Topics = frozenset()


class Changes:
    """
    The topics of a lane that came or went of late.

    They say where to look, not what is there: that is asked of those who listen. Whoever looks remembers how
    many there were, so any number can, each at its own time.
    """

    def __init__(self) -> None:
        #: How many there have been.
        self.count = 0
        self._latest: deque[Topic[object]] = deque(maxlen=_MOST)

    def note(self, topic: Topic[object]) -> None:
        """A topic came, or went."""
        self._latest.append(topic)
        self.count += 1

    def since(self, seen: int) -> Topics | None:
        """What came or went since there were so many; None: it may be any topic."""
        behind = self.count - seen
        if behind > len(self._latest):
            return None
        return set(islice(reversed(self._latest), behind))
