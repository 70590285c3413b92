"""reasons: words for people."""

import errno
import socket
import ssl

import pytest

from rxdex.connection.reasons import (
    farewell,
    in_words,
    late,
    refusal,
    shown,
    silent,
    unanswered,
    without_password,
)


def untrusted(code: int, words: str) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "[SSL: CERTIFICATE_VERIFY_FAILED] too much detail")
    error.verify_code, error.verify_message = code, words
    return error


def not_tls() -> ssl.SSLError:
    error = ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1006)")
    error.reason = "WRONG_VERSION_NUMBER"
    return error


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (
            ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"),
            "Connection refused; start what is to listen there, or mend the host or the port",
        ),
        (
            OSError(errno.EHOSTUNREACH, "No route to host"),
            "No route to host; look at the network of this machine",
        ),
        (
            OSError(errno.EMFILE, "Too many open files"),
            "Too many open files; keep fewer lines open, or have the system allow more files (ulimit -n)",
        ),
        (OSError(errno.ECONNRESET, "Connection reset by peer"), "Connection reset by peer"),
        (OSError("a\x1b[2Jb\r\n"), r"a\x1b[2Jb"),
        (OSError("x" * 1000), "x" * 400),
        (
            socket.gaierror(-2, "Name or service not known"),
            "Name or service not known; mend the host, or look at the network of this machine",
        ),
        (ValueError("nonsense"), "nonsense; mend the URL"),
        (OSError(), "OSError"),
        (
            not_tls(),
            "TLS fails (wrong version number); look whether that port speaks TLS, and which versions of it",
        ),
        (ssl.SSLError(1, "bare"), "bare"),
        (
            untrusted(18, "self-signed certificate"),
            (
                "its certificate is not to be trusted (self-signed certificate); where it is your own "
                "authority's, give LineSettings(ssl=...) a context that has loaded it"
            ),
        ),
        (
            untrusted(10, "certificate has expired"),
            (
                "its certificate is out of date (certificate has expired); its host must renew it, unless "
                "the clock of this machine is wrong"
            ),
        ),
        (
            untrusted(9, "certificate is not yet valid"),
            (
                "its certificate is not valid yet (certificate is not yet valid); look at the clock of this "
                "machine"
            ),
        ),
        (
            untrusted(64, "IP address mismatch, certificate is not valid for '::1'."),
            (
                "its certificate is another host's (IP address mismatch, certificate is not valid for "
                "'::1'); give the URL a host that it names"
            ),
        ),
    ],
)
def test_an_errors_own_words(error: Exception, words: str) -> None:
    assert in_words(error) == words


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (404, b"", "404; mend the URL"),
        (404, b" \n", "404; mend the URL"),
        (404, b" no such thing\n", "404 ('no such thing'); mend the URL"),
        (401, b"", "401; say who you are in LineSettings(headers=...)"),
        (
            403,
            b"no\nFORGED \x1b[31m",
            r"403 ('no FORGED \x1b[31m'); say who you are in LineSettings(headers=...)",
        ),
        (429, b"", "429; it wants to be asked less often"),
        (
            502,
            b"\xff",
            "502 ('\N{REPLACEMENT CHARACTER}'); the trouble is on its side, try later",
        ),
        (500, b"x" * 1000, f"500 ('{'x' * 120}'); the trouble is on its side, try later"),
        (None, b"", "no status; mend the URL"),
    ],
)
def test_a_refusal(status: int | None, body: bytes, words: str) -> None:
    assert refusal(status, body) == words


def test_a_redirect_shows_where_it_leads_in_part() -> None:
    shown_place = "http://a/\\n" + "x" * 110
    assert refusal(302, b"Found", "http://a/\n" + "x" * 1000) == (
        f"302, a redirect to '{shown_place}', which is not followed; give that URL if you trust it"
    )
    assert refusal(304, b"") == "304; mend the URL"


def test_what_did_not_come_in_time() -> None:
    remedy = "look whether it is up, or wait longer with LineSettings"
    assert late("A", "did nothing", 0.5, "it") == f"A did nothing within 0.5 s; {remedy}(it=...)"
    said = unanswered("A", 5.0, None)
    assert said == f"A did not answer within 5 s; {remedy}(open_timeout=...)"
    said = unanswered("A", 5.0, "http://me:secret@host:3128")
    assert said.startswith("A did not answer through the proxy http://…@host:3128 within 5 s; ")
    said = silent("A", 75.0)
    assert said == f"A sent nothing, not even a ping, within 75 s; {remedy}(silence=...)"


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://host:1/a?b", "http://host:1/a?b"),
        ("http://me:secret@host:1", "http://…@host:1"),
        ("http://me:sec/r@t@host", "http://…@host"),
        ("me:secret@host", "…@host"),
        ("", ""),
    ],
)
def test_a_url_without_its_password(url: str, words: str) -> None:
    assert without_password(url) == words


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
