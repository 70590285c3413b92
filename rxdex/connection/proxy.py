"""To a host, through a proxy where there is one."""

import base64
import importlib
import socket
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from rxdex.connection.reasons import in_words, shown
from rxdex.connection.wire import Cut, Wire

__all__ = ["reach"]

_PORT = {"http": 80}
_SOCKS_PORT = 1080
_FINE = range(200, 300)
_SHOWN = 60
_ASK_IT = "look at its port and at who may use it, in LineSettings(proxy=...)"
#: Which protocol a scheme is, and whether the proxy looks the host's name up.
_SOCKS = {
    "socks4": ("SOCKS4", False),
    "socks4a": ("SOCKS4", True),
    "socks5": ("SOCKS5", False),
    "socks5h": ("SOCKS5", True),
}


def reach(wire: Wire, proxy: str | None, host: str, port: int) -> None:
    """
    Reach a host before the wire's deadline.

    :param proxy: through whom; None goes directly
    :raises OSError: when the host or the proxy cannot be reached, or refuses
    """
    if proxy is None:
        wire.connect(host, port)
        return
    parts = urlsplit(proxy)
    if parts.scheme in _SOCKS:
        wire.adopt(_through_socks(parts, host, port, wire.gettimeout()))
        return
    try:
        wire.connect(parts.hostname or "", _port(parts))
    except (TimeoutError, Cut):
        raise
    except (OSError, UnicodeError) as error:
        # Without a number of its own, which would be taken for the host's.
        raise OSError(f"the proxy {_name(parts)} cannot be had ({in_words(error)})") from error
    _ask_for_tunnel(wire, parts, host, port)


def _ask_for_tunnel(wire: Wire, proxy: SplitResult, host: str, port: int) -> None:
    target = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    lines = [f"CONNECT {target} HTTP/1.1", f"Host: {target}"]
    if proxy.username is not None:
        word = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
        lines.append(f"Proxy-Authorization: Basic {base64.b64encode(word.encode()).decode()}")
    wire.send("\r\n".join([*lines, "", ""]).encode("ascii"))
    answer = bytearray()
    while not answer.endswith(b"\r\n\r\n"):
        # One by one, as what follows is the host's already.
        more = wire.recv(1)
        if not more:
            raise OSError(f"the proxy {_name(proxy)} hung up without an answer; {_ASK_IT}")
        answer += more
    status = answer.split(b"\r\n", 1)[0].decode("ascii", "replace")[:_SHOWN]
    code = status.split(" ")[1:2]
    if not (code and code[0].isascii() and code[0].isdecimal() and int(code[0]) in _FINE):
        raise OSError(f"the proxy {_name(proxy)} answers {status!r}; {_ASK_IT}")


def _through_socks(proxy: SplitResult, host: str, port: int, timeout: float) -> socket.socket:
    """A socket as python-socks opens it, which `Wire.cut` does not reach before it is open."""
    try:
        package: Any = importlib.import_module("python_socks")
        opened: Any = importlib.import_module("python_socks.sync")
    except ImportError as error:
        raise OSError(
            f"a {proxy.scheme} proxy needs the extra 'socks': pip install 'rxdex[socks]'"
        ) from error
    protocol, is_named_there = _SOCKS[proxy.scheme]
    road = opened.Proxy.create(
        proxy_type=package.ProxyType[protocol],
        host=proxy.hostname,
        port=_port(proxy),
        username=None if proxy.username is None else unquote(proxy.username),
        password=None if proxy.password is None else unquote(proxy.password),
        rdns=is_named_there,
    )
    try:
        sock: socket.socket = road.connect(host, port, timeout=timeout)
    except package.ProxyTimeoutError as error:
        raise TimeoutError("no answer in time") from error
    except package.ProxyError as error:
        said = shown(str(error))[:_SHOWN]
        raise OSError(f"the proxy {_name(proxy)} refuses ({said}); {_ASK_IT}") from error
    return sock


def _port(proxy: SplitResult) -> int:
    return proxy.port or _PORT.get(proxy.scheme, _SOCKS_PORT)


def _name(proxy: SplitResult) -> str:
    """Where it is; not the password, as errors are shown."""
    return f"{proxy.hostname}:{_port(proxy)}"
