"""The shared connection and all it stands on."""

from rxdex.connection.listener import Listener
from rxdex.connection.news import News
from rxdex.connection.settings import LineSettings
from rxdex.connection.shared import SharedConnection
from rxdex.connection.transport import Transport, TransportFactory
from rxdex.connection.websocket import WebsocketTransport

__all__ = [
    "LineSettings",
    "Listener",
    "News",
    "SharedConnection",
    "Transport",
    "TransportFactory",
    "WebsocketTransport",
]
