"""
The examples: each is short, and prints just what a scripted venue makes it print.

What its page shows is what it prints there; that they run by themselves too is seen once, side by side.
"""

import ast
import json
import re
import runpy
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple, Self

import pytest
import trustme

from rxdex import InvalidSubject
from tests.connection.peer import Guest, Peer, answer, frame
from tests.example_scripts import AWC, BNB, BTC, BURSTS, FURTHER, LAST, ON_THE_PAGE, USER, Script
from tests.player import CTRL_C
from tests.scripted import Act, stage

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "howto" / "examples.md").read_text(encoding="utf-8")
PATHS = {path.stem: path for path in sorted((ROOT / "examples").glob("*.py"))}
# For all that run together; by itself an alert waits for the market, which as a rule takes ten.
SECONDS = 75.0


class Done(NamedTuple):
    """How a program ended, and what it said."""

    code: int
    out: str
    err: str


class Running:
    """Programs side by side, from the moment on that this is made."""

    def __init__(self, commands: dict[str, list[str]]) -> None:
        self._until = time.monotonic() + SECONDS
        self._processes = {
            name: subprocess.Popen(
                [sys.executable, "-W", "error", *command],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for name, command in commands.items()
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._processes.values():
            process.kill()
            process.communicate()

    def done(self) -> dict[str, Done]:
        """How they ended; who has not when the time is over is ended."""
        return {name: self._end(process) for name, process in self._processes.items()}

    def _end(self, process: subprocess.Popen[str]) -> Done:
        try:
            out, err = process.communicate(timeout=max(0.01, self._until - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            err += "does not end\n"
        return Done(process.returncode, out, err)


def play_all(commands: Sequence[list[str]], place: Path) -> list[Done]:
    """Run these programs side by side, at scripted venues."""
    player = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.player", str(place)],
        input=json.dumps(commands),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        cwd=ROOT,
        timeout=SECONDS,
    )
    codes = json.loads(player.stdout)
    return [
        Done(code, *((place / f"{number}.{way}").read_text("utf-8") for way in ("out", "err")))
        for number, code in enumerate(codes)
    ]


TIME = r"\d\d:\d\d:\d\d"
AMOUNT = r" *[\d,]+\.\d+"
TRADE = rf"{AMOUNT} at {AMOUNT}"
ADDRESS = r"bnb1\w{38}"
LISTED = r"BNB_BUSD-BD1 BTCB-1DE_BUSD-BD1 BNB_BTCB-1DE RUNE-B1A_BNB AWC-986_BNB\n"
ASKED = r'\{"method":"subscribe","topic":"trades","symbols":\["BNB_BUSD-BD1"\]\}'

#: What a newcomer sees, but for the numbers.
ALONE = {
    "balance_alert": rf"BNB of {ADDRESS}: less than 1000 is low\nLOW: {AMOUNT}\n",
    "big_trades": rf"trades of {BNB} worth 50 or more\n({TIME} {TRADE} ={AMOUNT}\n){{4}}",
    "fill_alert": (
        rf"fills of {ADDRESS}\n({TIME}  (buy |sell){AMOUNT} \w\S+_\S+ +at{AMOUNT}  \w+ fill\n){{5}}"
    ),
    "in_asyncio": rf"block \d{{9}}; .+:\n({TIME} {TRADE}\n)*block \d{{9}}\n",
    "one_off": (
        rf"symbols: {LISTED}block:   \d{{9}}\nbid:    {TRADE}\nasked:  {TRADE}\n"
        rf"(({BNB}|{AWC}): ({TRADE}, {TIME}|no event within 3.0 s: .+)\n){{2}}"
    ),
    "price_alert": rf"{LAST}{AMOUNT}; the level is{AMOUNT}\n(?:(UP|DOWN):{AMOUNT}\n(?!\1)){{3}}",
    "spread_alert": rf"spread of {BNB} in .+\n(?:{AMOUNT}  (TOO WIDE|narrow)\n(?!.+\1)){{3}}",
    "trades_with_a_handler": rf"trades of {BNB}: .+\n({TIME}  (buy |sell|-   ) {TRADE}\n)+",
    "transfer_alert": (
        rf"transfers of {ADDRESS}\n"
        rf"((SENT|RECEIVED from {ADDRESS}): {AMOUNT} \S+ to {ADDRESS}(,{AMOUNT} \S+ to {ADDRESS})*\n){{3}}"
    ),
    "two_pipelines_one_connection": (
        rf"((trade|total){AMOUNT}( at {AMOUNT})?\n)+websockets opened: 1\nsaid on them: {ASKED}\n"
    ),
    "two_tickers": rf" +{BNB} +{BTC} +ahead by\n(( +[+-][\d.]+ %){{3}}\n){{5}}",
    "volume_burst_alert": rf"{BURSTS}\nBURST of{AMOUNT}, usual{AMOUNT}\n",
    "volume_per_second": rf"{BNB}, every 1 s: .+ BUSD-BD1\n( +\d+ trades{AMOUNT}\n){{8}}",
    "your_own_node": (
        rf"status of venue: .+\nsymbols: {LISTED}(status of market: .+\n)+(block \d{{9}}\n){{3}}"
        rf"status of market: nobody listens any more\nstatus of market: closed\n"
    ),
}

each_example = pytest.mark.parametrize("name", PATHS)
COUNTING = [name for name, path in PATHS.items() if '"--count"' in path.read_text(encoding="utf-8")]
TIMED = [name for name, path in PATHS.items() if '"--seconds"' in path.read_text(encoding="utf-8")]
OF_AN_ADDRESS = ["balance_alert", "fill_alert", "transfer_alert"]


class Shown(NamedTuple):
    """What the page has its readers say, and shows as the answer."""

    arguments: list[str]
    output: str


def shown(name: str) -> Shown:
    found = re.search(
        rf"^```sh\n\.venv/bin/python examples/{name}\.py(.*)\n(?:.+\n)*```\n\n"
        rf"```\{{literalinclude\}} \.\./\.\./examples/{name}\.py\n:language: python\n```\n\n"
        r"```text\n((?:.*\n)*?)```$",
        PAGE,
        re.MULTILINE,
    )
    assert found, (
        f"{name} is not on the page, with how to call it before it and what it prints after it"
    )
    return Shown(found[1].split(), found[2])


class Played(NamedTuple):
    """What became of a script."""

    done: Done
    asked: list[set[str]]

    @property
    def out(self) -> str:
        """What was printed; nobody knows on which port."""
        return re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:8765", self.done.out)


def played(
    scripts: dict[str, tuple[str, Script]], places: pytest.TempPathFactory
) -> dict[str, Played]:
    """Play these scripts, side by side, each for an example."""
    with ExitStack() as stack:
        venues = [stack.enter_context(stage(script.acts)) for _, script in scripts.values()]
        commands = [
            [str(PATHS[name]), "--venue", venue.url, *script.arguments.split()]
            for venue, (name, script) in zip(venues, scripts.values(), strict=True)
        ]
        done = play_all(commands, places.mktemp("played"))
    found = [Played(how, venue.asked) for how, venue in zip(done, venues, strict=True)]
    return dict(zip(scripts, found, strict=True))


def interrupted(script: Script) -> Script:
    """The same, but in its last act ctrl-C comes before anything else."""
    *acts, last = script.acts
    return Script([*acts, Act(last.asked, [CTRL_C])], script.arguments)


@pytest.fixture(scope="module")
def by_themselves() -> Iterator[Running]:
    with Running({name: [str(path)] for name, path in PATHS.items()}) as running:
        yield running


@pytest.fixture(scope="module")
def on_the_page(
    by_themselves: Running, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Played]:
    calls = {name: " ".join(shown(name).arguments) for name in ON_THE_PAGE}
    return played(
        {
            name: (name, Script(acts, f"{calls[name]} {arguments}"))
            for name, (acts, arguments) in ON_THE_PAGE.items()
        },
        tmp_path_factory,
    )


@pytest.fixture(scope="module")
def ended_by_ctrl_c(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Played]:
    scripts = {name: (name, interrupted(script)) for name, script in ON_THE_PAGE.items()}
    return played(scripts, tmp_path_factory)


@pytest.fixture(scope="module")
def further(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Played]:
    scripts = {it: (name, script) for it, (name, script, _) in FURTHER.items()}
    return played(scripts, tmp_path_factory)


@pytest.fixture(scope="module")
def alone(by_themselves: Running) -> dict[str, Done]:
    return by_themselves.done()


def test_there_are_so_many() -> None:
    assert len(PATHS) == 14
    assert set(ON_THE_PAGE) == set(ALONE) == set(PATHS)
    assert PAGE.startswith("# Examples\n\nFourteen programs in `examples/`")


@each_example
def test_it_is_read_in_a_minute(name: str) -> None:
    text = PATHS[name].read_text(encoding="utf-8")
    assert 20 <= len(text.splitlines()) <= 45
    assert ast.get_docstring(ast.parse(text))
    assert not re.search(r"type: ignore|pyright:|noqa|cast\(|\bAny\b", text)


@each_example
def test_it_prints_what_its_page_shows(name: str, on_the_page: dict[str, Played]) -> None:
    found = on_the_page[name]
    assert (found.done.code, found.done.err) == (0, "")
    assert found.out == shown(name).output
    assert found.asked == [it.asked for it in ON_THE_PAGE[name].acts]


@pytest.mark.parametrize("case", FURTHER)
def test_it_prints_what_is_so(case: str, further: dict[str, Played]) -> None:
    _, script, lines = FURTHER[case]
    found = further[case]
    assert (found.done.code, found.done.err) == (0, "")
    assert found.out.splitlines() == lines
    assert found.asked == [it.asked for it in script.acts]


@each_example
def test_ctrl_c_ends_it_without_a_traceback(
    name: str, ended_by_ctrl_c: dict[str, Played], on_the_page: dict[str, Played]
) -> None:
    found = ended_by_ctrl_c[name]
    assert (found.done.code, found.done.err) == (0, "")
    ended = found.out.splitlines()
    assert ended != on_the_page[name].out.splitlines()
    assert found.asked == [it.asked for it in ON_THE_PAGE[name].acts]


@each_example
def test_it_runs_by_itself(name: str, alone: dict[str, Done]) -> None:
    code, out, err = alone[name]
    assert (code, err) == (0, "")
    assert re.fullmatch(ALONE[name], out), out


def say(monkeypatch: pytest.MonkeyPatch, name: str, arguments: str) -> None:
    """Run an example here; only for what ends before it listens to anything."""
    address = f"--address {USER}" if name in OF_AN_ADDRESS else ""
    told = f"--venue ws://127.0.0.1:1/api {address} {arguments}".split()
    monkeypatch.setattr("sys.argv", [str(PATHS[name]), *told])
    runpy.run_path(str(PATHS[name]), run_name="__main__")


@each_example
def test_it_helps(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        say(monkeypatch, name, "--help")
    said = capsys.readouterr()
    assert (ended.value.code, said.err) == (0, "")
    assert f"usage: {name}.py" in said.out
    assert "--venue VENUE" in said.out


@each_example
def test_a_venue_that_cannot_be_is_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InvalidSubject, match="'nonsense'"):
        say(monkeypatch, name, "--venue nonsense")


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        *((name, f"--count {it}") for name in COUNTING for it in ("0", "-1", "x", "1.5")),
        *((name, f"--seconds {it}") for name in TIMED for it in ("0", "-1", "x", "nan", "inf")),
        *(("one_off", f"--timeout {it}") for it in ("0", "-1", "x", "nan", "1e300")),
        *(
            (name, f"--level {it}")
            for name in ("balance_alert", "price_alert")
            for it in ("x", "NaN", "sNaN", "Infinity")
        ),
        *(("big_trades", f"--worth {it}") for it in ("x", "0.5")),
        ("spread_alert", "--limit x"),
        *(("volume_burst_alert", f"--times {it}") for it in ("0", "x")),
        ("volume_burst_alert", "--least x"),
    ],
)
def test_a_number_that_cannot_be_is_refused_in_a_line(
    name: str,
    arguments: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as ended:
        say(monkeypatch, name, arguments)
    said = capsys.readouterr()
    assert (ended.value.code, said.out) == (2, "")
    *usage, error = said.err.splitlines()
    assert usage[0].startswith(f"usage: {name}.py ")
    assert all(line.startswith(" ") for line in usage[1:])
    assert error.startswith(f"{name}.py: error: ")
    assert arguments.partition(" ")[0] in error


@pytest.mark.parametrize("name", OF_AN_ADDRESS)
def test_an_address_is_needed_where_nobody_is_known(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        say(monkeypatch, name, "--address=")
    assert ended.value.code == 2
    assert capsys.readouterr().err.endswith(f"{name}.py: error: --venue needs --address\n")


def test_a_node_of_ones_own_with_a_key_and_an_authority(tmp_path: Path) -> None:
    keys: list[str] = []

    def node(guest: Guest) -> None:
        request = guest.hear_request()
        keys.append(guest.header("X-Api-Key"))
        if "/markets" in request:
            markets = [{"base_asset_symbol": "AAA", "quote_asset_symbol": "BBB"}]
            guest.say(answer("200 OK", json.dumps(markets)))
            return
        blocks = (f'{{"stream":"blockheight","data":{{"h":{height}}}}}' for height in (7, 8, 9))
        guest.say(guest.handshake() + frame("nonsense") + b"".join(map(frame, blocks)))
        guest.see_off()

    authority = trustme.CA()
    certificate = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(certificate)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(tls)
    with Peer(node, tls=tls) as peer:
        arguments = f"--venue {peer.url('wss', path='/api')} --key secret --authority {certificate}"
        command = [str(PATHS["your_own_node"]), *arguments.split()]
        with Running({"your_own_node": command}) as running:
            code, out, err = running.done()["your_own_node"]
    assert code == 0, err
    assert keys == ["secret", "secret"]
    lines = out.splitlines()
    assert "symbols: AAA_BBB" in lines
    assert [line for line in lines if line.startswith("block ")] == [
        "block 7",
        "block 8",
        "block 9",
    ]
    assert any(line.startswith("fault of market: ") for line in lines)
