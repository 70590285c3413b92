"""What can go wrong, made to happen: one function for each row of the errors page that is no call alone."""

import asyncio
import re
import resource
import socket
import ssl
import sys
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, NamedTuple
from unittest.mock import patch

import reactivex
from reactivex import operators as ops
from reactivex.scheduler import VirtualTimeScheduler
from reactivex.scheduler.eventloop import AsyncIOScheduler
from reactivex.subject import Subject

from rxdex import Dex, LineSettings, aio, first, topics
from rxdex.connection import handover
from rxdex.errors import EventsLost
from rxdex.events import BlockHeight, Fault, Gap, GapReason, LineState, Status
from rxdex.operators import OnGap, Overflow, buffered, without_gaps
from rxdex.simulator.exchange import Exchange
from rxdex.topics import Topic
from rxdex.venue import Request
from rxdex.venues import BinanceDex
from tests.builders import BUYER, SYMBOL, TIME_NS
from tests.connection.hall import Guest as Talker
from tests.connection.hall import hall, linger
from tests.connection.peer import (
    CLOSE,
    PING,
    PONG,
    Aside,
    Authority,
    Guest,
    Peer,
    answer,
    farewell,
    frame,
)
from tests.connection.recorder import Recorder

__all__ = ["MISHAPS", "Told", "told"]

BRIEF = 0.1
BLOCKS = topics.blocks()

Script = Callable[[Guest], None]


class Told(NamedTuple):
    """What a person reads: of which kind, and the text, with placeholders for what varies."""

    kind: str
    text: str


def told(what: object, **varying: object) -> Told:
    """
    An error, a fault or a status as the page has it.

    :param varying: what stands for a value that is another one each time, by the placeholder's name
    """
    kind = type(what).__name__
    text = str(what)
    if isinstance(what, Fault):
        kind, text = f"FaultReason.{what.reason.name}", what.what
    elif isinstance(what, Status):
        text = what.what
    for name, value in varying.items():
        text = text.replace(str(value), f"<{name}>")
    return Told(kind, text)


MISHAPS: dict[str, Callable[[Exchange], Told]] = {}

Mishap = Callable[[Exchange], Told]


def happens(done: str) -> Callable[[Mishap], Mishap]:
    """Note a mishap under what the page says was done."""

    def note(mishap: Mishap) -> Mishap:
        MISHAPS[done] = mishap
        return mishap

    return note


def raised(call: Callable[[], object]) -> BaseException:
    """What a call raises."""
    try:
        call()
    except Exception as error:  # noqa: BLE001 - it is looked at
        return error
    raise AssertionError("nothing was raised")


def causes(error: BaseException | None) -> Iterator[BaseException]:
    """An error, what caused it, and so on."""
    while error is not None:
        yield error
        error = error.__cause__


def cannot_connect(port: int, scheme: str = "ws", **settings: Any) -> BaseException:
    """What `first` raises where nobody can be had at a port of this machine."""
    with Dex(f"{scheme}://localhost:{port}/api", LineSettings(**settings)) as dex:
        return raised(lambda: first(dex.blocks()))


def refused(script: Script, scheme: str = "ws", **settings: Any) -> Told:
    """What `first` raises when the other side does as the script says."""
    tls: ssl.SSLContext | None = settings.pop("tls", None)
    with Peer(script, tls=tls) as peer:
        error = cannot_connect(peer.port, scheme, **settings)
    words = next(tls_words(error), None)
    return told(error, port=peer.port, **({} if words is None else {"words": words}))


def tls_words(error: BaseException) -> Iterator[str]:
    """What OpenSSL has to say about an error; another OpenSSL may say it otherwise."""
    for cause in causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            yield cause.verify_message.rstrip(".")
        elif isinstance(cause, ssl.SSLError):
            yield str(cause.reason).replace("_", " ").lower()


def answers(said: bytes) -> Script:
    """Hear a request, and answer so."""

    def script(guest: Guest) -> None:
        guest.hear_request()
        guest.say(said)
        guest.see_off()

    return script


def free_port() -> int:
    """Where nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def is_waiting(status: Status) -> bool:
    """Whether a line waits for its next attempt."""
    return status.state is LineState.WAITING


@contextmanager
def waiting(script: Script, **settings: Any) -> Iterator[tuple[int, Status]]:
    """How a line stands that was up, and that the other side then treats as the script says."""
    with (
        Peer(script) as peer,
        Dex(f"ws://localhost:{peer.port}/api", LineSettings(**settings)) as dex,
    ):
        states: Recorder[Status] = Recorder()
        dex.status.pipe(ops.filter(is_waiting)).subscribe(states)
        with dex.blocks().subscribe(on_error=lambda _: None):
            assert states.has(1)
        yield peer.port, states.values[0]


def broken(script: Script, **settings: Any) -> Told:
    """Why it is that a line which was up is no more."""
    with waiting(script, **settings) as (port, status):
        return told(status.error, port=port)


def says(*parts: bytes, then: Script = Guest.see_off) -> Script:
    """Let the client in, and say these."""

    def script(guest: Guest) -> None:
        guest.welcome(*parts)
        then(guest)

    return script


def hears(guest: Guest, then: Script = lambda _: None) -> None:
    """Hear what is subscribed, and only then do something, or leave."""
    guest.hear()
    then(guest)


def asked(said: bytes, **settings: Any) -> Told:
    """What a question gets that is answered so."""

    def script(guest: Guest) -> None:
        guest.hear_request()
        guest.say(said)

    with Peer(script) as peer, Dex(peer.url(path="/api"), LineSettings(**settings)) as dex:
        error = raised(lambda: first(dex.symbols()))
    return told(error, port=peer.port)


def faulty(text: str, topic: Topic[object] = BLOCKS) -> Told:
    """The fault that comes of a frame of a venue."""

    def script(guest: Talker) -> None:
        guest.recv()
        guest.send(text)
        linger(guest)

    with hall(script) as room, Dex(room.url) as dex:
        faults: Recorder[Fault] = Recorder()
        dex.faults.subscribe(faults)
        with dex.stream(topic).subscribe():
            assert faults.has(1)
        return told(faults.values[0])


# A line that cannot be had.


@happens("nobody listens at the port")
def _(_: Exchange) -> Told:
    port = free_port()
    return told(cannot_connect(port), port=port)


@happens("the same, in `dex.status`")
def _(_: Exchange) -> Told:
    port = free_port()
    with Dex(f"ws://localhost:{port}/api") as dex:
        states: Recorder[Status] = Recorder()
        dex.status.pipe(ops.filter(is_waiting)).subscribe(states)
        with dex.blocks().subscribe():
            assert states.has(1)
    status = states.values[0]
    return told(status, port=port, seconds=f"{status.retry_in:.1f}")


@happens("nobody knows the name of the host")
def _(_: Exchange) -> Told:
    # By itself the system would ask the network, for as long as that takes.
    look_up = partial(socket.getaddrinfo, flags=socket.AI_NUMERICHOST)
    with (
        patch.object(socket, "getaddrinfo", look_up),
        Dex("wss://my-gatway.example/api") as dex,
    ):
        return told(raised(lambda: first(dex.blocks())))


@happens("the name of the host cannot be one")
def _(_: Exchange) -> Told:
    with Dex("wss://my..gateway/api") as dex:
        error = raised(lambda: first(dex.blocks()))
    return told(error, words=error.__cause__)


@happens("the host does not answer, with `LineSettings(open_timeout=0.1)`")
def _(_: Exchange) -> Told:
    return refused(Guest.stay, open_timeout=BRIEF)


@happens('the same through `proxy="http://me:secret@localhost:<port>"`')
def _(_: Exchange) -> Told:
    with Peer(Guest.stay) as peer:
        proxy = f"http://me:secret@localhost:{peer.port}"
        with Dex("ws://my-gateway/api", LineSettings(proxy=proxy, open_timeout=BRIEF)) as dex:
            return told(raised(lambda: first(dex.blocks())), port=peer.port)


@happens("the server knows no such path")
def _(_: Exchange) -> Told:
    return refused(answers(answer("404 Not Found", "nothing\nhere")))


@happens("the server wants to know who asks")
def _(_: Exchange) -> Told:
    return refused(answers(answer("401 Unauthorized")))


@happens("the server is asked too often")
def _(_: Exchange) -> Told:
    return refused(answers(answer("429 Too Many Requests")))


@happens("the server has trouble of its own")
def _(_: Exchange) -> Told:
    return refused(answers(answer("503 Service Unavailable", "no room")))


@happens("the server sends elsewhere")
def _(_: Exchange) -> Told:
    return refused(answers(answer("301 Moved", Location="wss://new.example/api")))


@happens("the server is one of another protocol")
def _(_: Exchange) -> Told:
    return refused(answers(b"220 mail.example ESMTP\r\n\r\n"))


@happens("the answer to the handshake never ends")
def _(_: Exchange) -> Told:
    def script(guest: Guest) -> None:
        guest.hear_request()
        guest.say(b"HTTP/1.1 101 Switching Protocols\r\nX: ")
        with suppress(OSError):
            while not guest.over.is_set():
                guest.say(b"x" * 10_000)

    return refused(script)


@happens("the answer to the handshake agrees to what was not offered")
def _(_: Exchange) -> Told:
    def script(guest: Guest) -> None:
        guest.hear_request()
        guest.say(guest.handshake("Sec-WebSocket-Extensions: permessage-deflate"))
        guest.see_off()

    return refused(script)


@happens("its certificate is of an authority that this machine does not know")
def _(_: Exchange) -> Told:
    return refused(Guest.see_off, "wss", tls=Authority().server(), ssl=Authority().client())


@happens("its certificate is another host's")
def _(_: Exchange) -> Told:
    authority = Authority()
    tls = authority.server("elsewhere.example")
    return refused(Guest.see_off, "wss", tls=tls, ssl=authority.client())


@happens("its certificate was valid until yesterday")
def _(_: Exchange) -> Told:
    authority = Authority()
    past = datetime.now(UTC) - timedelta(days=1)
    tls = authority.server("localhost", not_before=past - timedelta(days=1), not_after=past)
    return refused(Guest.see_off, "wss", tls=tls, ssl=authority.client())


@happens("its certificate is valid from tomorrow on")
def _(_: Exchange) -> Told:
    authority = Authority()
    soon = datetime.now(UTC) + timedelta(days=1)
    tls = authority.server("localhost", not_before=soon, not_after=soon + timedelta(days=1))
    return refused(Guest.see_off, "wss", tls=tls, ssl=authority.client())


@happens("a `wss` URL leads to a port without TLS")
def _(_: Exchange) -> Told:
    def script(guest: Guest) -> None:
        guest.sock.recv(10)
        guest.say(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        guest.see_off()

    return refused(script, "wss", ssl=Authority().client())


@happens("nobody listens at the proxy's port")
def _(_: Exchange) -> Told:
    port = free_port()
    settings = LineSettings(proxy=f"http://me:secret@localhost:{port}")
    with Dex("ws://my-gateway/api", settings) as dex:
        return told(raised(lambda: first(dex.blocks())), port=port)


@happens("the proxy refuses")
def _(_: Exchange) -> Told:
    with Peer(answers(answer("407 Proxy Authentication Required"))) as peer:
        proxy = f"http://me:secret@localhost:{peer.port}"
        with Dex("ws://my-gateway/api", LineSettings(proxy=proxy)) as dex:
            return told(raised(lambda: first(dex.blocks())), port=peer.port)


@happens("the proxy hangs up")
def _(_: Exchange) -> Told:
    def script(guest: Guest) -> None:
        guest.hear_request()

    with Peer(script) as peer:
        settings = LineSettings(proxy=f"http://localhost:{peer.port}")
        with Dex("ws://my-gateway/api", settings) as dex:
            return told(raised(lambda: first(dex.blocks())), port=peer.port)


@happens("the proxy speaks on behind its answer, where the host is to speak TLS")
def _(_: Exchange) -> Told:
    with Peer(answers(answer("200 OK", "forged"))) as peer:
        settings = LineSettings(proxy=f"http://localhost:{peer.port}", ssl=Authority().client())
        with Dex("wss://my-gateway/api", settings) as dex:
            return told(raised(lambda: first(dex.blocks())), port=peer.port)


@happens('`LineSettings(proxy="socks5h://localhost:1080")` without the extra')
def _(_: Exchange) -> Told:
    settings = LineSettings(proxy="socks5h://localhost:1080")
    with (
        patch.dict(sys.modules, {"python_socks": None}),
        Dex("ws://my-gateway/api", settings) as dex,
    ):
        return told(raised(lambda: first(dex.blocks())))


@happens("this process has too many files open")
def _(_: Exchange) -> Told:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with Dex("ws://localhost:1/api") as dex:
        resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
        try:
            error = raised(lambda: first(dex.blocks()))
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return told(error)


# A line that was up.


@happens("the venue hangs up, and says why")
def _(_: Exchange) -> Told:
    return broken(says(farewell(1001, "going away")))


@happens("the venue hangs up, and says nothing")
def _(_: Exchange) -> Told:
    return broken(says(then=hears))


@happens("the connection is cut")
def _(_: Exchange) -> Told:
    return broken(says(then=lambda guest: hears(guest, Guest.reset)))


@happens("nothing comes, with `LineSettings(silence=0.1)`")
def _(_: Exchange) -> Told:
    return broken(says(then=Guest.stay), silence=BRIEF)


@happens("half a frame comes, with `LineSettings(frame_timeout=0.1)`")
def _(_: Exchange) -> Told:
    return broken(says(frame("abc")[:3]), frame_timeout=BRIEF)


@happens("the venue reads nothing, with `LineSettings(send_timeout=0.1)`")
def _(_: Exchange) -> Told:
    def flood(guest: Guest) -> None:
        # Each ping is answered, until nothing more fits in between.
        with suppress(OSError):
            while not guest.over.is_set():
                guest.say(frame(bytes(125), PING) * 1000)

    return broken(says(then=flood), send_timeout=BRIEF)


@happens("a frame comes that is too large, with `LineSettings(max_frame=100)`")
def _(_: Exchange) -> Told:
    return broken(says(frame("x" * 101)), max_frame=100)


@happens("a frame comes that breaks the rules of websocket")
def _(_: Exchange) -> Told:
    return broken(says(frame("", PONG, fin=False)))


@happens("the venue hangs up, and says why in no UTF-8")
def _(_: Exchange) -> Told:
    return broken(says(frame(b"\x03\xe8\xff", CLOSE)))


@happens("a subscriber ends its thread, as with `sys.exit`")
def _(exchange: Exchange) -> Told:
    with Dex(exchange.url) as dex:
        blocks: Recorder[object] = Recorder()
        dex.blocks().subscribe(lambda _: sys.exit("enough"), lambda _: None)
        dex.blocks().subscribe(blocks)
        assert exchange.wait_for(lambda it: bool(it.visits and it.visits[-1].subscriptions))
        exchange.step()
        assert blocks.fails()
    return told(blocks.errors[0])


@happens("the public mainnet")
def _(_: Exchange) -> Told:
    with Dex(BinanceDex.mainnet()) as dex:
        return told(raised(lambda: first(dex.blocks())))


@happens("subscribing after `dex.close()`")
def _(exchange: Exchange) -> Told:
    dex = Dex(exchange.url)
    dex.close()
    return told(raised(lambda: first(dex.blocks())))


# Questions.


@happens("`dex.symbols()` where nobody listens")
def _(_: Exchange) -> Told:
    port = free_port()
    with Dex(f"ws://localhost:{port}/api") as dex:
        return told(raised(lambda: first(dex.symbols())), port=port)


@happens("the server does not answer a question, with `LineSettings(open_timeout=0.1)`")
def _(_: Exchange) -> Told:
    settings = LineSettings(open_timeout=BRIEF)
    with Peer(Guest.stay) as peer, Dex(peer.url(path="/api"), settings) as dex:
        return told(raised(lambda: first(dex.symbols())), port=peer.port)


@happens("the server has no such question")
def _(_: Exchange) -> Told:
    return asked(answer("404 Not Found", '{"code": 404}'))


@happens("the server sends the question elsewhere")
def _(_: Exchange) -> Told:
    return asked(answer("302 Found", Location="http://new.example/"))


@happens("the answer is too large, with `LineSettings(max_frame=100)`")
def _(_: Exchange) -> Told:
    return asked(answer("200 OK", "x" * 101), max_frame=100)


@happens("the answer ends too early")
def _(_: Exchange) -> Told:
    return asked(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n[{}")


@happens("a part of the answer ends too early")
def _(_: Exchange) -> Told:
    return asked(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n[{}")


@happens("the answer is none of HTTP")
def _(_: Exchange) -> Told:
    return asked(b"220 mail.example ESMTP\r\n\r\n")


@happens("the answer is of another shape")
def _(_: Exchange) -> Told:
    return asked(answer("200 OK", '{"code": 5}'))


@happens("a question of your own with another kind of URL")
def _(exchange: Exchange) -> Told:
    with Dex(exchange.url) as dex:
        question = Request("ftp://me:secret@files.example/list", bytes)
        return told(raised(lambda: first(dex.snapshot(question))))


@happens("`dex.close()` while a question is under way")
def _(_: Exchange) -> Told:
    with Peer(Guest.stay) as peer:
        dex = Dex(peer.url(path="/api"))
        symbols: Recorder[object] = Recorder()
        dex.symbols().subscribe(symbols)
        dex.close()
        assert symbols.fails()
    return told(symbols.errors[0], port=peer.port)


@happens("`dex.symbols()` after `dex.close()`")
def _(_: Exchange) -> Told:
    dex = Dex("ws://my-gateway/api")
    dex.close()
    return told(raised(lambda: first(dex.symbols())))


# One answer.


@happens("`first(dex.trades(symbol), timeout=0.1)`, and nothing happens")
def _(exchange: Exchange) -> Told:
    with Dex(exchange.url) as dex:
        return told(raised(lambda: first(dex.trades(SYMBOL), timeout=BRIEF)))


@happens("`first(dex.trades(symbol), timeout=1)`, and the line breaks meanwhile")
def _(_: Exchange) -> Told:
    def script(guest: Guest) -> None:
        guest.welcome()
        guest.hear()
        guest.say(farewell(1001, "going away"))

    with Peer(script) as peer, Dex(peer.url(path="/api")) as dex:
        error = raised(lambda: first(dex.trades(SYMBOL), timeout=1))
    return told(error, port=peer.port)


@happens("`first(...)` of a stream that ends, as by `dex.close()`")
def _(exchange: Exchange) -> Told:
    with Dex(exchange.url) as dex:
        asking = Aside(lambda: first(dex.blocks()))
        assert exchange.wait_for(lambda it: bool(it.visits and it.visits[-1].subscriptions))
    assert asking.ended()
    return told(asking.error)


@happens("`first(...)` within an `on_next`")
def _(exchange: Exchange) -> Told:
    errors: Recorder[object] = Recorder()
    with Dex(exchange.url) as dex:
        dex.blocks().pipe(ops.map(lambda _: first(dex.blocks()))).subscribe(errors)
        assert exchange.wait_for(lambda it: bool(it.visits and it.visits[-1].subscriptions))
        exchange.step()
        assert errors.fails()
    return told(errors.errors[0])


# Frames.


@happens("a frame is no JSON")
def _(_: Exchange) -> Told:
    return faulty("{]\x1b[2J")


@happens("a frame is not of its stream's shape")
def _(_: Exchange) -> Told:
    return faulty('{"stream":"blockheight","data":{"h":"5"}}')


@happens("a frame has an amount that is none")
def _(_: Exchange) -> Told:
    level = '{"stream":"marketDiff","data":{"E":1,"s":"BNB_BUSD-BD1","b":[["NaN","1"]],"a":[]}}'
    return faulty(level)


@happens("a frame has a stream that is no text")
def _(_: Exchange) -> Told:
    return faulty('{"stream":5,"data":{}}')


@happens("a frame is of a stream that rxdex does not know")
def _(_: Exchange) -> Told:
    return faulty('{"stream":"gossip","data":{}}')


@happens("an order has a fee that cannot be read")
def _(_: Exchange) -> Told:
    numbers = '"E":1,"S":1,"o":2,"f":1,"T":1,"O":1,"q":"1","p":"1","l":"0","L":"0","z":"0"'
    order = f'{{{numbers},"s":"{SYMBOL}","X":"Ack","i":"ABC-1","n":"free","t":""}}'
    return faulty(f'{{"stream":"orders","data":[{order}]}}', topic=topics.orders(BUYER))


@happens("the venue refuses something, such as a symbol it does not list")
def _(exchange: Exchange) -> Told:
    with Dex(exchange.url) as dex:
        faults: Recorder[Fault] = Recorder()
        dex.faults.subscribe(faults)
        with dex.trades("ABC-123_BNB").subscribe():
            assert faults.has(1)
    return told(faults.values[0])


@happens("the venue says something that is no event")
def _(_: Exchange) -> Told:
    return faulty('{"result":null}')


@happens("the venue says that something is wrong, without words")
def _(_: Exchange) -> Told:
    return faulty('{"error":{"code":5}}')


@happens("an event has a word that is new")
def _(_: Exchange) -> Told:
    trade = '"E":1,"s":"BNB_BUSD-BD1","t":"1-0","p":"1","q":"1","b":"","a":"","T":1,"sa":"","ba":""'
    return faulty(f'{{"stream":"trades","data":[{{{trade},"tt":9}}]}}')


@happens("a subscriber raises")
def _(exchange: Exchange) -> Told:
    def stumble(_: object) -> None:
        raise ZeroDivisionError("division by zero")

    with Dex(exchange.url) as dex:
        faults: Recorder[Fault] = Recorder()
        dex.faults.subscribe(faults)
        dex.blocks().subscribe(stumble, lambda _: None)
        assert exchange.wait_for(lambda it: bool(it.visits and it.visits[-1].subscriptions))
        exchange.step()
        assert faults.has(1)
    return told(faults.values[0])


@happens("a subscriber raises on the answer to a question")
def _(exchange: Exchange) -> Told:
    def stumble(_: object) -> None:
        raise ZeroDivisionError("division by zero")

    with Dex(exchange.url) as dex:
        faults: Recorder[Fault] = Recorder()
        dex.faults.subscribe(faults)
        dex.symbols().subscribe(stumble, lambda _: None)
        assert faults.has(1)
    return told(faults.values[0], port=re.findall(r":(\d+)/", exchange.url)[0])


@happens("a subscriber raises on an asyncio loop")
def _(exchange: Exchange) -> Told:
    faults: Recorder[Fault] = Recorder()

    def stumble(_: object) -> None:
        raise ZeroDivisionError("division by zero")

    async def main() -> None:
        scheduler = AsyncIOScheduler(asyncio.get_running_loop())
        dex.blocks().subscribe(stumble, lambda _: None, scheduler=scheduler)
        await asyncio.to_thread(
            exchange.wait_for, lambda it: bool(it.visits and it.visits[-1].subscriptions)
        )
        await asyncio.to_thread(exchange.step)
        await asyncio.to_thread(faults.has, 1)

    with Dex(exchange.url) as dex:
        dex.faults.subscribe(faults)
        asyncio.run(main())
    return told(faults.values[0])


@happens("an asyncio loop is more than 65,536 events behind")
def _(exchange: Exchange) -> Told:
    faults: Recorder[Fault] = Recorder()
    release = threading.Event()

    async def main() -> None:
        scheduler = AsyncIOScheduler(asyncio.get_running_loop())
        watched: Recorder[object] = Recorder()
        dex.blocks().subscribe(scheduler=scheduler)
        dex.blocks().subscribe(watched)
        await asyncio.to_thread(
            exchange.wait_for, lambda it: bool(it.visits and it.visits[-1].subscriptions)
        )
        # The loop is busy: nothing else runs on it meanwhile.
        exchange.step(9)
        assert watched.has(9)
        release.set()
        await asyncio.to_thread(faults.has, 1)

    with patch.object(handover, "_BOUND", 4), Dex(exchange.url) as dex:
        dex.faults.subscribe(faults)
        asyncio.run(main())
    return told(faults.values[0])


@happens("there is a bug in rxdex, or in a venue of your own")
def _(exchange: Exchange) -> Told:
    class Broken(BinanceDex):
        def decode(self, frame: object, lane: object = None, received_ns: int = 0) -> Any:
            raise KeyError("h")

    with Dex(Broken(exchange.url)) as dex:
        faults: Recorder[Fault] = Recorder()
        dex.faults.subscribe(faults)
        dex.blocks().subscribe(on_error=lambda _: None)
        assert exchange.wait_for(lambda it: bool(it.visits and it.visits[-1].subscriptions))
        exchange.step()
        assert faults.has(1)
    return told(faults.values[0])


# An iteration in asyncio.


def iterating(go_wrong: Callable[[Dex], Coroutine[Any, Any, None]], exchange: Exchange) -> Told:
    """What is raised by a coroutine that listens to an exchange."""
    with Dex(exchange.url) as dex:
        error = raised(lambda: asyncio.run(go_wrong(dex)))
    if isinstance(error, EventsLost):
        return told(error, time=f"{error.gap.since:%Y-%m-%d %H:%M:%S}")
    return told(error)


@happens("`async for` over an iteration that was not entered")
def _(exchange: Exchange) -> Told:
    async def main(dex: Dex) -> None:
        async for _ in aio.iterate(dex.blocks()):
            pass

    return iterating(main, exchange)


@happens("an iteration is entered a second time")
def _(exchange: Exchange) -> Told:
    async def main(dex: Dex) -> None:
        blocks = aio.iterate(dex.blocks())
        async with blocks:
            pass
        async with blocks:
            pass

    return iterating(main, exchange)


@happens("two tasks wait for the next event of one iteration")
def _(exchange: Exchange) -> Told:
    async def main(dex: Dex) -> None:
        async with aio.iterate(dex.blocks()) as blocks:
            await asyncio.gather(anext(blocks), anext(blocks))

    return iterating(main, exchange)


@happens("the loop is too slow, with `Overflow.FAIL`")
def _(exchange: Exchange) -> Told:
    async def main(dex: Dex) -> None:
        async with aio.iterate(dex.blocks(), capacity=1, overflow=Overflow.FAIL) as blocks:
            watched: Recorder[object] = Recorder()
            with dex.blocks().subscribe(watched):
                assert exchange.wait_for(lambda it: bool(it.visits and it.visits[-1].subscriptions))
                exchange.step(3)
                assert watched.has(3)
            async for _ in blocks:
                pass

    return iterating(main, exchange)


@happens("the stream emits on the loop's own thread, with `Overflow.BLOCK`")
def _(exchange: Exchange) -> Told:
    async def main(_: Dex) -> None:
        numbers = aio.iterate(reactivex.range(5), capacity=1, overflow=Overflow.BLOCK)
        async with numbers:
            while True:
                await anext(numbers)

    return iterating(main, exchange)


# Operators.


def block(height: int) -> BlockHeight:
    """A block that came at a moment of its own."""
    return BlockHeight(height=height, received_ns=TIME_NS)


@happens("a subscriber is too slow for `buffered(2, Overflow.FAIL)`")
def _(_: Exchange) -> Told:
    source: Subject[BlockHeight] = Subject()
    blocks: Recorder[object] = Recorder()
    clock = VirtualTimeScheduler()
    source.pipe(buffered(2, Overflow.FAIL, scheduler=clock)).subscribe(blocks)
    for height in range(3):
        source.on_next(block(height))
    clock.advance_by(1.0)
    return told(blocks.errors[0])


@happens("a subscriber of `buffered(2, Overflow.BLOCK)` brings more itself than may wait")
def _(_: Exchange) -> Told:
    source: Subject[BlockHeight] = Subject()
    blocks: Recorder[object] = Recorder()

    def bring_more(_: object) -> None:
        for height in range(3):
            source.on_next(block(height))

    source.pipe(buffered(2, Overflow.BLOCK), ops.do_action(bring_more)).subscribe(blocks)
    source.on_next(block(1))
    assert blocks.fails()
    return told(blocks.errors[0])


@happens("a subscriber behind `buffered` ends its thread, as with `sys.exit`")
def _(_: Exchange) -> Told:
    source: Subject[int] = Subject()
    blocks: Recorder[object] = Recorder()
    leaving = ops.do_action(lambda _: sys.exit("enough"))
    source.pipe(buffered(2, Overflow.BLOCK), leaving).subscribe(blocks)
    source.on_next(1)
    assert blocks.fails()
    return told(blocks.errors[0])


@happens("a gap comes, with `without_gaps(OnGap.ERROR)`")
def _(_: Exchange) -> Told:
    gap = Gap(topic=tuple(BLOCKS), since_ns=TIME_NS, reason=GapReason.LINE_LOST)
    source: list[BlockHeight | Gap] = [gap]
    blocks = reactivex.from_iterable(source).pipe(without_gaps(OnGap.ERROR))
    return told(raised(lambda: first(blocks)))


# The simulated exchange.


@happens("`Exchange(port=...)` where somebody listens already")
def _(_: Exchange) -> Told:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        return told(raised(lambda: Exchange(port=port)), port=port)


@happens("`exchange.step()` after `exchange.close()`")
def _(_: Exchange) -> Told:
    ended = Exchange(speed=None, traders=False, warm_up=0)
    ended.close()
    return told(raised(ended.step))


@happens("`exchange.close()` while somebody waits for an answer")
def _(_: Exchange) -> Told:
    ended = Exchange(speed=None, traders=False, warm_up=0)
    height = ended.height
    stepping = Aside(lambda: ended.step(1_000_000_000))
    assert ended.wait_for(lambda it: it.height > height)
    ended.close()
    assert stepping.ended()
    return told(stepping.error)


@happens("`exchange.wait_for(...)` within `exchange.inspect(...)`")
def _(exchange: Exchange) -> Told:
    wait = partial(exchange.wait_for, lambda _: True)
    return told(raised(lambda: exchange.inspect(lambda _: wait())))
