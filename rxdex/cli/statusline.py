"""The line below the events that says how the lines to the venue are, for people."""

import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Self

from attrs import frozen

from rxdex.cli.table import printable
from rxdex.cli.terminal import FAINT, Terminal
from rxdex.events import LineState, Status
from rxdex.health import Health, LaneHealth

__all__ = ["StatusLine", "Waiting", "in_a_line", "span"]

_BETWEEN = " · "
#: Seconds of lag that a person sees.
_NOTICEABLE = 0.1
#: Characters of a lane's name; of an address there are more.
_LONGEST = 24
#: From here on what is behind the point says nothing.
_FEW_SECONDS = 10
_MANY = 100


@frozen
class Waiting:
    """
    Why a line is down, and when it is tried again.

    :param why: in words
    :param until: the next attempt, on the monotonic clock
    """

    why: str
    until: float


class StatusLine:
    """
    The last line of a terminal, while events are shown above it. Without one in view it does nothing.

    :param health: how the lines are
    :param terminal: where it stands
    :param is_wanted: whether there is to be one
    """

    def __init__(
        self, health: Callable[[], Health], terminal: Terminal, *, is_wanted: bool
    ) -> None:
        self._health = health
        self._terminal = terminal
        self._is_wanted = is_wanted and terminal.can_keep
        self._waiting: dict[str, Waiting] = {}

    def note(self, status: Status) -> None:
        """Hear what a line has to say: its health does not know why it waits."""
        if status.lane is not None and status.state is LineState.WAITING:
            until = time.monotonic() + (status.retry_in or 0.0)
            self._waiting[status.lane] = Waiting(str(status.error or status.what), until)

    def refresh(self) -> None:
        """Say how things are now."""
        if self._is_wanted:
            text = in_a_line(self._health(), self._waiting, time.monotonic())
            self._terminal.keep(text, FAINT)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._terminal.keep("")


def in_a_line(health: Health, waiting: Mapping[str, Waiting], now: float) -> str:
    """
    How all lines are: the sum of what adds up, else the worst.

    :param waiting: why lanes wait that do
    :param now: on the monotonic clock
    """
    lanes = health.lanes
    down = [lane for lane in lanes if lane.state is not LineState.UP]
    topics = [topic for lane in lanes for topic in lane.topics]
    is_any_up = len(down) < len(lanes)
    silent = sum(topic.is_silent for topic in topics)
    faults = sum(health.faults.values())
    lag = max((lane.lag for lane in lanes), default=0.0)
    age = max((lane.frame_age for lane in lanes if lane.frame_age is not None), default=None)
    parts = [
        *_heads(lanes, down, waiting, now),
        _per_second(sum(topic.rate for topic in topics)) if is_any_up else "",
        "" if age is None else f"last {span(age)} ago",
        _counted(health.reconnects, "reconnect"),
        _counted(health.gaps, "gap"),
        f"lag {span(lag)}" if lag >= _NOTICEABLE else "",
        f"{_counted(silent, 'topic')} silent" if silent else "",
        _counted(faults, "fault") if faults else "",
        *(waiting[lane.lane].why for lane in down[:1] if _waits(lane, waiting)),
    ]
    return printable(_BETWEEN.join(part for part in parts if part))


def span(seconds: float) -> str:
    """A length of time as a person would say it: `0.3 s`, `12 s`, `1m 12s`, `2h 05m`, `3d 04h`."""
    if seconds < _FEW_SECONDS:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days}d {hours:02}h"
    if hours:
        return f"{hours}h {minutes:02}m"
    return f"{minutes}m {rest:02}s" if minutes else f"{rest} s"


def _heads(
    lanes: Sequence[LaneHealth],
    down: Sequence[LaneHealth],
    waiting: Mapping[str, Waiting],
    now: float,
) -> list[str]:
    """Which lines are up and since when, and what the first does that is not."""
    ages = [lane.up_for for lane in lanes if lane.up_for is not None]
    since = f" {span(min(ages))}" if ages else ""
    match lanes:
        case []:
            up = "no line"
        case [lane]:
            up = "" if down else f"{_short(lane.lane)} up{since}"
        case _:
            some = f"{len(lanes) - len(down)} of {len(lanes)}" if down else f"{len(lanes)}"
            up = f"{some} lines up{since}"
    return [up, *(_in_words(lane, waiting, now) for lane in down[:1])]


def _in_words(lane: LaneHealth, waiting: Mapping[str, Waiting], now: float) -> str:
    name = f"{_short(lane.lane)} {lane.state.value}"
    if not _waits(lane, waiting):
        return name
    return f"{name}: next attempt in {span(max(0.0, waiting[lane.lane].until - now))}"


def _waits(lane: LaneHealth, waiting: Mapping[str, Waiting]) -> bool:
    return lane.state is LineState.WAITING and lane.lane in waiting


def _per_second(rate: float) -> str:
    return f"{rate:.1f} events/s" if rate < _MANY else f"{rate:,.0f} events/s"


def _short(lane: str) -> str:
    return lane if len(lane) <= _LONGEST else f"{lane[: _LONGEST - 5]}…{lane[-4:]}"


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"
