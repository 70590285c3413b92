"""turnstile: attempts one after the other."""

import threading

import pytest

from rxdex import Dex, LineSettings
from rxdex.connection.turnstile import Turnstile
from rxdex.venues import BinanceDex
from tests.connection.fake import FakeTransport
from tests.connection.test_session import Shop


def test_the_first_may_pass_and_the_others_wait() -> None:
    turnstile = Turnstile(10.0)
    assert turnstile.rest() == 0
    assert turnstile.rest() == pytest.approx(10, abs=1)
    assert turnstile.rest() == pytest.approx(10, abs=1)


def test_without_spacing_nobody_waits() -> None:
    turnstile = Turnstile(0.0)
    assert [turnstile.rest() for _ in range(100)] == [0.0] * 100


def test_no_two_pass_at_once() -> None:
    turnstile = Turnstile(5.0)
    rests: list[float] = []
    takers = [threading.Thread(target=lambda: rests.append(turnstile.rest())) for _ in range(20)]
    for taker in takers:
        taker.start()
    for taker in takers:
        taker.join(5)
    assert rests.count(0.0) == 1
    assert len(rests) == 20


def test_who_gave_up_has_taken_nobodys_turn() -> None:
    lines = [FakeTransport() for _ in range(30)]
    settings = LineSettings(transport=Shop(*lines), spacing=0.3)
    with Dex(BinanceDex("ws://nowhere/api"), settings) as dex:
        for _ in range(20):
            dex.blocks().subscribe().dispose()
        with dex.blocks().subscribe():
            assert any(line.is_opening.wait(0.05) and not line.is_closed for line in lines * 20)
