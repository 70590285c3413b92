"""Why a line broke or could not be had, in words for people."""

import ssl

__all__ = ["farewell", "in_words", "refusal", "shown"]

_SHOWN = 120
_READ = 2_000
_CODE_LENGTH = 2


def in_words(error: BaseException) -> str:
    """An error's own words, without its number."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return (
            f"its certificate is not to be trusted, {error.verify_message}; where it is your own "
            "authority's, give LineSettings(ssl=...) a context that has loaded it"
        )
    reason: str | None = getattr(error, "reason", None) if isinstance(error, ssl.SSLError) else None
    if reason:
        return f"TLS fails, {reason.replace('_', ' ').lower()}"
    return shown(getattr(error, "strerror", None) or str(error)) or type(error).__name__


def shown(text: str) -> str:
    """What the other side wrote, as it may stand in a line of a log: no line break, no escape."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text.strip())


def refusal(status: int, body: bytes) -> str:
    """An HTTP answer that is not the one hoped for."""
    said = shown(" ".join(body[:_READ].decode("utf-8", "replace").split()))[:_SHOWN]
    return f"{status}{f', {said}' if said else ''}"


def farewell(data: bytes) -> str:
    """The code and the reason of a close frame."""
    if len(data) < _CODE_LENGTH:
        return "no reason given"
    code = int.from_bytes(data[:_CODE_LENGTH], "big")
    return f"{code} {shown(data[_CODE_LENGTH:].decode('utf-8', 'replace'))}".strip()
