"""What every event has."""

from datetime import UTC, datetime, timedelta

from attrs import field, frozen

__all__ = ["MAX_NS", "Event", "moment"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

#: The last nanosecond a `datetime` can show; decoders let no later one pass.
MAX_NS = 253_402_300_799_999_999_999


def moment(ns: int) -> datetime:
    """The moment `ns` nanoseconds after the Unix epoch, in UTC, cut to microseconds."""
    return _EPOCH + timedelta(microseconds=ns // 1000)


@frozen(kw_only=True, weakref_slot=False)
class Event:
    """
    Something that happened on a venue, as we heard of it.

    :param received_ns: when we heard, by our own clock, in ns since the Unix epoch; the same for
        all frames that came in one read. No part of equality: two observers of one fact agree.
    """

    received_ns: int = field(default=0, eq=False)

    @property
    def received_at(self) -> datetime:
        """`received_ns` as a moment in UTC."""
        return moment(self.received_ns)
