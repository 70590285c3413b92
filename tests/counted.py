"""A source that knows how many listen."""

import threading

from reactivex import Observable, abc
from reactivex.disposable import Disposable
from reactivex.subject import Subject

from rxdex.patience import Patience, current_patience

__all__ = ["Counted"]


class Counted(Observable[int]):
    """Emits what its subject does, on whichever thread that is."""

    def __init__(self) -> None:
        super().__init__(self._begin)
        self.subject: Subject[int] = Subject()
        self.listening = 0
        self.patience: Patience | None = None
        self.subscribed = threading.Event()

    def _begin(
        self, observer: abc.ObserverBase[int], scheduler: abc.SchedulerBase | None = None
    ) -> abc.DisposableBase:
        self.listening += 1
        self.patience = current_patience()
        inner = self.subject.subscribe(observer)

        def leave() -> None:
            self.listening -= 1
            inner.dispose()

        self.subscribed.set()
        return Disposable(leave)
