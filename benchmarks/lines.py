"""Talk between the benchmark and its processes: one question a line, one answer a line, both JSON."""

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

__all__ = ["Child", "answer", "child"]

_ROOT = Path(__file__).parents[1]
_PARTING = 5.0

Talk = dict[str, Any]


class Child:
    """
    A process that answers.

    :param module: what it runs, as `python -m` would
    :param arguments: what it is told on its command line
    :param python: who runs it; another environment's, for a contestant that needs one
    :param variables: set in its environment, beside what is set in ours
    """

    def __init__(
        self,
        module: str,
        arguments: Sequence[str] = (),
        python: str = sys.executable,
        variables: Mapping[str, str] | None = None,
    ) -> None:
        self._module = module
        self._process = subprocess.Popen(
            [python, "-m", module, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=_ROOT,
            env={**os.environ, **(variables or {})},
        )

    def ask(self, question: Talk, timeout: float = 60.0) -> Talk:
        """Its answer; RuntimeError when there is none in time, or it says that it failed."""
        reading, writing = self._process.stdout, self._process.stdin
        if reading is None or writing is None:
            raise RuntimeError(f"{self._module} has no pipes")
        try:
            writing.write(json.dumps(question).encode() + b"\n")
            writing.flush()
        except BrokenPipeError:
            raise RuntimeError(f"{self._module} has ended") from None
        ready, _, _ = select.select([reading], [], [], timeout)
        line = reading.readline() if ready else b""
        if not line:
            raise RuntimeError(f"{self._module} did not answer")
        said: Talk = json.loads(line)
        if "error" in said:
            raise RuntimeError(f"{self._module} failed: {said['error']}")
        return said

    def close(self) -> None:
        """Let it end, or end it."""
        with self._process as process:
            # Popen closes the pipes on the way out; a child whose input ends, ends.
            if process.stdin is not None:
                with suppress(BrokenPipeError):
                    process.stdin.close()
            try:
                process.wait(_PARTING)
            except subprocess.TimeoutExpired:
                process.kill()


@contextmanager
def child(
    module: str,
    arguments: Sequence[str] = (),
    python: str = sys.executable,
    variables: Mapping[str, str] | None = None,
) -> Iterator[Child]:
    """A process for as long as the block runs."""
    process = Child(module, arguments, python, variables)
    try:
        yield process
    finally:
        process.close()


def answer(reply: Callable[[Talk], Talk]) -> None:
    """In the child: answer until nobody asks any more, then end, whatever threads still run."""
    # Ctrl-C is for whoever asks.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as out:
        # What a library prints shall not be taken for an answer.
        os.dup2(2, 1)
        for line in sys.stdin:
            try:
                said = reply(json.loads(line))
            except Exception as error:  # noqa: BLE001 - told to whoever asked
                said = {"error": repr(error)}
            print(json.dumps(said), file=out, flush=True)
    os._exit(0)
