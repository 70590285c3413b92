"""One subscriber's patience."""

import pytest

from rxdex import topics
from rxdex.connection.listener import Listener
from rxdex.errors import ConnectionLost
from rxdex.patience import Patience
from tests.connection.recorder import Recorder


@pytest.mark.parametrize(("own", "of_the_line", "tires_at"), [(None, 5, 5), (1, 5, 1), (3, 1, 3)])
def test_its_own_number_of_tries_goes_before_the_line_s(
    own: int | None, of_the_line: int, tires_at: int
) -> None:
    patience = Patience(tries=own)
    listener = Listener(Recorder(), (topics.blocks(),), patience)
    lost = [ConnectionLost(str(n)) for n in range(tires_at)]
    assert [listener.tires(it, of_the_line) for it in lost] == [False] * (tires_at - 1) + [True]
    assert patience.last_loss is lost[-1]


def test_it_passes_events_on() -> None:
    recorder: Recorder[int] = Recorder()
    Listener(recorder, (), Patience()).on_next(3)
    assert recorder.values == [3]
