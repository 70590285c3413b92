"""turnstile: attempts one after the other."""

import threading

import pytest

from rxdex.connection.turnstile import Turnstile


def test_the_first_may_pass_and_the_others_wait_their_turn() -> None:
    turnstile = Turnstile(10.0)
    waits = [turnstile.turn() for _ in range(4)]
    assert waits == [pytest.approx(expected, abs=1) for expected in (0, 10, 20, 30)]


def test_without_spacing_nobody_waits() -> None:
    turnstile = Turnstile(0.0)
    assert [turnstile.turn() for _ in range(100)] == [0.0] * 100


def test_no_two_have_the_same_turn() -> None:
    turnstile = Turnstile(5.0)
    waits: list[float] = []
    takers = [threading.Thread(target=lambda: waits.append(turnstile.turn())) for _ in range(20)]
    for taker in takers:
        taker.start()
    for taker in takers:
        taker.join(5)
    gaps = [later - sooner for sooner, later in zip(sorted(waits), sorted(waits)[1:], strict=False)]
    assert len(waits) == 20
    assert min(gaps) > 4
