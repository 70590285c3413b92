"""To the host of a URL, through a proxy where there is one, over TLS where the scheme says so."""

import ssl

from rxdex.connection.proxy import reach
from rxdex.connection.settings import LineSettings
from rxdex.connection.wire import Wire

__all__ = ["PORTS", "dial"]

#: Of each scheme, where a URL names none.
PORTS = {"ws": 80, "wss": 443, "http": 80, "https": 443}
_SECURE = frozenset({"wss", "https"})


def dial(wire: Wire, settings: LineSettings, scheme: str, host: str, port: int) -> None:
    """
    Connect before the wire's deadline.

    :raises OSError: when the host or the proxy cannot be had, or does not prove who it is
    """
    reach(wire, settings.proxy, host, port)
    if scheme in _SECURE:
        wire.secure(settings.ssl or ssl.create_default_context(), host)
