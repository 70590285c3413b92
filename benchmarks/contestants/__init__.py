"""Who competes: one row of the table, and one module here, a contestant."""

import sys
from typing import NamedTuple

__all__ = ["CONTESTANTS", "OURS", "YARDSTICKS", "Contestant"]


class Contestant(NamedTuple):
    """
    A client, in a process of its own.

    :param name: what to call it
    :param about: what it does with a frame
    :param module: its module here
    :param python: who runs it; another environment's where it needs one
    :param routes: whether it tells topics apart, so that their number matters
    """

    name: str
    about: str
    module: str
    python: str = sys.executable
    routes: bool = False


OURS = "rxdex"
#: They measure the firehose and the wire, and are no clients.
YARDSTICKS = ("recv", "headers")

CONTESTANTS = (
    Contestant("recv", "reads bytes and looks at none", "recv"),
    Contestant("headers", "reads the frames' headers, in Python", "headers"),
    Contestant(OURS, "typed events at on_next", "rxdex_streams", routes=True),
    Contestant("recv+json", "websocket-client's recv, json.loads: dicts", "recv_json"),
    Contestant(
        "naive",
        "WebSocketApp, json, attrs, a shared Subject, a filter a topic",
        "naive_app",
        routes=True,
    ),
)
