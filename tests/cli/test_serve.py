"""`rxdex serve`, as a process of its own and within this one."""

import argparse
import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Self

import pytest
import websocket

from rxdex.cli import app, serve
from rxdex.simulator.exchange import Exchange
from tests.simulator.clients import drop

PATIENCE = 20.0


@contextlib.contextmanager
def served(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "rxdex", "serve", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.mark.skipif(os.name != "posix", reason="signals are sent as on posix")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_well(number: signal.Signals) -> None:
    with served("--port", "0", "--seed", "3", "--speed", "4") as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert url.startswith("ws://127.0.0.1:")
        assert not url.startswith("ws://127.0.0.1:0/")
        client = websocket.create_connection(f"{url}/ws/$all@blockheight", timeout=PATIENCE)
        assert '"blockheight"' in str(client.recv())
        process.send_signal(number)
        while client.recv_data(control_frame=True)[0] != websocket.ABNF.OPCODE_CLOSE:
            pass
        drop(client)
        out, err = process.communicate(timeout=PATIENCE)
        assert (process.returncode, out) == (0, "")
        assert "A simulated market" in err
        assert "Traceback" not in err


def test_a_port_that_is_taken_is_one_clear_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with served("--port", str(port)) as process:
            out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out) == (1, "")
    assert err.startswith(f"rxdex serve: cannot listen at 127.0.0.1:{port}, ")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    "argv",
    [
        ["--port", "65536"],
        ["--port", "-1"],
        ["--port", "http"],
        ["--port", "²"],
        ["--block-time", "0"],
        ["--block-time", "soon"],
        ["--speed", "nan"],
        ["--speed", "inf"],
        ["--seed", "x"],
    ],
)
def test_bad_numbers_are_bad_calls(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main(["serve", *argv]) == 2
    assert f"argument {argv[0]}" in capsys.readouterr().err


@pytest.mark.parametrize("seconds", ["61", "1e30"])
def test_blocks_that_take_too_long_are_a_bad_call(
    seconds: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert app.main(["serve", "--port", "0", "--block-time", seconds]) == 2
    assert "take a number above 0, up to 60" in capsys.readouterr().err


def arguments(port: int) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    serve.add_arguments(parser)
    return parser.parse_args(["--port", str(port), "--speed", "2"])


@pytest.mark.skipif(os.name != "posix", reason="signals are sent as on posix")
def test_it_serves_until_the_signal_and_gives_the_handlers_back(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    killer = threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT))

    class Doomed(Exchange):
        """One whose end is near as soon as it stands."""

        def __enter__(self) -> Self:
            killer.start()
            return super().__enter__()

    monkeypatch.setattr(serve, "_WAKE", 0.01)
    monkeypatch.setattr(serve, "Exchange", Doomed)
    former = signal.getsignal(signal.SIGINT)
    assert serve.run(arguments(0)) == 0
    killer.join()
    assert signal.getsignal(signal.SIGINT) is former
    shown = capsys.readouterr()
    assert shown.out.startswith("ws://127.0.0.1:")
    assert "depth?symbol=" in shown.err
    assert max(map(len, shown.err.splitlines())) <= 80, "a terminal may have no more columns"


def test_the_taken_port_within_this_process(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert serve.run(arguments(taken.getsockname()[1])) == 1
    assert "take another port" in capsys.readouterr().err
