"""loop: which asyncio loop a scheduler belongs to."""

import asyncio

from reactivex.scheduler.eventloop import AsyncIOScheduler

from rxdex.loop import loop_of


def test_a_loop_that_runs_is_the_schedulers_own() -> None:
    async def own() -> bool:
        loop = asyncio.get_running_loop()
        return loop_of(AsyncIOScheduler(loop)) is loop

    assert asyncio.run(own())


def test_of_one_that_never_will_run_it_is_the_one_that_runs_here() -> None:
    made_up = asyncio.new_event_loop()

    async def here() -> bool:
        return loop_of(AsyncIOScheduler(made_up)) is asyncio.get_running_loop()

    assert asyncio.run(here())
    made_up.close()


def test_before_any_runs_it_is_the_schedulers_own() -> None:
    loop = asyncio.new_event_loop()
    assert loop_of(AsyncIOScheduler(loop)) is loop
    loop.close()
