"""What a client of the firehose says: which topics it wants, and when it goes."""

import json
from urllib.parse import parse_qs, urlsplit

from benchmarks.shapes import TopicName
from benchmarks.websocket_server import CLOSE, Hearing, framed

__all__ = ["Visitor", "streams_of"]


class Visitor:
    """
    Keeps in mind what was said, and what is to be answered: a reply must not fall into a frame.

    :param waited_for: the topics that it has to subscribe yet
    """

    def __init__(self, waited_for: set[TopicName]) -> None:
        self._hearing = Hearing()
        self._replies = bytearray()
        self.waited_for = waited_for
        self.is_leaving = False

    def hear(self, data: bytes) -> None:
        """Take in what came."""
        for opcode, text in self._hearing.hear(data):
            if opcode == CLOSE:
                self.is_leaving = True
                self._replies += framed(text[:2], CLOSE)
            elif text.startswith(b"{"):
                self._asked(json.loads(text))

    def replies(self) -> bytes:
        """What is to be sent at the next opportunity; it is told once."""
        said, self._replies = bytes(self._replies), bytearray()
        return said

    def _asked(self, said: dict[str, object]) -> None:
        match said:
            case {"method": "subscribe", "topic": str(stream), "symbols": list(symbols)}:
                self.waited_for -= {(stream, symbol) for symbol in symbols}
            case {"method": "SUBSCRIBE", "params": list(streams), "id": number}:
                self.waited_for -= set(map(_topic, streams))
                self._replies += framed(json.dumps({"result": None, "id": number}).encode())


def streams_of(target: str) -> set[TopicName]:
    """The topics that a URL names: /ws/<stream>, or /stream?streams=<a>/<b>."""
    url = urlsplit(target)
    named = parse_qs(url.query).get("streams", [url.path.partition("/ws/")[2]])
    return {_topic(stream) for stream in named[0].split("/") if "@" in stream}


def _topic(stream: str) -> TopicName:
    symbol, _, topic = stream.partition("@")
    return topic, symbol
