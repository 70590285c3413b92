"""One socket of a lane: opened once, told what is wanted, read until it ends."""

import time
from collections.abc import Sequence
from functools import partial
from itertools import chain

from rxdex.connection.changes import UNSEEN, Change, Topics
from rxdex.connection.reasons import in_words, silent
from rxdex.connection.settings import LineSettings
from rxdex.connection.transport import Transport
from rxdex.connection.websocket import WebsocketTransport
from rxdex.errors import ConnectionLost, StaleConnection
from rxdex.topics import Topic
from rxdex.venue import Lane, Venue

__all__ = ["Line"]

_NEVER = float("inf")


class Line:
    """
    One socket, and what was said on it.

    One thread owns it; `wake`, `abort` and `is_open` are for the others.

    :param lane: whose
    :param venue: speaks its dialect
    :param settings: how it behaves
    :raises ConnectionLost: when there is not even a socket to be had
    """

    def __init__(self, lane: Lane, venue: Venue, settings: LineSettings) -> None:
        self._lane = lane
        self._venue = venue
        self._settings = settings
        self._silence = settings.silence or venue.silence
        self._keepalive_due = _NEVER
        self._open_since: float | None = None
        self._pings = 0
        #: Up to which change of what is wanted the venue was told.
        self.seen = UNSEEN
        self._said: set[Topic[object]] = set()
        make = settings.transport or partial(WebsocketTransport, settings)
        try:
            self._transport: Transport = make()
        except OSError as error:
            raise ConnectionLost(f"no socket is to be had: {in_words(error)}") from error

    @property
    def said(self) -> Topics:
        """The topics the venue was asked for on this socket; what there is now, not what there was."""
        return self._said

    @property
    def is_open(self) -> bool:
        """Whether the handshake is done."""
        return self._open_since is not None

    @property
    def age(self) -> float:
        """Seconds since the handshake; 0 before it."""
        return 0.0 if self._open_since is None else time.monotonic() - self._open_since

    @property
    def heard_at(self) -> float:
        """When the last bytes came, on the monotonic clock."""
        return self._transport.heard_at

    @property
    def is_answered(self) -> bool:
        """Whether every ping of ours was answered."""
        return self._transport.pongs >= self._pings

    @property
    def heard_ns(self) -> int:
        """When the last bytes came, by our clock, ns since the Unix epoch."""
        return time.time_ns() - int((time.monotonic() - self._transport.heard_at) * 1e9)

    def open(self) -> None:
        """
        Connect and shake hands.

        :raises ConnectionLost: when that fails
        :raises VenueGone: when there is nobody to connect to any more
        """
        self._transport.open(self._venue.endpoint(self._lane))
        self._open_since = time.monotonic()
        self._keepalive_due = self._next_keepalive()

    def say(self, change: Change) -> None:
        """
        Close the gap between what is wanted and what was said.

        :raises ConnectionLost: when the line does not take it
        """
        more = self._venue.subscribe(sorted(change.more)) if change.more else ()
        less = self._venue.unsubscribe(sorted(change.less)) if change.less else ()
        # What half was said may already bring events, and so be lost with the line.
        self._said |= change.more
        self._said -= change.less
        self.seen = change.seen
        # First the new: a venue may hang up on a socket without subscriptions.
        for frame in chain(more, less):
            self._transport.send(frame)

    def keep_alive(self) -> None:
        """
        Tell the venue that somebody still listens, if it is time to.

        :raises ConnectionLost: when the line does not take it
        """
        if time.monotonic() >= self._keepalive_due and self._venue.keepalive is not None:
            self._transport.send(self._venue.keepalive.text)
            self._keepalive_due = self._next_keepalive()

    def receive(self, until: float) -> Sequence[bytes]:
        """
        The frames that have come; none when there is something else to do, or `until` on the monotonic clock.

        :raises ConnectionLost: when the line broke
        :raises StaleConnection: when it was silent for too long
        """
        due = min(until, self._keepalive_due, self._silence_ends())
        frames = self._transport.receive(max(0.0, due - time.monotonic()))
        if not frames and self._silence_ends() <= time.monotonic():
            raise StaleConnection(silent(self._venue.name, self._silence))
        return frames

    def ping(self) -> None:
        """
        Ask for a sign of life, which comes behind all that was sent before.

        :raises ConnectionLost: when the line does not take it
        """
        self._pings += 1
        self._transport.ping()

    def close(self) -> None:
        """Hang up politely."""
        self._transport.close()

    def wake(self) -> None:
        """Let `receive` return soon; from any thread."""
        self._transport.wake()

    def abort(self) -> None:
        """Drop the socket at once; from any thread."""
        self._transport.abort()

    def _silence_ends(self) -> float:
        return self._transport.heard_at + self._silence

    def _next_keepalive(self) -> float:
        keepalive = self._venue.keepalive
        if keepalive is None:
            return _NEVER
        return time.monotonic() + (self._settings.keepalive or keepalive.every)
