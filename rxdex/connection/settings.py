"""How a line behaves."""

import re
from collections.abc import Callable, Mapping
from ssl import CERT_REQUIRED, SSLContext
from typing import Any, TypeVar
from urllib.parse import urlsplit

from attrs import Attribute, field, frozen
from attrs.validators import optional

from rxdex.backoff import Backoff
from rxdex.connection.reasons import without_password
from rxdex.connection.transport import TransportFactory

__all__ = ["LineSettings"]

Number = TypeVar("Number", int, float)

#: What RFC 9110 calls a token.
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_MEBIBYTE = 1024 * 1024
_PROXIES = frozenset({"http", "socks4", "socks4a", "socks5", "socks5h"})


def _number(_: object, attribute: "Attribute[Any]", value: object) -> None:
    if not isinstance(value, int | float):
        raise TypeError(f"{attribute.name} is {value!r}; it must be a number")


def _a(kind: Any, remedy: str) -> "Callable[[object, Attribute[Any], object], None]":
    """Of a kind; what was given instead may hold a secret, so its type is told alone."""

    def check(_: object, attribute: "Attribute[Any]", value: object) -> None:
        if not isinstance(value, kind):
            given = type(value).__name__
            raise TypeError(f"{attribute.name} is of the type {given}; give {remedy}")

    return check


def _positive(_: object, attribute: "Attribute[Number]", value: Number) -> None:
    if not 0 < value < float("inf"):
        raise ValueError(f"{attribute.name} is {value}; it must be a number above 0")


def _positive_or_none(_: object, attribute: "Attribute[float | None]", value: float | None) -> None:
    if value is not None and not 0 < value < float("inf"):
        raise ValueError(f"{attribute.name} is {value}; it must be a number above 0, or None")


def _not_negative(_: object, attribute: "Attribute[float]", value: float) -> None:
    if not 0 <= value < float("inf"):
        raise ValueError(f"{attribute.name} is {value}; it must be 0 or more")


def _names_of(headers: Mapping[str, str]) -> str:
    """For people and logs: what is told, not the secrets in it."""
    return f"{{{', '.join(f'{name!r}: …' for name in headers)}}}"


def _verifying(
    _: object, attribute: "Attribute[SSLContext | None]", value: SSLContext | None
) -> None:
    if value is None:
        return
    if value.verify_mode is not CERT_REQUIRED or not value.check_hostname:
        raise ValueError(
            f"{attribute.name} is a context that does not verify the other side; give one that does, "
            "with your own authority loaded (load_verify_locations) where the public ones do not know it"
        )


def _one_line_each(
    _: object, attribute: "Attribute[Mapping[str, str]]", value: Mapping[str, str]
) -> None:
    if not isinstance(value, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance] - callers are not all typed
        # Not the value: it may be the secrets, in another form.
        raise TypeError(
            f"{attribute.name} is of the type {type(value).__name__}; give names and texts, as in a dict"
        )
    for name, text in value.items():
        if not all(isinstance(it, str) for it in (name, text)):  # pyright: ignore[reportUnnecessaryIsInstance] - as above
            raise TypeError(
                f"{attribute.name} has something at {_name_alone(name)} that is no text; give text"
            )
        if not _NAME.fullmatch(name):
            raise ValueError(
                f"{attribute.name} has {_name_alone(name)}, which is no name of a header; "
                "one is of ASCII letters, digits and hyphens"
            )
        if not {"\r", "\n", "\0"}.isdisjoint(text):
            raise ValueError(
                f"{attribute.name} has a line break in {name!r}; a header is one line, so leave it out"
            )


def _name_alone(name: object) -> str:
    """What was given for a header's name, for people; not the value that may stand behind it."""
    text = name.decode("latin-1") if isinstance(name, bytes) else str(name)
    found = _NAME.match(text)
    head = "" if found is None else found[0]
    return repr(head if head == text else f"{head}…")


def _known_proxy(_: object, attribute: "Attribute[str | None]", value: str | None) -> None:
    if value is not None and not _is_proxy(value):
        raise ValueError(
            f"{attribute.name} is {_shown_proxy(value)}; it must look like 'http://host:3128' or "
            "'socks5h://host:1080'"
        )


def _shown_proxy(url: str | None) -> str:
    return "None" if url is None else repr(without_password(url))


def _is_proxy(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in _PROXIES and bool(parts.hostname) and parts.port != 0
    except ValueError:
        # A port that is no number, or brackets that do not match.
        return False


@frozen(kw_only=True)
class LineSettings:
    """
    How a line behaves. All times are in seconds.

    :param ssl: the context for `wss`; None takes the system's authorities. It must verify.
    :param proxy: such as `http://user:word@host:3128` or `socks5h://host:1080` (which needs the extra
        `rxdex[socks]`); None connects directly. The environment is not asked.
    :param headers: further headers of the handshake
    :param linger: how long a line and its last topics are kept after the last subscriber left
    :param backoff: how the delays between attempts grow
    :param tries: failed attempts after which a line that never was up gives up
    :param stable_after: how long a line must have been up for the backoff to begin anew
    :param spacing: from one attempt to connect to the next, of whichever lanes; None is the venue's own
    :param open_timeout: for connecting and shaking hands, together
    :param send_timeout: for one frame to be taken
    :param frame_timeout: for a frame that has begun to be complete
    :param close_timeout: for the other side to answer our close
    :param silence: after which a line without any frame is dead; None is the venue's own limit
    :param topic_silence: after which a topic that ticks, as blocks do, is told silent although its line is
        up; None is the venue's own limit
    :param stuck_after: after which a reader that has not come back from a subscriber is told of
    :param renew_after: age at which a line is replaced by a new one, without a loss; None is the venue's own,
        if it has one
    :param renew_overlap: for which both lines are heard then; longer than the venue takes to heed a
        subscription, or holds a frame back
    :param keepalive: from one keepalive to the next; None is the venue's own period
    :param max_frame: bytes of the largest frame that is accepted
    :param transport: makes the sockets; None takes websocket-client
    """

    ssl: SSLContext | None = field(
        default=None, validator=[optional(_a(SSLContext, "an ssl.SSLContext, or None")), _verifying]
    )
    proxy: str | None = field(
        default=None,
        validator=[optional(_a(str, "text, such as 'http://host:3128'")), _known_proxy],
        repr=_shown_proxy,
    )
    headers: Mapping[str, str] = field(factory=dict, validator=_one_line_each, repr=_names_of)
    linger: float = field(default=0.0, validator=[_number, _not_negative])
    backoff: Backoff = field(factory=Backoff, validator=_a(Backoff, "Backoff(...)"))
    tries: int = field(default=5, validator=[_number, _positive])
    stable_after: float = field(default=10.0, validator=[_number, _not_negative])
    spacing: float | None = field(
        default=None, validator=[optional(_number), optional(_not_negative)]
    )
    open_timeout: float = field(default=10.0, validator=[_number, _positive])
    send_timeout: float = field(default=5.0, validator=[_number, _positive])
    frame_timeout: float = field(default=10.0, validator=[_number, _positive])
    close_timeout: float = field(default=1.0, validator=[_number, _positive])
    silence: float | None = field(default=None, validator=[optional(_number), _positive_or_none])
    topic_silence: float | None = field(
        default=None, validator=[optional(_number), _positive_or_none]
    )
    stuck_after: float = field(default=10.0, validator=[_number, _positive])
    renew_after: float | None = field(
        default=None, validator=[optional(_number), _positive_or_none]
    )
    renew_overlap: float = field(default=2.0, validator=[_number, _positive])
    keepalive: float | None = field(default=None, validator=[optional(_number), _positive_or_none])
    max_frame: int = field(default=16 * _MEBIBYTE, validator=[_number, _positive])
    transport: TransportFactory | None = field(
        default=None, validator=optional(_a(Callable, "what makes a transport, or None"))
    )
