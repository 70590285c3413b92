"""Frames off a websocket: short texts straight from what came, all others by websocket-client."""

from collections.abc import Callable
from typing import Any

from rxdex.connection.fragments import Fragments
from rxdex.connection.headers import DATA, Header
from rxdex.connection.wire import Wire

__all__ = ["Reading", "Refused"]


class Refused(Exception):
    """A server sent a frame that it may not send."""


class Reading:
    """
    What is read of one websocket.

    :param sock: websocket-client's, which does what is not done here
    :param wire: what it reads from
    :param most: bytes of the largest message that is accepted
    :param heed: does what a control frame asks for, given its opcode and what it holds
    """

    def __init__(
        self, sock: Any, wire: Wire, most: int, heed: Callable[[int, bytes], None]
    ) -> None:
        self._sock = sock
        self._wire = wire
        self._most = most
        self._heed = heed
        self._fragments = Fragments()
        #: Whether the last read completed a message, or heard a control frame while none was half here.
        self.is_complete = False
        #: Whether the last read had anything to look at.
        self.has_come = False
        self._judge_headers()

    @property
    def is_amid(self) -> bool:
        """Whether a message is half here."""
        return self._is_library_amid() or len(self._wire.inflow) > 0

    def read(self, frames: list[bytes]) -> None:
        """
        One read of the socket, and every frame that is complete then.

        :param frames: get the messages
        :raises Refused: when one may not be sent
        """
        self.is_complete = self.has_come = False
        if self._cut(frames) and not frames and not self._wire.fill():
            # The library says in what way the line ended.
            self._sock.recv_frame()
        self.has_come = True
        # What is complete now, no more.
        self._wire.reads_left = 0
        while not self._cut(frames):
            self._take(self._sock.recv_frame(), frames)

    def skip(self) -> int:
        """Read a frame that nobody wants; its opcode."""
        frame = self._sock.recv_frame()
        if frame.opcode in DATA:
            self._fragments.add(frame.data, is_last=bool(frame.fin))
        opcode: int = frame.opcode
        return opcode

    def _cut(self, frames: list[bytes]) -> bool:
        """Take what needs no look of the library's; whether there is nothing left for it."""
        inflow = self._wire.inflow
        if self._is_library_amid():
            return not inflow
        inflow.cut(frames, self._most)
        self.is_complete = self.is_complete or bool(frames)
        return not inflow or inflow.begins_text(self._most)

    def _take(self, frame: Any, frames: list[bytes]) -> None:
        if frame.opcode in DATA:
            whole = self._fragments.add(frame.data, is_last=bool(frame.fin))
            if whole is not None:
                frames.append(whole)
        else:
            self._heed(frame.opcode, frame.data)
        self.is_complete = self.is_complete or self._fragments.begun is None

    def _is_library_amid(self) -> bool:
        buffer = self._sock.frame_buffer
        is_amid = buffer.header is not None or bool(buffer.recv_buffer)
        return is_amid or self._fragments.begun is not None

    def _judge_headers(self) -> None:
        """Have each header looked at when it is read, before anything of its frame is kept."""
        buffer, fragments, most = self._sock.frame_buffer, self._fragments, self._most
        read_length = buffer.recv_length

        def recv_length() -> None:
            read_length()
            fin, *reserved, opcode, is_masked, _ = buffer.header
            header = Header(opcode, buffer.length, bool(fin), bool(is_masked), any(reserved))
            wrong = header.wrong(fragments.begun, most)
            if wrong is not None:
                raise Refused(wrong)

        buffer.recv_length = recv_length
