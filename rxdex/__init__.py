"""DEX market and account streams as cold RxPY observables over one shared websocket."""

from importlib.metadata import version

from rxdex import topics
from rxdex.connection import LineSettings
from rxdex.dex import Dex
from rxdex.errors import (
    BookOutOfSync,
    ConnectionLost,
    EventsLost,
    InvalidSubject,
    MalformedFrame,
    RxdexError,
    StaleConnection,
    SubmissionRefused,
    SubscriptionRejected,
    UnsupportedTopic,
    VenueGone,
)
from rxdex.oneoff import first

__all__ = [
    "BookOutOfSync",
    "ConnectionLost",
    "Dex",
    "EventsLost",
    "InvalidSubject",
    "LineSettings",
    "MalformedFrame",
    "RxdexError",
    "StaleConnection",
    "SubmissionRefused",
    "SubscriptionRejected",
    "UnsupportedTopic",
    "VenueGone",
    "__version__",
    "first",
    "topics",
]

__version__ = version("rxdex")
