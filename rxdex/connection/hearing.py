"""Hops 2 and 3 of a frame's life: its moment, its decoding, and what is malformed stops here."""

import time
from collections.abc import Sequence

from rxdex.connection.audience import Audience
from rxdex.connection.changes import Topics
from rxdex.connection.doubles import Doubles
from rxdex.connection.news import News
from rxdex.connection.pulse import Pulse
from rxdex.errors import MalformedFrame
from rxdex.events import GapReason, Notice
from rxdex.topics import Topic
from rxdex.venue import Deliveries, Delivery, Finding, Lane, Value, Venue

__all__ = ["Hearing"]

#: Seconds of delivering that count where silence is measured.
_NOTICEABLE = 0.05
#: Seconds for which the last delivery says how far behind the subscribers are.
_RECENT = 10.0


class Hearing:
    """
    What a line does with the frames that came.

    :param lane: where they came from
    :param venue: knows what they say
    :param audience: gets the events
    :param topic_silence: seconds after which a topic that ticks is silent; None is the venue's own limit
    :param news: is told of what is no event
    """

    def __init__(
        self,
        lane: Lane,
        venue: Venue,
        audience: Audience,
        topic_silence: float | None,
        news: News,
    ) -> None:
        self._lane = lane
        self._name = str(lane)
        self._venue = venue
        self.audience = audience
        self.news = news
        self.pulse = Pulse(
            venue.ticks_within,
            topic_silence,
            audience.intake,
            audience.forget,
            time.monotonic(),
        )
        self._took = self._took_until = 0.0
        #: Where to note what is told, while the line is being renewed.
        self.notes: Doubles | None = None
        #: What not to tell again, after the line was renewed.
        self.drops: Doubles | None = None

    @property
    def lag(self) -> float:
        """Seconds that the subscribers need for what one read brought, or needed a moment ago."""
        now, since = time.monotonic(), self.audience.busy_since
        if since is not None:
            return now - since
        return self._took if now - self._took_until < _RECENT else 0.0

    def hear(
        self,
        frames: Sequence[bytes],
        received_ns: int | None = None,
        *,
        said: Topics | None = None,
    ) -> None:
        """
        Deliver what one read brought; all of it has the same moment.

        :param received_ns: that moment, ns since the Unix epoch; None: now
        :param said: what was asked for where they came from; None: it may be any topic
        """
        began = time.monotonic()
        with self.audience.calling_out():
            self._deliver(frames, received_ns or time.time_ns(), began, said)
            self.pulse.frames += len(frames)
            for topic in self.pulse.come_back():
                self.news.came_back(self._name, topic)
        self._took_until = time.monotonic()
        self._took = self._took_until - began
        if self._took > _NOTICEABLE:
            # Nobody read meanwhile: what came is not late.
            self.pulse.forgive(self._took)

    def tell_silent(self) -> None:
        """Tell of the topics that tick and have been silent for too long."""
        for topic, limit in self.pulse.fallen_silent(time.monotonic()):
            with self.audience.calling_out():
                self.news.fell_silent(self._name, topic, limit)
            since_ns = time.time_ns() - int(limit * 1e9)
            self.audience.lose(GapReason.STALE, since_ns, frozenset({topic}))

    def _deliver(
        self, frames: Sequence[bytes], received_ns: int, now: float, said: Topics | None
    ) -> None:
        audience, lane = self.audience, self._lane
        decode, deliver = self._venue.decode, audience.deliver
        is_renewed = self.drops is not None or self.notes is not None
        for frame in frames:
            if audience.is_over:
                # One read may hold seconds of events for a slow subscriber; who closes does not wait.
                return
            try:
                found = decode(frame, lane, received_ns)
            except MalformedFrame as malformed:
                self.news.malformed(self._name, malformed)
                # Nobody knows what it held, save that it was asked for.
                audience.lose(GapReason.MALFORMED_FRAME, received_ns, said)
                continue
            if is_renewed:
                found = self._once(found)
            if audience.takes_frames:
                topics = [it.topic for it in found if not isinstance(it, Notice)]
                audience.deliver_frame(frame, topics, received_ns)
            for item in found:
                if isinstance(item, Delivery):
                    deliver(item.topic, item.event, now)
                elif isinstance(item, Deliveries):
                    audience.deliver_all(item.topic, item.events, now)
                else:
                    self.news.noticed(self._name, item)

    def _once(self, found: Sequence[Finding]) -> list[Finding]:
        """What was not told before, on the socket that was here before; it is noted."""
        once: list[Finding] = []
        for item in found:
            if isinstance(item, Notice):
                once.append(item)
            else:
                new = [it for it in item.events if self._is_new(item.topic, it)]
                if new:
                    once.append(Deliveries(item.topic, new))
        return once

    def _is_new(self, topic: Topic[Value], event: Value) -> bool:
        if self.drops is not None and self.drops.is_double(topic, event):
            return False
        if self.notes is not None:
            self.notes.note(topic, event)
        return True
