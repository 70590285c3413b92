"""What a socket brought and nobody has taken yet: bytes for websocket-client, whole frames for us."""

__all__ = ["Inflow"]

#: A whole text (RFC 6455, 5.2): the last fragment of what was not fragmented, without extensions.
_TEXT = 0x81
#: The length stands in the next two bytes.
_IN_TWO = 126


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
        append = frames.append
        while at + 4 <= end and data[at] == _TEXT:
            size = data[at + 1]
            if size < _IN_TWO:
                start = at + 2
            elif size == _IN_TWO:
                start = at + 4
                size = data[at + 2] << 8 | data[at + 3]
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
        if not head or head[0] != _TEXT:
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
