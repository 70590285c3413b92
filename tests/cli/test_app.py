"""The command line's frame: commands, version, help, and what it ends with."""

import argparse

import pytest

from rxdex.cli import app, serve, watch


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main(["--version"]) == 0
    name, version = capsys.readouterr().out.split()
    assert name == "rxdex"
    assert version[0].isdigit()


def test_no_command_is_a_bad_call_that_shows_what_there_is(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert app.main([]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "serve" in shown.err


@pytest.mark.parametrize("argv", [["nonsense"], ["serve", "--nonsense"], ["--nonsense"]])
def test_a_bad_call_gets_one_line_that_says_where_there_is_more(
    argv: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert app.main(argv) == 2
    said = capsys.readouterr().err
    assert said.startswith("rxdex")
    assert said.endswith("--help` says more\n")
    assert said.count("\n") == 1


def test_options_may_stand_between_the_symbols(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[argparse.Namespace] = []

    def run(arguments: argparse.Namespace) -> int:
        seen.append(arguments)
        return 0

    monkeypatch.setattr(watch, "run", run)
    words = ["watch", "--json", "ticker", "A", "--count", "1", "B", "--venue", "mainnet", "C"]
    assert app.main(words) == 0
    assert (seen[0].stream, seen[0].symbols, seen[0].count) == ("ticker", ["A", "B", "C"], 1)


def test_a_word_too_many_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main(["serve", "somewhere"]) == 2
    assert "nobody knows what somewhere means" in capsys.readouterr().err


@pytest.mark.parametrize("command", sorted(app.COMMANDS))
def test_every_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main([command, "--help"]) == 0
    assert f"usage: rxdex {command}" in capsys.readouterr().out


def test_a_command_gets_its_arguments_and_gives_the_exit_code(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[argparse.Namespace] = []

    def run(arguments: argparse.Namespace) -> int:
        seen.append(arguments)
        return 5

    monkeypatch.setattr(serve, "run", run)
    assert app.main(["serve", "--port", "0"]) == 5
    assert (seen[0].port, seen[0].host, seen[0].seed) == (0, "127.0.0.1", 7)
