"""Hops 2 and 3 of a frame's life: its moment, its decoding, and what is malformed stops here."""

import time
from collections.abc import Sequence

from rxdex.connection.audience import Audience
from rxdex.connection.doubles import Doubles
from rxdex.connection.news import News
from rxdex.connection.pulse import Pulse
from rxdex.errors import MalformedFrame
from rxdex.events import GapReason, Notice
from rxdex.venue import Delivery, Lane, Venue

__all__ = ["Hearing"]

#: Seconds of delivering that count where silence is measured.
_NOTICEABLE = 0.05


class Hearing:
    """
    What a line does with the frames that came.

    :param lane: where they came from
    :param venue: knows what they say
    :param audience: gets the events
    :param news: is told of what is no event
    :param pulse: of the line
    """

    def __init__(
        self, lane: Lane, venue: Venue, audience: Audience, news: News, pulse: Pulse
    ) -> None:
        self._lane = lane
        self._name = str(lane)
        self._venue = venue
        self._audience = audience
        self._news = news
        self._pulse = pulse
        self._took = 0.0
        #: Since when what came is being delivered, on the monotonic clock; None when nothing is.
        self.busy_since: float | None = None
        #: Where to note what is told, while the line is being renewed.
        self.notes: Doubles | None = None
        #: What not to tell again, after the line was renewed.
        self.drops: Doubles | None = None

    @property
    def lag(self) -> float:
        """Seconds that the subscribers need, or needed last, for what one read brought."""
        since = self.busy_since
        return self._took if since is None else time.monotonic() - since

    def hear(self, frames: Sequence[bytes], received_ns: int | None = None) -> None:
        """
        Deliver what one read brought; all of it has the same moment.

        :param received_ns: that moment, ns since the Unix epoch; None: now
        One read may hold seconds of events for a slow subscriber: who closes does not wait for them.
        """
        began = self.busy_since = time.monotonic()
        try:
            self._deliver(frames, received_ns or time.time_ns(), began)
        finally:
            self._took = time.monotonic() - began
            self.busy_since = None
        if self._took > _NOTICEABLE:
            # Nobody read meanwhile: what came is not late.
            self._pulse.forgive(self._took)

    def tell_silent(self) -> None:
        """Tell of the topics that tick and have been silent for too long."""
        for topic, limit in self._pulse.fallen_silent(time.monotonic()):
            self._news.fell_silent(self._name, topic, limit)
            since_ns = time.time_ns() - int(limit * 1e9)
            self._audience.lose(GapReason.STALE, since_ns, frozenset({topic}))

    def _deliver(self, frames: Sequence[bytes], received_ns: int, now: float) -> None:
        pulse = self._pulse
        for frame in frames:
            if self._audience.is_over():
                return
            try:
                found = self._venue.decode(frame, self._lane, received_ns)
            except MalformedFrame as malformed:
                self._news.malformed(self._name, malformed)
                self._audience.lose(GapReason.MALFORMED_FRAME, received_ns)
                continue
            deliveries = self._events(found)
            if self.drops is not None or self.notes is not None:
                deliveries = self._once(deliveries)
            if not deliveries:
                continue
            pulse.frames += 1
            for topic, _ in deliveries:
                if pulse.hear(topic, now):
                    self._news.came_back(self._name, topic)
            self._audience.deliver_frame(frame, deliveries, received_ns)
            for topic, event in deliveries:
                if self._audience.is_over():
                    return
                self._audience.deliver(topic, event)

    def _events(self, found: Sequence[Delivery | Notice]) -> list[Delivery]:
        deliveries: list[Delivery] = []
        for item in found:
            if isinstance(item, Notice):
                self._news.noticed(self._name, item)
            else:
                deliveries.append(item)
        return deliveries

    def _once(self, deliveries: list[Delivery]) -> list[Delivery]:
        """Those that were not told before, on the socket that was here before; they are noted."""
        drops, notes = self.drops, self.notes
        if drops is not None:
            deliveries = [it for it in deliveries if not drops.is_double(*it)]
        if notes is not None:
            for topic, event in deliveries:
                notes.note(topic, event)
        return deliveries
