"""A `Dex` on an exchange through a network, people who listen, and the model of what must come of it."""

import itertools
import threading
from contextlib import ExitStack
from functools import partial
from typing import Any

from attrs import frozen

from rxdex import Dex, LineSettings, topics
from rxdex.backoff import Backoff
from rxdex.events import Fault, GapReason, LineState, Status
from rxdex.simulator.exchange import Exchange
from rxdex.simulator.faults import Chosen
from rxdex.simulator.partition import Partition
from rxdex.simulator.timings import Timings
from rxdex.simulator.visits import Visit
from rxdex.topics import Topic
from rxdex.venue import Lane
from tests.connection.model import BLOCK_TIME, SEED, WARM_UP, Chronicle, LaneModel, entry
from tests.connection.somebody import Somebody

_FOREVER = 1_000_000
LINE = partial(
    LineSettings,
    open_timeout=0.4,
    close_timeout=0.2,
    renew_overlap=0.04,
    stable_after=0.0,
    tries=_FOREVER,
    backoff=Backoff(start=0.005, ceiling=0.02),
)


@frozen(kw_only=True)
class Conditions:
    """
    What an ordeal is played under.

    :param linger: seconds; what is above a second is for ever here
    :param is_patient: whether nothing but the other side ends a line: not silence, nor half a frame
    """

    linger: float = 0.0
    is_patient: bool = True

    def line(self) -> LineSettings:
        """The settings of every line."""
        patience = 60.0 if self.is_patient else 0.5
        return LINE(linger=self.linger, silence=patience, frame_timeout=patience)


class Ordeal:
    """What is played, and what is known of it."""

    def __init__(self, conditions: Conditions) -> None:
        self.conditions = conditions
        self._open = ExitStack()
        timings = Timings(ping=60.0 if conditions.is_patient else 0.2, goodbye=0.2)
        self.exchange = self._open.enter_context(
            Exchange(seed=SEED, block_time=BLOCK_TIME, speed=None, warm_up=WARM_UP, timings=timings)
        )
        self.network = self._open.enter_context(Partition(self.exchange.url))
        self.chronicle = Chronicle()
        self.script: list[str] = []
        self._names = (f"p{number}" for number in itertools.count())
        symbols, self.address = self.exchange.symbols, self.exchange.addresses[0]
        self.topics: dict[str, Topic[Any]] = {
            "blocks": topics.blocks(),
            "trades": topics.trades(symbols[0]),
            "other trades": topics.trades(symbols[1]),
            "account": topics.account(self.address),
            "depth": topics.depth(symbols[0], 100),
        }
        self._begin()
        self.lane_of = {entry(topic): self.dex.venue.lane(topic) for topic in self.topics.values()}
        # An oddity may say the last height once more.
        self.step()

    def _begin(self) -> None:
        self.dex = Dex(self.network.url, self.conditions.line())
        self.first_visit = len(self.exchange.visits)
        self.people: list[Somebody] = []
        self.lanes: dict[Lane, LaneModel] = {}
        for topic in self.topics.values():
            self.model(self.dex.venue.lane(topic))
        self.is_closed = self.is_closed_within = False
        #: How many lines are still to be broken as they ask for something.
        self.pending = 0
        self.faults: list[Fault] = []
        self.standing: dict[str | None, LineState] = {}
        self.statuses: list[str] = []
        self.renewals = 0
        self.is_told = False
        self.dex.faults.subscribe(self.faults.append)
        self.dex.status.subscribe(self._note, on_completed=self._note_the_end)

    def begin_again(self) -> None:
        """Another `Dex`, where one was closed."""
        self.exchange.faults.heal()
        self._begin()

    def end(self) -> None:
        """Leave nothing."""
        self.network.heal()
        self.dex.close()
        self._open.close()

    # What is done.

    def step(self, blocks: int = 1) -> None:
        """Make blocks."""
        for _ in range(blocks):
            self.chronicle.step()
            self.exchange.step()

    def join(self, wanted: tuple[Topic[Any], ...], way: str = "gaps") -> Somebody:
        """Have somebody listen; from any thread."""
        it = Somebody(next(self._names), wanted, way)
        model = self.model(self.dex.venue.lane(wanted[0]))
        it.causes, it.came_at = model.causes_at_rest - self.pending, self.chronicle.now
        if model.well_since is not None and self._is_held(wanted):
            it.since = self.chronicle.now
        self.people.append(it)
        if way == "frames":
            it.listen(lambda who: self.dex.frames(*wanted).subscribe(who))
        else:
            first, *more = wanted
            stream = (
                self.dex.stream(first, *more, gaps=True)
                if way == "gaps"
                else self.dex.stream(first, *more)
            )
            it.listen(stream.subscribe)
        return it

    def close(self) -> None:
        """Close the `Dex`; from any thread."""
        self.is_closed = True
        self.is_closed_within |= threading.current_thread() is not threading.main_thread()
        self.dex.close()

    def heal(self) -> None:
        """End all faults."""
        self.exchange.faults.heal()
        self.network.heal()
        self.pending = 0
        for model in self.lanes.values():
            model.heal(self.chronicle.now)

    def model(self, lane: Lane) -> LaneModel:
        """What is known of a lane."""
        return self.lanes.setdefault(lane, LaneModel(lane))

    def suffer(self, lane: Lane | None, reason: GapReason, times: int = 1) -> None:
        """A lane may lose something; all of them, where none is named."""
        for model in self.lanes.values():
            if lane in {None, model.lane}:
                model.suffer(reason, times)

    def owe_gaps(self, lane: Lane | None) -> None:
        """Who listens to a line that was well will be told of a gap."""
        for model in self.lanes.values():
            lines = [it for it in self.visits() if self._lane_of(it) == model.lane]
            is_sure = model.well_since is not None and not model.windows and len(lines) == 1
            if is_sure and lane in {None, model.lane}:
                for who in self.listeners(model.lane):
                    if who.since is not None and who.way == "gaps":
                        who.owed.append(len(who.values))

    def distort(self, lane: Lane | None, what: str, since: int) -> None:
        """On a lane something happens that nobody can know of; on all of them, where none is named."""
        for model in self.lanes.values():
            if lane in {None, model.lane}:
                model.distort(what, since)

    def repeat(self, lane: Lane | None) -> None:
        """The last height may be said once more."""
        for model in self.lanes.values():
            if lane in {None, model.lane}:
                model.repeat(self.chronicle.now - 1)

    def whom(self, lane: Lane | None) -> Chosen:
        """Those who are to be hit: of a lane the oldest, or everybody."""
        if lane is None:
            return self.exchange.faults
        found = [it for it in self.visits() if self._lane_of(it) == lane]
        return self.exchange.faults.of(found[0] if found else "nobody")

    def visits(self) -> list[Visit]:
        """The websockets that are open now."""
        return [it for it in self.exchange.visits[self.first_visit :] if it.is_open]

    def lane_called(self, name: str) -> Lane | None:
        """One by its name; none for "everybody"."""
        return next((it for it in self.lanes if it.name == name), None)

    def listeners(self, lane: Lane) -> list[Somebody]:
        """Who listens on a lane."""
        return [it for it in list(self.people) if not it.is_out and self.lane(it) == lane]

    def lane(self, who: Somebody) -> Lane:
        """On which lane somebody listens."""
        return self.dex.venue.lane(who.wanted[0])

    def _lane_of(self, visit: Visit) -> Lane | None:
        return next((self.lane_of[it] for it in visit.subscriptions), None)

    def _is_held(self, wanted: tuple[Topic[Any], ...]) -> bool:
        """Whether others listen to these all the while."""
        steady = [it for it in self.listeners(self.dex.venue.lane(wanted[0])) if it.act is None]
        return set(wanted) <= {
            topic for it in steady if it.since is not None for topic in it.wanted
        }

    def _note(self, status: Status) -> None:
        self.standing[status.lane] = status.state
        self.renewals += "renewed" in status.what
        self.statuses.append(f"{status.lane}: {status.state}: {status.what}")

    def _note_the_end(self) -> None:
        self.is_told = True
