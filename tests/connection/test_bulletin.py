"""bulletin: news for everybody, in order, whichever threads they come from."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from reactivex import abc

from rxdex.connection.bulletin import Bulletin

PATIENCE = 10.0


def fail(_: object) -> None:
    raise ValueError("a receiver's bug")


class Witness(abc.ObserverBase[Any]):
    """An observer that keeps all it is told, bare of RxPY's own guards."""

    def __init__(self, then: Callable[[object], object] | None = None) -> None:
        self.heard: list[object] = []
        self.then = then

    def on_next(self, value: Any) -> None:
        self.heard.append(value)
        if self.then is not None:
            self.then(value)

    def on_error(self, error: Exception) -> None:
        self.heard.append(error)

    def on_completed(self) -> None:
        self.heard.append("|")


def bulletin(*latest: object) -> tuple[Bulletin[Any], list[Exception]]:
    raised: list[Exception] = []
    return Bulletin(*latest, raised=raised.append), raised


class TestBulletin:
    def test_the_latest_comes_first(self) -> None:
        news, _ = bulletin(0)
        first, second = Witness(), Witness()
        news.observable().subscribe(first)
        news.tell(1, remember=True)
        news.tell(2)
        news.observable().subscribe(second)
        news.tell(3)
        assert first.heard == [0, 1, 2, 3]
        assert second.heard == [1, 3]

    def test_without_a_latest_there_is_nothing_to_begin_with(self) -> None:
        news, _ = bulletin()
        witness = Witness()
        news.observable().subscribe(witness)
        assert witness.heard == []

    def test_who_left_hears_no_more(self) -> None:
        news, _ = bulletin()
        witness = Witness()
        subscription = news.observable().subscribe(witness)
        news.tell(1)
        subscription.dispose()
        subscription.dispose()
        news.tell(2)
        assert witness.heard == [1]

    def test_the_end(self) -> None:
        news, _ = bulletin(0)
        early, late = Witness(), Witness()
        news.observable().subscribe(early)
        news.complete()
        news.complete()
        news.tell(1, remember=True)
        news.observable().subscribe(late)
        assert early.heard == [0, "|"]
        assert late.heard == [0, "|"]

    def test_an_observer_that_raises_is_out_and_harms_nobody(self) -> None:
        news, raised = bulletin()
        broken, sound = Witness(fail), Witness()
        news.observable().subscribe(broken)
        news.observable().subscribe(sound)
        news.tell(1)
        news.tell(2)
        assert sound.heard == [1, 2]
        assert [str(error) for error in raised] == ["a receiver's bug"]
        assert broken.heard == [1, raised[0]], "its pipeline is told to clean up"

    def test_one_that_raises_at_the_latest_is_out_too(self) -> None:
        news, raised = bulletin(0)
        news.observable().subscribe(fail)
        news.tell(1)
        assert len(raised) == 1

    def test_one_that_raises_at_the_end(self) -> None:
        def broken() -> None:
            raise ValueError("a receiver's bug")

        news, raised = bulletin()
        sound = Witness()
        news.observable().subscribe(on_completed=broken)
        news.observable().subscribe(sound)
        news.complete()
        assert sound.heard == ["|"]
        assert len(raised) == 1

    def test_telling_from_within_an_observer_keeps_the_order(self) -> None:
        news, _ = bulletin()
        after = Witness()

        def tell_more(value: object) -> None:
            if value == 1:
                news.tell(2)

        before = Witness(tell_more)
        news.observable().subscribe(before)
        news.observable().subscribe(after)
        news.tell(1)
        news.tell(3)
        assert before.heard == after.heard == [1, 2, 3]

    def test_subscribing_from_within_an_observer(self) -> None:
        news, _ = bulletin()
        late = Witness()

        def bring(value: object) -> None:
            if value == 1:
                news.observable().subscribe(late)

        news.observable().subscribe(bring)
        news.tell(1, remember=True)
        news.tell(2)
        assert late.heard == [1, 2]

    def test_what_is_no_exception_does_not_wedge_it(self) -> None:
        def interrupt(value: object) -> None:
            if value == 1:
                raise KeyboardInterrupt

        news, raised = bulletin()
        interrupted, other = Witness(interrupt), Witness()
        news.observable().subscribe(interrupted)
        news.observable().subscribe(other)
        with pytest.raises(KeyboardInterrupt):
            news.tell(1)
        news.tell(2)
        assert other.heard == [1, 2], "what waited behind it is told with the next"
        assert interrupted.heard == [1, 2]
        assert raised == []

    def test_who_would_end_a_thread_of_ours_is_out_and_told(self) -> None:
        def leave(_: object) -> None:
            raise SystemExit

        news, raised = bulletin()
        other = Witness()
        news.observable().subscribe(Witness(leave))
        news.observable().subscribe(other)

        def tell() -> None:
            news.tell(1)
            news.tell(2)

        teller = threading.Thread(target=tell)
        teller.start()
        teller.join(5)
        assert other.heard == [1, 2]
        assert [str(error) for error in raised] == ["ended by SystemExit()"]

    def test_a_report_that_raises_does_not_wedge_it_either(self) -> None:
        def broken(_: Exception) -> None:
            raise LookupError("the report's own bug")

        news: Bulletin[int] = Bulletin(raised=broken)
        sound = Witness()
        news.observable().subscribe(Witness(fail))
        news.observable().subscribe(sound)
        with pytest.raises(LookupError):
            news.tell(1)
        news.tell(2)
        assert sound.heard == [1, 2]

    def test_several_tell_and_all_hear_the_same_order(self) -> None:
        news, _ = bulletin()
        witnesses = [Witness() for _ in range(3)]
        for witness in witnesses:
            news.observable().subscribe(witness)
        start = threading.Barrier(4)

        def tell(number: int) -> None:
            start.wait(PATIENCE)
            for count in range(500):
                news.tell((number, count))

        threads = [threading.Thread(target=tell, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)
        first = witnesses[0].heard
        assert len(first) == 2000
        assert all(witness.heard == first for witness in witnesses)
        for number in range(4):
            assert [v for v in first if v[0] == number] == [(number, c) for c in range(500)]  # type: ignore[index]

    def test_who_tells_does_not_wait_for_a_slow_observer(self) -> None:
        entered, go = threading.Event(), threading.Event()

        def slow(_: object) -> None:
            entered.set()
            go.wait(PATIENCE)

        news, _ = bulletin()
        witness = Witness(slow)
        news.observable().subscribe(witness)
        telling = threading.Thread(target=lambda: news.tell(1))
        telling.start()
        assert entered.wait(PATIENCE)
        news.tell(2)
        assert witness.heard == [1], "it is the other thread that tells"
        go.set()
        telling.join(PATIENCE)
        assert witness.heard == [1, 2]

    def test_more_than_it_can_keep_pushes_out_the_oldest(self) -> None:
        news, _ = bulletin()

        def flood(value: object) -> None:
            if value == 0:
                for number in range(1, 10_101):
                    news.tell(number)

        witness = Witness(flood)
        news.observable().subscribe(witness)
        news.tell(0)
        assert witness.heard == [0, *range(101, 10_101)]
