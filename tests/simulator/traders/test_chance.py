"""Where the traders' luck comes from."""

from rxdex.simulator.traders.chance import chance


def test_luck_belongs_to_a_seed_and_a_name() -> None:
    def first(seed: int, name: str) -> list[int]:
        luck = chance(seed, name)
        return [luck.randrange(10**9) for _ in range(3)]

    assert first(7, "whale") == first(7, "whale")
    assert first(7, "whale") != first(7, "taker")
    assert first(7, "whale") != first(8, "whale")


def test_luck_is_the_same_in_every_process() -> None:
    assert chance(7, "whale").randrange(1000) == 578
