"""A message that comes in parts."""

__all__ = ["Fragments"]


class Fragments:
    """The parts of one message, until it is whole."""

    def __init__(self) -> None:
        #: Bytes that came so far; None where no message has begun.
        self.begun: int | None = None
        self._parts: list[bytes] = []

    def add(self, part: bytes, *, is_last: bool) -> bytes | None:
        """Take the next part; the whole message, if that was the last."""
        self._parts.append(part)
        self.begun = (self.begun or 0) + len(part)
        if not is_last:
            return None
        whole = b"".join(self._parts)
        self._parts.clear()
        self.begun = None
        return whole
