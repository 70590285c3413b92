"""tally: what happened to the lines, from whichever threads."""

import threading

from rxdex.connection.tally import Tally
from rxdex.events import FaultReason


def test_each_lane_has_its_own_and_all_have_a_sum() -> None:
    tally = Tally()
    tally.reconnected("market")
    tally.renewed("market")
    tally.lost("market")
    tally.lost("address:bnb1")
    tally.faulted("market", FaultReason.NOTICE)
    tally.faulted("address:bnb1", FaultReason.NOTICE)
    tally.faulted("address:bnb1", FaultReason.OVERFLOW)
    market, total = tally.of("market"), tally.total()
    assert (market.reconnects, market.renewals, market.gaps) == (1, 1, 1)
    assert market.faults == {FaultReason.NOTICE: 1}
    assert (total.reconnects, total.renewals, total.gaps) == (1, 1, 2)
    assert total.faults == {FaultReason.NOTICE: 2, FaultReason.OVERFLOW: 1}


def test_what_is_given_out_does_not_change() -> None:
    tally = Tally()
    before = tally.of("market"), tally.total()
    tally.faulted("market", FaultReason.BUG)
    tally.lost("market")
    assert [(it.gaps, it.faults) for it in before] == [(0, {}), (0, {})]


def test_nothing_is_lost_between_threads() -> None:
    tally = Tally()

    def count() -> None:
        for _ in range(2_000):
            tally.lost("market")
            tally.faulted("market", FaultReason.OVERFLOW)

    threads = [threading.Thread(target=count) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert tally.of("market").gaps == 16_000
    assert tally.total().faults[FaultReason.OVERFLOW] == 16_000


def test_no_number_of_lanes_fills_the_memory() -> None:
    tally = Tally()
    for number in range(10_005):
        tally.lost(f"address:{number}")
    assert len(tally._lanes) == 10_000
    assert tally.total().gaps == 10_005
    assert (tally.of("address:0").gaps, tally.of("address:10004").gaps) == (0, 1)
