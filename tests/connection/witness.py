"""One who sees all that there is to be seen of a `Dex`."""

from typing import Any

from rxdex import Dex, topics
from rxdex.events import BlockHeight, Fault, Gap, LineState, Status
from tests.connection.recorder import Recorder

__all__ = ["Witness"]


class Witness:
    """
    Listens to blocks, with gaps and without, to status and to faults.

    :param dex: whose
    :param is_alone: whether the one who wants gaps has no company
    """

    def __init__(self, dex: Dex, *, is_alone: bool = False) -> None:
        self.status: Recorder[Status] = Recorder()
        self.faults: Recorder[Fault] = Recorder()
        self.blocks: Recorder[BlockHeight | Gap] = Recorder()
        self.plain: Recorder[BlockHeight] = Recorder()
        dex.status.subscribe(self.status)
        dex.faults.subscribe(self.faults)
        dex.stream(topics.blocks(), gaps=True).subscribe(self.blocks)
        if not is_alone:
            dex.blocks().subscribe(self.plain)

    @property
    def seen(self) -> list[Any]:
        """Heights, and the reasons of gaps."""
        events: list[Any] = list(self.blocks.values)
        return [it.reason if isinstance(it, Gap) else it.height for it in events]

    @property
    def heights(self) -> list[int]:
        """Of who asked for no gaps."""
        return [it.height for it in list(self.plain.values)]

    @property
    def told(self) -> list[Status]:
        """What status said of the market's line."""
        return [it for it in list(self.status.values) if it.lane == "market"]

    @property
    def states(self) -> list[LineState]:
        """Of the market's line, one after the other."""
        return [it.state for it in self.told]

    def of(self, state: LineState) -> list[Status]:
        """What status said when the market's line came to a state."""
        return [it for it in self.told if it.state is state]

    def wait_state(self, state: LineState, times: int = 1) -> bool:
        """Whether the market's line comes to a state so often, in time."""
        return self.status.wait(lambda _: len(self.of(state)) >= times, 10)
