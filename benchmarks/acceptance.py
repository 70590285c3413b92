"""What was promised of the speed, and whether this run bears it out."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from benchmarks.contestants import LIMITS, OURS
from benchmarks.heats import BUSY, DELAYS, PLAIN, SPREAD, TLS

__all__ = ["Promise", "promises"]

Results = dict[str, Any]

_LIMIT = "picows+orjson"
_TRADES, _MIX, _SPOT = "trades x1", "mix", "spot trades"
_SPOT_TLS = TLS[2].name
_BUSY = BUSY[0].name
_FASTEST = DELAYS[-1].name
_MANY_TOPICS = next(heat.name for heat in SPREAD if heat.name == "500 topics")

#: Heat, peer, and how many times as long the peer takes at least.
_AGAINST = (
    (_TRADES, "binance-dex", 30.0),
    (_TRADES, "binancechain", 2.0),
    (_TRADES, "unicorn 1.46", 5.0),
    (_SPOT_TLS, "cryptofeed", 4.0),
    (_SPOT, "ccxt", 12.0),
)
#: How many times as long as the limit a heat may take.
_OF_THE_LIMIT = {_TRADES: 1.6}
_OF_THE_LIMIT_ELSE = 2.0
#: How many times as long as ours the fastest peer takes at least.
_OF_THE_FASTEST = {_MIX: 2.0}
_OF_THE_FASTEST_ELSE = 1.0


class Promise(NamedTuple):
    """
    One line of the table.

    :param what: what was measured, in words
    :param value: what came out; None where a contestant was missing
    :param bound: what was promised
    :param is_least: whether more is better
    """

    what: str
    value: float | None
    bound: float
    is_least: bool

    @property
    def verdict(self) -> str:
        """`pass`, `miss`, or `not measured`."""
        if self.value is None:
            return "not measured"
        holds = self.value >= self.bound if self.is_least else self.value <= self.bound
        return "pass" if holds else "miss"


def promises(results: Results) -> list[Promise]:
    """All of them, in the order of the promise."""
    return [*_of_trades(results), *_of_shapes(results), *_of_the_rest(results)]


def _of_trades(results: Results) -> Iterator[Promise]:
    for heat, peer, bound in _AGAINST:
        yield _least(f"{heat}: times faster than {peer}", _times(results, heat, peer), bound)


def _of_shapes(results: Results) -> Iterator[Promise]:
    for heat in (one.name for one in PLAIN):
        if heat != _TRADES:
            peer, times = _fastest(results, heat)
            bound = _OF_THE_FASTEST.get(heat, _OF_THE_FASTEST_ELSE)
            yield _least(f"{heat}: times faster than the fastest peer{peer}", times, bound)
        times = _times(results, heat, _LIMIT)
        bound = _OF_THE_LIMIT.get(heat, _OF_THE_LIMIT_ELSE)
        yield _most(f"{heat}: times the time of {_LIMIT}", times and 1 / times, bound)


def _of_the_rest(results: Results) -> Iterator[Promise]:
    peer, times = _fastest(results, _BUSY, no_c_client=True)
    told = f"{_BUSY}: times faster than the fastest peer without a C client{peer}"
    yield _least(told, times, 2.0)
    for key in ("p50_us", "p99_us"):
        table = results["delay_ratios"][key].get(_FASTEST, {})
        ours = {name: times for name, times in table.get(OURS, {}).items() if _is_peer(name)}
        worst = max(ours, key=lambda name: ours[name], default="")
        told = f"{_FASTEST}: {key[:3]} in parts of the best peer's ({worst or '-'})"
        yield _most(told, ours.get(worst), 1.1)
    topics = results["times_one_topic"].get(_MANY_TOPICS)
    yield _most(f"{_MANY_TOPICS}: times the time of one", topics, 1.2)
    own = results["own"]
    kept = own["bytes_an_event"][_TRADES] / own["bytes_a_plain_trade"]
    yield _most("a trade: times the memory of a plain slotted object", kept, 1.3)


def _least(what: str, value: float | None, bound: float) -> Promise:
    return Promise(what, value, bound, is_least=True)


def _most(what: str, value: float | None, bound: float) -> Promise:
    return Promise(what, value, bound, is_least=False)


def _times(results: Results, heat: str, other: str) -> float | None:
    """How many times as long as ours `other` takes."""
    row = results["ratios"]["wall_us"].get(heat, {}).get(other, {})
    return row.get(OURS) if isinstance(row, dict) else None


def _fastest(results: Results, heat: str, *, no_c_client: bool = False) -> tuple[str, float | None]:
    """Who is the fastest of the peers, in words, and how many times as long as ours it takes."""
    they = [
        name
        for name in results["ratios"]["wall_us"].get(heat, {})
        if _is_peer(name) and not (no_c_client and results["contestants"][name]["is_c_client"])
    ]
    found = {name: times for name in they if (times := _times(results, heat, name)) is not None}
    if not found:
        return "", None
    best = min(found, key=lambda name: found[name])
    return f", {best}", found[best]


def _is_peer(name: str) -> bool:
    return name != OURS and name not in LIMITS
