"""`rxdex demo`: what a person sees, and that nothing is left."""

import os
import signal
import subprocess
import sys

import pytest

from rxdex.cli.app import main


def test_it_shows_what_runs_what_arrives_and_what_is_shared(
    capsys: pytest.CaptureFixture[str],
) -> None:
    # Some pipelines are quiet for seconds at a time: code 1 would say so.
    assert main(["demo", "--seconds", "6"]) in {0, 1}
    out = capsys.readouterr().out
    assert "This market is simulated: no real prices, no real money." in out
    assert "combine_latest(dex.mini_ticker(BNB), dex.mini_ticker(BTC))" in out
    assert "5 subscribers share 1 socket and 4 topics of the market" in out
    assert "is made; nothing stays subscribed" in out
    assert "our address has 1 socket of its own" in out
    assert max(map(len, out.splitlines())) <= 80, "a terminal may have no more columns"
    assert "BUSD in" in out
    assert "everybody has left: 0 sockets" in out


@pytest.mark.parametrize("length", ["0", "-1", "nan", "x", "1e9"])
def test_a_length_that_cannot_be_is_refused(
    length: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["demo", f"--seconds={length}"]) == 2
    assert f"{length!r} is no length" in capsys.readouterr().err


def test_a_silent_pipeline_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--seconds", "0.1"]) == 1
    assert "nothing came from" in capsys.readouterr().err


@pytest.mark.skipif(os.name != "posix", reason="pipes break as on posix")
def test_it_ends_quietly_when_nobody_reads() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "rxdex", "demo"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline()
        process.stdout.close()
        assert process.wait(timeout=15) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""


def test_ctrl_c_ends_it() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "rxdex", "demo"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONWARNINGS": "error"},
    )
    with process:
        assert process.stdout is not None
        for line in process.stdout:
            if "is made" in line:
                break
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=10)
    assert process.returncode == 130
    assert errors == ""
