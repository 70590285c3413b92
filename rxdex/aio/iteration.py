"""All that a stream brings, by `async for`."""

import asyncio
from collections.abc import AsyncIterator
from types import TracebackType
from typing import Any, Generic, Literal, Self, TypeVar, overload

from reactivex import Observable
from reactivex.disposable import SingleAssignmentDisposable

from rxdex.aio.crossing import Crossing
from rxdex.answer import check_stream, check_thread
from rxdex.events import Gap
from rxdex.operators import Overflow
from rxdex.operators.overflow import check_bound

__all__ = ["Iteration", "iterate"]

T = TypeVar("T")

#: Events taken without a break; then whoever else is on the loop has a turn.
_STRETCH = 128


class Iteration(AsyncIterator[T], Generic[T]):
    """
    The events of a stream, for one task at a time; `iterate` makes it.

    It is entered once, with `async with`, which subscribes, and iterated over within. It ends with the
    stream, or raises what the stream failed with, once all that waits was taken.
    """

    def __init__(
        self, stream: Observable[Any], capacity: int, overflow: Overflow, *, gaps: bool
    ) -> None:
        self._stream = stream
        self._capacity = capacity
        self._overflow = overflow
        self._gaps = gaps
        self._crossing: Crossing | None = None
        self._subscription = SingleAssignmentDisposable()
        self._is_taking = False
        self._stretch = 0

    @property
    def lost(self) -> int:
        """How many events were dropped so far, because too many waited, without a `Gap` that says so."""
        return 0 if self._crossing is None else self._crossing.lost

    async def __aenter__(self) -> Self:
        if self._crossing is not None:
            raise RuntimeError("an iteration is entered once; call iterate() again for another")
        check_thread("iterate")
        crossing = self._crossing = Crossing(
            asyncio.get_running_loop(), self._capacity, self._overflow, gaps=self._gaps
        )

        def on_next(value: object) -> None:
            if not crossing.put(value):
                self._subscription.dispose()

        subscription = self._stream.subscribe(on_next, crossing.end, crossing.end)
        self._subscription.disposable = subscription
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Unsubscribe, drop what waits, and end the iteration; as often as you like."""
        if self._crossing is not None:
            self._crossing.close()
        # Nothing is awaited: a coroutine that is thrown away can do no more than this.
        self._subscription.dispose()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> T:
        crossing = self._crossing
        if crossing is None:
            raise RuntimeError(
                "an iteration is entered first: async with aio.iterate(stream) as events"
            )
        if self._is_taking:
            raise RuntimeError(
                "another task waits for the next event of this iteration; give each task one of its "
                "own with iterate()"
            )
        self._is_taking = True
        try:
            self._stretch += 1
            if self._stretch > _STRETCH:
                self._stretch = 0
                await asyncio.sleep(0)
            while (waiter := crossing.wait_if_empty()) is not None:
                self._stretch = 0
                await waiter
        finally:
            self._is_taking = False
            crossing.stop_waiting()
        event: T = crossing.take()
        return event


@overload
def iterate(
    stream: Observable[T],
    *,
    capacity: int = 1024,
    overflow: Overflow = Overflow.DROP_OLDEST,
    gaps: Literal[False] = False,
) -> Iteration[T]: ...
@overload
def iterate(
    stream: Observable[T],
    *,
    capacity: int = 1024,
    overflow: Overflow = Overflow.DROP_OLDEST,
    gaps: Literal[True],
) -> Iteration[T | Gap]: ...
def iterate(
    stream: Observable[Any],
    *,
    capacity: int = 1024,
    overflow: Overflow = Overflow.DROP_OLDEST,
    gaps: bool = False,
) -> Iteration[Any]:
    """
    The events of a stream, to be iterated over on the asyncio loop that enters it.

    ::

        async with aio.iterate(dex.trades(symbol)) as trades:
            async for trade in trades:
                ...

    Entering subscribes, and leaving unsubscribes, be it by an exception or by cancelling. Events cross to the
    loop in bursts, and no thread is started; operators work where they always do, on the thread of the line.

    No more events wait for the loop than there is capacity for. Where some were dropped, a warning in the log
    says how many, at most every ten seconds (not with `LATEST`, where that is the point), and
    `Iteration.lost` counts them. With gaps a `Gap` stands in their place instead.

    :param stream: any observable, on whichever thread it emits
    :param capacity: events that may wait for the loop
    :param overflow: what is done with one event too many. With `BLOCK` the thread that brings it waits, and
        with it all others who listen on its line; where that is the loop's own, the iteration fails. With
        `FAIL` it ends with `EventsLost`, behind what waits
    :param gaps: whether a `Gap` stands wherever events were dropped; it does in any case once the stream
        has brought one of its own
    :raises TypeError: when the stream, the capacity or the overflow is none
    :raises ValueError: when the capacity is below one
    """
    check_stream("iterate", stream)
    check_bound(capacity, overflow)
    return Iteration(stream, capacity, overflow, gaps=gaps)
