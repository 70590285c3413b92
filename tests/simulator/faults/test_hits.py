"""Each fault, as a client sees it that knows nothing of rxdex."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import websocket

from rxdex.simulator.exchange import Exchange
from rxdex.simulator.faults import Hits, Oddity
from rxdex.simulator.timings import Timings
from tests.simulator.clients import (
    closing,
    connected,
    drop,
    eventually,
    frame,
    get,
    handshake,
    heights,
    is_silent,
    knocking,
    raw,
    say,
)

PING = 0.2
BLOCKS = "/ws/$all@blockheight"
CONTROL = {websocket.ABNF.OPCODE_PING: "ping", websocket.ABNF.OPCODE_PONG: "pong"}


def opened(**timings: float) -> Exchange:
    return Exchange(speed=None, warm_up=1, traders=False, timings=Timings(goodbye=0.2, **timings))


@pytest.fixture(scope="module")
def shared() -> Iterator[Exchange]:
    with opened() as it:
        yield it


@pytest.fixture
def exchange(shared: Exchange) -> Iterator[Exchange]:
    """One that will not ping in the midst of a test."""
    yield shared
    shared.faults.heal()
    eventually(shared, lambda it: not any(visit.is_open for visit in it.visits))


@pytest.fixture
def client(exchange: Exchange) -> Iterator[websocket.WebSocket]:
    with connected(exchange.url + BLOCKS) as it:
        yield it


@pytest.fixture
def pinging() -> Iterator[Exchange]:
    """One that does."""
    with opened(ping=PING) as it:
        yield it


@pytest.fixture
def pinged(pinging: Exchange) -> Iterator[websocket.WebSocket]:
    with connected(pinging.url + BLOCKS) as it:
        yield it


def next_heights(exchange: Exchange, count: int) -> list[int]:
    return list(range(exchange.height + 1, exchange.height + 1 + count))


def kinds(client: websocket.WebSocket, count: int) -> list[str]:
    """Of the next so many frames, whether they are pings, pongs or data."""
    return [CONTROL.get(client.recv_data(control_frame=True)[0], "data") for _ in range(count)]


# The end of a line.


@pytest.mark.parametrize("code", [1000, 1001, 1012, 4000])
def test_hanging_up_with_a_code(exchange: Exchange, client: websocket.WebSocket, code: int) -> None:
    assert exchange.faults.hang_up(code) == 1
    assert closing(client) == (code, "a fault on purpose")
    drop(client)
    eventually(exchange, lambda it: it.visits[-1].close_code == code)


def test_hanging_up_without_a_close_frame(exchange: Exchange, client: websocket.WebSocket) -> None:
    assert exchange.faults.hang_up() == 1
    assert raw(client, 1) == b""
    eventually(exchange, lambda it: it.visits[-1].close_code == 1006)


def test_hanging_up_in_the_midst_of_a_subscribe(exchange: Exchange) -> None:
    with connected(f"{exchange.url}/ws") as client:
        exchange.faults.hang_up_at_subscribe(2, 1012)
        say(client, method="subscribe", topic="blockheight", symbols=["$all"])
        say(client, method="keepAlive")
        exchange.wait_for(lambda it: len(it.visits[-1].said) == 2)
        exchange.step()
        assert frame(client)["stream"] == "blockheight"
        say(client, method="subscribe", topic="trades", symbols=[exchange.symbols[0]])
        assert closing(client)[0] == 1012


# Silence.


def test_a_stall_is_silence_and_nobody_is_dropped_for_it(
    pinging: Exchange, pinged: websocket.WebSocket
) -> None:
    assert pinging.faults.stall() == 1
    pinged.ping("are you there?")
    say(pinged, method="keepAlive")
    pinging.step(3)
    assert is_silent(pinged, 4 * PING)
    assert len(pinging.visits[-1].said) == 1, "what is said is heard"
    assert pinging.visits[-1].is_open


def test_who_is_stalled_is_hung_up_on_without_a_word(
    exchange: Exchange, client: websocket.WebSocket
) -> None:
    exchange.faults.stall()
    exchange.faults.hang_up(1001)
    assert raw(client, 1) == b""


def test_a_goodbye_to_who_is_stalled_is_not_answered(
    exchange: Exchange, client: websocket.WebSocket
) -> None:
    exchange.faults.stall()
    client.send_close(1000)
    # The goodbye has a limit of its own; until then nothing comes, and then the end.
    assert raw(client, 1) == b""
    eventually(exchange, lambda it: it.visits[-1].close_code == 1000)


def test_half_a_frame_is_all_that_comes_and_the_rest_when_it_is_healed(
    exchange: Exchange, client: websocket.WebSocket
) -> None:
    whole = Oddity.UNKNOWN_KEYS.encode(exchange.height)
    half = len(whole) // 2
    exchange.faults.stall_mid_frame()
    assert raw(client, half) == whole[:half]
    exchange.step()
    assert is_silent(client, 3 * PING)
    exchange.faults.heal()
    assert raw(client, len(whole) - half) == whole[half:]
    coming = next_heights(exchange, 1)
    exchange.step()
    assert heights(client, 1) == coming


def test_who_is_mute_pings_and_answers_pings(
    pinging: Exchange, pinged: websocket.WebSocket
) -> None:
    pinging.faults.mute()
    pinging.step(3)
    pinged.ping("are you there?")
    assert set(kinds(pinged, 5)) == {"ping", "pong"}
    pinging.faults.heal()
    coming = next_heights(pinging, 1)
    pinging.step()
    assert heights(pinged, 1) == coming


def test_who_stops_pinging_still_sends_and_asks_no_answer(
    pinging: Exchange, pinged: websocket.WebSocket
) -> None:
    pinging.faults.stop_pinging()
    pinged.ping("are you there?")
    # A ping that was under way may come yet.
    while kinds(pinged, 1) != ["pong"]:
        pass
    pinging.step(2)
    assert kinds(pinged, 2) == ["data", "data"]
    assert is_silent(pinged, 4 * PING)
    assert pinging.visits[-1].is_open


def test_pings_come_again_when_healed_and_must_be_answered(
    pinging: Exchange, pinged: websocket.WebSocket
) -> None:
    pinging.faults.stop_pinging()
    assert is_silent(pinged, 3 * PING)
    pinging.faults.heal()
    assert kinds(pinged, 2) == ["ping", "ping"]
    # From here on nobody reads, and so nobody answers.
    eventually(pinging, lambda it: it.visits[-1].close_code == 1011)


def test_who_ignores_pings_still_sends(exchange: Exchange, client: websocket.WebSocket) -> None:
    exchange.faults.ignore_pings()
    client.ping("are you there?")
    say(client, method="keepAlive")
    exchange.wait_for(lambda it: bool(it.visits[-1].said))
    exchange.step()
    seen = kinds(client, 1)
    while seen[-1] != "data":
        seen += kinds(client, 1)
    assert "pong" not in seen


# Nonsense.


@pytest.mark.parametrize("oddity", Oddity, ids=lambda it: it.value)
def test_an_oddity_comes_byte_by_byte(
    exchange: Exchange, client: websocket.WebSocket, oddity: Oddity
) -> None:
    exchange.faults.send(oddity)
    wanted = oddity.encode(exchange.height)
    assert raw(client, len(wanted)) == wanted


@pytest.mark.parametrize(
    ("what", "comes"), [("héllo", b"\x81\x06h\xc3\xa9llo"), (b"\x81\x7f", b"\x81\x7f")]
)
def test_text_comes_as_a_frame_and_bytes_as_they_are(
    exchange: Exchange, client: websocket.WebSocket, what: str | bytes, comes: bytes
) -> None:
    exchange.faults.send(what)
    assert raw(client, len(comes)) == comes


def test_an_oddity_comes_between_two_frames(
    exchange: Exchange, client: websocket.WebSocket
) -> None:
    exchange.step()
    exchange.faults.send(Oddity.ERROR)
    exchange.step()
    assert [list(frame(client)) for _ in range(3)] == [
        ["stream", "data"],
        ["error"],
        ["stream", "data"],
    ]


# Frames that go astray.


@pytest.mark.parametrize(
    ("hit", "arrives"),
    [
        (lambda it: it.lose(2), [2, 3, 4]),
        (lambda it: it.repeat(2), [0, 0, 1, 1, 2, 3, 4]),
        (lambda it: it.reverse(3), [2, 1, 0, 3, 4]),
        (lambda it: (it.lose(1), it.repeat(1)), [1, 1, 2, 3, 4]),
    ],
    ids=["lost", "repeated", "reversed", "both"],
)
def test_what_becomes_of_five_frames(
    exchange: Exchange,
    client: websocket.WebSocket,
    hit: Callable[[Hits], Any],
    arrives: list[int],
) -> None:
    hit(exchange.faults)
    coming = next_heights(exchange, 5)
    exchange.step(5)
    assert heights(client, len(arrives)) == [coming[place] for place in arrives]


def test_delayed_by_blocks(exchange: Exchange, client: websocket.WebSocket) -> None:
    exchange.faults.delay(1, blocks=2)
    coming = next_heights(exchange, 3)
    exchange.step(2)
    exchange.faults.send(Oddity.ERROR)
    exchange.step()
    assert "error" in frame(client), "it came first, as the two blocks were still held back"
    assert heights(client, 3) == coming


def test_delayed_by_the_clock(exchange: Exchange, client: websocket.WebSocket) -> None:
    exchange.faults.delay(1, seconds=2 * PING)
    coming = next_heights(exchange, 2)
    exchange.step(2)
    exchange.faults.send(Oddity.ERROR)
    assert "error" in frame(client)
    assert heights(client, 2) == coming


# Who is still to come.


@pytest.mark.parametrize("status", [403, 404, 418, 429, 500, 503])
def test_handshakes_are_refused_and_questions_are_not(exchange: Exchange, status: int) -> None:
    exchange.faults.next(2).refuse(status)
    for _ in range(2):
        assert get(f"{exchange.rest_url}/time")[0] == 200
        assert handshake(exchange.url + BLOCKS)[0] == status
    with connected(exchange.url + BLOCKS):
        assert exchange.visits[-1].is_open


def test_a_refusal_may_say_when_to_come_again(exchange: Exchange) -> None:
    exchange.faults.next().refuse(429, retry_after=3)
    status, headers = handshake(exchange.url + BLOCKS)
    assert (status, headers["Retry-After"]) == (429, "3")


def test_who_is_ignored_hears_nothing_and_the_next_is_let_in(exchange: Exchange) -> None:
    exchange.faults.next().ignore()
    visits = len(exchange.visits)
    with knocking(exchange.url + BLOCKS) as sock:
        exchange.wait_for(lambda it: it.faults.log[-1].what == "ignore()")
        with connected(exchange.url + BLOCKS) as client:
            coming = next_heights(exchange, 1)
            exchange.step()
            assert heights(client, 1) == coming
        sock.settimeout(3 * PING)
        with pytest.raises(TimeoutError):
            sock.recv(1)
    assert len(exchange.visits) == visits + 1


def test_the_exchange_closes_though_somebody_is_ignored() -> None:
    with Exchange(speed=None, warm_up=0, traders=False) as exchange:
        exchange.faults.next().ignore()
        with knocking(exchange.url + BLOCKS) as sock:
            exchange.wait_for(lambda it: bool(it.faults.log))
            exchange.close()
            assert sock.recv(1) == b""


def test_a_fault_may_wait_for_who_comes(exchange: Exchange) -> None:
    assert exchange.faults.next(2).lose(1) == 0
    for lost in (1, 1, 0):
        with connected(exchange.url + BLOCKS) as client:
            coming = next_heights(exchange, 2)
            exchange.step(2)
            assert heights(client, 2 - lost) == coming[lost:]


def test_what_was_planned_can_be_called_off(exchange: Exchange) -> None:
    come = exchange.faults.next(5)
    come.refuse(503)
    come.hang_up()
    assert handshake(exchange.url + BLOCKS)[0] == 503
    come.call_off()
    with connected(exchange.url + BLOCKS) as client:
        coming = next_heights(exchange, 1)
        exchange.step()
        assert heights(client, 1) == coming


@pytest.mark.parametrize(("is_reversed", "order"), [(False, [0, 1, 2]), (True, [2, 1, 0])])
def test_a_venue_that_repeats_itself_after_a_reconnect(
    exchange: Exchange, client: websocket.WebSocket, is_reversed: bool, order: list[int]
) -> None:
    seen = next_heights(exchange, 3)
    exchange.step(3)
    exchange.faults.next().echo(3, is_reversed=is_reversed)
    with connected(f"{exchange.url}/ws") as again:
        say(again, method="subscribe", topic="blockheight", symbols=["$all"])
        assert heights(again, 3) == [seen[place] for place in order]
        coming = next_heights(exchange, 1)
        exchange.step()
        assert heights(again, 1) == coming
    assert heights(client, 4) == seen + coming


# What cannot be.


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda it: it.hang_up(1005), ValueError, "code is 1005"),
        (lambda it: it.hang_up_at_subscribe(0), ValueError, "nth is 0"),
        (lambda it: it.hang_up_at_subscribe(1, 5), ValueError, "code is 5"),
        (lambda it: it.send(5), TypeError, "5 cannot be sent; give an Oddity, text or bytes"),
        (lambda it: it.lose(0), ValueError, "frames is 0; take a whole number from 1 to 1000"),
        (lambda it: it.repeat(-1), ValueError, "frames is -1"),
        (lambda it: it.reverse(1001), ValueError, "frames is 1001"),
        (lambda it: it.delay(0, blocks=1), ValueError, "frames is 0"),
        (lambda it: it.delay(blocks=0), ValueError, "blocks is 0"),
        (lambda it: it.delay(seconds=-1), ValueError, "seconds is -1"),
        (lambda it: it.delay(), TypeError, "give one of the two"),
        (lambda it: it.delay(seconds=1, blocks=1), TypeError, "give one of the two"),
        (lambda it: it.next().refuse(200), ValueError, "status is 200"),
        (lambda it: it.next().refuse(429, retry_after=0), ValueError, "retry_after is 0"),
        (
            lambda it: it.next().echo(101),
            ValueError,
            "frames is 101; take a whole number from 1 to 100",
        ),
    ],
)
def test_what_cannot_be_is_refused_at_once(
    exchange: Exchange, call: Callable[[Any], object], error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        call(exchange.faults)


@pytest.mark.parametrize("hit", ["stall", "stall_mid_frame", "hang_up"])
def test_who_has_said_goodbye_but_is_still_there_breaks_nothing(
    exchange: Exchange, hit: str
) -> None:
    """Our half of the connection is closed by then, theirs is not."""
    with knocking(exchange.url + BLOCKS) as sock:
        answer = sock.recv(4096)
        while b"\r\n\r\n" not in answer:
            answer += sock.recv(4096)
        # A close, 1000, masked with zeros; then its answer, and the end of its half.
        sock.sendall(b"\x88\x82\x00\x00\x00\x00\x03\xe8")
        while sock.recv(4096):
            pass
        assert getattr(exchange.faults, hit)() in {0, 1}
        exchange.step()
