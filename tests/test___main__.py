"""The entry point."""

import runpy
import sys

import pytest

from rxdex import __main__ as entry


def test_the_exit_code_is_the_process_s(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["rxdex", "--version"])
    with pytest.raises(SystemExit) as ended:
        entry.main()
    assert ended.value.code == 0


def test_python_m_rxdex(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["rxdex", "nonsense"])
    monkeypatch.delitem(sys.modules, "rxdex.__main__")
    with pytest.raises(SystemExit) as ended:
        runpy.run_module("rxdex", run_name="__main__")
    assert ended.value.code == 2
