"""Streams without gaps: over them, or not past the first."""

from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar

from reactivex import Observable, abc

from rxdex.errors import EventsLost
from rxdex.events import Gap

__all__ = ["OnGap", "without_gaps"]

E = TypeVar("E")


class OnGap(StrEnum):
    """
    What becomes of a stream where events may be missing.

    `DROP`: it goes on as if nothing were missing. `ERROR`: it ends with `EventsLost`.
    """

    DROP = "drop"
    ERROR = "error"


def without_gaps(on_gap: OnGap = OnGap.DROP) -> Callable[[Observable[E | Gap]], Observable[E]]:
    """
    Leave out the gaps of a stream, or end it at the first.

    .. marble::
        :alt: The source brings 1, a gap, and 2. The subscriber gets 1 and 2.

        source:      -1--g--2--|
        [ without_gaps() ]
        subscriber:  -1-----2--|

    .. marble::
        :alt: The source brings 1, a gap, and 2. The subscriber gets 1, and an error in place of the gap.

        source:      -1--g--2--|
        [ without_gaps(OnGap.ERROR) ]
        subscriber:  -1--#

    mypy sees the type of what comes out only where this is the first of a `pipe`, as in
    ``stream.pipe(buffered(100)).pipe(without_gaps())``.

    :param on_gap: whether a gap is left out, or ends the stream with `EventsLost`, which has it as `gap`
    :raises TypeError: when `on_gap` is no `OnGap`
    """
    if not isinstance(on_gap, OnGap):  # pyright: ignore[reportUnnecessaryIsInstance] - callers are not all typed
        raise TypeError(f"on_gap is {on_gap!r}; give OnGap.DROP or OnGap.ERROR")

    def operator(source: Observable[E | Gap]) -> Observable[E]:
        def subscribe(
            observer: abc.ObserverBase[E], scheduler: abc.SchedulerBase | None = None
        ) -> abc.DisposableBase:
            def on_next(value: E | Gap) -> None:
                if not isinstance(value, Gap):
                    observer.on_next(value)
                elif on_gap is OnGap.ERROR:
                    remedy = (
                        "subscribe again and begin from nothing, or pass over gaps with OnGap.DROP"
                    )
                    observer.on_error(EventsLost(remedy, value))

            return source.subscribe(
                on_next, observer.on_error, observer.on_completed, scheduler=scheduler
            )

        return Observable(subscribe)

    return operator
