"""Eight threads join and leave at random while the server hangs up at random: nobody is stranded."""

import random
import threading
import time
from typing import Any

from rxdex import Dex, LineSettings
from rxdex.backoff import Backoff
from rxdex.events import BlockHeight
from tests.conftest import eventually, our_threads
from tests.connection.hall import Guest, hall
from tests.connection.recorder import Recorder

BLOCK = '{"stream":"blockheight","data":{"h":%d}}'
SECONDS = 2.0


def test_nobody_is_stranded() -> None:
    chance = random.Random(8)
    heights = iter(range(1, 10**9))

    def fickle(guest: Guest) -> None:
        guest.recv()
        for _ in range(chance.randrange(1, 60)):
            guest.send(BLOCK % next(heights))
            # The pace of the server: a pong for each frame.
            guest.ping().wait(1)
        if chance.random() < 0.5:
            guest.close(1012, "restarting")

    failures: list[Any] = []
    rounds = [0] * 8

    def come_and_go(dex: Dex, worker: int) -> None:
        own = random.Random(worker)
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            blocks: Recorder[BlockHeight] = Recorder()
            with dex.blocks().subscribe(blocks):
                if own.random() < 0.7 and not blocks.has(own.randrange(1, 4)):
                    failures.append((worker, blocks.values, blocks.errors))
            rounds[worker] += 1
            failures.extend(blocks.errors)

    settings = LineSettings(backoff=Backoff(start=0.001, ceiling=0.005))
    with hall(fickle) as server, Dex(server.url, settings) as dex:
        workers = [threading.Thread(target=come_and_go, args=(dex, n)) for n in range(8)]
        for thread in workers:
            thread.start()
        for thread in workers:
            thread.join(30)
        assert not failures
        assert all(rounds)
        assert server.guests > 10
        assert eventually(lambda: not our_threads())
