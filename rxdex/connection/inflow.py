"""What a socket brought and nobody has taken yet: bytes for websocket-client, whole frames for us."""

from struct import Struct

__all__ = ["Inflow"]

#: How a whole text begins (RFC 6455, 5.2): the last fragment of what was not fragmented, without extensions.
#: The byte behind it is its length, or says that the length stands in the next two.
_TEXT = 0x8100
_IN_TWO = 126
_LONGER = _TEXT + _IN_TWO

_unpack_head = Struct(">HH").unpack_from


class Inflow:
    """
    The bytes of many frames, as one read brings them.

    Most frames of a venue are short texts, whole and without a mask. They are cut out here, hundreds at a
    time; every other frame is left to the library, with its checks.
    """

    def __init__(self) -> None:
        self._data = b""
        self._at = 0

    def __len__(self) -> int:
        return len(self._data) - self._at

    def add(self, data: bytes) -> None:
        """What came now stands behind what was left."""
        self._data = self._data[self._at :] + data if self._at < len(self._data) else data
        self._at = 0

    def take(self, size: int) -> bytes:
        """The next bytes, so many at most."""
        taken = self._data[self._at : self._at + size]
        self._pass(self._at + len(taken))
        return taken

    def cut(self, frames: list[bytes], most: int) -> None:
        """
        Take every short text that is whole, up to the first frame that is something else.

        :param frames: get their payloads
        :param most: bytes of the longest payload that is accepted
        """
        data, at, end = self._data, self._at, len(self._data)
        append, last = frames.append, end - 4
        while at <= last:
            head, size = _unpack_head(data, at)
            if head == _LONGER:
                start = at + 4
            elif _TEXT <= head < _LONGER:
                start, size = at + 2, head - _TEXT
            else:
                break
            stop = start + size
            if stop > end or size > most:
                break
            append(data[start:stop])
            at = stop
        self._pass(at)

    def begins_text(self, most: int) -> bool:
        """Whether what is left is the beginning of a short text, whose rest is under way."""
        head = self._data[self._at : self._at + 4]
        if not head or head[0] != _TEXT >> 8:
            return False
        if len(head) == 1 or head[1] < _IN_TWO:
            size = head[1] if len(head) > 1 else 0
            return size <= most and len(self) < size + 2
        if head[1] > _IN_TWO:
            return False
        return len(head) < 4 or head[2] << 8 | head[3] <= most

    def _pass(self, at: int) -> None:
        if at == len(self._data):
            # What a burst brought is not kept for as long as it is quiet then.
            self._data, at = b"", 0
        self._at = at
