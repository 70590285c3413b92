"""A venue at `wss` whose certificate is by a private authority: who is spoken to, and who is not."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from rxdex import ConnectionLost, Dex, LineSettings, first
from rxdex.backoff import Backoff
from rxdex.events import GapReason, LineState
from rxdex.simulator.exchange import Exchange
from rxdex.simulator.partition import Partition
from tests.conftest import eventually
from tests.connection.peer import Authority, Guest, Peer, farewell, frame
from tests.connection.witness import Witness

LINE = partial(LineSettings, close_timeout=0.2, backoff=Backoff(start=0.01, ceiling=0.01))
BLOCK = '{"stream":"blockheight","data":{"h":%d}}'
NOW = datetime.now(UTC)
DAY = timedelta(days=1)
EXPIRED: dict[str, Any] = {"not_before": NOW - 2 * DAY, "not_after": NOW - DAY}
#: What is wrong with a certificate, how it is made, and what is read.
BAD: dict[str, tuple[Authority | None, tuple[str, ...], dict[str, Any], str]] = {
    "an unknown issuer": (Authority(), ("127.0.0.1",), {}, "is not to be trusted"),
    "a wrong host name": (None, ("elsewhere.example",), {}, "is another host's"),
    "expired": (None, ("127.0.0.1",), EXPIRED, "is out of date"),
}


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


@pytest.fixture(scope="module")
def exchange() -> Iterator[Exchange]:
    with Exchange(speed=None, warm_up=20) as it:
        yield it


@contextmanager
def behind_tls(
    exchange: Exchange, trusted: Authority, *names: str, shown_by: Authority, **validity: Any
) -> Iterator[Dex]:
    """The exchange, as it is reached over TLS by who trusts that authority alone."""
    with (
        Partition(exchange.url, tls=shown_by.server(*names, **validity)) as network,
        Dex(network.url, LINE(ssl=trusted.client(), tries=1)) as dex,
    ):
        assert network.url.startswith("wss://")
        yield dex
    assert exchange.wait_for(lambda it: not any(visit.is_open for visit in it.visits))


def stepping(exchange: Exchange, condition: Callable[[], bool]) -> bool:
    """Whether a condition comes true within some blocks, in time."""

    def holds() -> bool:
        exchange.step()
        return condition()

    return eventually(holds)


def test_who_knows_the_authority_is_let_in_for_streams_and_for_answers(
    exchange: Exchange, authority: Authority
) -> None:
    with behind_tls(exchange, authority, shown_by=authority) as dex:
        assert first(dex.symbols()) == exchange.symbols
        it = Witness(dex)
        assert it.wait_state(LineState.UP)
        assert stepping(exchange, lambda: len(it.heights) >= 3)
        assert it.seen[:3] == list(range(it.heights[0], it.heights[0] + 3))
        assert it.faults.values == []


@pytest.mark.parametrize("name", BAD)
def test_who_shows_another_certificate_is_not_spoken_to(
    exchange: Exchange, authority: Authority, name: str
) -> None:
    by, names, validity, words = BAD[name]
    before = len(exchange.visits)
    with behind_tls(exchange, authority, *names, shown_by=by or authority, **validity) as dex:
        it = Witness(dex, is_alone=True)
        assert it.blocks.fails()
        assert it.wait_state(LineState.CLOSED)
        assert words in it.told[-1].what
        assert it.seen == []
        for stream in (dex.blocks(), dex.symbols()):
            with pytest.raises(ConnectionLost, match=f"its certificate {words}") as refused:
                first(stream, timeout=5)
            assert "127.0.0.1" in str(refused.value)
    assert len(exchange.visits) == before, "not even the request is told"


def test_the_system_s_authorities_know_no_private_one(
    exchange: Exchange, authority: Authority
) -> None:
    with Partition(exchange.url, tls=authority.server()) as network, Dex(network.url) as dex:
        for stream in (dex.blocks(), dex.symbols()):
            with pytest.raises(
                ConnectionLost, match=r"not to be trusted .*LineSettings\(ssl=\.\.\.\)"
            ):
                first(stream, timeout=5)


def test_a_certificate_that_expires_while_the_line_is_up_is_seen_at_the_next_one(
    authority: Authority,
) -> None:
    contexts = [authority.server(), authority.server("localhost", **EXPIRED), authority.server()]
    seen: list[Guest] = []

    def script(guest: Guest) -> None:
        number = len(seen)
        seen.append(guest)
        guest.sock = contexts[number].wrap_socket(guest.sock, server_side=True)
        guest.welcome()
        guest.hear()
        guest.say(frame(BLOCK % number))
        if number:
            guest.hear()
        guest.say(farewell(1012))

    with Peer(script) as peer:
        url = peer.url("wss", path="/api")
        with Dex(url, LINE(ssl=authority.client(), tries=1)) as dex:
            it = Witness(dex, is_alone=True)
            assert it.blocks.has(3)
            assert it.wait_state(LineState.UP, 2)
    assert it.seen == [0, GapReason.LINE_LOST, 2]
    hung_up, expired = it.of(LineState.WAITING)
    assert "hung up (1012" in hung_up.what
    assert "its certificate is out of date" in expired.what
    # It was up, so it is tried for ever.
    assert it.blocks.errors == []
    assert it.of(LineState.UP)[1].down_for is not None


def test_a_line_is_renewed_without_a_loss(exchange: Exchange, authority: Authority) -> None:
    with (
        Partition(exchange.url, tls=authority.server()) as network,
        Dex(network.url, LINE(ssl=authority.client(), renew_overlap=0.05)) as dex,
    ):
        it = Witness(dex)
        assert it.wait_state(LineState.UP)
        dex.renew()
        assert stepping(exchange, lambda: len(it.of(LineState.UP)) == 2)
        renewed_at = exchange.height
        assert stepping(exchange, lambda: it.heights[-1] > renewed_at)
        assert it.of(LineState.UP)[1].what.startswith("renewed: ")
        assert it.seen == list(range(it.seen[0], it.seen[0] + len(it.seen)))
        assert it.faults.values == []
