"""What trades add up to."""

from hypothesis import given, settings
from hypothesis import strategies as st

from rxdex.simulator.engine import TradeRecord
from rxdex.simulator.statistics import Stretch, stretches
from tests.simulator.town import a_trade

PAIRS = st.lists(st.tuples(st.integers(1, 50), st.integers(1, 10**18)), min_size=1, max_size=12)


def trades(pairs: list[tuple[int, int]]) -> list[TradeRecord]:
    return [a_trade(number, price, quantity) for number, (price, quantity) in enumerate(pairs)]


def test_one_trade() -> None:
    stretch = Stretch.of([a_trade(3, 20, 300_000_000)], height=9)
    assert stretch == Stretch(20, 20, 20, 20, 300_000_000, 60, 1, "9-3", "9-3", 300_000_000, None)


def test_the_price_before_the_last() -> None:
    assert Stretch.of(trades([(5, 1), (7, 1), (6, 1)]), 9).before_last == 7
    one, other = Stretch.of(trades([(5, 1)]), 8), Stretch.of(trades([(6, 1)]), 9)
    assert one.then(other).before_last == 5


@settings(deadline=None)
@given(PAIRS, st.data())
def test_a_stretch_is_the_sum_of_its_parts(
    pairs: list[tuple[int, int]], data: st.DataObject
) -> None:
    every = trades(pairs)
    cut = data.draw(st.integers(0, len(every)))
    parts = [Stretch.of(part, 9) for part in (every[:cut], every[cut:]) if part]
    whole = parts[0] if len(parts) == 1 else parts[0].then(parts[1])
    assert whole == Stretch.of(every, 9)
    prices = [price for price, _ in pairs]
    assert (whole.open, whole.high, whole.low, whole.close) == (
        prices[0],
        max(prices),
        min(prices),
        prices[-1],
    )
    assert whole.quote_volume == sum(p * q // 100_000_000 for p, q in pairs)


def test_stillness_adds_nothing() -> None:
    some = Stretch.of(trades([(5, 1), (7, 1)]), 9)
    assert Stretch.still(4).then(some) is some
    assert some.then(Stretch.still(7)) is some
    assert Stretch.still(4) == Stretch(4, 4, 4, 4, 0, 0, 0, "", "", 0, None)


def test_a_block_by_symbol() -> None:
    mine, other = a_trade(0, 5, 1), a_trade(2, 6, 1)
    assert stretches([mine, other], 9) == {mine.symbol: Stretch.of([mine, other], 9)}
    assert stretches([], 9) == {}
