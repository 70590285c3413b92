"""The limit of a reader written in Python: the headers of the frames are read, what they hold is not."""

import socket
from contextlib import AbstractContextManager

from benchmarks.contestants.competing import compete
from benchmarks.contestants.laps import Heard, Job
from benchmarks.contestants.raw_socket import connect
from benchmarks.contestants.threaded import reading

_CHUNK = 256 * 1024
_TWO_BYTES, _EIGHT_BYTES = 126, 127


def count_frames(data: bytes | bytearray | memoryview, end: int) -> tuple[int, int]:
    """How many frames are complete, and where the next begins."""
    frames = at = 0
    while at + 10 <= end:
        size = data[at + 1]
        if size < _TWO_BYTES:
            behind = at + 2 + size
        elif size == _TWO_BYTES:
            behind = at + 4 + (data[at + 2] << 8 | data[at + 3])
        else:
            behind = at + 10 + int.from_bytes(data[at + 2 : at + 10], "big")
        if behind > end:
            break
        frames += 1
        at = behind
    return frames, at


def listen(job: Job, heard: Heard) -> AbstractContextManager[None]:
    """Count frames."""
    sock, rest = connect(job)

    def read() -> None:
        # No frame is longer than a cycle.
        into = bytearray(_CHUNK + job.bytes)
        into[: len(rest)] = rest
        end = len(rest)
        view = memoryview(into)
        with sock:
            while count := sock.recv_into(view[end : end + _CHUNK]):
                frames, at = count_frames(into, end + count)
                end += count - at
                into[:end] = into[at : at + end]
                heard(frames)

    return reading(read, lambda: sock.shutdown(socket.SHUT_RDWR))


if __name__ == "__main__":
    compete(listen, in_batches=True)
