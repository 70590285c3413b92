"""respite: how long a venue wants to be left alone."""

from datetime import UTC, datetime

import pytest

from rxdex.connection.respite import respite

NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "said", "seconds"),
    [
        (429, "7", 7.0),
        (418, " 120 ", 120.0),
        (503, "3", 3.0),
        (429, "Sun, 22 Nov 2026 12:00:30 GMT", 30.0),
        (429, "Sun, 22 Nov 2026 11:00:00 GMT", 0.0),
        (429, "0", 0.0),
        (429, "99999999999999999999999", 86_400.0),
        (429, "Sun, 22 Nov 2099 12:00:30 GMT", 86_400.0),
        (429, "soon", 60.0),
        (429, "-5", 60.0),
        (429, "²", 60.0),
        (503, "soon", None),
    ],
)
def test_what_is_said_is_respected(status: int, said: str, seconds: float | None) -> None:
    assert respite(status, {"retry-after": said}, NOW) == seconds


@pytest.mark.parametrize(
    ("status", "seconds"), [(418, 60.0), (429, 60.0), (403, None), (500, None), (None, None)]
)
def test_where_nothing_is_said(status: int | None, seconds: float | None) -> None:
    assert respite(status, {}, NOW) == seconds
