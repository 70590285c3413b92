"""`rxdex watch`, as it is called."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from rxdex.cli import watching
from rxdex.cli.app import main
from rxdex.cli.watched import WATCHED, Subject
from rxdex.simulator.exchange import Exchange

PATIENCE = 30.0
BAD_ADDRESS = "bnb1r4gc5ftrkr9ez2khph4h5xxd0mf0hd75uux7gx"
COMMAND = [sys.executable, "-W", "error", "-m", "rxdex", "watch"]


@pytest.fixture(scope="module")
def exchange() -> Iterator[Exchange]:
    with Exchange(speed=20.0) as it:
        yield it


def about(name: str, exchange: Exchange) -> list[str]:
    match WATCHED[name].about:
        case Subject.SYMBOL:
            return [exchange.symbols[0]]
        case Subject.ADDRESS:
            return [
                "--address",
                (exchange.wallets if name == "transfers" else exchange.addresses)[0],
            ]
        case _:
            return []


@pytest.mark.parametrize("name", WATCHED)
def test_each_stream_is_shown_to_people(
    name: str, exchange: Exchange, capsys: pytest.CaptureFixture[str]
) -> None:
    argv = ["watch", name, *about(name, exchange), "--venue", exchange.url, "--count", "2"]
    assert main(argv) == 0
    shown = capsys.readouterr()
    assert shown.err == ""
    lines = shown.out.splitlines()
    assert len(lines) >= 2
    for line in lines:
        assert re.match(r"\d\d:\d\d:\d\d  \S", line)
        assert line == line.rstrip()


@pytest.mark.parametrize("name", WATCHED)
def test_each_stream_is_written_for_programs(
    name: str, exchange: Exchange, capsys: pytest.CaptureFixture[str]
) -> None:
    argv = ["watch", name, *about(name, exchange), "--venue", exchange.url, "--first", "--json"]
    assert main(argv) == 0
    objects: list[dict[str, Any]] = [json.loads(it) for it in capsys.readouterr().out.splitlines()]
    assert {it["event"] for it in objects} <= {it.__name__ for it in WATCHED[name].events}
    if WATCHED[name].about is Subject.SYMBOL:
        assert {it["symbol"] for it in objects} == {exchange.symbols[0]}


def test_several_addresses_and_kinds_are_told_apart(
    exchange: Exchange, capsys: pytest.CaptureFixture[str]
) -> None:
    both = exchange.addresses[:2]
    argv = ["watch", "activity", "--count", "20", "--venue", exchange.url]
    for address in both:
        argv += ["--address", address]
    assert main(argv) == 0
    out = capsys.readouterr().out
    assert f"  {both[0][:8]}…{both[0][-4:]}  order     " in out
    assert "  balances  " in out


@pytest.mark.parametrize("name", ["trades", "orders"])
def test_who_says_nothing_gets_the_simulated_exchange_and_is_told(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["watch", name, "--first"]) == 0
    shown = capsys.readouterr()
    assert shown.out.count("\n") == 1
    assert shown.err.startswith(
        "rxdex watch: simulated exchange, no real market: --venue names another"
    )
    assert shown.err.count("\n") == 1
    assert ("; of bnb1" in shown.err) == (name == "orders")


@pytest.mark.parametrize(
    ("argv", "code", "said"),
    [
        (["trades", "nonsense"], 2, "rxdex watch: 'nonsense' cannot be a symbol of Binance DEX"),
        (
            ["orders", "--address", BAD_ADDRESS],
            2,
            f"rxdex watch: {BAD_ADDRESS!r} cannot be an address",
        ),
        (
            ["kline", "--interval", "4m"],
            2,
            "rxdex watch: argument --interval: invalid choice: '4m'",
        ),
        (
            ["trades", "--venue", "ws://127.0.0.1:1/api"],
            1,
            "rxdex watch: cannot ask http://127.0.0.1:1/",
        ),
        (
            ["blocks", "--venue", "ws://127.0.0.1:1/api"],
            1,
            "rxdex watch: cannot connect to ws://127.0.0.1:1/",
        ),
        (
            ["blocks", "--venue", "mainnet"],
            1,
            "rxdex watch: The mainnet of Binance DEX was shut down",
        ),
        (
            ["trades", "--venue", "testnet"],
            1,
            "rxdex watch: The testnet of Binance DEX was shut down",
        ),
        (
            ["blocks", "--venue", "my-gateway"],
            2,
            "rxdex watch: 'my-gateway' cannot be the base URL",
        ),
        (
            ["depth", "--levels", "7"],
            2,
            "rxdex watch: Binance DEX has no depth of 7 levels; take 20, 100 or 500",
        ),
        (["depth", "--levels", "1000"], 2, "rxdex watch: depth with 1000 levels comes compressed"),
        (["sparkles"], 2, "rxdex watch: argument STREAM: invalid choice: 'sparkles'"),
        ([], 2, "rxdex watch: which stream? Take one of trades, depth, "),
        (
            ["trades", "--adress", "x"],
            2,
            "rxdex watch: nobody knows what --adress x means; did you mean --address?",
        ),
        (
            ["blocks", "BNB_BUSD-BD1"],
            2,
            "rxdex watch: blocks takes no symbols (BNB_BUSD-BD1); leave",
        ),
        (
            ["orders", "BNB_BUSD-BD1"],
            2,
            "rxdex watch: orders takes no symbols (BNB_BUSD-BD1); give",
        ),
        (
            ["trades", "--address", "x"],
            2,
            "rxdex watch: trades takes no --address; it is for orders, ",
        ),
        (["trades", "--levels", "20"], 2, "rxdex watch: trades takes no --levels; it is for depth"),
        (
            ["depth", "--interval", "1m"],
            2,
            "rxdex watch: depth takes no --interval; it is for kline",
        ),
        (
            ["orders", "--venue", "wss://my-gateway/api"],
            2,
            "rxdex watch: whose orders? Say it with --",
        ),
        (["blocks", "--count", "0"], 2, "rxdex watch: argument --count: '0' is no count; take a"),
        (["blocks", "--count", "9" * 5000], 2, "rxdex watch: argument --count: '9999"),
        (
            ["blocks", "--for", "soon"],
            2,
            "rxdex watch: argument --for: 'soon' is no length of time",
        ),
        (["blocks", "--for", "0s"], 2, "rxdex watch: argument --for: '0s' is no length of time"),
    ],
)
def test_what_is_wrong_is_one_line_and_the_right_code(
    argv: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["watch", *argv]) == code
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith(said)
    assert shown.err.count("\n") == 1


def test_a_symbol_that_is_not_listed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "_SILENCE", 0.3)
    assert main(["watch", "trades", "FOO-123_BNB"]) == 2
    assert "rxdex watch: FOO-123_BNB is not listed at " in capsys.readouterr().err


@pytest.mark.parametrize("text", ["1s", "0.5", "0.01m", "0.0001h"])
def test_lengths_of_time(text: str, exchange: Exchange, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["watch", "blocks", "--venue", exchange.url, "--for", text]) == 0
    assert capsys.readouterr().out


def test_it_ends_quietly_when_nobody_reads() -> None:
    with subprocess.Popen(
        [*COMMAND, "trades"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert "BNB_BUSD-BD1" in process.stdout.readline()
        process.stdout.close()
        assert process.wait(PATIENCE) == 0
        assert process.stderr.read().count("\n") == 1


def test_ctrl_c_ends_it() -> None:
    with subprocess.Popen(
        [*COMMAND, "blocks"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert said.count("\n") == 1


def test_a_person_at_a_terminal_gets_colours_and_heads(exchange: Exchange) -> None:
    pty = pytest.importorskip("pty")
    primary, secondary = pty.openpty()
    environment = {name: text for name, text in os.environ.items() if name != "NO_COLOR"}
    environment["TERM"] = "xterm"
    argv = ["trades", exchange.symbols[0], "--venue", exchange.url, "--count", "3"]
    done = subprocess.run(
        [*COMMAND, *argv], stdout=secondary, env=environment, timeout=PATIENCE, check=True
    )
    os.close(secondary)
    shown = os.read(primary, 65_536).decode()
    os.close(primary)
    assert done.returncode == 0
    head, *rows = shown.splitlines()
    assert re.fullmatch(r"\x1b\[2mheard at +symbol +taker +price +quantity +notional\x1b\[0m", head)
    assert len(rows) == 3
    assert all(row.startswith("\x1b[2m") for row in rows)


def screen(shown: str) -> list[str]:
    """What stands on a terminal in the end: a return and the code behind it clear a line."""
    rows = [""]
    for part in re.split(r"(\r\n|\r\x1b\[K)", re.sub(r"\x1b\[\d*m", "", shown)):
        if part == "\r\n":
            rows.append("")
        elif part.startswith("\r"):
            rows[-1] = ""
        else:
            rows[-1] += part
    return rows


@pytest.mark.parametrize(
    ("options", "has_status"), [([], True), (["--no-status"], False), (["--json"], False)]
)
def test_a_person_sees_how_the_line_is_until_the_end(
    options: list[str], has_status: bool, exchange: Exchange
) -> None:
    pty = pytest.importorskip("pty")
    primary, secondary = pty.openpty()
    argv = ["blocks", "--venue", exchange.url, *options]
    environment = {**os.environ, "TERM": "xterm"}
    with subprocess.Popen(
        [*COMMAND, *argv], stdout=secondary, stderr=secondary, env=environment
    ) as process:
        os.close(secondary)
        shown = ""
        # Without one: for longer than it would take to see it.
        while "events/s" not in shown if has_status else shown.count("\n") < 60:
            shown += os.read(primary, 65_536).decode()
        process.send_signal(signal.SIGINT)
        with suppress(OSError):
            # Once nobody has it open any more, Linux says so by an error.
            while more := os.read(primary, 65_536):
                shown += more.decode()
        assert process.wait(PATIENCE) == 130
    os.close(primary)
    assert bool(re.search(r"\x1b\[2mmarket up \d\.\d s · \d+\.\d events/s", shown)) == has_status
    rows = screen(shown)
    assert rows[-1] == ""
    assert not [row for row in rows if "market up" in row]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a disk that is full, as on Linux")  # noqa: PTH110
@pytest.mark.parametrize("command", [["watch", "blocks"], ["symbols"], ["completion", "bash"]])
def test_a_full_disk_is_one_line(command: list[str]) -> None:
    with open("/dev/full", "w") as full:  # noqa: PTH123
        done = subprocess.run(
            [sys.executable, "-W", "error", "-m", "rxdex", *command],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    assert done.returncode == 1
    assert (
        done.stderr.splitlines()[-1] == f"rxdex {command[0]}: cannot write: No space left on device"
    )
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(os.name != "posix", reason="a shell closes what it does not hand on")
@pytest.mark.parametrize(("closed", "code"), [(">&-", 0), ("2>&-", 0), ("2>/dev/full", 0)])
def test_what_is_closed_is_no_traceback(closed: str, code: int) -> None:
    call = f"{sys.executable} -m rxdex watch blocks --count 2 {closed}"
    done = subprocess.run(
        call, shell=True, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == code
    assert "Traceback" not in done.stdout + done.stderr
    assert ("1" in done.stdout) == (closed != ">&-")
