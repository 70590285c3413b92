"""
What one socket is subscribed to, and the messages and paths that change it (PROTOCOL 2 and 4).

No I/O here: the server hands in what it heard, and reads `Subscriptions.entries`.
"""

import json
from collections.abc import Container, Iterable
from typing import TypeGuard

from attrs import frozen

from rxdex.errors import InvalidSubject, MalformedFrame, UnsupportedTopic
from rxdex.simulator.stream_names import (
    USER_TOPICS,
    Entry,
    check_address,
    check_subject,
    check_topic,
)

__all__ = ["Heard", "Subscriptions"]

_METHODS = ("subscribe", "unsubscribe", "keepAlive", "close")


@frozen
class Heard:
    """
    What became of one message.

    `method` is the wire's word for what was asked, or empty when nothing was understood. `notice`
    is what the client is told; `None` after success, which the wire never acknowledges.
    """

    method: str
    notice: str | None = None


class Subscriptions:
    """
    The subscriptions of one socket.

    :param symbols: what is listed
    :param is_compressed: whether the client offered permessage-deflate, without which there is no
        `marketDepth1000` (PROTOCOL 2)
    """

    __slots__ = ("_is_compressed", "_symbols", "entries")

    def __init__(self, symbols: Container[str], *, is_compressed: bool = False) -> None:
        self._symbols = symbols
        self._is_compressed = is_compressed
        self.entries: frozenset[Entry] = frozenset()

    def wants(self, topic: str, subject: str) -> bool:
        """Whether frames of `topic` about `subject` belong on this socket."""
        return (topic, subject) in self.entries

    def open(self, streams: Iterable[str]) -> None:
        """
        Subscribe what a path names: `SYMBOL@trades`, `$all@blockheight`, an address.

        :raises UnsupportedTopic: no such stream, or not by path
        :raises InvalidSubject: the symbol is not listed, or the address is none
        """
        for stream in streams:
            subject, at, topic = stream.partition("@")
            if not at:
                self._watch(USER_TOPICS, check_address(stream))
                continue
            if topic in USER_TOPICS:
                raise UnsupportedTopic(
                    f"no stream {stream!r}: by path the address alone brings {', '.join(USER_TOPICS)}"
                )
            check_topic(topic, is_compressed=self._is_compressed)
            self.entries |= {Entry(topic, check_subject(topic, subject, self._symbols))}

    def hear(self, message: str | bytes) -> Heard:
        """
        Do what one text or binary message asks for (PROTOCOL 4).

        Nothing a client can say raises: what is wrong comes back as a notice. Of a list of symbols
        the listed ones are subscribed, and the notice names the others.
        """
        method = ""
        try:
            said = _object(message)
            method = _method(said)
            if method == "subscribe":
                return Heard(method, self._subscribe(said))
            if method == "unsubscribe":
                self._unsubscribe(said)
        except MalformedFrame as refusal:
            return Heard(method, _notice(400, refusal.reason))
        except (InvalidSubject, UnsupportedTopic) as refusal:
            return Heard(method, _notice(404, str(refusal)))
        return Heard(method)

    def _subscribe(self, said: dict[str, object]) -> str | None:
        topic = check_topic(_topic(said), is_compressed=self._is_compressed)
        if topic in USER_TOPICS:
            # The documentation said `userAddress` first; clients of both ages exist.
            address = said.get("address", said.get("userAddress"))
            if not isinstance(address, str):
                raise MalformedFrame(f"{topic} needs an 'address'", "")
            self._watch((topic,), check_address(address))
            return None
        wrong: dict[str, str] = {}
        right: set[Entry] = set()
        for subject in _symbols(said, topic):
            try:
                right.add(Entry(topic, check_subject(topic, subject, self._symbols)))
            except InvalidSubject as refusal:
                wrong[subject] = str(refusal)
        self.entries |= right
        if not wrong:
            return None
        # The first reason says enough; all of them would make a short message a long answer.
        return _notice(404, next(iter(wrong.values())), topic=topic, symbols=list(wrong))

    def _unsubscribe(self, said: dict[str, object]) -> None:
        topic = check_topic(_topic(said))
        gone = set(_symbols(said, topic)) if "symbols" in said else None
        self.entries = frozenset(
            entry
            for entry in self.entries
            if entry.topic != topic or (gone is not None and entry.subject not in gone)
        )

    def _watch(self, topics: Iterable[str], address: str) -> None:
        # One address a connection: a second one silently ends the first, whatever the topic.
        kept = frozenset(
            entry
            for entry in self.entries
            if entry.topic not in USER_TOPICS or entry.subject == address
        )
        self.entries = kept | {Entry(topic, address) for topic in topics}


def _notice(code: int, message: str, **details: object) -> str:
    """Our own schema: what the real server answered was never captured (PROTOCOL 4, 14)."""
    body = {"error": {"code": code, "message": message, **details}}
    return json.dumps(body, separators=(",", ":"))


def _object(message: str | bytes) -> dict[str, object]:
    try:
        said: object = json.loads(message)
    except (ValueError, RecursionError):
        raise MalformedFrame("a message is a JSON object, and this is no JSON", "") from None
    if not _is_object(said):
        raise MalformedFrame("a message is a JSON object", "")
    return said


def _method(said: dict[str, object]) -> str:
    method = said.get("method")
    if not isinstance(method, str) or method not in _METHODS:
        raise MalformedFrame(f"'method' is one of {' '.join(_METHODS)}, in this spelling", "")
    return method


def _topic(said: dict[str, object]) -> str:
    topic = said.get("topic")
    if not isinstance(topic, str):
        raise MalformedFrame("'topic' is missing, or no text; name one, such as 'trades'", "")
    return topic


def _symbols(said: dict[str, object], topic: str) -> list[str]:
    symbols = said.get("symbols")
    if not _is_list(symbols) or not symbols:
        raise MalformedFrame(f"{topic} needs 'symbols', a list of at least one", "")
    texts = [symbol for symbol in symbols if isinstance(symbol, str)]
    if len(texts) != len(symbols):
        raise MalformedFrame("'symbols' holds something that is no text; leave it out", "")
    return texts


def _is_object(value: object) -> TypeGuard[dict[str, object]]:
    return isinstance(value, dict)


def _is_list(value: object) -> TypeGuard[list[object]]:
    return isinstance(value, list)
