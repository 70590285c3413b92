"""fanout: who listens hears it, once, whatever the others do."""

import threading
import time
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from rxdex.fanout import Fanout, Intake, expel
from tests.connection.test_bulletin import Witness

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
        self.intakes: dict[str, Intake] = {}
        self.fanout: Fanout[str, Ear] = Fanout(refuse, self.intakes)
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
                del self.model[key]
        assert self.fanout.leave(key, self.ears[number]) == was_last

    @rule(key=KEYS)
    def deliver(self, key: str) -> None:
        self.count += 1
        self.fanout.deliver(key, self.count, AT)
        for number in self.model.get(key, ()):
            self.expected[number].append(self.count)
        if key in self.counts:
            self.counts[key] += 1

    @rule(key=KEYS, count=st.integers(0, 3))
    def deliver_all(self, key: str, count: int) -> None:
        values = range(self.count + 1, self.count + 1 + count)
        self.count += count
        self.fanout.deliver_all(key, values, AT)
        for number in self.model.get(key, ()):
            self.expected[number] += values
        if key in self.counts:
            self.counts[key] += count

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
            intake = self.intakes.get(key)
            assert (intake.count if intake else None) == self.counts.get(key)


TestFanoutIsADict = FanoutMachine.TestCase
TestFanoutIsADict.settings = settings(max_examples=100, stateful_step_count=30, deadline=None)


#: Whose hearing of which value makes whom come, go, or everything end.
DEEDS = st.dictionaries(
    st.tuples(st.integers(0, 2), st.integers(0, 4)),
    st.tuples(st.sampled_from(["join", "leave", "shut", "raise"]), st.integers(0, 2)),
    max_size=6,
)


@given(st.sets(st.integers(0, 2)), DEEDS)
@example({0}, {(0, 1): ("leave", 0)})
@example({0}, {(0, 1): ("shut", 0)})
@example({0}, {(0, 1): ("join", 1), (1, 2): ("leave", 0)})
@example({0, 1}, {(0, 1): ("leave", 1), (0, 2): ("join", 1)})
def test_several_at_once_are_as_one_by_one(
    there: set[int], deeds: dict[tuple[int, int], tuple[str, int]]
) -> None:
    def heard(deliver: Callable[[Fanout[str, Ear]], None]) -> object:
        raised: list[str] = []
        intakes: dict[str, Intake] = {}
        fanout: Fanout[str, Ear] = Fanout(lambda ear, _: raised.append(repr(ear)), intakes)

        def act(number: int, value: object) -> None:
            assert isinstance(value, int)
            what, whom = deeds.get((number, value), ("", 0))
            if what == "join":
                fanout.join("k", ears[whom])
            elif what == "leave":
                fanout.leave("k", ears[whom])
            elif what == "shut":
                fanout.shut()
            elif what == "raise":
                fail(value)

        ears = [Ear(str(number), partial(act, number)) for number in range(3)]
        for number in there:
            fanout.join("k", ears[number])
        deliver(fanout)
        counted = {it: (intake.count, intake.at == AT) for it, intake in intakes.items()}
        return [ear.heard for ear in ears], raised, counted

    def one_by_one(fanout: Fanout[str, Ear]) -> None:
        for value in range(5):
            fanout.deliver("k", value, AT)

    assert heard(lambda fanout: fanout.deliver_all("k", range(5), AT)) == heard(one_by_one)


class TestFanout:
    def test_a_receiver_that_raises_harms_no_other(self) -> None:
        told: list[tuple[str, str]] = []
        fanout: Fanout[str, Ear] = Fanout(
            lambda ear, error: told.append((repr(ear), str(error))), {}
        )
        ears = [Ear("before"), Ear("broken", fail), Ear("after")]
        for ear in ears:
            fanout.join("k", ear)
        fanout.deliver("k", 1, AT)
        assert [ear.heard for ear in ears] == [[1], [1], [1]]
        assert told == [("broken", "a receiver's bug")]

    def test_what_is_no_exception_is_not_kept(self) -> None:
        def interrupt(_: object) -> None:
            raise KeyboardInterrupt

        fanout: Fanout[str, Ear] = Fanout(refuse, {})
        fanout.join("k", Ear("", interrupt))
        with pytest.raises(KeyboardInterrupt):
            fanout.deliver("k", 1, AT)

    def test_one_that_raised_can_be_put_out(self) -> None:
        def put_out(ear: Ear, _: Exception) -> None:
            fanout.leave("k", ear)

        fanout: Fanout[str, Ear] = Fanout(put_out, {})
        broken, sound = Ear("broken", fail), Ear("sound")
        fanout.join("k", broken)
        fanout.join("k", sound)
        fanout.deliver("k", 1, AT)
        fanout.deliver("k", 2, AT)
        assert (broken.heard, sound.heard) == ([1], [1, 2])

    def test_joining_from_within_a_delivery(self) -> None:
        late = Ear("late")
        fanout: Fanout[str, Ear] = Fanout(refuse, {})
        fanout.join("k", Ear("first", lambda _: fanout.join("k", late)))
        fanout.deliver("k", 1, AT)
        assert late.heard == [], "it hears what comes after it came"
        fanout.deliver("k", 2, AT)
        assert late.heard == [2]

    def test_who_joins_between_two_values_hears_the_second(self) -> None:
        """From another thread, where nobody was there for the first."""

        class Joining(list[int]):
            def __iter__(self) -> Iterator[int]:
                yield 1
                fanout.join("k", ear)
                yield 2

        ear = Ear()
        fanout: Fanout[str, Ear] = Fanout(refuse, {})
        fanout.deliver_all("k", Joining([1, 2]), AT)
        assert ear.heard == [2]

    def test_who_takes_the_place_of_the_last_hears_the_next(self) -> None:
        """The last one leaves in another thread, just when its place is looked at."""

        class Leaving:
            def __enter__(self) -> None:
                fanout._lock = lock
                fanout.leave("k", first)

            def __exit__(self, *_: object) -> None:
                fanout.join("k", second)

        first, second = Ear(), Ear()
        fanout: Fanout[str, Ear] = Fanout(refuse, {})
        fanout.join("k", first)
        lock, fanout._lock = fanout._lock, Leaving()  # type: ignore[assignment]
        fanout.deliver_all("k", [1, 2], AT)
        assert (first.heard, second.heard) == ([], [2])

    def test_who_is_shut_out_while_its_place_is_looked_at_hears_nothing(self) -> None:
        class Shutting:
            def __enter__(self) -> None:
                fanout._lock = lock
                fanout.shut()

            def __exit__(self, *_: object) -> None:
                pass

        ear = Ear()
        fanout: Fanout[str, Ear] = Fanout(refuse, {})
        fanout.join("k", ear)
        lock, fanout._lock = fanout._lock, Shutting()  # type: ignore[assignment]
        fanout.deliver_all("k", [1, 2], AT)
        assert ear.heard == []

    def test_none_is_no_sign_of_life(self) -> None:
        intakes: dict[str, Intake] = {}
        fanout: Fanout[str, Ear] = Fanout(refuse, intakes)
        fanout.join("k", Ear())
        since = intakes["k"].at
        fanout.deliver_all("k", [], since + 1.0)
        assert intakes["k"].at == since

    def test_leaving_from_within_a_delivery(self) -> None:
        fanout: Fanout[str, Ear] = Fanout(refuse, {})
        once = Ear("once", lambda _: fanout.leave("k", once))
        other = Ear("other")
        fanout.join("k", once)
        fanout.join("k", other)
        fanout.deliver("k", 1, AT)
        fanout.deliver("k", 2, AT)
        assert (once.heard, other.heard) == ([1], [1, 2])
        assert not fanout.leave("k", once)

    def test_delivering_from_within_a_delivery(self) -> None:
        fanout: Fanout[str, Ear] = Fanout(refuse, {})
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

        fanout: Fanout[str, Ear] = Fanout(refuse, {})
        fanout.join("k", Ear("", join_elsewhere))
        fanout.deliver("k", 1, AT)

    def test_who_joined_hears_the_next_whatever_else_happens(self) -> None:
        """Joins and leaves from four threads while a fifth delivers."""
        fanout: Fanout[str, Ear] = Fanout(refuse, {})
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

    def test_what_came_is_counted_whoever_takes_it(self) -> None:
        intakes: dict[str, Intake] = {}
        values: Fanout[str, Ear] = Fanout(refuse, intakes)
        texts: Fanout[str, Ear] = Fanout(refuse, intakes)
        ear = Ear()
        values.join("a", ear)
        values.deliver("a", "", 3.0)
        values.leave("a", ear)
        texts.join("a", ear)
        values.deliver("a", "", 4.0)
        texts.deliver_once(["a"], "")
        values.deliver("b", "", 5.0)
        assert (intakes["a"].count, intakes["a"].at) == (2, 4.0)
        assert intakes.keys() == {"a"}, "nothing is kept for a key nobody asked for"

    def test_what_is_lost_until_the_next_is_one_loss(self) -> None:
        intake = Intake()
        assert intake.at == intake.since <= time.monotonic()
        assert [intake.lose(), intake.lose()] == [True, False]
        intake.count += 1
        assert [intake.lose(), intake.lose()] == [True, False]
        assert intake.losses == 2

    def test_who_takes_several_keys_hears_it_once(self) -> None:
        fanout: Fanout[str, Ear] = Fanout(refuse, {})
        both, one = Ear("both"), Ear("one")
        fanout.join("a", both)
        fanout.join("b", both)
        fanout.join("b", one)
        fanout.deliver_once(["a", "b", "b", "c"], 1)
        assert (both.heard, one.heard) == ([1], [1])
        assert ["b" in fanout, "c" in fanout] == [True, False]

    def test_when_it_is_shut_nobody_hears_anything_any_more(self) -> None:
        fanout: Fanout[str, Ear] = Fanout(refuse, {})
        last = Ear("last", lambda _: fanout.shut())
        fanout.join("k", last)
        fanout.deliver("k", 1, AT)
        fanout.deliver("k", 2, AT)
        assert last.heard == [1]
        assert not fanout
        assert not fanout.leave("k", last)


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
