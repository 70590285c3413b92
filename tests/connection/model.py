"""What an exchange says, and what somebody must have heard of it: no socket, no clock, no thread."""

import itertools
from collections.abc import Iterator, Sequence, Set
from typing import Any

from attrs import define, field, frozen

from rxdex import topics
from rxdex.events import Event, GapReason
from rxdex.simulator.changes import changed_prices
from rxdex.simulator.engine import Block, Chain
from rxdex.simulator.stream_names import Entry
from rxdex.simulator.traders import Traders
from rxdex.simulator.world import world
from rxdex.topics import Kind, Topic
from rxdex.venue import Lane

SEED, BLOCK_TIME, WARM_UP = 7, 0.4, 5

#: An event, as it is known by what the venue says: its topic, and a height or the id of a trade.
Word = tuple[Topic[Any], str | int]

NOTHING: frozenset[int] = frozenset()
_WIRE = {Kind.TRADES: "trades", Kind.ACCOUNT: "accounts", Kind.DEPTH: "marketDepth100"}


def entry(topic: Topic[Any]) -> Entry:
    """A topic, as the exchange has it in its book."""
    return (
        Entry(_WIRE[topic.kind], topic.subject) if topic.subject else Entry("blockheight", "$all")
    )


def word(event: Event, wanted: Sequence[Topic[Any]]) -> Word:
    """An event, for who wanted these."""
    said: Any = event
    for topic in wanted:
        if topic.kind is Kind.TRADES and getattr(said, "symbol", "") == topic.subject:
            return topic, said.trade_id
        if topic.kind is Kind.BLOCKS and hasattr(said, "height"):
            return topic, said.height
        if topic.kind in {Kind.ACCOUNT, Kind.DEPTH} and hasattr(said, "block_height"):
            return topic, said.block_height
    raise AssertionError(f"{event!r} was not asked for by who wanted {wanted}")


class Chronicle:
    """All that an exchange of this seed sends, in its order; the place of a word is its number in it."""

    def __init__(self) -> None:
        start = world(SEED, BLOCK_TIME)
        self._chain = Chain(start.genesis)
        self._traders = Traders(self._chain, SEED, start)
        self.words: list[Word] = []
        self.places: dict[Word, int] = {}
        for _ in range(WARM_UP):
            self._make_block()

    @property
    def now(self) -> int:
        """The place of what is said next."""
        return len(self.words)

    def step(self) -> None:
        """Another block."""
        for it in _published(self._make_block()):
            self.places[it] = len(self.words)
            self.words.append(it)

    def sent(self, wanted: Set[Topic[Any]]) -> list[int]:
        """The places of what was said of these topics."""
        return [place for place, (topic, _) in enumerate(self.words) if topic in wanted]

    def _make_block(self) -> Block:
        self._traders.act()
        return self._chain.step()


def _published(block: Block) -> Iterator[Word]:
    by_symbol: dict[str, list[Word]] = {}
    for it in block.trades:
        trade = topics.trades(it.symbol), f"{block.height}-{it.index}"
        by_symbol.setdefault(it.symbol, []).append(trade)
    yield from itertools.chain(*by_symbol.values())
    yield from ((topics.account(address), block.height) for address in block.touched)
    for symbol in changed_prices(block.orders):
        yield topics.depth(symbol, 100), block.height
    yield topics.blocks(), block.height


@frozen(kw_only=True)
class Duty:
    """
    What somebody owes an account of.

    :param since: from which place on the venue surely had the subscription; None: not yet
    :param well_since: from which place on nothing can have been lost, gap or not; None: no such place
    :param until: up to which place all must have come by now; None: more may be on its way
    :param knows_gaps: whether a loss is told
    :param excused: places that may be lost without a word
    :param again: places that may come once more, out of their order
    :param ahead: those of them that may do so before they come in their turn, which is still owed
    :param shuffled: places whose order is nothing to go by
    :param late: places that may come behind others, but not twice
    """

    since: int | None = None
    well_since: int | None = None
    until: int | None = None
    knows_gaps: bool = True
    excused: Set[int] = NOTHING
    again: Set[int] = NOTHING
    ahead: Set[int] = NOTHING
    shuffled: Set[int] = NOTHING
    late: Set[int] = NOTHING


def flaw(heard: Sequence[int | GapReason], sent: Sequence[int], duty: Duty) -> str:
    """
    What is wrong with what somebody heard; nothing, where nothing is.

    :param heard: places and gaps, as they came
    :param sent: the places of all that was said of the topics
    """
    for one, other in itertools.pairwise(heard):
        if isinstance(one, GapReason) and isinstance(other, GapReason):
            return f"{one} and {other} are told in a row, and are one gap"
    runs = _runs(heard, duty.shuffled)
    last = -1
    told: list[int] = []
    is_covered = False
    for number, run in enumerate(runs):
        is_covered = number > 0
        for count, place in enumerate(run, 1):
            if place <= last:
                is_late = place in duty.late and place not in told
                if not (is_late or place in duty.again):
                    return f"{place} came behind {last}, or twice"
                if is_late:
                    told.append(place)
                continue
            lost = _between(sent, last, place, duty)
            later = itertools.chain(run[count:], *runs[number + 1 :])
            if place in duty.ahead and (lost or any(last < it < place for it in later)):
                # It says nothing of what is between, and is not itself what is owed.
                continue
            if lost and not is_covered and duty.knows_gaps:
                return f"{lost} are missing before {place}, and there is no gap"
            # What is said again does not end a loss.
            is_covered = is_covered and place in duty.again
            last = place
            told.append(place)
    return _end(told, sent, duty, last, is_covered=is_covered)


def _end(told: list[int], sent: Sequence[int], duty: Duty, last: int, *, is_covered: bool) -> str:
    if duty.until is None or duty.since is None:
        return ""
    lost = _between(sent, last, duty.until, duty)
    if lost and not is_covered and duty.knows_gaps:
        return f"{lost} have not come, and there is no gap"
    if duty.well_since is None:
        return ""
    begin = max(duty.since, duty.well_since)
    missing = [it for it in _between(sent, begin - 1, duty.until, duty) if it not in set(told)]
    return f"{missing} have not come, although the line was well since {begin}" if missing else ""


def _between(sent: Sequence[int], one: int, other: int, duty: Duty) -> list[int]:
    if duty.since is None:
        return []
    least = max(one + 1, duty.since)
    return [it for it in sent if least <= it < other and it not in duty.excused]


def _runs(heard: Sequence[int | GapReason], shuffled: Set[int]) -> list[list[int]]:
    """What was heard between two gaps each; what was shuffled is put in order."""
    runs: list[list[int]] = [[]]
    for it in heard:
        if isinstance(it, GapReason):
            runs.append([])
        else:
            runs[-1].append(it)
    for run in runs:
        slots = [number for number, place in enumerate(run) if place in shuffled]
        for slot, place in zip(slots, sorted(run[slot] for slot in slots), strict=True):
            run[slot] = place
    return runs


@define
class LaneModel:
    """
    What is known of a lane.

    :param lane: which
    """

    lane: Lane
    #: How many things have happened that may have cost somebody something, and as what that is told.
    causes: int = 0
    #: The same, when it was at rest last: who comes later may still be hit by the others.
    causes_at_rest: int = 0
    reasons: set[GapReason] = field(factory=set)
    #: From which place on the line is well; None: something happened since it was looked at.
    well_since: int | None = None
    #: Faults at work that nobody can know of, and since which place.
    windows: dict[str, int] = field(factory=dict)
    #: The same, over, and up to which place.
    _past: list[tuple[str, int, int]] = field(factory=list)

    def suffer(self, reason: GapReason, times: int = 1) -> None:
        """Something happened that may cost a gap."""
        self.causes += times
        self.reasons.add(reason)
        self.well_since = None

    def distort(self, what: str, since: int) -> None:
        """From there on something happens that nobody can know of."""
        # Nothing that is held back comes through what loses all.
        held = [self.windows.get(it, since) for it in ("delay", "shuffle") if what == "lose"]
        self.windows[what] = min(since, self.windows.get(what, since), *held)
        self.well_since = None

    def repeat(self, place: int) -> None:
        """This may be said once more; and at once, whatever else is held back."""
        is_early = not self.windows.keys().isdisjoint({"delay", "shuffle"})
        for what in ("again", *(["ahead"] if is_early else ())):
            self._past.append((what, place, place + 1))

    def heal(self, now: int) -> None:
        """And here it ends."""
        self._past += [(what, since, now) for what, since in self.windows.items()]
        self.windows.clear()

    def within(self, *what: str, now: int) -> set[int]:
        """The places at which that was at work."""
        found = [(since, until) for it, since, until in self._past if it in what]
        found += [(since, now) for it, since in self.windows.items() if it in what]
        return {place for since, until in found for place in range(since, until)}
