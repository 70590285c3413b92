"""What a server's frame may be, judged by its header when nothing of it is kept yet."""

from attrs import frozen

__all__ = ["CLOSE", "DATA", "PING", "Header"]

#: The opcodes (RFC 6455, 5.2).
CLOSE = 8
PING = 9
_PONG = 10
_CONTINUATION = 0

#: Those of a frame of data, or of a part of one: on with it, text, binary.
DATA = frozenset({_CONTINUATION, 1, 2})
_CONTROL = frozenset({CLOSE, PING, _PONG})

_LONGEST_CONTROL = 125


@frozen
class Header:
    """
    How a frame begins.

    :param opcode: what kind it is
    :param length: bytes of its payload
    :param is_last: whether it is the last part of its message
    :param is_masked: whether it says that it is masked
    :param is_reserved: whether it has a bit that only an extension gives a meaning
    """

    opcode: int
    length: int
    is_last: bool
    is_masked: bool
    is_reserved: bool

    def wrong(self, begun: int | None, most: int) -> str | None:
        """
        What is wrong with such a frame from a server, or None.

        :param begun: bytes of the parts that came before; None where no message has begun
        :param most: bytes that all parts together may have
        """
        if self.is_masked:
            return "a frame that is masked, as only ours are"
        if self.is_reserved:
            return "a frame with a reserved bit, as of an extension that was not agreed on"
        if self.opcode in DATA:
            return self._wrong_data(begun, most)
        if self.opcode not in _CONTROL:
            return f"a frame of opcode {self.opcode}, which means nothing"
        if not self.is_last:
            return "a control frame in fragments"
        if self.length > _LONGEST_CONTROL:
            return f"a control frame of {self.length} bytes"
        return None

    def _wrong_data(self, begun: int | None, most: int) -> str | None:
        if self.opcode == _CONTINUATION and begun is None:
            return "the rest of a message that never began"
        if self.opcode != _CONTINUATION and begun is not None:
            return "a message amid the fragments of another"
        size = self.length + (begun or 0)
        if size > most:
            return f"a frame of {size} bytes; raise LineSettings(max_frame={most}) if that is right"
        return None
