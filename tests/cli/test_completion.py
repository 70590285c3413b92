"""`rxdex completion`: what a shell offers."""

import shutil
import subprocess
from pathlib import Path

import pytest

from rxdex.cli.app import main


def offered(script: Path, *words: str) -> set[str]:
    """What bash offers for the last of the words."""
    asked = f"COMP_WORDS=(rxdex {' '.join(words)}); COMP_CWORD={len(words)}"
    function = "$(complete -p rxdex | sed -E 's/.*-F ([^ ]+) .*/\\1/')"
    program = f'source {script}; {asked}; {function}; echo "${{COMPREPLY[@]}}"'
    done = subprocess.run(
        ["bash", "--norc", "-c", program], capture_output=True, text=True, timeout=20, check=True
    )
    return set(done.stdout.split())


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash completes")
def test_bash_completes_commands_streams_and_options(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["completion", "bash"]) == 0
    script = tmp_path / "completion"
    script.write_text(capsys.readouterr().out, encoding="utf-8")
    assert offered(script, "wat") == {"watch"}
    assert offered(script, "watch", "mini") == {"mini-ticker", "mini-tickers"}
    assert offered(script, "watch", "trades", "--in") == {"--interval"}
    assert offered(script, "watch", "kline", "--interval", "15") == {"15m"}


@pytest.mark.parametrize("shell", ["zsh", "fish", "tcsh"])
def test_other_shells_get_something(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    out = capsys.readouterr().out
    assert "mini-tickers" in out


def test_a_shell_nobody_knows(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", "korn"]) == 2
    assert "invalid choice: 'korn'" in capsys.readouterr().err
