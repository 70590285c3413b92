"""Work in a copy of this process: whatever a client leaves behind, the next lap finds none of it."""

import json
import os
import select
import signal
from collections.abc import Callable
from contextlib import suppress
from typing import Any

__all__ = ["in_a_fork"]


def in_a_fork(work: Callable[[], dict[str, Any]], timeout: float) -> dict[str, Any]:
    """
    What `work` answers in a child of this process, which then ends, whatever threads still run.

    :param work: what to do there
    :param timeout: seconds after which it is given up
    :raises RuntimeError: when it failed, or did not answer in time
    """
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        _answer_once(work, writing)
    os.close(writing)
    with open(reading, "rb") as pipe:  # noqa: PTH123 - a descriptor
        ready, _, _ = select.select([reading], [], [], timeout)
        if not ready:
            os.kill(pid, signal.SIGKILL)
        text = pipe.read() if ready else b""
    os.waitpid(pid, 0)
    if not text:
        raise RuntimeError("the lap ended without a word" if ready else "the lap did not end")
    said: dict[str, Any] = json.loads(text)
    if "error" in said:
        raise RuntimeError(said["error"])
    return said


def _answer_once(work: Callable[[], dict[str, Any]], writing: int) -> None:
    said: dict[str, Any] = {"error": "it was ended"}
    with suppress(BaseException):
        try:
            said = work()
        except BaseException as error:  # noqa: BLE001 - told to whoever asked
            said = {"error": repr(error)}
        os.write(writing, json.dumps(said).encode())
    os._exit(0)
