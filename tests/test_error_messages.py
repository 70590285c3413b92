"""What a person reads when something goes wrong is what the page of errors says, and all of it."""

import ast
import re
import ssl
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pytest

from rxdex import Dex, LineSettings, aio, errors, first, topics
from rxdex.backoff import Backoff
from rxdex.events.values import Side, TimeInForce
from rxdex.operators import Overflow, buffered, without_gaps
from rxdex.simulator.engine import Cancel, PlaceOrder, Send
from rxdex.simulator.exchange import Exchange
from rxdex.simulator.partition import Partition
from rxdex.simulator.timings import Timings
from rxdex.topics import Topic
from rxdex.venues import BinanceDex
from tests.mishaps import MISHAPS, Told, told

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "reference" / "errors.md"

#: Classes that nothing raises yet.
TO_COME = {"BookOutOfSync", "SubscriptionRejected"}


class Row(NamedTuple):
    """A line of the page's tables: what was done, the class that tells, and what it says."""

    done: str
    kind: str
    text: str

    def __str__(self) -> str:
        return f"| {self.done} | `{self.kind}` | {code(self.text)} |"


def code(text: str) -> str:
    """Text as code within a table, backticks and all."""
    fence = "`" * (1 + max(map(len, re.findall("`+", text)), default=0))
    space = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{space}{text}{space}{fence}".replace("|", "\\|")


def rows() -> Iterator[Row]:
    """The lines of all tables that have three columns of that kind."""
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if len(cells) == 3 and cells[1].startswith("`") and cells[1].endswith("`"):
            fence = re.match("`+", cells[2])
            assert fence is not None, f"the message is to be code: {line}"
            text = cells[2][fence.end() : -fence.end()].replace("\\|", "|")
            if "`" in (text.strip()[:1], text.strip()[-1:]):
                text = text.strip()
            yield Row(cells[0], cells[1].strip("`"), text)


ROWS = list(rows())
each_row = pytest.mark.parametrize("row", ROWS, ids=[row.done.replace("`", "") for row in ROWS])


@pytest.fixture
def exchange() -> Iterator[Exchange]:
    with Exchange(speed=None, traders=False, warm_up=0) as made:
        yield made


def called(words: str, exchange: Exchange) -> Told:
    """What comes of a call that the page shows."""
    unverified = ssl.create_default_context()
    unverified.check_hostname = False
    dex = Dex(BinanceDex("wss://my-gateway/api", prefix="bnb"))
    network = Partition(exchange.url)
    names = {
        "dex": dex,
        "exchange": exchange,
        "user": exchange.user,
        "unverified": unverified,
        **{it.__name__: it for it in (Dex, BinanceDex, LineSettings, Backoff, Exchange, Timings)},
        **{it.__name__: it for it in (Topic, Decimal, Side, TimeInForce, PlaceOrder, Cancel, Send)},
        **{it.__name__: it for it in (Overflow, buffered, without_gaps)},
        "network": network,
        "aio": aio,
        "first": first,
        "topics": topics,
    }
    with dex, network, pytest.raises(Exception) as caught:  # noqa: PT011 - the page says which
        eval(words, names)
    return told(caught.value)


@each_row
def test_what_is_read_is_what_the_page_says(row: Row, exchange: Exchange) -> None:
    if row.done in MISHAPS:
        found = MISHAPS[row.done](exchange)
    else:
        words = re.fullmatch(r"`([^`]+)`", row.done)
        assert words is not None, f"no mishap is called {row.done!r}, and it is no call"
        found = called(words[1], exchange)
    read = Row(row.done, *found)
    assert read == row, f"the row is to be:\n{read}"


def test_every_mishap_has_its_row() -> None:
    assert sorted(set(MISHAPS) - {row.done for row in ROWS}) == []


def test_no_row_stands_twice() -> None:
    done = [row.done for row in ROWS]
    assert sorted(done) == sorted(set(done))


@each_row
def test_a_message_is_one_line_without_a_secret(row: Row) -> None:
    assert row.text.isprintable()
    assert "secret" not in row.text


def test_every_class_is_on_the_page() -> None:
    assert set(errors.__all__) - {row.kind for row in ROWS} == TO_COME
    assert {site.kind for site in SITES} & TO_COME == set()


# Where messages are made, and that none was forgotten.

#: Errors of Python's, and what else carries words for people.
OTHERS = {
    "AttributeError",
    "Notice",
    "OSError",
    "RuntimeError",
    "SequenceContainsNoElementsError",
    "TimeoutError",
    "TypeError",
    "ValueError",
    "WebSocketProtocolException",
}

#: Modules whose messages are no user's of the library.
ELSEWHERE = {
    "rxdex/cli": "the command line has its own page",
    "rxdex/compat.py": "the old client's face has its own page",
    "rxdex/simulator/engine/genesis.py": "an exchange's beginning, which the exchange makes itself",
    "rxdex/simulator/engine/rationing.py": "a bug of ours",
    "rxdex/simulator/routes.py": "the exchange's answers to clients in any language",
    "rxdex/simulator/stream_names.py": "the same",
    "rxdex/simulator/subscriptions.py": "the same",
    "rxdex/simulator/traders": "a world that the exchange makes itself",
    "rxdex/venues/binance_dex/amounts.py": "in brackets, within what is told of a frame",
}

#: Messages without a row, by their first words, and why.
UNTOLD = {
    "a frame of … on the lane": "a venue that answers what nobody asked",
    "an address has … bytes": "a bug of ours",
    "ended by …": "within what is told of a subscriber",
    "it must look like 'ws://": "a venue of one's own whose endpoint is none",
    "its reader did not let": "a bug of ours",
    "more than … bytes came": "of a renewal, which is told in status; nothing is lost",
    "no answer to a ping": "of a renewal, which is told in status; the old line goes on",
    "no answer in time": "told as what did not answer, within how long",
    "nothing more for now": "heard by the transport alone",
    "the proxy … refuses": "needs the extra; kin of a proxy that answers no",
    "woken": "heard by the transport alone",
    "… at one price": "more of a coin than there is",
    "… has no address": "no system is known to say so",
}


class Site(NamedTuple):
    """A place in the code where words for people are made; … stands for what varies."""

    where: str
    kind: str
    words: str

    @property
    def pattern(self) -> str:
        """What the words look like when they are said."""
        return ".*".join(map(re.escape, self.words.split("…")))


def said(node: ast.expr, within: ast.AST, module: ast.Module) -> Iterator[str]:
    """The words that stand in the code; nothing where they come from elsewhere."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        parts = (getattr(part, "value", None) for part in node.values)
        yield "".join(part if isinstance(part, str) else "…" for part in parts)
    elif isinstance(node, ast.IfExp):
        yield from said(node.body, within, module)
        yield from said(node.orelse, within, module)
    elif isinstance(node, ast.Name):
        for it in [*ast.walk(within), *module.body]:
            if isinstance(it, ast.Assign) and ast.unparse(it.targets[0]) == node.id:
                yield from said(it.value, within, module)


def sites() -> Iterator[Site]:
    """Every call that makes an error, or a notice, of words that stand there."""
    for path in sorted((ROOT / "rxdex").rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        module = ast.parse(path.read_text(encoding="utf-8"))
        for function in ast.walk(module):
            if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            for call in ast.walk(function):
                if not isinstance(call, ast.Call):
                    continue
                kind = ast.unparse(call.func).rpartition(".")[2]
                if kind in OTHERS or kind in errors.__all__:
                    # The number of an OSError comes before its words, the frame of a MalformedFrame behind.
                    given = [*call.args, *(it.value for it in call.keywords if it.arg == "what")]
                    for node in given[-1:] if kind == "OSError" else given[:1]:
                        for words in said(node, function, module):
                            yield Site(f"{name}:{call.lineno}", kind, words)


SITES = list(dict.fromkeys(site for site in sites() if not site.where.startswith(tuple(ELSEWHERE))))


def test_sites_are_found() -> None:
    assert len(SITES) > 100


@pytest.mark.parametrize("site", SITES, ids=lambda site: site.where)
def test_every_message_has_a_row(site: Site) -> None:
    if not site.words.startswith(tuple(UNTOLD)):
        assert any(re.search(site.pattern, row.text) for row in ROWS), (
            f"{site.where}: no row of {PAGE.relative_to(ROOT)} shows {site.words!r}"
        )


@pytest.mark.parametrize("begin", UNTOLD)
def test_what_has_no_row_is_still_said(begin: str) -> None:
    assert any(site.words.startswith(begin) for site in SITES)
