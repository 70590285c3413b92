"""The yardstick of the firehose: bytes are read, in C, and counted, nothing else."""

import socket
from contextlib import AbstractContextManager

from benchmarks.contestants.competing import compete
from benchmarks.contestants.laps import Heard, Job
from benchmarks.contestants.raw_socket import connect
from benchmarks.contestants.threaded import reading

_CHUNK = 256 * 1024


def listen(job: Job, heard: Heard) -> AbstractContextManager[None]:
    """Count bytes."""
    sock, rest = connect(job)
    into = bytearray(_CHUNK)

    def read() -> None:
        heard(len(rest))
        with sock:
            while count := sock.recv_into(into):
                heard(count)

    return reading(read, lambda: sock.shutdown(socket.SHUT_RDWR))


if __name__ == "__main__":
    compete(listen, counts="bytes", in_batches=True)
