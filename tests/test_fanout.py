"""fanout: who listens hears it, once, whatever the others do."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from reactivex import abc

from rxdex.fanout import Bulletin, Fanout, expel

PATIENCE = 10.0
AT = 1.0


class Ear:
    """A receiver that keeps what it hears, and may do something then."""

    def __init__(self, name: str = "", then: Callable[[object], object] | None = None) -> None:
        self.heard: list[object] = []
        self._name = name
        self._then = then

    def on_next(self, value: object, /) -> None:
        self.heard.append(value)
        if self._then is not None:
            self._then(value)

    def __repr__(self) -> str:
        return self._name


def fail(_: object) -> None:
    raise ValueError("a receiver's bug")


def refuse(receiver: Ear, error: Exception) -> None:
    raise AssertionError(f"{receiver} raised") from error


class FanoutMachine(RuleBasedStateMachine):
    """Joins, leaves and deliveries, beside a plain dict."""

    KEYS = st.sampled_from("abc")
    NUMBERS = st.integers(0, 4)

    def __init__(self) -> None:
        super().__init__()
        self.fanout: Fanout[str, Ear] = Fanout(refuse)
        self.ears = [Ear(str(number)) for number in range(5)]
        self.model: dict[str, list[int]] = {}
        self.counts: dict[str, int] = {}
        self.expected: list[list[object]] = [[] for _ in self.ears]
        self.count = 0

    @rule(key=KEYS, number=NUMBERS)
    def join(self, key: str, number: int) -> None:
        there = self.model.setdefault(key, [])
        if number not in there:
            there.append(number)
        self.counts.setdefault(key, 0)
        assert self.fanout.join(key, self.ears[number]) == (there == [number])

    @rule(key=KEYS, number=NUMBERS)
    def leave(self, key: str, number: int) -> None:
        there = self.model.get(key)
        was_last = there == [number]
        if there is not None and number in there:
            there.remove(number)
            if not there:
                del self.model[key], self.counts[key]
        assert self.fanout.leave(key, self.ears[number]) == was_last

    @rule(key=KEYS)
    def deliver(self, key: str) -> None:
        self.count += 1
        self.fanout.deliver(key, self.count, AT)
        for number in self.model.get(key, ()):
            self.expected[number].append(self.count)
        if key in self.counts:
            self.counts[key] += 1

    @invariant()
    def everybody_heard_what_was_theirs(self) -> None:
        assert [ear.heard for ear in self.ears] == self.expected

    @invariant()
    def the_keys_are_those_with_listeners(self) -> None:
        assert self.fanout.keys() == frozenset(self.model)
        assert bool(self.fanout) == bool(self.model)

    @invariant()
    def nothing_is_kept_for_a_key_nobody_wants(self) -> None:
        assert self.fanout._routes.keys() <= self.model.keys()

    @invariant()
    def what_was_delivered_is_counted(self) -> None:
        for key in "abc":
            route = self.fanout.route(key)
            assert (route.count if route else None) == self.counts.get(key)


TestFanoutIsADict = FanoutMachine.TestCase
TestFanoutIsADict.settings = settings(max_examples=100, stateful_step_count=30, deadline=None)


class TestFanout:
    def test_a_receiver_that_raises_harms_no_other(self) -> None:
        told: list[tuple[str, str]] = []
        fanout: Fanout[str, Ear] = Fanout(lambda ear, error: told.append((repr(ear), str(error))))
        ears = [Ear("before"), Ear("broken", fail), Ear("after")]
        for ear in ears:
            fanout.join("k", ear)
        fanout.deliver("k", 1, AT)
        assert [ear.heard for ear in ears] == [[1], [1], [1]]
        assert told == [("broken", "a receiver's bug")]

    def test_what_is_no_exception_is_not_kept(self) -> None:
        def interrupt(_: object) -> None:
            raise KeyboardInterrupt

        fanout: Fanout[str, Ear] = Fanout(refuse)
        fanout.join("k", Ear("", interrupt))
        with pytest.raises(KeyboardInterrupt):
            fanout.deliver("k", 1, AT)

    def test_one_that_raised_can_be_put_out(self) -> None:
        def put_out(ear: Ear, _: Exception) -> None:
            fanout.leave("k", ear)

        fanout: Fanout[str, Ear] = Fanout(put_out)
        broken, sound = Ear("broken", fail), Ear("sound")
        fanout.join("k", broken)
        fanout.join("k", sound)
        fanout.deliver("k", 1, AT)
        fanout.deliver("k", 2, AT)
        assert (broken.heard, sound.heard) == ([1], [1, 2])

    def test_joining_from_within_a_delivery(self) -> None:
        late = Ear("late")
        fanout: Fanout[str, Ear] = Fanout(refuse)
        fanout.join("k", Ear("first", lambda _: fanout.join("k", late)))
        fanout.deliver("k", 1, AT)
        assert late.heard == [], "it hears what comes after it came"
        fanout.deliver("k", 2, AT)
        assert late.heard == [2]

    def test_leaving_from_within_a_delivery(self) -> None:
        fanout: Fanout[str, Ear] = Fanout(refuse)
        once = Ear("once", lambda _: fanout.leave("k", once))
        other = Ear("other")
        fanout.join("k", once)
        fanout.join("k", other)
        fanout.deliver("k", 1, AT)
        fanout.deliver("k", 2, AT)
        assert (once.heard, other.heard) == ([1], [1, 2])
        assert not fanout.leave("k", once)

    def test_delivering_from_within_a_delivery(self) -> None:
        fanout: Fanout[str, Ear] = Fanout(refuse)
        inner = Ear("inner")
        fanout.join("a", Ear("outer", lambda value: fanout.deliver("b", value, AT)))
        fanout.join("b", inner)
        fanout.deliver("a", 1, AT)
        assert inner.heard == [1]

    def test_no_lock_is_held_while_a_receiver_runs(self) -> None:
        def join_elsewhere(_: object) -> None:
            thread = threading.Thread(target=lambda: fanout.join("k", Ear()))
            thread.start()
            thread.join(PATIENCE)
            assert not thread.is_alive()

        fanout: Fanout[str, Ear] = Fanout(refuse)
        fanout.join("k", Ear("", join_elsewhere))
        fanout.deliver("k", 1, AT)

    def test_who_joined_hears_the_next_whatever_else_happens(self) -> None:
        """Joins and leaves from four threads while a fifth delivers."""
        fanout: Fanout[str, Ear] = Fanout(refuse)
        over = threading.Event()
        missed: list[int] = []

        def deliver() -> None:
            number = 0
            while not over.is_set():
                number += 1
                fanout.deliver("k", number, AT)

        def come_and_go() -> None:
            for number in range(200):
                heard = threading.Event()
                ear = Ear("", lambda _, heard=heard: heard.set())  # type: ignore[misc]
                fanout.join("k", ear)
                if not heard.wait(PATIENCE):
                    missed.append(number)
                fanout.leave("k", ear)

        threads = [threading.Thread(target=come_and_go) for _ in range(4)]
        delivering = threading.Thread(target=deliver)
        for thread in (delivering, *threads):
            thread.start()
        for thread in threads:
            thread.join(60)
        over.set()
        delivering.join(PATIENCE)
        assert missed == []
        assert not fanout

    def test_what_came_last_and_what_may_be_lost_stands_on_the_route(self) -> None:
        fanout: Fanout[str, Ear] = Fanout(refuse)
        fanout.join("a", Ear())
        fanout.join("b", Ear())
        for at in (3.0, 4.0):
            fanout.deliver("a", "", at)
        fanout.lose({"a"})
        fanout.lose(None)
        fanout.deliver("a", "", 5.0)
        fanout.lose({"a", "c"})
        a, b = fanout.route("a"), fanout.route("b")
        assert a is not None
        assert b is not None
        assert (a.count, a.at, a.losses) == (3, 5.0, 2)
        assert (b.count, b.losses) == (0, 1)
        assert b.at <= time.monotonic()
        assert fanout.route("c") is None

    def test_who_takes_several_keys_hears_it_once(self) -> None:
        fanout: Fanout[str, Ear] = Fanout(refuse)
        both, one = Ear("both"), Ear("one")
        fanout.join("a", both)
        fanout.join("b", both)
        fanout.join("b", one)
        fanout.deliver_once(["a", "b", "b", "c"], 1, AT)
        assert (both.heard, one.heard) == ([1], [1])
        route = fanout.route("b")
        assert route is not None
        assert route.count == 2

    def test_when_it_is_shut_nobody_hears_anything_any_more(self) -> None:
        fanout: Fanout[str, Ear] = Fanout(refuse)
        last = Ear("last", lambda _: fanout.shut())
        fanout.join("k", last)
        fanout.deliver("k", 1, AT)
        fanout.deliver("k", 2, AT)
        assert last.heard == [1]
        assert not fanout
        assert not fanout.leave("k", last)


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


class TestExpel:
    def test_it_is_told_and_cleans_up(self) -> None:
        told: list[Exception] = []
        witness, error = Witness(), ValueError("x")
        expel(witness, error, told.append)
        assert witness.heard == told == [error]

    @pytest.mark.parametrize("is_the_same", [True, False])
    def test_one_that_raises_again(self, is_the_same: bool) -> None:
        error, other = ValueError("x"), ValueError("y")

        class Stubborn(Witness):
            def on_error(self, error: Exception) -> None:
                raise error if is_the_same else other

        told: list[Exception] = []
        expel(Stubborn(), error, told.append)
        assert told == ([error] if is_the_same else [error, other])
