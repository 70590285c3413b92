"""What must be so once an ordeal has come to rest."""

import json
import threading
import time
from collections import Counter
from typing import Any

from rxdex import ConnectionLost
from rxdex.events import FaultReason, GapReason, LineState
from rxdex.simulator.stream_names import Entry
from rxdex.venue import Lane
from tests.conftest import eventually
from tests.connection.model import Duty, LaneModel, entry, flaw
from tests.connection.ordeal import Ordeal
from tests.connection.somebody import Somebody

#: Seconds until it must have come to rest; and for one try.
_PATIENCE, _TRY = 8.0, 2.0
_OURS = Counter(["exchange", "partition"])


def settle(ordeal: Ordeal) -> None:
    """Come to rest, and find nothing wrong."""
    until = time.monotonic() + _PATIENCE
    while wrong := _after_the_end(ordeal) if ordeal.is_closed else _tried(ordeal):
        assert time.monotonic() < until, f"{wrong}\n{_seen(ordeal)}"


def _tried(it: Ordeal) -> str:
    """Wait for the sockets, make a block, and see that all who should hear of it do; or what is wrong."""
    if not eventually(lambda: it.is_closed or not _standing(it), _TRY):
        return _standing(it)
    begin, there = it.chronicle.now, {visit.opened for visit in it.visits()}
    it.step()

    def is_decided() -> bool:
        others = {visit.opened for visit in it.visits()} != there
        return others or it.is_closed or not _heard(it, begin)

    eventually(is_decided, _TRY)
    if wrong := _heard(it, begin):
        return wrong
    if wrong := _standing(it) or _told(it) or _said(it):
        return wrong
    if it.is_closed:
        return "closed meanwhile"
    for lane, model in list(it.lanes.items()):
        _remember(it, it.listeners(lane), model, begin)
    return _silent(it)


def _remember(it: Ordeal, listeners: list[Somebody], model: LaneModel, begin: int) -> None:
    """A lane was found to be well: from here on it may lose nothing in silence."""
    if _is_at_rest(it, listeners, begin):
        model.causes_at_rest = model.causes
    if not model.windows:
        for who in listeners:
            if who.since is None and who.came_at <= begin:
                who.since = begin
        model.well_since = begin if listeners or _lingers(it, model) else None


def _is_at_rest(it: Ordeal, listeners: list[Somebody], begin: int) -> bool:
    """
    Whether all that happened to a lane is known to its line: who comes now cannot be hit by it any more.

    What was sent may be under way for longer than a subscribe: only what was said later, and was heard,
    tells that it has come. Of a line that lingers nobody can tell.
    """
    if not listeners:
        return it.conditions.linger <= 1
    later = set(range(begin, it.chronicle.now))
    return any(later.intersection(who.heard(it.chronicle)) for who in listeners)


def _standing(it: Ordeal) -> str:
    """What is wrong with sockets, subscriptions and threads."""
    sockets = Counter(visit.subscriptions for visit in it.visits())
    threads = _threads()
    if threads.pop("watch", 0) != bool(threads):
        return "a watch without a line, or a line without a watch"
    for lane, model in list(it.lanes.items()):
        listeners = it.listeners(lane)
        entries = frozenset(entry(topic) for who in listeners for topic in who.wanted)
        least = bool(listeners) or _lingers(it, model)
        most = least or it.conditions.linger > 1
        if not listeners:
            entries = _left_over(it, lane, sockets)
        elif it.standing.get(str(lane)) is not LineState.UP:
            return f"{lane} is {it.standing.get(str(lane))}"
        # Which of those that were asked for nothing is whose cannot be told: each lane has one of them.
        alive = threads.pop(str(lane), 0)
        found = sockets[entries] if entries else min(sockets[entries], alive)
        sockets[entries] -= found
        there = found, alive
        if not all(least <= count <= most for count in there):
            return f"{lane} has {there} sockets and threads for {set(entries)}, not {least}..{most}"
    too_many = [*map(set, +sockets), *threads]
    return f"{too_many} should not be there" if too_many else ""


def _threads() -> Counter[str]:
    """The lines' threads, by lane."""
    names = [it.name for it in threading.enumerate() if it.name.startswith("rxdex:")]
    return Counter(name.removeprefix("rxdex:") for name in names) - _OURS


def _lingers(it: Ordeal, model: LaneModel) -> bool:
    """Whether a line that nobody listens on is surely kept: a lost one need not be."""
    is_kept = it.conditions.linger > 1 and it.conditions.is_patient
    return is_kept and model.well_since is not None


def _left_over(it: Ordeal, lane: Lane, sockets: Counter[frozenset[Entry]]) -> frozenset[Entry]:
    """What a lane without listeners is still subscribed to."""
    found = [one for one in sockets if any(it.lane_of[wire] == lane for wire in one)]
    return found[0] if found else frozenset()


def _said(it: Ordeal) -> str:
    """What is wrong with what each websocket was told: a topic twice, or taken back for nothing."""
    for visit in it.exchange.visits[it.first_visit :]:
        asked: set[Entry] = set()
        for said in map(json.loads, visit.said):
            about = {
                Entry(said["topic"], subject)
                for subject in said.get("symbols") or [said.get("address")]
                if "topic" in said
            }
            if said["method"] == "subscribe":
                if about & asked:
                    return f"asked for twice: {visit.said}"
                asked |= about
            elif said["method"] == "unsubscribe":
                if not about <= asked:
                    return f"taken back for nothing: {visit.said}"
                asked -= about
    return ""


def _heard(it: Ordeal, begin: int) -> str:
    """What is wrong with what people heard, up to now; from `begin` on the lines were well."""
    for who in list(it.people):
        model = it.model(it.lane(who))
        wrong = flaw(
            who.heard(it.chronicle), it.chronicle.sent(set(who.wanted)), _duty(it, who, begin)
        )
        if not wrong and it.conditions.is_patient:
            if len(who.gaps) > model.causes - who.causes:
                wrong = f"{who.gaps} are gaps without a cause"
            elif not model.reasons >= set(who.gaps):
                wrong = f"{who.gaps} are for other reasons than {model.reasons}"
        if not wrong and not who.is_out and who.misses_a_gap:
            wrong = "it was not told of a gap"
        if wrong:
            return f"{who}: {wrong}"
    return ""


def _duty(it: Ordeal, who: Somebody, begin: int) -> Duty:
    model, now = it.model(it.lane(who)), it.chronicle.now
    is_due = not who.is_out and not model.windows and who.came_at <= begin
    was_well = model.well_since is not None and it.conditions.is_patient
    well_since = model.well_since if was_well else begin
    return Duty(
        since=begin if who.since is None and is_due else who.since,
        well_since=well_since if is_due else None,
        until=now if is_due else None,
        knows_gaps=who.way == "gaps",
        excused=model.within("lose", *_held(who, model), now=now),
        again=model.within("again", now=now),
        ahead=model.within("ahead", now=now),
        shuffled=model.within("shuffle", now=now),
        late=model.within(*_lost_on_one(model), now=now),
    )


def _held(who: Somebody, model: LaneModel) -> list[str]:
    """
    What may be lost of what a venue holds back.

    Who leaves amid it has not heard all; and a new line does not wait for it, as a pong overtakes it.
    """
    return ["shuffle", "delay"] if who.is_out or _is_renewed(model) else []


def _lost_on_one(model: LaneModel) -> list[str]:
    """
    What may come late of what a venue lost.

    What the old socket of a renewal lost, the new one may bring; it is told with all else that this brought.
    """
    return ["lose"] if _is_renewed(model) else []


def _is_renewed(model: LaneModel) -> bool:
    return GapReason.RENEWAL_FAILED in model.reasons


def _told(it: Ordeal) -> str:
    """What is wrong with the faults that were told, and with how people ended."""
    raised = {id(error) for who in it.people for error in who.raised}
    told = {id(fault.error) for fault in it.faults if fault.reason is FaultReason.SUBSCRIBER}
    # Who closes within an `on_next` ends the faults before people are told that it is over.
    if raised != told and not (it.is_closed_within and raised > told):
        return f"raised was {[who.raised for who in it.people]}, told {it.faults}"
    if any(fault.reason is FaultReason.BUG for fault in it.faults):
        return f"a bug: {it.faults}"
    for who in it.people:
        if who.raised and not who.is_complete:
            if who.errors[:1] != who.raised[:1]:
                return f"{who} raised {who.raised}, and was told {who.errors}"
        elif any(not it.is_closed or type(error) is not ConnectionLost for error in who.errors):
            return f"{who} was told {who.errors}"
        if who.is_complete and not it.is_closed:
            return f"{who} was told that it is over, and it is not"
        if len(who.errors) + who.is_complete > 1:
            return f"{who} ended twice"
    return ""


def _silent(it: Ordeal) -> str:
    """Who is out hears nothing more."""
    for who in it.people:
        if who.is_out and who.silent_since is None:
            who.silent_since = len(who.values)
        if who.silent_since not in {None, len(who.values)}:
            return f"{who} is out, and heard {who.values[who.silent_since :]}"
    return ""


def _after_the_end(it: Ordeal) -> str:
    """What is wrong after `close`."""
    if not eventually(lambda: not (_threads() or it.visits()), _TRY):
        return f"left over: {_threads()}, {it.visits()}"
    now = it.chronicle.now
    forgotten = [who for who in it.people if not who.is_out]
    if forgotten or not it.is_told:
        return f"{forgotten} were not told that it is over, or who listens to the status was not"
    return _heard(it, now) or _told(it) or _said(it) or _silent(it)


def _seen(it: Ordeal) -> str:
    """All that may tell why."""
    parts: list[Any] = [
        it.conditions,
        *it.script,
        f"is closed: {it.is_closed}, now {it.chronicle.now}, height {it.exchange.height}",
        *it.lanes.values(),
        f"lines {it.standing}, threads {_threads()}",
        *(
            f"{who} out {who.is_out} {who.errors} {who.heard(it.chronicle)[-30:]}"
            for who in it.people
        ),
        *it.visits(),
        *it.exchange.faults.log[-10:],
        *it.statuses[-15:],
    ]
    return "\n".join(map(str, parts))
