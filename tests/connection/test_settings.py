"""settings: what cannot be is refused before there is any I/O."""

import math
import ssl
from collections.abc import Callable
from typing import Any

import attrs
import pytest

from rxdex.backoff import Backoff
from rxdex.connection.settings import LineSettings
from tests.connection.fake import FakeTransport


def test_it_needs_nothing() -> None:
    settings = LineSettings()
    assert settings.ssl is None
    assert settings.proxy is None
    assert settings.headers == {}
    assert settings.backoff == Backoff()
    assert settings.max_frame == 16 * 1024 * 1024


def test_it_cannot_be_changed() -> None:
    settings = LineSettings()
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        settings.tries = 3  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]


def changed(name: str, value: Any) -> LineSettings:
    return LineSettings(**{name: value})


POSITIVE = ["tries", "open_timeout", "send_timeout", "frame_timeout", "close_timeout", "max_frame"]
NOT_NEGATIVE = ["linger", "stable_after"]
OPTIONAL = ["silence", "keepalive"]
BAD = [-1, math.nan, math.inf, -math.inf]


@pytest.mark.parametrize("name", POSITIVE)
@pytest.mark.parametrize("value", [0, *BAD])
def test_a_number_above_0(name: str, value: float) -> None:
    assert getattr(changed(name, 1), name) == 1
    with pytest.raises(ValueError, match=f"{name} is {value}; it must be a number above 0$"):
        changed(name, value)


@pytest.mark.parametrize("name", NOT_NEGATIVE)
@pytest.mark.parametrize("value", BAD)
def test_a_number_that_is_not_negative(name: str, value: float) -> None:
    assert getattr(changed(name, 0), name) == 0
    with pytest.raises(ValueError, match=f"{name} is {value}; it must be 0 or more"):
        changed(name, value)


@pytest.mark.parametrize("name", OPTIONAL)
@pytest.mark.parametrize("value", [0, *BAD])
def test_a_number_above_0_or_none(name: str, value: float) -> None:
    for good in (None, 0.5):
        assert getattr(changed(name, good), name) == good
    with pytest.raises(ValueError, match=f"{name} is {value}; .* above 0, or None"):
        changed(name, value)


def unverified() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def unnamed() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    return context


@pytest.mark.parametrize("make", [unverified, unnamed])
def test_a_context_that_does_not_verify(make: Callable[[], ssl.SSLContext]) -> None:
    with pytest.raises(ValueError, match=r"does not verify .*load_verify_locations"):
        LineSettings(ssl=make())


def test_a_context_that_verifies() -> None:
    context = ssl.create_default_context()
    assert LineSettings(ssl=context).ssl is context


@pytest.mark.parametrize(
    "url",
    [
        "http://host",
        "http://user:word@host:3128",
        "socks4://host:1",
        "socks4a://host",
        "socks5://[::1]:1080",
        "socks5h://host:65535",
    ],
)
def test_a_proxy(url: str) -> None:
    assert LineSettings(proxy=url).proxy == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "host:3128",
        "https://host",
        "ftp://host",
        "http://",
        "http://:3128",
        "http://host:port",
        "http://host:65536",
        "http://host:0",
        "http://[::1",
    ],
)
def test_a_proxy_that_cannot_be(url: str) -> None:
    with pytest.raises(ValueError, match="it must look like 'http://host:3128'"):
        LineSettings(proxy=url)


def test_headers() -> None:
    headers = {"User-Agent": "rxdex/1 (loopback)", "X_a.b~c": ""}
    assert LineSettings(headers=headers).headers == headers


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("A", "b\r\nC: d", "a header is one line"),
        ("A", "b\nC", "a header is one line"),
        ("A", "b\rC", "a header is one line"),
        ("A", "b\0C", "a header is one line"),
        ("A\r\nB", "c", "no name of a header"),
        ("A B", "c", "no name of a header"),
        ("A:", "c", "no name of a header"),
        ("", "c", "no name of a header"),
        ("É", "c", "no name of a header"),
        ("A\n", "c", "no name of a header"),
    ],
)
def test_a_header_that_cannot_be(name: str, text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        LineSettings(headers={name: text})


def test_a_transport_of_ones_own() -> None:
    assert LineSettings(transport=FakeTransport).transport is FakeTransport


@pytest.mark.parametrize(
    ("proxy", "shown"),
    [
        ("http://me:secret@host:3128", "'http://…@host:3128'"),
        ("socks5h://host:1080", "'socks5h://host:1080'"),
        (None, "None"),
    ],
)
def test_the_password_of_a_proxy_is_not_shown(proxy: str | None, shown: str) -> None:
    assert f"proxy={shown}" in repr(LineSettings(proxy=proxy))


def test_nor_in_the_error_of_one_that_cannot_be() -> None:
    with pytest.raises(ValueError, match="…@host:x") as caught:
        LineSettings(proxy="http://me:secret@host:x")
    assert "secret" not in str(caught.value)
    with pytest.raises(ValueError, match="…@host") as caught:
        LineSettings(proxy="me:secret@host")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("proxy", b"http://me:secret@host"),
        ("headers", ["X-Key: secret"]),
        ("headers", {"X-Key: secret": ""}),
        ("headers", {b"X-Key: secret": "x"}),
        ("headers", {"X-Key": b"secret"}),
        ("headers", {"X-Key": "secret\n"}),
    ],
)
def test_nor_in_any_other_error(name: str, value: Any) -> None:
    with pytest.raises((TypeError, ValueError), match=name) as caught:
        changed(name, value)
    assert "secret" not in str(caught.value)


def test_nor_what_headers_say() -> None:
    shown = repr(LineSettings(headers={"Authorization": "Bearer secret", "A": "b"}))
    assert "headers={'Authorization': …, 'A': …}" in shown
    assert "secret" not in shown


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *((name, "1") for name in (*POSITIVE, *NOT_NEGATIVE, *OPTIONAL)),
        *((name, None) for name in (*POSITIVE, *NOT_NEGATIVE)),
        ("ssl", True),
        ("proxy", 3128),
        ("headers", None),
        ("headers", ["A: b"]),
        ("headers", {"A": 1}),
        ("headers", {b"A": "b"}),
        ("backoff", 1.0),
        ("transport", 5),
    ],
)
def test_what_is_of_another_kind(name: str, value: Any) -> None:
    with pytest.raises(TypeError, match=name):
        changed(name, value)
