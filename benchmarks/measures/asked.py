"""The way a measure is asked: on a core, a line of JSON at a time."""

import argparse
from collections.abc import Callable
from typing import Any

from benchmarks.lines import answer
from benchmarks.pinning import pin

__all__ = ["when_asked"]


def when_asked(measure: Callable[..., dict[str, Any]]) -> None:
    """Measure whenever a line comes; its keys are the arguments."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--core", type=int)
    pin(parser.parse_args().core)

    def reply(question: dict[str, Any]) -> dict[str, Any]:
        return measure(**question)

    answer(reply)
