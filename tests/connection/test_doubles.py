"""doubles: what two sockets bring both, once."""

from hypothesis import given
from hypothesis import strategies as st

from rxdex import topics
from rxdex.connection.doubles import Doubles

BLOCKS = topics.blocks()
UPDATES = topics.depth_updates("BNB_BUSD-BD1")


def told(topic: object, old: list[int], new: list[int]) -> list[int]:
    doubles = Doubles()
    for event in old:
        doubles.note(topic, event)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    return [*old, *(it for it in new if not doubles.is_double(topic, it))]  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


@given(
    length=st.integers(0, 30),
    begin=st.integers(0, 30),
    switch=st.integers(0, 30),
)
def test_of_events_that_are_unlike_each_is_told_once(length: int, begin: int, switch: int) -> None:
    stream = list(range(length))
    switch = min(switch, length)
    # The new socket hears from `begin` on, no later than the old one stops.
    begin = min(begin, switch)
    for topic in (BLOCKS, UPDATES):
        assert told(topic, stream[:switch], stream[begin:]) == stream


def test_of_updates_that_say_the_same_none_is_lost() -> None:
    a, b, c = 1, 2, 3
    # The old socket brought a b a; the new one begins with the second a, or with the first.
    assert told(UPDATES, [a, b, a], [a, c, a]) == [a, b, a, c, a]
    assert told(UPDATES, [a, b, a], [a, b, a, a]) == [a, b, a, a]
    assert told(UPDATES, [a], [b, a]) == [a, b, a]


def test_topics_do_not_mix() -> None:
    doubles = Doubles()
    doubles.note(BLOCKS, 1)
    assert not doubles.is_double(topics.tickers(), 1)
    assert doubles.is_double(BLOCKS, 1)
    assert not doubles.is_double(BLOCKS, 1)
    assert not doubles.is_double(UPDATES, 1)


def test_an_order_that_changes_is_no_loss_where_events_are_unlike() -> None:
    # Transfers of one block come in no defined order (PROTOCOL 7.3).
    transfers = topics.transfers("bnb1")
    assert told(transfers, [1, 2, 3], [3, 2, 4]) == [1, 2, 3, 4]
