"""The least a line needs of a socket; a user's own, or a test's, can take its place."""

from collections.abc import Callable, Sequence
from typing import Protocol

__all__ = ["Transport", "TransportFactory"]


class Transport(Protocol):
    """
    One websocket, opened once.

    All but `wake` and `abort` are called by the line's reader thread alone, so two of them never run at the
    same time. Every wait has an end. Whatever breaks is a `ConnectionLost`.
    """

    @property
    def heard_at(self) -> float:
        """When the last bytes came, pings included, on the monotonic clock, in seconds."""
        ...

    @property
    def pongs(self) -> int:
        """How many answers to pings of ours have come; each ends a wait in `receive`."""
        ...

    def ping(self) -> None:
        """
        Ask for a sign of life: its answer comes behind all that the other side had sent.

        :raises ConnectionLost: when the line broke, or the other side does not take it in time
        """
        ...

    def open(self, url: str) -> None:
        """
        Connect and shake hands.

        :raises ConnectionLost: when that fails or takes too long
        """
        ...

    def receive(self, timeout: float) -> Sequence[bytes]:
        """
        The frames that have come, at once; none if there is none within `timeout` seconds, or after `wake`.

        Pings are answered here.

        :raises ConnectionLost: when the line broke, or the other side hung up
        :raises StaleConnection: when half a frame came and the rest does not
        """
        ...

    def send(self, text: str) -> None:
        """
        Say a frame.

        :raises ConnectionLost: when the line broke, or the other side does not take it in time
        """
        ...

    def close(self) -> None:
        """Hang up politely, within the limit for it; never raises."""
        ...

    def wake(self) -> None:
        """Let `receive` return soon; from any thread."""
        ...

    def abort(self) -> None:
        """Drop the socket at once, ending every wait on it; from any thread, as often as you like."""
        ...


#: Makes a transport, unopened.
TransportFactory = Callable[[], Transport]
