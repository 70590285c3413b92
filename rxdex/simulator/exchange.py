"""
The simulated exchange, as other threads see it.

1. Chain and publisher are touched by the exchange's thread alone (`rxdex.simulator.works`); what
   is asked here is carried there, and the answer awaited.
2. No call needs a client to end: `step` gives those who are far behind half a second, `close` gives
   those who do not answer `Timings.goodbye`. So all may be made from a client's own thread.
"""

from collections.abc import Callable
from typing import Self, TypeVar

from rxdex.simulator.engine import Chain
from rxdex.simulator.faults import Faults
from rxdex.simulator.loop_thread import LoopThread
from rxdex.simulator.routes import BASE
from rxdex.simulator.timings import Timings
from rxdex.simulator.trading import Trading
from rxdex.simulator.visits import Visit, VisitorsBook
from rxdex.simulator.works import Works, check_opening
from rxdex.simulator.world import world

__all__ = ["Exchange"]

T = TypeVar("T")

_PATIENT = Timings()


class Exchange(Trading):
    """
    A whole exchange on a port of this machine, in the thread `rxdex:exchange`.

    It is there when the constructor returns, and until `close`; use it in a `with`.

    :param seed: decides everything that happens, but for what is submitted
    :param block_time: of chain time between two blocks, s
    :param port: 0 takes a free one
    :param speed: blocks per `block_time` of the wall clock; `None`: blocks are made by `step` alone
    :param traders: whether anybody trades, besides what is submitted
    :param warm_up: blocks made before the door opens, so that books and tickers are full
    :param timings: the server's patience
    :raises ValueError: a number that cannot be
    :raises OSError: the host or the port cannot be had
    """

    def __init__(
        self,
        *,
        seed: int = 7,
        block_time: float = 0.4,
        host: str = "127.0.0.1",
        port: int = 0,
        speed: float | None = 1.0,
        traders: bool = True,
        warm_up: int = 150,
        timings: Timings = _PATIENT,
    ) -> None:
        if not isinstance(seed, int):  # pyright: ignore[reportUnnecessaryIsInstance] - callers are not all typed
            raise TypeError(f"seed is {seed!r}; take a whole number")
        check_opening(speed=speed, port=port, warm_up=warm_up)
        self._world = world(seed, block_time)
        self._book = VisitorsBook()
        self._works = Works(self._world, self._book, timings, seed=seed, traders=traders)
        self._symbols = tuple(self._works.chain.symbols)
        pause = None if speed is None else block_time / speed
        self._thread = LoopThread("rxdex:exchange", self._works.close)
        self._faults = Faults(self._works.plot, self._thread)
        try:
            self._place = self._thread.wait(lambda: self._works.open(host, port, warm_up, pause))
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def url(self) -> str:
        """What a venue is pointed at: `ws://127.0.0.1:8765/api`, no slash at the end."""
        return f"ws://{self._place}{BASE}"

    @property
    def rest_url(self) -> str:
        """The base of the snapshots: `http://127.0.0.1:8765/api/v1`."""
        return f"http://{self._place}{BASE}/v1"

    @property
    def symbols(self) -> tuple[str, ...]:
        """What is listed, in the order of listing."""
        return self._symbols

    @property
    def addresses(self) -> tuple[str, ...]:
        """Who trades, the most active first; `user` is none of them."""
        who = self._world
        return (*who.makers, *who.takers, who.whale, who.follower, *who.wallets, who.fumbler)

    @property
    def wallets(self) -> tuple[str, ...]:
        """Those of `addresses` who do not trade, but send coins about."""
        return self._world.wallets

    @property
    def user(self) -> str:
        """An address with funds that does nothing of itself: yours."""
        return self._world.user

    @property
    def height(self) -> int:
        """The height of the last block."""
        return self._works.height

    @property
    def visits(self) -> tuple[Visit, ...]:
        """Every websocket ever opened (of very many the last ten thousand), in that order."""
        return self._book.visits

    @property
    def faults(self) -> Faults:
        """What can be made to go wrong, on purpose."""
        return self._faults

    def step(self, blocks: int = 1) -> None:
        """
        Make so many blocks now; their frames are in the sockets' buffers on return.

        :raises ValueError: less than one block
        :raises RuntimeError: the exchange is closed
        """
        if blocks < 1:
            raise ValueError(f"cannot make {blocks} blocks; take 1 or more")
        if self._thread.is_here:
            for _ in range(blocks):
                self._works.make_block()
        else:
            self._thread.wait(lambda: self._works.make_blocks(blocks))

    def inspect(self, look: Callable[[Chain], T]) -> T:
        """
        What `look` finds out about the chain, on the exchange's thread between two blocks.

        :raises RuntimeError: the exchange is closed
        """
        return self._thread.call(lambda: look(self._works.chain))

    def wait_for(self, condition: Callable[["Exchange"], bool], timeout: float = 5.0) -> bool:
        """
        Wait until `condition` holds; it is asked after every block, visit and message heard.

        :param timeout: seconds
        :return: whether it came to hold
        :raises RuntimeError: called on the exchange's own thread, which would wait for itself
        """
        if self._thread.is_here:
            raise RuntimeError("the exchange cannot wait for itself; call this from another thread")
        return self._book.wait_for(lambda: condition(self), timeout)

    def close(self, timeout: float = 5.0) -> None:
        """
        Close every socket with 1001 and end the thread; from any thread, any number of times.

        :param timeout: seconds to wait for the end; a warning is logged when it takes longer
        """
        self._thread.close(timeout)
