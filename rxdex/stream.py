"""What every method of `Dex` gives: an observable, and nothing to be iterated over."""

from typing import NoReturn, TypeVar

from reactivex import Observable, abc

__all__ = ["Stream", "stream_of"]

T = TypeVar("T")


class Stream(Observable[T]):
    """An observable that says what is wrong with a `for` over it; RxPY would let that go on for ever."""

    def __iter__(self) -> NoReturn:
        raise TypeError(
            "a stream is no iterable: subscribe to it, take one event with first(stream), or several with "
            "first(stream.pipe(ops.take(3), ops.to_list()))"
        )


def stream_of(source: Observable[T]) -> Stream[T]:
    """The same events."""

    def subscribe(
        observer: abc.ObserverBase[T], scheduler: abc.SchedulerBase | None = None
    ) -> abc.DisposableBase:
        return source.subscribe(observer, scheduler=scheduler)

    return Stream(subscribe)
