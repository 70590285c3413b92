"""draft: a block begins empty, and two blocks share nothing."""

from rxdex.simulator.engine.draft import Draft
from rxdex.simulator.engine.fees import Till
from rxdex.simulator.engine.state import State
from tests.simulator.engine.builders import genesis


def draft_of(state: State, height: int = 100) -> Draft:
    till = Till(state.ledger, state.rates, state.genesis.fees)
    return Draft(height=height, time_ns=height, till=till)


def test_a_draft_begins_empty() -> None:
    state = State(genesis())
    first, second = draft_of(state), draft_of(state)
    first.touched.add("a")
    first.symbols.add("A_B")
    assert not second.touched
    assert not second.symbols
    assert not second.is_breathe
