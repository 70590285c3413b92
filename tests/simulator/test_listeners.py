"""Which sockets hear what."""

from rxdex.simulator.listeners import Listeners
from rxdex.simulator.stream_names import Entry

TRADES, BLOCKS = Entry("trades", "A_B"), Entry("blockheight", "$all")
NOTHING: frozenset[Entry] = frozenset()


def test_who_came_is_found_and_who_left_is_not() -> None:
    listeners: Listeners[str] = Listeners()
    listeners.move("one", NOTHING, frozenset({TRADES}))
    listeners.move("two", NOTHING, frozenset({TRADES, BLOCKS}))
    assert set(listeners.of("trades", "A_B")) == {"one", "two"}
    listeners.move("two", frozenset({TRADES, BLOCKS}), frozenset({BLOCKS}))
    assert set(listeners.of("trades", "A_B")) == {"one"}
    listeners.move("one", frozenset({TRADES}), NOTHING)
    assert not listeners.of("trades", "A_B")
    assert set(listeners.of("blockheight", "$all")) == {"two"}
