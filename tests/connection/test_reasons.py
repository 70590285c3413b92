"""reasons: words for people."""

import socket
import ssl

import pytest

from rxdex.connection.reasons import farewell, in_words, refusal, shown


def untrusted() -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "[SSL: CERTIFICATE_VERIFY_FAILED] too much detail")
    error.verify_message = "self-signed certificate"
    return error


def not_tls() -> ssl.SSLError:
    error = ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1006)")
    error.reason = "WRONG_VERSION_NUMBER"
    return error


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ConnectionRefusedError(111, "Connection refused"), "Connection refused"),
        (ValueError("a\x1b[2Jb\r\n"), r"a\x1b[2Jb"),
        (socket.gaierror(-2, "Name or service not known"), "Name or service not known"),
        (ValueError("nonsense"), "nonsense"),
        (OSError(), "OSError"),
        (not_tls(), "TLS fails, wrong version number"),
        (ssl.SSLError(1, "bare"), "bare"),
        (
            untrusted(),
            (
                "its certificate is not to be trusted, self-signed certificate; where it is your own "
                "authority's, give LineSettings(ssl=...) a context that has loaded it"
            ),
        ),
    ],
)
def test_an_errors_own_words(error: Exception, words: str) -> None:
    assert in_words(error) == words


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (404, b"", "404"),
        (404, b" no such thing\n", "404, no such thing"),
        (403, b"no\nFORGED \x1b[31m", r"403, no FORGED \x1b[31m"),
        (502, b"\xff", "502, \N{REPLACEMENT CHARACTER}"),
        (500, b"x" * 1000, "500, " + "x" * 120),
    ],
)
def test_a_refusal(status: int, body: bytes, words: str) -> None:
    assert refusal(status, body) == words


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "no reason given"),
        (b"\x03", "no reason given"),
        (b"\x03\xe8", "1000"),
        (b"\x03\xe9going away", "1001 going away"),
        (b"\x03\xe8bye\nFORGED\x07", r"1000 bye\nFORGED\x07"),
        (b"\x0f\xa0\xff", "4000 \N{REPLACEMENT CHARACTER}"),
    ],
)
def test_a_farewell(data: bytes, words: str) -> None:
    assert farewell(data) == words


def test_what_the_other_side_wrote_is_one_line_and_moves_no_cursor() -> None:
    assert shown(" Grüße 東京\n\t\x1b[31m\u202e\ud800. ") == r"Grüße 東京\n\t\x1b[31m\u202e\ud800."
