"""Who competes: one row of the table, and one module here, a contestant."""

from typing import NamedTuple

from benchmarks.environments import Environment

__all__ = ["CONTESTANTS", "DEX", "LIMITS", "OURS", "SPOT", "YARDSTICKS", "Contestant"]

#: The wires: Binance DEX's, and Binance's spot market's.
DEX, SPOT = "dex", "spot"


class Contestant(NamedTuple):
    """
    A client, in a process of its own.

    :param name: what to call it
    :param about: what it does with a frame
    :param module: its module here
    :param brings: what it hands over: `bytes`, `text`, `dicts`, or `events`, which are typed
    :param wires: what it can read
    :param home: the environment it needs; None where ours does
    :param options: what else to say on its command line
    :param routes: whether it tells topics apart, so that their number matters
    :param is_c_client: whether a client written in C or Cython reads the socket
    :param plain: whether it connects without TLS
    :param aside: whether it competes only where everybody does, to keep a run short
    """

    name: str
    about: str
    module: str
    brings: str = "dicts"
    wires: tuple[str, ...] = (DEX,)
    home: Environment | None = None
    options: tuple[str, ...] = ()
    routes: bool = False
    is_c_client: bool = False
    plain: bool = True
    aside: bool = False


OURS = "rxdex"
#: They measure the firehose and the wire, and are no clients.
YARDSTICKS = ("recv", "headers")
#: What a client could be at best: nobody's client does so little.
LIMITS = (*YARDSTICKS, "picows+orjson")

_UNICORN_1 = Environment("unicorn-1", ("unicorn-binance-websocket-api==1.46.2",))
_UNICORN_2 = Environment("unicorn-2", ("unicorn-binance-websocket-api>=2.16", "picows"))
# What it demands of two1 and of protobuf cannot be had together.
_BINANCE_DEX = Environment("binance-dex", ("websocket-client",), bare="binance-dex==0.1.3")

_OWN = (
    Contestant("recv", "limit: recv_into, in C; looks at nothing", "recv", "bytes", (DEX, SPOT)),
    Contestant(
        "headers", "limit: reads the frames' headers, in Python", "headers", "bytes", aside=True
    ),
    Contestant(
        OURS, "typed events at on_next", "rxdex_streams", "events", (DEX, SPOT), routes=True
    ),
    Contestant("recv+json", "websocket-client's recv, json.loads", "recv_json", aside=True),
    Contestant(
        "naive",
        "WebSocketApp, json, attrs, a shared Subject, a filter a topic",
        "naive_app",
        "events",
        routes=True,
        aside=True,
    ),
)

_PEERS = (
    Contestant(
        "picows+orjson",
        "limit: a Cython client, orjson.loads; no dispatch",
        "picows_orjson",
        wires=(DEX, SPOT),
        home=Environment("picows", ("picows", "orjson")),
        is_c_client=True,
    ),
    Contestant(
        "binance-dex",
        "WebSocketApp, traced",
        "peer_binance_dex",
        "text",
        home=_BINANCE_DEX,
    ),
    Contestant(
        "binance-dex quiet",
        "the same with its trace off",
        "peer_binance_dex",
        "text",
        home=_BINANCE_DEX,
        options=("--quiet",),
        aside=True,
    ),
    Contestant(
        "python-binance-chain",
        "websockets, ujson",
        "peer_python_binance_chain",
        home=Environment(
            "python-binance-chain",
            ("websockets==10.4", "ujson"),
            bare="python-binance-chain==0.1.20",
        ),
    ),
    Contestant(
        "binancechain",
        "aiohttp, orjson, an emitter",
        "peer_binancechain",
        # Without its wallet.
        home=Environment("binancechain", ("aiohttp", "orjson", "pyee"), bare="binancechain==0.1.6"),
    ),
    Contestant("unicorn 1.46", "websockets, ujson", "peer_unicorn", home=_UNICORN_1),
    Contestant("unicorn", "websockets, orjson", "peer_unicorn", wires=(SPOT,), home=_UNICORN_2),
    Contestant(
        "unicorn+picows",
        "the same over picows",
        "peer_unicorn",
        wires=(SPOT,),
        home=_UNICORN_2,
        options=("--picows",),
        is_c_client=True,
    ),
    Contestant(
        "cryptofeed",
        "websockets, yapic.json, uvloop; TLS alone",
        "peer_cryptofeed",
        "events",
        (SPOT,),
        Environment("cryptofeed", ("cryptofeed>=2.4",)),
        plain=False,
    ),
    Contestant(
        "ccxt",
        "ccxt.pro: aiohttp, orjson; its own dicts",
        "peer_ccxt",
        wires=(SPOT,),
        home=Environment("ccxt", ("ccxt>=4.5",)),
    ),
)

CONTESTANTS = (*_OWN, *_PEERS)
