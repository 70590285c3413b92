"""first: one answer, and then nothing is left subscribed."""

import signal
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import reactivex
from reactivex import Observable, abc
from reactivex import operators as ops
from reactivex.internal.exceptions import SequenceContainsNoElementsError
from reactivex.subject import BehaviorSubject

from rxdex.errors import ConnectionLost
from rxdex.oneoff import first
from rxdex.patience import current_patience
from tests.connection.peer import Aside
from tests.counted import Counted

DEADLINE = 10.0


@pytest.fixture
def source() -> Counted:
    return Counted()


@pytest.fixture
def beside(source: Counted) -> Iterator[Any]:
    """Runs something on another thread as soon as the source is subscribed to."""
    threads: list[threading.Thread] = []

    def run(action: Any) -> None:
        def body() -> None:
            assert source.subscribed.wait(DEADLINE)
            action()

        thread = threading.Thread(target=body)
        threads.append(thread)
        thread.start()

    yield run
    for thread in threads:
        thread.join(DEADLINE)
        assert not thread.is_alive()


def test_a_value_that_is_there_at_once() -> None:
    assert first(BehaviorSubject(5)) == 5


def test_the_first_of_several() -> None:
    assert first(reactivex.of(1, 2, 3)) == 1


def test_a_value_from_another_thread(source: Counted, beside: Any) -> None:
    beside(lambda: source.subject.on_next(7))
    assert first(source, timeout=DEADLINE) == 7
    assert source.listening == 0


def test_none_is_a_value_too() -> None:
    assert first(reactivex.of(None)) is None


def test_without_a_timeout_it_waits(source: Counted, beside: Any) -> None:
    beside(lambda: source.subject.on_next(7))
    assert first(source, timeout=None) == 7


def test_an_error_is_raised_as_it_came(source: Counted, beside: Any) -> None:
    lost = ConnectionLost("nobody there")
    beside(lambda: source.subject.on_error(lost))
    with pytest.raises(ConnectionLost) as caught:
        first(source, timeout=DEADLINE)
    assert caught.value is lost
    assert source.listening == 0


def test_an_error_after_the_value_is_late() -> None:
    assert first(reactivex.concat(reactivex.of(1), reactivex.throw(KeyError()))) == 1


def test_the_end_without_a_value(source: Counted, beside: Any) -> None:
    beside(source.subject.on_completed)
    with pytest.raises(SequenceContainsNoElementsError):
        first(source, timeout=DEADLINE)
    assert source.listening == 0


def test_a_timeout_says_how_long_it_was(source: Counted) -> None:
    with pytest.raises(TimeoutError, match=r"no event within 0\.01 s") as caught:
        first(source, timeout=0.01)
    assert caught.value.__cause__ is None
    assert source.listening == 0


def test_a_timeout_has_the_lines_last_failure_as_its_cause(source: Counted) -> None:
    lost = ConnectionLost("refused")

    def fail(observer: Any, scheduler: Any = None) -> abc.DisposableBase:
        current_patience().last_loss = lost
        return source.subscribe(observer)

    with pytest.raises(TimeoutError) as caught:
        first(Observable(fail), timeout=0.01)
    assert caught.value.__cause__ is lost


def test_it_bears_one_attempt(source: Counted) -> None:
    with pytest.raises(TimeoutError):
        first(source, timeout=0)
    assert source.patience is not None
    assert source.patience.tries == 1
    assert current_patience().tries is None


def test_a_subscribe_that_raises_is_heard(source: Counted) -> None:
    def broken(observer: Any, scheduler: Any = None) -> abc.DisposableBase:
        raise LookupError("no such thing")

    with pytest.raises(LookupError, match="no such thing"):
        first(Observable(broken))
    assert current_patience().tries is None


def waits_in_first(thread: int | None) -> bool:
    """Whether the thread stands in the wait of `first`."""
    standing = sys._current_frames().get(thread or 0)
    names: list[str] = []
    while standing is not None:
        names.append(standing.f_code.co_name)
        standing = standing.f_back
    return "first" in names and names.index("first") > 0 and "wait" in names[: names.index("first")]


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="no signals to threads here")
def test_ctrl_c_leaves_no_subscription(source: Counted, beside: Any) -> None:
    main = threading.main_thread().ident
    assert main is not None
    assert main == threading.get_ident()

    def interrupt() -> None:
        deadline = time.monotonic() + DEADLINE
        while not waits_in_first(main) and time.monotonic() < deadline:
            pass
        signal.pthread_kill(main, signal.SIGINT)

    beside(interrupt)
    with pytest.raises(KeyboardInterrupt):
        first(source, timeout=DEADLINE)
    assert source.listening == 0


@pytest.mark.parametrize(
    "endless",
    [
        pytest.param(reactivex.of(7, 8).pipe(ops.repeat()), id="repeat"),
        pytest.param(reactivex.repeat_value(7), id="repeat_value"),
        pytest.param(
            reactivex.generate(int("7"), lambda _: True, lambda it: it + 1), id="generate"
        ),
    ],
)
def test_of_a_stream_that_emits_without_end_at_once(endless: Observable[int]) -> None:
    asking = Aside(lambda: first(endless))
    assert asking.ended()
    assert asking.result == 7


@pytest.mark.parametrize("timeout", [float("inf"), 1e12])
def test_a_timeout_longer_than_a_lock_can_count(
    source: Counted, beside: Any, timeout: float
) -> None:
    beside(lambda: source.subject.on_next(3))
    assert first(source, timeout) == 3


@pytest.mark.parametrize("timeout", [-1, float("nan")])
def test_a_timeout_that_cannot_be(source: Counted, timeout: float) -> None:
    with pytest.raises(ValueError, match=f"timeout is {timeout}"):
        first(source, timeout)
    assert not source.subscribed.is_set()


@pytest.mark.parametrize("stream", [None, len, [1], "blocks"])
def test_what_is_no_stream(stream: Any) -> None:
    with pytest.raises(TypeError, match=r"first\(\) takes a stream"):
        first(stream)
