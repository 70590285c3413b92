"""Why a line broke or could not be had, in words for people: what is wrong, and what would do."""

import errno
import ssl
from socket import gaierror

__all__ = [
    "farewell",
    "in_words",
    "late",
    "refusal",
    "shown",
    "silent",
    "unanswered",
    "without_password",
]

_SHOWN = 120
_LONGEST_WORDS = 400
_READ = 2_000
_CODE_LENGTH = 2
_REDIRECTS = range(300, 400)
_TROUBLE = 500

_IN_HEADERS = "say who you are in LineSettings(headers=...)"
#: What to do about an HTTP status; of others it is the URL's fault below 500, the server's from there.
_REMEDIES = {401: _IN_HEADERS, 403: _IN_HEADERS, 429: "it wants to be asked less often"}

_NETWORK = "look at the network of this machine"
_FILES = "keep fewer lines open, or have the system allow more files (ulimit -n)"
#: What to do about an error of the system, by its number.
_SYSTEM = {
    errno.ECONNREFUSED: "start what is to listen there, or mend the host or the port",
    errno.ENETUNREACH: _NETWORK,
    errno.EHOSTUNREACH: _NETWORK,
    errno.EMFILE: _FILES,
    errno.ENFILE: _FILES,
}

#: What is wrong with a certificate and what to do, by OpenSSL's number for it.
_CERTIFICATES = {
    9: "is not valid yet ({words}); look at the clock of this machine",
    10: "is out of date ({words}); its host must renew it, unless the clock of this machine is wrong",
    62: "is another host's ({words}); give the URL a host that it names",
    64: "is another host's ({words}); give the URL a host that it names",
}
_UNKNOWN_ISSUER = (
    "is not to be trusted ({words}); where it is your own authority's, give LineSettings(ssl=...) a "
    "context that has loaded it"
)


def in_words(error: BaseException) -> str:
    """An error's own words, without its number, and what to do where that is known."""
    if isinstance(error, ssl.SSLCertVerificationError):
        said = _CERTIFICATES.get(error.verify_code, _UNKNOWN_ISSUER)
        return f"its certificate {said.format(words=error.verify_message.rstrip('.'))}"
    reason: str | None = getattr(error, "reason", None) if isinstance(error, ssl.SSLError) else None
    if reason:
        words = reason.replace("_", " ").lower()
        return f"TLS fails ({words}); look whether that port speaks TLS, and which versions of it"
    words = (
        shown(getattr(error, "strerror", None) or str(error))[:_LONGEST_WORDS]
        or type(error).__name__
    )
    remedy = _SYSTEM.get(getattr(error, "errno", None) or 0)
    if isinstance(error, gaierror):
        remedy = f"mend the host, or {_NETWORK}"
    elif isinstance(error, ValueError):
        remedy = "mend the URL"
    return words if remedy is None else f"{words}; {remedy}"


def late(who: str, what: str, limit: float, setting: str) -> str:
    """
    That something did not happen in time.

    :param what: what they did not do, or did instead
    :param setting: of `LineSettings`, the limit's name
    """
    remedy = f"look whether it is up, or wait longer with LineSettings({setting}=...)"
    return f"{who} {what} within {limit:g} s; {remedy}"


def unanswered(url: str, limit: float, proxy: str | None) -> str:
    """That nobody answered, in time, who was to be opened or asked."""
    through = "" if proxy is None else f" through the proxy {without_password(proxy)}"
    return late(url, f"did not answer{through}", limit, "open_timeout")


def silent(who: str, limit: float) -> str:
    """That a line was open, and nothing at all came over it."""
    return late(who, "sent nothing, not even a ping,", limit, "silence")


def shown(text: str) -> str:
    """What the other side wrote, as it may stand in a line of a log: no line break, no escape."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text.strip())


def refusal(status: int | None, body: bytes, location: str | None = None) -> str:
    """
    An HTTP answer that is not the one hoped for.

    :param status: None where there was none to be read
    :param location: where a redirect leads
    """
    if status is None:
        return "no status; mend the URL"
    if status in _REDIRECTS and location is not None:
        return (
            f"{status}, a redirect to {location[:_SHOWN]!r}, which is not followed; "
            "give that URL if you trust it"
        )
    said = " ".join(body[:_READ].decode("utf-8", "replace").split())[:_SHOWN]
    words = f"{status} ({said!r})" if said else f"{status}"
    other = "mend the URL" if status < _TROUBLE else "the trouble is on its side, try later"
    return f"{words}; {_REMEDIES.get(status, other)}"


def farewell(data: bytes) -> str:
    """The code and the reason of a close frame."""
    if len(data) < _CODE_LENGTH:
        return "no reason given"
    code = int.from_bytes(data[:_CODE_LENGTH], "big")
    return f"{code} {shown(data[_CODE_LENGTH:].decode('utf-8', 'replace'))}".strip()


def without_password(url: str) -> str:
    """A URL for people and logs: where something is, not who may use it."""
    before, at, place = url.rpartition("@")
    if not at:
        return url
    scheme, _, user = before.partition("://")
    return f"{scheme}://…@{place}" if user else f"…@{place}"
